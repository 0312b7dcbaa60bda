"""Makes tools/carbon_verify.py from the formula modules: `python -m tools.build_verifier`.

The verifier is one file of the standard library. What it needs of the platform is taken over word
for word: the parts in tools/verifier/, and every function and constant that they or the kinds of
formulas reach. Only imports go, and numpy's arrays are replaced by tools/verifier/arrays.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from services.standards.formulas.registry import FORMULAS
from tools.verifier.arrays import np as array_functions
from tools.verifier_source import Module, Name, SourceError, module_of, uses_of

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "tools" / "carbon_verify.py"
DATA = ROOT / "services" / "standards" / "data"
FIRST_PARTS = ("tools.verifier.arrays", "tools.verifier.tables")
LAST_PARTS = tuple(
    f"tools.verifier.{p}"
    for p in (
        "findings",
        "opening",
        "ed25519",
        "proofs",
        "export",
        "balance",
        "heat_power",
        "recompute",
        "verdict",
    )
)
REGISTRY = ("services.standards.formulas.registry", "FORMULAS")
# The parts stand in for the reading of the platform's own files.
STAND_INS: dict[Name, Name] = {
    ("services.standards.tables", "read_rows"): ("tools.verifier.tables", "read_rows"),
    ("services.standards.tables", "DATA_FOLDER"): ("tools.verifier.tables", "DATA_FOLDER"),
}
NO_TABLES = "EMBEDDED: dict[str, str] = {}"
HEADER = '''\
#!/usr/bin/env python3
"""碳排放证据包核验 · verifies an evidence bundle without the platform that made it.

用法 · usage: python3 carbon_verify.py 证据包.zip

一个文件，只用 Python 3.11 以上的标准库，不联网，不写文件。逐字节核对压缩包，逐行按公式重算，
逐数追到活动数据和因子，直到最后一位。退出码：0 一致，1 有不一致（逐条列出），2 无法核验。

One file, standard library of Python 3.11 or newer only; no network, nothing is written. Every byte
of the archive is accounted for, every line recomputed by its formula, every number traced to its
activity record or factor, to the last digit. Exit status: 0 agrees, 1 differs (each difference is
named), 2 cannot be verified.

