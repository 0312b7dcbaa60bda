"""The verifier is one file of the standard library, made from the formulas as they are."""

import ast
import sys

from tests.architecture.sources import ROOT
from tools.build_verifier import build

TOOL = ROOT / "tools" / "carbon_verify.py"


def test_the_verifier_is_the_one_that_the_formulas_make():
    assert TOOL.read_text(encoding="utf-8") == build(), "Run: python -m tools.build_verifier"


def test_the_verifier_uses_the_standard_library_only():
    tree = ast.parse(TOOL.read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
    tops = {name.partition(".")[0] for name in imported}
    assert tops <= set(sys.stdlib_module_names)


def test_the_verifier_can_be_run_by_its_name():
    assert TOOL.read_text(encoding="utf-8").startswith("#!/usr/bin/env python3")
    assert TOOL.stat().st_mode & 0o111
