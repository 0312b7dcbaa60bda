"""The project's own source files, for the tests that read them."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
LAYERS = ("pages", "components", "callbacks", "services", "workers")
MODULES = sorted(path for folder in LAYERS for path in (ROOT / folder).rglob("*.py"))
TOP = [path for path in (ROOT / "app.py", ROOT / "cli.py", ROOT / "run.py") if path.exists()]


def dotted(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


@cache
def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def nodes(path, *kinds):
    return [node for node in ast.walk(tree(path)) if isinstance(node, kinds)]
