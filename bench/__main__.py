"""Runs every measurement in this folder and writes docs/measurements.md with what it printed."""

from __future__ import annotations

import ast
import os
import platform
import subprocess
import sys
from pathlib import Path

from services.clock import today

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "measurements.md"
INTRODUCTION = """# Measurements

Written by `python3 run.py bench`; each section is one program of `bench/` and what it printed.
Figures are of the machine and the day named here; measure again before you quote them.
"""


def main(wanted: list[str]) -> int:
    """Run the measurements named, or all; return how many failed."""
    known = sorted(path for path in Path(__file__).parent.glob("*.py") if path.stem[0] != "_")
    chosen = [path for path in known if not wanted or path.stem in wanted]
    sections = read_sections()
    failed = 0
    for path in chosen:
        print(f"── {path.stem}", flush=True)
        done = subprocess.run(
            [sys.executable, "-m", f"bench.{path.stem}"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            check=False,
        )
        printed = done.stdout.decode(errors="replace").strip()
        print(printed, flush=True)
        failed += done.returncode != 0
        # A failed measurement keeps the last good figures rather than none.
        if done.returncode == 0:
            sections[path.stem] = section(path, printed)
    stems = {path.stem for path in known}
    texts = [text for name, text in sorted(sections.items()) if name in stems]
    TARGET.write_text(INTRODUCTION + "".join(texts), encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)}; failed: {failed}")
    return 1 if failed else 0


def section(path: Path, printed: str) -> str:
    """Return one section: what was measured, how, where, when, and the figures."""
    title = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or path.stem
    return (
        f"\n## {path.stem}\n\n{title.strip()}\n\n"
        f"Command: `python3 run.py bench {path.stem}`. {today().isoformat()}, {machine()}.\n\n"
        f"```text\n{printed}\n```\n"
    )


def machine() -> str:
    """Return what the figures depend on: processor count, system and Python."""
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores {platform.machine()}, {platform.system()},"
        f" Python {platform.python_version()}, load {load:.1f} before"
    )


def read_sections() -> dict[str, str]:
    """Return the sections of the last run by name, so that one can be measured alone."""
    if not TARGET.exists():
        return {}
    parts = TARGET.read_text(encoding="utf-8").split("\n## ")[1:]
    return {part.split("\n", 1)[0].strip(): f"\n## {part.rstrip()}\n" for part in parts}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
