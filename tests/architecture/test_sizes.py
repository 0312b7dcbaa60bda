"""Modules and functions stay small enough to read (conventions.md 2)."""

import ast

from tests.architecture.sources import MODULES, ROOT, TOP, nodes

MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 40
# Made from modules that are small enough, to be one file.
MADE = ROOT / "tools" / "carbon_verify.py"
PATHS = [
    *MODULES,
    *TOP,
    *sorted((ROOT / "bench").glob("*.py")),
    *sorted((ROOT / "tools").rglob("*.py")),
]
VAGUE = {"utils", "helpers", "common", "manager", "misc"}


def name_of(path):
    return str(path.relative_to(ROOT))


def lines_of(function):
    """Count the lines a reader of the body meets; the docstring is not one of them."""
    first, last = function.lineno, function.end_lineno
    text = ast.get_docstring(function, clean=False)
    return last - first + 1 - (len(text.splitlines()) if text else 0)


def test_modules_can_be_read_in_one_sitting():
    paths = [path for path in PATHS if path != MADE]
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    assert {name: n for name, n in lengths.items() if n > MAX_MODULE_LINES} == {}


def test_functions_do_one_step():
    long = [
        f"{name_of(path)}:{function.name}"
        for path in PATHS
        for function in nodes(path, ast.FunctionDef, ast.AsyncFunctionDef)
        if lines_of(function) > MAX_FUNCTION_LINES
    ]
    assert long == []


def test_modules_are_named_for_what_they_hold():
    assert [name_of(path) for path in PATHS if path.stem in VAGUE] == []
