"""What is entered beside what bound points metered, from their readings to the finding."""

from datetime import date, datetime, timedelta

import pytest

from services import clock
from services.clock import SHANGHAI
from services.collection import manual, registering
from services.collection.attachments import EntryYear, Limits
from services.collection.checks import desk
from services.collection.filed_checks import order_checks, run_checks
from services.collection.intake import Intake
from services.collection.registering import BindingOrder, PointPlace
from services.collection.rolling import roll_up
from services.data import attachments, findings, jobs, row_findings
from services.data.drafts import DraftVersion
from services.data.engine import SYSTEM_SCOPE
from services.data.row_findings import Wanted
from services.errors import NotFoundError
from services.jobs import take
from services.labels import DataSet, Label
from services.security.labelling import LabelOrder, set_label
from services.security.permissions import Action, Role
from services.security.scopes import scope_for
from services.standards.catalog import load_catalog
from tests.meters import add_meter
from tests.places import NANJING, add_firm, add_person, add_staff
from tests.services.reports.filed import Queue
from tests.uploads import Sent, send

pytestmark = pytest.mark.postgres

YEAR, MONTH = 2025, 3
START = datetime(YEAR, MONTH, 1, tzinfo=SHANGHAI)


@pytest.fixture
def plant(database):
    firm = add_firm(database)
    reporter, _ = add_staff(database, firm)
    meter = add_meter(database, "METER-1", firm, reporter)
    catalog, now = load_catalog(), clock.now()
    registry = registering.registry_of(reporter, database, firm.organization_id, now)
    point = next(p.point_id for p in registry.points if p.code == "E")
    place = PointPlace(firm.organization_id, point, now)
    order = BindingOrder("el_buy", "", "MWh", None, date(YEAR, 1, 1))
    registering.bind_point(reporter, database, catalog, place, order)
    return firm.organization_id, reporter, meter, catalog


def metered(database, meter, values):
    """Send what a counter in kWh showed at the beginning of each day, and roll it up."""
    sent = [
        meter.arrival(at + 1, taken_at=START + timedelta(days=at), vals={"E": value}, hist=True)
        for at, value in enumerate(values)
    ]
    Intake(database).store(sent)
    roll_up(database, clock.now())


def entered(database, plant, mwh):
    key, reporter, _, catalog = plant
    entry = manual.read_entry(reporter, database, key, YEAR)
    row = {"source": "el_buy", "MWh": mwh, "month": str(MONTH), "note": "电费单"}
    return [
        (p.error.found.rule.id, p.field, p.error.found.value, p.error.found.expected)
        for p in manual.check_rows(catalog, entry, [row])
        if p.error.text_key == "suspect_value"
    ]


@pytest.mark.parametrize(("typed", "flagged"), [("31.6", False), ("32", True)])
def test_a_month_is_held_to_its_meter_within_two_per_cent(database, plant, typed, flagged):
    # 1000 kWh a day, for 31 days.
    metered(database, plant[2], [1000.0 * day for day in range(32)])
    found = entered(database, plant, typed)
    assert found == ([("metered_differs", "MWh", 32.0, 31.0)] if flagged else [])


def test_a_month_that_is_metered_in_part_is_held_to_nothing(database, plant):
    metered(database, plant[2], [1000.0 * day for day in range(20)])
    assert entered(database, plant, "32") == []


def test_a_counter_that_went_back_is_told(database, plant):
    values = [1000.0 * day for day in range(32)]
    metered(database, plant[2], [*values[:10], *(value - 9_500 for value in values[10:])])
    assert ("meter_continuity", "MWh", 1.0) in [
        found[:3] for found in entered(database, plant, "31")
    ]


def test_a_doubt_in_rows_is_no_difference_of_totals(database, plant):
    key, reporter, meter, catalog = plant
    metered(database, meter, [1000.0 * day for day in range(32)])
    row = {"source": "el_buy", "MWh": "32", "EF": "0.5", "month": str(MONTH), "note": "电费单"}
    draft = manual.save_draft(reporter, database, DraftVersion(key, YEAR, 0), [row])
    manual.submit_draft(reporter, database, catalog, draft.version)
    with database.work(SYSTEM_SCOPE) as work:
        (doubt, *_) = row_findings.page(work, Wanted(rule="metered_differs"), 0, 9)
        assert findings.standing(work, key, YEAR) == ()
        with pytest.raises(NotFoundError):
            findings.get(work, key, doubt.finding_id)


def close(database, *data_sets):
    """Label data sets of the firm above what anybody there or at the bureau is cleared for."""
    keeper = add_person(database, "security", (Role.SECURITY_ADMINISTRATOR, 100_000))
    for each in data_sets:
        order = LabelOrder(each, "T1", Label.IMPORTANT, clock.today(), "重要数据")
        set_label(keeper, database, order)


def check_again(database, catalog, actor, place):
    """Order a check of what is filed at a place, run it and return the job as it ended."""
    ordered = order_checks(actor, database, Queue(), place)
    with database.work(SYSTEM_SCOPE) as work:
        job = take(work, ordered.job_id)
        work.commit()
    run_checks(database, catalog, actor, job)
    with database.work(SYSTEM_SCOPE) as work:
        return jobs.get(work, ordered.job_id)


def test_checking_again_finds_the_same_whatever_its_orderer_is_cleared_for(database, plant):
    key, reporter, meter, catalog = plant
    metered(database, meter, [1000.0 * day for day in range(32)])
    bill = Sent("电费单.pdf", b"%PDF-1.7 bill")
    file = send(reporter, database, EntryYear(key, YEAR), bill, Limits(1, 1))
    row = {"source": "el_buy", "MWh": "32", "EF": "0.5", "month": str(MONTH), "note": "电费单"}
    row["files"] = file.sha256
    draft = manual.save_draft(reporter, database, DraftVersion(key, YEAR, 0), [row])
    manual.submit_draft(reporter, database, catalog, draft.version)
    with database.work(SYSTEM_SCOPE) as work:
        before = row_findings.counts(work, Wanted())
    assert ("metered_differs", "warning") in before
    close(database, DataSet.TELEMETRY, DataSet.EVIDENCE)
    officer = add_person(database, "officer", (Role.BUREAU_OFFICER, NANJING))
    with database.work(scope_for(officer, Action.VIEW_CHECKS)) as work:
        assert attachments.of_year(work, key, YEAR) == {}
    done = check_again(database, catalog, officer, NANJING)
    assert done.result["checked"] == 1
    with database.work(SYSTEM_SCOPE) as work:
        assert row_findings.counts(work, Wanted()) == before


def test_checking_again_leaves_alone_what_its_orderer_may_not_read(database, plant):
    key, reporter, _, catalog = plant
    row = {"source": "el_buy", "MWh": "32", "EF": "0.5", "month": str(MONTH), "note": "电费单"}
    draft = manual.save_draft(reporter, database, DraftVersion(key, YEAR, 0), [row])
    manual.submit_draft(reporter, database, catalog, draft.version)
    close(database, DataSet.ACTIVITY)
    officer = add_person(database, "officer", (Role.BUREAU_OFFICER, NANJING))
    assert check_again(database, catalog, officer, NANJING).result["checked"] == 0
    assert desk.findings_of(officer, database, Wanted(state="")).listed == ()
