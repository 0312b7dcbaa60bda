"""A year entered by months: kept with each line, explained, verified, and held to its total."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services import clock, jobs
from services.accounting.checking import check_batch, check_run, findings_of
from services.accounting.evidence import export_evidence
from services.accounting.reading import result_of
from services.accounting.recalculation import (
    Batch,
    RecalculationOrder,
    order_recalculation,
)
from services.accounting.restatement import steps_between
from services.consistency import nightly
from services.data import runs
from services.data.business_tables import run as run_table
from services.data.engine import SYSTEM_SCOPE
from services.data.statistics_tables import emission_line
from services.reports.explaining import explain_run
from services.security.permissions import Role
from services.standards.catalog import load_catalog
from tests.places import add_person
from tests.services.accounting.test_recalculation import Queue
from tests.services.accounting.test_uncertainty_stored import Firm
from tests.services.standards.asking import request
from tests.tampering import LINE, RUN, tamper
from tests.tools.bundles import verify

pytestmark = pytest.mark.postgres


def coal(month, tonnes="3"):
    """44/12 t CO2 a tonne."""
    cells = {"NCV": "20", "CC": "0.05", "OF": "1", "note": "低热值煤泥"}
    return {"source": "fuel", "item": "bituminous", "month": month, "FC": tonnes, **cells}


POWER = {"source": "el_buy", "MWh": "100", "EF": "0.5"}


@pytest.fixture
def firm(database):
    filed = Firm(database)
    filed.submit(coal("1"), coal("３月", "6"), coal("2023-12", "12"), POWER)
    return filed


def stored_run(firm):
    with firm.database.work(SYSTEM_SCOPE) as work:
        return runs.get(work, firm.key, runs.pointer(work, firm.key, 2023).current_run)


# 3, 6 and 12 t of carbon, and 100 MWh × 0.5 t/MWh
PARTS = {"1": 11.0, "3": 22.0, "12": 44.0, "year": 50.0}


def test_every_line_keeps_its_month_and_the_run_its_parts(firm):
    found = result_of(firm.reporter, firm.database, firm.key, 2023)
    assert [line.month for line in found.lines] == [1, 3, 12, None]
    assert found.summary.by_month == pytest.approx(PARTS)
    assert list(found.summary.by_month) == list(PARTS)
    assert found.activity[1].cells["month"] == "３月"


def test_a_year_without_months_is_stored_without(database):
    whole = Firm(database)
    whole.submit(coal(""), POWER)
    with database.work(SYSTEM_SCOPE) as work:
        assert work.connection.scalars(select(run_table.c.by_month)).all() == [None]
        assert work.connection.scalars(select(emission_line.c.month)).all() == [None, None]
    told = explain_run(whole.reporter, database, whole.catalog, stored_run(whole).run_id)
    assert "by_month" not in told
    assert "month" not in told["lines"][0]


def test_the_lineage_names_the_month_and_the_lines_of_each(firm):
    told = explain_run(firm.reporter, firm.database, firm.catalog, stored_run(firm).run_id)
    assert [line.get("month") for line in told["lines"]] == [1, 3, 12, None]
    assert {part: each["lines"] for part, each in told["by_month"].items()} == {
        "1": [0], "3": [1], "12": [2], "year": [3],
    }  # fmt: skip
    assert told["lines"][2]["activity"][0]["understood"]["month"] == "2023-12"


def test_its_evidence_bundle_verifies_offline(firm, tmp_path):
    run_id = stored_run(firm).run_id
    file = export_evidence(firm.reporter, firm.database, firm.catalog, run_id)
    done = verify(file.content, tmp_path)
    assert (done.returncode, done.stderr) == (0, b""), done.stdout.decode()


def test_a_month_that_is_none_is_refused_by_the_table_itself(firm, owner_url):
    with pytest.raises(IntegrityError, match="emission_line_month"):
        tamper(owner_url, LINE, "month = 13")


MOVED = (LINE, "month = 4 WHERE line = 1", {("month", "3"), ("month", "4")})
FORGOTTEN = (LINE, "month = NULL WHERE line = 0", {("month", "1"), ("month", "year")})
EXCHANGED = (RUN, """by_month = '{"1": 12, "3": 21, "12": 44, "year": 50}'""",
             {("month", "1"), ("month", "3")})  # fmt: skip
LARGER = (RUN, """by_month = by_month || '{"1": 12}'""", {("month", "1"), ("month", "total")})
LEFT_OUT = (RUN, "by_month = NULL", {("month", part) for part in PARTS})
CASES = (MOVED, FORGOTTEN, EXCHANGED, LARGER, LEFT_OUT)


@pytest.mark.parametrize("case", CASES)
def test_parts_that_disagree_with_lines_or_total_are_found_at_once(firm, owner_url, case):
    table, change, named = case
    tamper(owner_url, table, change)
    with firm.database.work(SYSTEM_SCOPE) as work:
        assert check_run(work, firm.catalog, firm.organization, stored_run(firm)) == len(named)
        work.commit()
    found = findings_of(firm.reporter, firm.database, firm.key, 2023)
    assert {(each.invariant, each.part) for each in found} == named


def test_a_line_and_its_part_moved_together_are_found_at_night(firm, owner_url):
    tamper(owner_url, LINE, "month = 4 WHERE line = 1")
    tamper(owner_url, RUN, """by_month = '{"1": 11, "4": 22, "12": 44, "year": 50}'""")
    with firm.database.work(SYSTEM_SCOPE) as work:
        place = (work, firm.catalog, firm.organization, 2023)
        nightly.check_year(*place, clock.now())
        work.commit()
    found = findings_of(firm.reporter, firm.database, firm.key, 2023)
    assert {(each.invariant, each.part) for each in found} == {
        ("recomputed", "fuel CO2 direct 3"),
        ("recomputed", "fuel CO2 direct 4"),
    }


@pytest.mark.parametrize("case", [None, *CASES])
def test_a_batch_finds_it_too_and_is_quiet_otherwise(firm, owner_url, case):
    firm.approve()
    bureau = add_person(firm.database, "bureau", (Role.BUREAU_OFFICER, 320000))
    order = RecalculationOrder(320000, 2023, date(2025, 6, 30))
    job = order_recalculation(bureau, firm.database, firm.catalog, Queue(), order)
    with firm.database.work(SYSTEM_SCOPE) as work:
        taken = jobs.take(work, job.job_id)
        work.commit()
    attempt = Batch(firm.database, firm.catalog, bureau, taken)
    for part in attempt.parts():
        attempt.store(attempt.computed(part))
    if case:
        tamper(owner_url, *case[:2])
    with firm.database.work(SYSTEM_SCOPE) as work:
        found = check_batch(work, firm.catalog, job.job_id, [firm.key])
    assert found == int(case is not None)


def test_a_year_told_by_months_for_the_first_time_changes_amounts_and_no_boundary():
    year, months = ([coal_record(120)], [coal_record(11, month) for month in range(1, 13)])
    filed = request(*year)
    _, steps = steps_between(load_catalog(), filed, replace(filed, records=months))
    changes = {step.cause: step.change_t for step in steps}
    assert changes["boundary"] == 0
    # 12 × 11 t − 120 t, 44/12 t CO2 each
    assert changes["activity"] == pytest.approx(44.0)


def coal_record(tonnes, month=None):
    inputs = {"FC": tonnes, "NCV": 20, "CC": 0.05, "OF": 1}
    of_month = {} if month is None else {"month": month}
    return {"source": "fuel", "item": "bituminous", **of_month, "inputs": inputs}