Made by tools/build_verifier.py from the platform's own formulas; do not edit.
"""

from __future__ import annotations

'''
FOOTER = '\n\n\nif __name__ == "__main__":\n    raise SystemExit(main(sys.argv[1:]))\n'


def build() -> str:
    """Return the text of the verifier."""
    reached = _reached()
    new_names = _new_names(reached)
    of_services = _in_order({module for module, _ in reached} - {*FIRST_PARTS, *LAST_PARTS})
    pieces = [
        *(_piece(module_of(name), reached, new_names) for name in (*FIRST_PARTS, *of_services)),
        _kinds(new_names),
        *(_piece(module_of(name), reached, new_names) for name in LAST_PARTS),
    ]
    tables = sorted({table for name in reached for table in uses_of(name).tables})
    body = "\n\n\n".join(pieces).replace(NO_TABLES, _embedded(tables))
    return f"{HEADER}{_imports(reached)}\n\n{body}{FOOTER}"


def _reached() -> set[Name]:
    """Return every definition the verifier needs, from the parts and the kinds outwards."""
    parts = [module_of(name) for name in (*FIRST_PARTS, *LAST_PARTS)]
    waiting = [(part.name, name) for part in parts for name in part.definitions]
    waiting += [name for functions in _functions().values() for name in functions if name]
    reached: set[Name] = set()
    while waiting:
        name = waiting.pop()
        if name in reached or name == REGISTRY:
            continue
        reached.add(name)
        waiting += _needed(name)
    return reached


def _needed(name: Name) -> Iterator[Name]:
    module, uses = module_of(name[0]), uses_of(name)
    unknown = uses.array_functions - vars(array_functions).keys()
    if unknown:
        raise SourceError(f"{name}: tools/verifier/arrays.py has no {sorted(unknown)}")
    for used in sorted(uses.names):
        if used in module.definitions:
            yield (module.name, used)
        elif used in module.imports:
            yield STAND_INS.get(module.imports[used], module.imports[used])
    for member in sorted(uses.members):
        yield STAND_INS.get(member, member)


def _functions() -> dict[str, tuple[Name | None, ...]]:
    """Return for each kind what computes it, what makes gas of a sum, and how it is written."""
    return {
        kind: tuple(
            (f.__module__, f.__qualname__) if f else None
            for f in (formula.compute, formula.of_sum, formula.write)
        )
        for kind, formula in FORMULAS.items()
    }


def _kinds(new_names: Mapping[Name, str]) -> str:
    rows = []
    for kind, names in _functions().items():
        compute, of_sum, write = (new_names.get(n, n[1]) if n else None for n in names)
        rows.append(
            f'    "{kind}": SimpleNamespace(compute={compute}, of_sum={of_sum}, write={write}),'
        )
    return "\n".join(["# ── kinds of formulas " + "─" * 60, "FORMULAS = {", *rows, "}"])


def _new_names(reached: set[Name]) -> dict[Name, str]:
    """Return other names for what would stand twice; only what is private to a module may."""
    homes: dict[str, str] = {}
    found: dict[Name, str] = {}
    for module, name in sorted(reached):
        if homes.setdefault(name, module) == module:
            continue
        if not name.startswith("_"):
            raise SourceError(f"{name} stands in {homes[name]} and {module}; rename one of them.")
        found[module, name] = f"_{module.rpartition('.')[2]}{name}"
    return found


def _in_order(names: set[str]) -> list[str]:
    """Return modules so that each stands behind those it imports."""
    ordered: list[str] = []

    def visit(name: str) -> None:
        for imported, _ in module_of(name).imports.values():
            if imported in names and imported not in ordered:
                visit(imported)
        if name not in ordered:
            ordered.append(name)

    for name in sorted(names):
        visit(name)
    return ordered


def _piece(module: Module, reached: set[Name], new_names: Mapping[Name, str]) -> str:
    """Return what is needed of a module, in its own order."""
    changed = {old: new for (place, old), new in new_names.items() if place == module.name}
    names = sorted((n for m, n in reached if m == module.name), key=module.line_of)
    title = f"# ── {module.name.replace('.', '/')}.py "
    texts = dict.fromkeys(module.text(name) for name in names)
    for old, new in changed.items():
        texts = dict.fromkeys(re.sub(rf"(?<![\w.]){old}\b", new, text) for text in texts)
    return title.ljust(82, "─") + "".join(f"{_gap(text)}{text}" for text in texts)


def _gap(text: str) -> str:
    """Return the lines between a definition and what stands before it."""
    first = next(line for line in text.splitlines() if not line.startswith("#"))
    return "\n\n\n" if first.startswith(("def ", "class ", "@")) else "\n"


def _embedded(tables: list[str]) -> str:
    rows = []
    for name in tables:
        rows.append(f'    "{name}": """\\\n{(DATA / name).read_text(encoding="utf-8")}""",')
    return "\n".join(["EMBEDDED = {", *rows, "}"])


def _imports(reached: set[Name]) -> str:
    """Return the imports of the standard library that what is taken over needs."""
    found = {"from types import SimpleNamespace"}
    for name in reached:
        outside = module_of(name[0]).outside
        found |= {outside[used] for used in uses_of(name).names if used in outside}
    found -= {"import numpy"}
    if any(line.split()[1].partition(".")[0] in ("numpy", "sqlalchemy") for line in found):
        raise SourceError(f"The verifier would need more than the standard library: {found}")
    return "\n".join(sorted(found, key=lambda line: (line.startswith("from"), line)))


def main() -> None:
    """Write the verifier."""
    TARGET.write_text(build(), encoding="utf-8")
    TARGET.chmod(0o755)


if __name__ == "__main__":
    main()
