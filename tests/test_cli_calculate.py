"""`shuangtan calculate` and `methods` as a person or another program calls them."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import cli

VERBS = ("run", "calculate", "explain", "methods", "db", "user", "data", "station", "node", "log")
ROOT = Path(cli.__file__).parent
ORDER = {
    "method": "GB/T 32151.8-2015",
    "year": 2023,
    "region": "320000",
    "known_on": "2026-06-30",
    "records": [
        {"source": "fuel", "item": "bituminous", "inputs": {"FC": 1000, "NCV": 20.9}},
        {"source": "el_buy", "inputs": {"MWh": {"value": 20, "unit": "万kWh"}}},
    ],
}


@pytest.fixture
def order_file(tmp_path):
    path = tmp_path / "order.json"
    path.write_text(json.dumps(ORDER), encoding="utf-8")
    return str(path)


def run(*arguments, given=b"", **environment):
    """Run the command in a process of its own, with nothing in its environment."""
    return subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *arguments],
        input=given,
        capture_output=True,
        env={"PATH": os.defpath, **environment},
        cwd="/",
        check=False,
        timeout=60,
    )


def refused(done):
    """Return the error object of a refused call; nothing else may have been written."""
    assert done.returncode == 2
    assert done.stdout == b""
    told = json.loads(done.stderr)
    assert list(told) == ["error"]
    assert list(told["error"]) == ["where", "what", "why", "do"]
    return told["error"]


def test_an_order_from_a_file_gives_one_json_object(order_file):
    done = run("calculate", order_file, "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    told = json.loads(done.stdout)
    assert told["direct_t"] == 1000 * (20.9 * 0.02618) * 0.93 * 44 / 12
    assert told["indirect_t"] == 200 * 0.55
    assert told["total_t"] == told["direct_t"] + told["indirect_t"]
    assert [line["source"] for line in told["lines"]] == ["fuel", "el_buy"]


def test_an_order_from_standard_input_may_begin_with_a_mark():
    given = b"\xef\xbb\xbf" + json.dumps(ORDER, ensure_ascii=False).encode()
    done = run("calculate", "-", "--json", given=given)
    assert done.returncode == 0
    assert json.loads(done.stdout)["year"] == 2023


def test_it_needs_no_locale_and_no_language_of_the_terminal(order_file):
    done = run("calculate", order_file, "--json", LC_ALL="C", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "采用缺省值" in done.stdout.decode("utf-8")


@pytest.mark.parametrize(
    ("given", "where"),
    [
        (b"", "1:1"),
        (b"\xff\xfe{", "-"),
        (b"\x00", "1:1"),
        (b"[]", "$"),
        (json.dumps({**ORDER, "method": "\ud800"}).encode(), "method"),
        (json.dumps(ORDER).replace("1000", "1e400").encode(), "records[0].inputs.FC"),
        (json.dumps(ORDER).replace("1000", "9" * 6000).encode(), "records[0].inputs.FC"),
        (json.dumps(ORDER).replace("\\u4e07kWh", "kg").encode(), "records[1].inputs.MWh.unit"),
    ],
)
def test_bad_input_is_one_json_object_on_the_error_stream(given, where):
    assert refused(run("calculate", "-", "--json", given=given))["where"] == where


@pytest.mark.parametrize(
    "arguments",
    [(), ("nothing",), ("calculate",), ("calculate", "a", "b"), ("methods", "--language", "fr")],
)
def test_a_wrong_command_line_is_told_the_same_way(arguments):
    assert refused(run(*arguments))["where"] == "shuangtan"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_help_lists_every_verb_with_what_it_does(language, capsysbinary):
    with pytest.raises(SystemExit) as left:
        cli.main(["--help", "--language", language])
    assert left.value.code == 0
    printed = capsysbinary.readouterr().out.decode()
    # A long verb has what it does on the next line.
    listed = dict(re.findall(r"^    (\w+)(?: +|\n +)(\S.*)$", printed, re.MULTILINE))
    assert listed.keys() == set(VERBS)


def test_a_wrong_verb_is_told_every_verb_there_is():
    told = refused(run("nothing"))["what"]
    assert [verb for verb in VERBS if verb not in told] == []


def test_the_help_can_be_printed_on_any_terminal():
    done = run("--help", LC_ALL="C", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert "calculate" in done.stdout.decode("utf-8")


def shell(line, *arguments, **environment):
    """Run the command with its streams as a shell sets them."""
    command = f'"$0" "$1" calculate "$2" --json {line}'
    return subprocess.run(
        ["/bin/sh", "-c", command, sys.executable, str(ROOT / "cli.py"), *arguments],
        capture_output=True,
        env={"PATH": os.defpath, **environment},
        check=False,
        timeout=60,
    )


def test_a_closed_input_is_told_as_an_unreadable_file():
    assert refused(shell("<&-", "-"))["where"] == "-"


@pytest.mark.parametrize("output", [">/dev/full", ">&-"])
def test_a_full_disk_or_a_closed_output_is_told_once_and_leaves_no_traceback(order_file, output):
    told = refused(shell(output, order_file))
    assert told["where"] == "-"
    assert told["do"]


def test_when_nothing_can_be_told_the_exit_status_still_tells(order_file):
    assert shell(">/dev/full 2>/dev/full", order_file).returncode == 2
    assert shell(">&- 2>&-", order_file).returncode == 2


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    missing = str(tmp_path / "missing.json")
    assert refused(run("calculate", missing))["where"] == missing
    assert refused(run("calculate", str(tmp_path)))["where"] == str(tmp_path)
    assert refused(run("calculate", "a\x01b"))["where"] == "a\x01b"


def test_an_error_speaks_the_language_that_was_asked_for(tmp_path):
    order = json.dumps({**ORDER, "year": 2025}).encode()
    chinese = refused(run("calculate", "-", given=order))
    english = refused(run("calculate", "-", "--language", "en", given=order))
    assert "有效期" in chinese["what"]
    assert "validity" in english["what"]
    assert chinese["where"] == english["where"] == "year"


def test_without_json_a_table_is_printed(order_file, capsysbinary):
    assert cli.main(["calculate", order_file]) == 0
    printed = capsysbinary.readouterr().out.decode()
    assert "1,975.82 tCO2e" in printed
    assert "采用缺省值" in printed
    assert cli.main(["calculate", order_file, "--language=en"]) == 0
    assert "Default used" in capsysbinary.readouterr().out.decode()


def test_the_answer_is_the_same_every_time(order_file):
    assert (
        run("calculate", order_file, "--json").stdout
        == run("calculate", order_file, "--json").stdout
    )


def test_methods_lists_every_method(capsysbinary):
    assert cli.main(["methods", "--json"]) == 0
    told = json.loads(capsysbinary.readouterr().out)
    status = {method["designation"]: method["status"] for method in told}
    assert status["GB/T 32151.8-2015"] == "loaded"
    assert status["GB/T 32151.9-2023"] == "not_loaded"


def test_methods_of_a_designation_tells_everything_it_asks_for(capsysbinary):
    assert cli.main(["methods", "GB/T 32151.8-2015", "--json"]) == 0
    told = json.loads(capsysbinary.readouterr().out)
    assert (told["valid_from"], told["valid_to"]) == ("2016-06-01", "2024-06-30")
    fuel = told["sources"][0]
    coke = next(item for item in fuel["items"] if item["item"] == "coke")
    assert coke["defaults"]["NCV"]["value"] == 28.447
    assert coke["units"]["NCV"] == "GJ/t"
    assert fuel["alternatives"][0] == [["FC", "NCV", "CC"], ["FC", "C"]]


@pytest.mark.parametrize("designation", ["GB/T 32151.1-2015", "GB/T 32151.9-2015"])
def test_methods_without_json_is_a_table(designation, capsysbinary):
    assert cli.main(["methods", designation]) == 0
    assert designation in capsysbinary.readouterr().out.decode()


def test_an_unknown_designation_is_refused():
    assert refused(run("methods", "GB/T 1", "--json"))["where"] == "method"


def test_a_calculation_loads_no_database_driver_and_no_web_server(order_file):
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import cli;"
        "cli.main(['calculate', sys.argv[2], '--json']);"
        "heavy = {'sqlalchemy', 'psycopg', 'pandas', 'dash', 'flask', 'rq', 'scipy'};"
        "sys.exit(bool(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(ROOT), order_file], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_other_verbs_are_loaded_when_they_are_called(monkeypatch):
    monkeypatch.setattr(cli, "PLUGGED", {"length": "operator:length_hint"})
    assert cli.main(["length", "a", "b"]) == 2
