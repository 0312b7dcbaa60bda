"""Totals that disagree are found after a calculation and at night, and stay until resolved."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.accounting.checking import (
    FindingResolvedError,
    ReasonMissingError,
    check_run,
    findings_of,
    resolve_finding,
)
from services.accounting.region_view import Order, region_view
from services.alert_facts import AlertFilter
from services.consistency import nightly
from services.data import alert_lists, audit, organizations, runs
from services.data.engine import SYSTEM_SCOPE
from services.errors import NotAllowedError, NotFoundError
from services.labels import Clearance, DataSet, Label
from services.security.actors import actor_of_login
from services.standards.catalog import load_catalog
from tests import tampering
from tests.tampering import LINE, RUN

YEAR = 2023
CATALOG = load_catalog()
# 03:00 in Shanghai, and an hour before the first check of that day.
NIGHT = datetime(2026, 11, 26, 19, tzinfo=UTC)
BEFORE = datetime(2026, 11, 26, 17, 59, tzinfo=UTC)


@pytest.fixture
def cement(sample_database):
    with sample_database.work(SYSTEM_SCOPE) as work:
        return organizations.by_code(work, "SAMPLE-CEMENT")


@pytest.fixture
def approver(sample_database):
    return actor_of_login(sample_database, "cement.approver")


@pytest.fixture
def tamper(sample_owner_url):
    """Return a function that changes rows which the application itself can never change."""

    def change(table, assignment, where):
        tampering.tamper(sample_owner_url, table, f"{assignment} WHERE {where}")

    return change


def of(subject, year=YEAR):
    return f"organization_id = {subject.organization_id} AND year = {year}"


def whole_night(database, now=NIGHT, limit=50):
    """Let the scheduler come by until the night is done, and return the last round."""
    rounds = []
    while (done := nightly.advance(database, CATALOG, now, limit)) is not None:
        rounds.append(done)
    return rounds[-1]


def found_in(database, actor, subject, year=YEAR):
    found = findings_of(actor, database, subject.organization_id, year)
    return {(each.invariant, each.part) for each in found}


def test_a_sample_that_nobody_touched_is_quiet(sample_database):
    done = whole_night(sample_database)
    # Three years of three plants and of the province.
    assert (done.checked, done.findings) == (12, 0)
    assert done.ended_at == NIGHT


def test_nothing_is_checked_before_two_and_a_day_once(sample_database):
    assert nightly.advance(sample_database, CATALOG, BEFORE) is None
    whole_night(sample_database)
    assert nightly.advance(sample_database, CATALOG, NIGHT + timedelta(hours=1)) is None
    assert nightly.advance(sample_database, CATALOG, NIGHT + timedelta(days=1)) is not None


def test_a_night_goes_on_where_a_step_ended(sample_database):
    assert nightly.advance(sample_database, CATALOG, NIGHT, 5).checked == 5
    assert whole_night(sample_database, limit=5).checked == 12


@pytest.mark.parametrize(
    "case",
    [
        (RUN, "total_t = total_t + 1", ("total", "total_t")),
        (RUN, "gwp_set = 'NONE'", ("recomputed", "")),
        (LINE, "co2e_t = co2e_t * 1.5", ("total", "direct_t")),
        (LINE, "access_path = 'cn.p990000'", ("place", "")),
        (LINE, "emission_scope = 'memo'", ("api", "")),
    ],
)
def test_a_row_that_was_changed_is_found_at_night(sample_database, cement, approver, tamper, case):
    table, assignment, rule = case
    tamper(table, assignment, of(cement))
    whole_night(sample_database)
    found = found_in(sample_database, approver, cement)
    assert rule in found
    assert found_in(sample_database, approver, cement, 2022) == set()
    assert [each.key for each in warned(sample_database, cement)] == [
        f"result.inconsistent/year:{YEAR}"
    ]


def warned(database, firm):
    """Return the alerts of a firm whose cause stands."""
    wanted = AlertFilter(firm.organization_id, rule="result.inconsistent")
    with database.work(SYSTEM_SCOPE) as work:
        found = alert_lists.page(work, wanted, None, 10)
    return [each for each in found if each.is_standing]


def test_a_reason_calms_the_alert_of_the_year(sample_database, cement, approver, tamper):
    tamper(RUN, "total_t = total_t + 1", of(cement))
    whole_night(sample_database)
    assert len(warned(sample_database, cement)) == 1
    for found in findings_of(approver, sample_database, cement.organization_id, YEAR):
        place = (cement.organization_id, found.finding_id)
        resolve_finding(approver, sample_database, *place, "Copied by hand, put right.")
    assert warned(sample_database, cement) == []


def test_who_may_not_read_readings_gives_a_reason_while_something_else_disagrees(
    sample_database, cement, approver, tamper
):
    tamper(RUN, "total_t = total_t + 1", of(cement))
    tamper(LINE, "gas_t = gas_t + 1", of(cement) + " AND line = 0")
    whole_night(sample_database)
    labels = [(name, "cn", Label.SENSITIVE) for name in DataSet if name != DataSet.TELEMETRY]
    clearance = Clearance(own=Label.SENSITIVE, labels=(*labels, ("telemetry", "cn", 4)))
    low = replace(approver, clearance=clearance)
    found = findings_of(low, sample_database, cement.organization_id, YEAR)
    assert len(found) > 1
    for count, each in enumerate(found, start=1):
        place = (cement.organization_id, each.finding_id)
        resolve_finding(low, sample_database, *place, "Copied by hand, put right.")
        assert len(warned(sample_database, cement)) == (count < len(found))


def test_a_change_after_a_calculation_is_found_at_once(sample_database, cement, approver, tamper):
    tamper(LINE, "gas_t = gas_t + 1", of(cement) + " AND line = 0")
    with sample_database.work(SYSTEM_SCOPE) as work:
        run = runs.get(
            work,
            cement.organization_id,
            runs.pointer(work, cement.organization_id, YEAR).current_run,
        )
        assert check_run(work, CATALOG, cement, run) == 1
        work.commit()
    assert found_in(sample_database, approver, cement) == {("line_product", "1 fuel CO2")}


def test_organizations_that_burn_more_than_their_region_are_found(sample_database, cement, tamper):
    burnt = of(cement) + " AND source = 'fuel'"
    tamper(LINE, "gas_t = gas_t * 100, co2e_t = co2e_t * 100", burnt)
    whole_night(sample_database)
    bureau = actor_of_login(sample_database, "bureau.viewer")
    order = Order("990000", YEAR, NIGHT.date())
    (found,) = region_view(bureau, sample_database, CATALOG, order).findings
    assert found.invariant == "parts_exceed"
    assert found.found > found.expected


def test_it_stays_until_somebody_permitted_gives_a_reason(
    sample_database, cement, approver, tamper
):
    tamper(RUN, "total_t = total_t + 1", of(cement))
    whole_night(sample_database)
    (found,) = (
        f
        for f in findings_of(approver, sample_database, cement.organization_id, YEAR)
        if f.invariant == "total"
    )
    place = (cement.organization_id, found.finding_id)
    reporter = actor_of_login(sample_database, "cement.reporter")
    other = actor_of_login(sample_database, "power.approver")
    for stranger in (reporter, other):
        with pytest.raises((NotAllowedError, NotFoundError)):
            resolve_finding(stranger, sample_database, *place, "looked into")
    with pytest.raises(ReasonMissingError):
        resolve_finding(approver, sample_database, *place, "  ")
    done = resolve_finding(approver, sample_database, *place, "Copied by hand, put right.")
    assert (done.is_open, done.reason) == (False, "Copied by hand, put right.")
    with pytest.raises(FindingResolvedError):
        resolve_finding(approver, sample_database, *place, "again")
    with sample_database.work(SYSTEM_SCOPE) as work:
        (event,) = (
            e
            for e in audit.of_organization(work, cement.organization_id)
            if e.action == "resolve_finding"
        )
    assert event.after["reason"] == "Copied by hand, put right."
    whole_night(sample_database, NIGHT + timedelta(days=1))
    again = findings_of(approver, sample_database, cement.organization_id, YEAR)
    assert all(not f.is_open for f in again if f.invariant == "total")


def test_another_difference_opens_it_again_and_none_ends_it(
    sample_database, cement, approver, tamper
):
    tamper(RUN, "deducted_t = deducted_t + 1", of(cement))
    whole_night(sample_database)
    for found in findings_of(approver, sample_database, cement.organization_id, YEAR):
        resolve_finding(
            approver, sample_database, cement.organization_id, found.finding_id, "known"
        )
    tamper(RUN, "deducted_t = deducted_t + 1", of(cement))
    whole_night(sample_database, NIGHT + timedelta(days=1))
    found = findings_of(approver, sample_database, cement.organization_id, YEAR)
    assert [f.is_open for f in found if f.invariant == "total"] == [True]
    tamper(RUN, "deducted_t = deducted_t - 2", of(cement))
    whole_night(sample_database, NIGHT + timedelta(days=2))
    assert findings_of(approver, sample_database, cement.organization_id, YEAR) == ()
