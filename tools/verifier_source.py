"""Reading modules as text: which definitions they hold, and which of them a definition reaches."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
OURS = ("services.", "tools.")
ARRAYS = "np"

# A definition by its module and name.
Name = tuple[str, str]


class SourceError(RuntimeError):
    """A module holds something that the verifier cannot take over."""


@dataclass(frozen=True)
class Module:
    """A module of the project: its definitions, and where its other names come from."""

    name: str
    lines: list[str]
    definitions: dict[str, list[ast.stmt]] = field(default_factory=dict)
    imports: dict[str, Name] = field(default_factory=dict)
    outside: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a definition word for word, with the comments above it."""
        return "\n".join(self._stretch(node) for node in self.definitions[name])

    def line_of(self, name: str) -> int:
        """Return where a definition begins."""
        return self.definitions[name][0].lineno

    def _stretch(self, node: ast.stmt) -> str:
        decorated = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(each.lineno for each in decorated)]) - 1
        while first and self.lines[first - 1].startswith("#"):
            first -= 1
        text = "\n".join(self.lines[first : node.end_lineno])
        for alias, (module, original) in self.imports.items():
            if not original:
                text = re.sub(rf"\b{alias}\.(?=\w)", "", text)
            elif original != alias:
                raise SourceError(f"{self.name} renames {module}.{original}")
        return text


@cache
def module_of(name: str) -> Module:
    """Read a module of the project."""
    path = ROOT / f"{name.replace('.', '/')}.py"
    source = path.read_text(encoding="utf-8")
    module = Module(name, source.splitlines())
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            _keep_imports(module, node)
        for defined in _defines(node):
            module.definitions.setdefault(defined, []).append(node)
    return module


def _keep_imports(module: Module, node: ast.Import | ast.ImportFrom) -> None:
    if isinstance(node, ast.Import):
        for alias in node.names:
            module.outside[alias.asname or alias.name] = f"import {alias.name}"
        return
    source = node.module or ""
    for alias in node.names:
        known = alias.asname or alias.name
        if not source.startswith(OURS):
            module.outside[known] = f"from {source} import {alias.name}"
        elif (ROOT / source.replace(".", "/") / f"{alias.name}.py").exists():
            module.imports[known] = (f"{source}.{alias.name}", "")
        else:
            module.imports[known] = (source, alias.name)


def _defines(node: ast.stmt) -> Iterator[str]:
    """Yield the names a statement defines, or adds something to: X["key"] = value."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    for target in targets:
        parts = target.elts if isinstance(target, ast.Tuple) else [target]
        for part in parts:
            named = part.value if isinstance(part, ast.Subscript) else part
            if isinstance(named, ast.Name):
                yield named.id


class Uses(ast.NodeVisitor):
    """Collects the names a definition needs when it runs; annotations are not looked at."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self.names: set[str] = set()
        self.members: set[Name] = set()
        self.array_functions: set[str] = set()
        self.tables: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        """Keep a name."""
        self.names.add(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Keep what of an imported module is used: steam.heat_above_reference, np.where."""
        if isinstance(node.value, ast.Name):
            module, original = self._module.imports.get(node.value.id, ("", ""))
            if module and not original:
                self.members.add((module, node.attr))
                return
            if node.value.id == ARRAYS:
                self.array_functions.add(node.attr)
                return
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        """Keep the names of tables that are read."""
        if isinstance(node.value, str) and node.value.endswith(".csv"):
            self.tables.add(node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Look at the value only."""
        if node.value:
            self.visit(node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Look at everything but annotations."""
        for part in (*node.decorator_list, node.args, *node.body):
            self.visit(part)

    def visit_arg(self, _node: ast.arg) -> None:
        """Leave out the annotation of an argument."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Refuse what is imported on the way."""
        raise SourceError(f"{self._module.name} imports {node.module} inside a function")


def uses_of(name: Name) -> Uses:
    """Return what a definition needs when it runs."""
    module = module_of(name[0])
    if name[1] not in module.definitions:
        raise SourceError(f"{name[0]} does not define {name[1]}")
    uses = Uses(module)
    for node in module.definitions[name[1]]:
        uses.visit(node)
    return uses
