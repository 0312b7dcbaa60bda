"""The evidence names tests that exist, and says of each how it ended or that it was not run."""

import ast
import json

import pytest

from tests.architecture.sources import ROOT
from tools import evidence
from tools.evidence import Control, lines, load, read_run

CONTROLS = load()
NEEDED = {"A1", "A2", "A4", "A6", "A8", "A9", "A10", "A12", "A16", "A20", "M1", "M2", "M3", "M5"}
TEXT = {"zh": "要求", "en": "wanted"}
RESULT = """<?xml version="1.0"?><testsuites><testsuite name="abc" timestamp="2026-05-01T08:00:00">
<testcase classname="tests.a.test_x" name="test_one[1]"/>
<testcase classname="tests.a.test_x" name="test_one[2]"/>
<testcase classname="tests.a.test_x" name="test_two"><failure message="no">no</failure></testcase>
<testcase classname="tests.a.test_y" name="test_three"><skipped/></testcase>
<testcase classname="tests.a.test_y" name="test_four"/>
<testcase classname="tests.a.test_z" name="test_five"><error/></testcase>
</testsuite></testsuites>"""


def functions_of(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_control_names_what_exists():
    for control in CONTROLS:
        assert all((ROOT / name).exists() for name in control.by), control.id
        for name in control.tests:
            path, _, function = name.partition("::")
            assert (ROOT / path).is_file(), name
            assert path.startswith("tests/"), name
            assert not function or function in functions_of(ROOT / path), name


def test_every_control_is_told_once_in_both_languages_and_owned():
    ids = [control.id for control in CONTROLS]
    assert len(set(ids)) == len(ids)
    assert set(ids) >= NEEDED
    for control in CONTROLS:
        assert control.owner in evidence.OWNERS
        assert control.state in evidence.STATES
        assert set(control.wants) == set(control.note) == {"zh", "en"}
        assert all(control.wants.values())


def test_what_is_done_has_tests_and_what_is_not_says_why():
    for control in CONTROLS:
        if control.state == "done":
            assert control.tests and control.by, control.id  # noqa: PT018
        else:
            assert all(control.note.values()), control.id


def test_clauses_of_the_standard_are_all_there():
    told = {control.clause for control in CONTROLS if control.standard == "T/ISC 0029"}
    assert told == {"7.1", "7.2", *(f"7.3 {letter}" for letter in "abcdef")}


def told(*tests, text=RESULT, folder=None):
    path = folder / "tests.xml"
    path.write_text(text, encoding="utf-8")
    control = Control("X", "S", "1", "A", "done", TEXT, ["run.py"], tests, TEXT)
    return evidence.evidence([control], read_run(path))


@pytest.mark.parametrize(
    ("name", "result", "cases"),
    [
        ("tests/a/test_x.py::test_one", "passed", 2),
        ("tests/a/test_x.py::test_two", "failed", 1),
        ("tests/a/test_x.py", "failed", 3),
        ("tests/a/test_y.py::test_four", "passed", 1),
        ("tests/a/test_y.py", "not_run", 2),
        ("tests/a/test_z.py", "failed", 1),
        ("tests/a/test_x.py::test_on", "not_run", 0),
        ("tests/a/test_absent.py", "not_run", 0),
    ],
)
def test_a_result_is_that_of_every_case_of_the_test(name, result, cases, tmp_path):
    [control] = told(name, folder=tmp_path)["controls"]
    assert (control["tests"][0]["result"], control["tests"][0]["cases"]) == (result, cases)
    assert control["result"] == result


def test_a_control_is_as_good_as_its_worst_test(tmp_path):
    good, absent = "tests/a/test_x.py::test_one", "tests/b.py"
    assert told(good, absent, folder=tmp_path)["controls"][0]["result"] == "not_run"
    bad = "tests/a/test_x.py::test_two"
    assert told(good, absent, bad, folder=tmp_path)["controls"][0]["result"] == "failed"
    assert told(folder=tmp_path)["controls"][0]["result"] == "none"


def test_without_a_result_nothing_is_assumed(tmp_path):
    found = evidence.evidence(CONTROLS, read_run(tmp_path / "absent.xml"))
    assert {control["result"] for control in found["controls"]} == {"not_run", "none"}
    assert "not run" in lines(found, 1)[0]


def test_a_result_of_another_state_of_the_code_says_so(tmp_path):
    found = told("tests/a/test_x.py::test_one", folder=tmp_path)
    assert found["tested_commit"] == "abc"
    assert "not the code of now" in lines(found, 1)[0]


@pytest.mark.parametrize(("now", "same"), [("abc", True), ("abc+changed", False), ("", False)])
def test_a_result_is_of_this_code_only_when_nothing_was_changed(tmp_path, monkeypatch, now, same):
    monkeypatch.setattr(evidence, "commit", lambda: now)
    found = told(folder=tmp_path, text=RESULT.replace('name="abc"', f'name="{now or "abc"}"'))
    assert found["is_of_this_commit"] == same


def test_a_failure_is_the_exit_status_and_json_says_the_same(tmp_path, monkeypatch, capsys):
    path = tmp_path / "tests.xml"
    path.write_text(RESULT, encoding="utf-8")
    monkeypatch.setattr(evidence, "RESULTS", path)
    assert evidence.main(["--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [each["id"] for each in document["controls"]] == [each.id for each in CONTROLS]
    module = CONTROLS[0].tests[0].partition("::")[0].removesuffix(".py").replace("/", ".")
    path.write_text(RESULT.replace("tests.a.test_z", module), encoding="utf-8")
    assert evidence.main(["--lang", "en"]) == 1
    assert "FAILED" in capsys.readouterr().out
