"""What an assessor asks for: clause, control, what does it, its tests and their last result.

`python3 run.py evidence` reads tools/evidence.toml and the result that `run.py test` left in
build/tests.xml. A test without a result was not run; nothing is assumed. Standard library only.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
TABLE = Path(__file__).with_suffix(".toml")
RESULTS = ROOT / "build" / "tests.xml"
OWNERS = ("A", "S", "D")
STATES = ("done", "partial", "planned", "operator")
CHANGED = "+changed"
PASSED, FAILED, NOT_RUN = "passed", "failed", "not_run"
WORDS = {
    PASSED: ("通过", "passed"),
    FAILED: ("未通过", "FAILED"),
    NOT_RUN: ("未运行", "not run"),
    "none": ("无测试", "no test"),
    "done": ("已实现", "done"),
    "partial": ("部分", "partial"),
    "planned": ("待建", "planned"),
    "operator": ("运营者", "operator"),
}
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Control:
    """One row of the table."""

    id: str
    standard: str
    clause: str
    owner: str
    state: str
    wants: Mapping[str, str]
    by: Sequence[str]
    tests: Sequence[str]
    note: Mapping[str, str]


@dataclass(frozen=True)
class Case:
    """One test as it was run: the file's dotted name, its function, and how it ended."""

    module: str
    function: str
    outcome: str


@dataclass(frozen=True)
class Run:
    """The last run of the tests: when, of which state of the code, and each case; maybe none."""

    at: str = ""
    commit: str = ""
    cases: Sequence[Case] = ()


def main(words: Sequence[str]) -> int:
    """Print the evidence; 1 when a test that proves something failed."""
    parser = argparse.ArgumentParser("python3 run.py evidence")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--lang", choices=LANGUAGES, default="zh")
    options = parser.parse_args(words)
    told = evidence(load(), read_run(RESULTS))
    if options.json:
        print(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        print("\n".join(lines(told, LANGUAGES.index(options.lang))))
    return int(any(each["result"] == FAILED for each in told["controls"]))


def load(path: Path = TABLE) -> list[Control]:
    """Return the committed table."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    return [Control(**entry) for entry in document["control"]]


def read_run(path: Path) -> Run:
    """Return what the tests left, or a run of nothing."""
    if not path.exists():
        return Run()
    suite = ElementTree.parse(path).getroot().find("testsuite")
    if suite is None:
        return Run()
    cases = [_case(found) for found in suite.iter("testcase")]
    return Run(suite.get("timestamp", ""), suite.get("name", ""), cases)


def evidence(controls: Iterable[Control], run: Run) -> dict[str, Any]:
    """Return everything that is printed, as plain values."""
    now = commit()
    return {
        "commit": now,
        "tested_commit": run.commit,
        "tested_at": run.at,
        # Two changed states of one commit are not known to be the same.
        "is_of_this_commit": bool(now) and run.commit == now and not now.endswith(CHANGED),
        "controls": [_told(each, run.cases) for each in controls],
    }


def lines(told: Mapping[str, Any], at: int) -> list[str]:
    """Return the evidence as text, in Chinese (0) or English (1)."""
    found = [_heading(told, at), ""]
    for each in told["controls"]:
        found += [*_lines_of(each, at), ""]
    counts = {
        word: sum(each["result"] == word for each in told["controls"])
        for word in (PASSED, FAILED, NOT_RUN, "none")
    }
    found.append(" · ".join(f"{WORDS[word][at]} {count}" for word, count in counts.items()))
    return found


def commit() -> str:
    """Return the state of the code, marked when it was changed since; "" where nobody knows."""
    asked = ["git", "describe", "--always", f"--dirty={CHANGED}", "--abbrev=40", "--exclude=*"]
    try:
        done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def _told(control: Control, cases: Sequence[Case]) -> dict[str, Any]:
    tests = [_test(name, cases) for name in control.tests]
    outcomes = {each["result"] for each in tests}
    worst = next((word for word in (FAILED, NOT_RUN, PASSED) if word in outcomes), "none")
    values = {name: getattr(control, name) for name in Control.__dataclass_fields__}
    return {**values, "tests": tests, "result": worst}


def _test(name: str, cases: Sequence[Case]) -> dict[str, Any]:
    path, _, function = name.partition("::")
    module = path.removesuffix(".py").replace("/", ".")
    mine = [
        case.outcome for case in cases if case.module == module and function in ("", case.function)
    ]
    failed = sum(outcome == FAILED for outcome in mine)
    # What was left out was not run: only a whole run that passed has passed.
    whole = bool(mine) and all(outcome == PASSED for outcome in mine)
    result = FAILED if failed else PASSED if whole else NOT_RUN
    return {"name": name, "result": result, "cases": len(mine), "failed": failed}


def _case(found: ElementTree.Element) -> Case:
    ended = {child.tag for child in found}
    bad = ended & {"failure", "error"}
    outcome = FAILED if bad else NOT_RUN if "skipped" in ended else PASSED
    function = found.get("name", "").partition("[")[0]
    return Case(found.get("classname", ""), function, outcome)


def _heading(told: Mapping[str, Any], at: int) -> str:
    if not told["tested_at"]:
        return ("测试结果：未运行。先运行 python3 run.py test。",
                "Tests: not run. Run python3 run.py test first.")[at]  # fmt: skip
    of = told["tested_commit"] or "?"
    same = told["is_of_this_commit"]
    other = (
        "，与现在的代码不同，或此后有改动！",
        ", which is not the code of now, or changed since!",
    )[at]
    words = (f"测试结果：{told['tested_at']}，代码 {of}", f"Tests: {told['tested_at']}, code {of}")
    return words[at] + ("" if same else other)


def _lines_of(each: Mapping[str, Any], at: int) -> list[str]:
    language = LANGUAGES[at]
    head = f"{each['standard']} {each['clause']} [{each['id']}, {each['owner']}] "
    state, result = WORDS[each["state"]][at], WORDS[each["result"]][at]
    found = [f"{head}{each['wants'][language]} — {state}; {result}"]
    found += [f"    {name}" for name in each["by"]]
    for test in each["tests"]:
        count = f"{test['cases'] - test['failed']}/{test['cases']}" if test["cases"] else "—"
        found.append(f"    {test['name']}: {WORDS[test['result']][at]} {count}")
    if each["note"][language]:
        found.append(f"    {each['note'][language]}")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
