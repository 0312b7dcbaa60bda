"""Modules and functions stay small enough to read (conventions.md 2)."""

import ast

import pytest

from tests.architecture.sources import MODULES, ROOT, TOP, nodes

MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 40
PATHS = [
    *MODULES,
    *TOP,
    *sorted((ROOT / "bench").glob("*.py")),
    *sorted((ROOT / "tools").glob("*.py")),
]
VAGUE = {"utils", "helpers", "common", "manager", "misc"}


def name_of(path):
    return str(path.relative_to(ROOT))


def lines_of(function):
    """Count the lines a reader of the body meets; the docstring is not one of them."""
    first, last = function.lineno, function.end_lineno
    text = ast.get_docstring(function, clean=False)
    return last - first + 1 - (len(text.splitlines()) if text else 0)


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_module_can_be_read_in_one_sitting(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_MODULE_LINES


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_functions_do_one_step(path):
    functions = nodes(path, ast.FunctionDef, ast.AsyncFunctionDef)
    assert [f.name for f in functions if lines_of(f) > MAX_FUNCTION_LINES] == []


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_module_is_named_for_what_it_holds(path):
    assert path.stem not in VAGUE
