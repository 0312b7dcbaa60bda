"""`shuangtan explain` as a person or another program calls it."""

import json
import subprocess
import sys

import pytest

from tests.test_cli_calculate import ORDER, ROOT, refused, run

# Each starts a process of its own, as do those of `calculate`, which stay in the quick part.
pytestmark = pytest.mark.slow

GIVEN = json.dumps(ORDER).encode()


def test_an_order_is_explained_as_one_json_object():
    done = run("explain", "-", "--json", given=GIVEN)
    assert (done.returncode, done.stderr) == (0, b"")
    told = json.loads(done.stdout)
    assert told["schema"] == "shuangtan.lineage/1"
    assert [line["source"]["code"] for line in told["lines"]] == ["fuel", "el_buy"]


def test_it_explains_what_calculate_computes():
    told = json.loads(run("explain", "-", "--json", given=GIVEN).stdout)
    computed = json.loads(run("calculate", "-", "--json", given=GIVEN).stdout)
    totals = ("total_t", "direct_t", "indirect_t", "deducted_t")
    assert [told["totals"][name]["value"] for name in totals] == [computed[n] for n in totals]
    assert [line["co2e_t"] for line in told["lines"]] == [
        line["co2e_t"] for line in computed["lines"]
    ]


def test_one_line_is_explained_alone():
    told = json.loads(run("explain", "-", "--line", "1", "--json", given=GIVEN).stdout)
    assert [line["line"] for line in told["lines"]] == [1]


def test_a_line_that_is_not_there_is_refused():
    assert refused(run("explain", "-", "--line", "2", "--json", given=GIVEN))["where"] == "line"
    assert refused(run("explain", "-", "--line", "x", given=GIVEN))["where"] == "shuangtan"


def test_what_cannot_be_computed_is_refused_as_by_calculate():
    wrong = json.dumps(ORDER | {"method": "?"}).encode()
    assert refused(run("explain", "-", given=wrong)) == refused(run("calculate", "-", given=wrong))


def test_without_json_it_is_a_text_in_the_language_asked_for():
    chinese = run("explain", "-", given=GIVEN).stdout.decode()
    english = run("explain", "-", "--language", "en", given=GIVEN).stdout.decode()
    assert "发布 2015-11-19" in chinese
    assert "published 2015-11-19" in english


def test_an_explanation_loads_no_database_driver_and_no_web_server(tmp_path):
    path = tmp_path / "order.json"
    path.write_bytes(GIVEN)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import cli;"
        "cli.main(['explain', sys.argv[2], '--json']);"
        "heavy = {'sqlalchemy', 'psycopg', 'pandas', 'dash', 'flask', 'rq', 'scipy'};"
        "sys.exit(bool(heavy & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, str(ROOT), str(path)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
