"""The stored year of a power plant that supplies heat, split beside its total (4.5)."""

import json

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.accounting import filing
from services.accounting.corrections import open_correction
from services.accounting.evidence import export_evidence
from services.accounting.heat_power import (
    HeatPowerOrder,
    SplitDecidedError,
    heat_power_of,
    heat_power_state,
    keep_heat_power,
    kept_heat_power,
)
from services.accounting.reading import result_of
from services.collection import manual
from services.data.engine import owner_work
from services.errors import NotAllowedError, NotFoundError, PlatformError
from services.reports.explaining import explain_run
from services.reports.ordering import order_report
from services.standards.catalog import load_catalog
from services.standards.heat_power import HeatSuppliedError, NoHeatPowerError
from services.standards.problems import MissingQuantityError, NegativeError
from tests.places import add_firm, add_staff
from tests.services.reports.filed import Queue
from tests.tools.bundles import members_of, verify

pytestmark = pytest.mark.postgres

SUPPLY = {"heat_supplied": 250_000, "heat_generated": 1_000_000, "power_supplied": 50_000}
COAL = {"source": "fuel", "item": "bituminous", "FC": "1000", "C": "0.6", "OF": "1"}
POWER, GENERAL = "GB/T 32151.1-2015", "GB/T 32150-2015"


class Plant:
    def __init__(self, database, method=POWER):
        self.database, self.catalog = database, load_catalog()
        self.organization = add_firm(database, "H1", 320100, method)
        self.key = self.organization.organization_id
        self.reporter, self.approver = add_staff(database, self.organization)
        self.submit(COAL)

    def submit(self, row):
        asked = (self.reporter, self.database, self.catalog)
        entry = manual.open_entry(*asked, self.key, 2023)
        draft = manual.save_draft(*asked[:2], entry.version, [row])
        manual.submit_draft(*asked, draft.version)

    def approve(self):
        sent = self.result().filing.submission_id
        filing.approve(self.approver, self.database, self.key, sent)

    def result(self):
        return result_of(self.reporter, self.database, self.key, 2023)

    def split(self, actor=None, year=2023, **quantities):
        order = HeatPowerOrder(self.key, year, SUPPLY | quantities)
        return heat_power_of(actor or self.reporter, self.database, self.catalog, order)

    def keep(self, actor=None, **quantities):
        order = HeatPowerOrder(self.key, 2023, SUPPLY | quantities)
        return keep_heat_power(actor or self.reporter, self.database, self.catalog, order)

    def state(self):
        return heat_power_state(self.reporter, self.database, self.catalog, self.result())

    def version(self, number):
        asked = (self.reporter, self.database, self.catalog, self.result())
        return kept_heat_power(*asked, number)


@pytest.fixture
def plant(database):
    return Plant(database)


def test_a_quarter_of_the_heat_has_a_quarter_of_the_total(plant):
    # 1000 t × 0.6 × 44/12 = 2200 t
    total_t = result_of(plant.reporter, plant.database, plant.key, 2023).summary.total_t
    assert total_t == pytest.approx(2200)
    found = plant.split()
    assert (found.heat_t, found.power_t) == pytest.approx((550, 1650))
    assert found.power_t_per_mwh == pytest.approx(0.033)


def test_what_is_left_open_and_a_year_without_a_run_are_told(plant):
    with pytest.raises(MissingQuantityError):
        plant.split(power_supplied=None)
    with pytest.raises(NotFoundError):
        plant.split(year=2021)


def test_a_stranger_finds_nothing(plant, database):
    stranger, _ = add_staff(database, add_firm(database, "H2", 320200))
    with pytest.raises(NotFoundError):
        plant.split(stranger)


def test_a_method_of_another_industry_splits_nothing(database):
    with pytest.raises(NoHeatPowerError):
        Plant(database, GENERAL).split()


def test_what_is_kept_is_shown_with_its_version_and_the_same_is_kept_once(plant):
    assert plant.state().kept is None
    assert [plant.keep().stored.version for _ in range(2)] == [1, 1]
    second = plant.keep(power_supplied=40_000)
    assert (second.stored.version, second.stored.recorded_by) == (2, plant.reporter.name)
    kept = plant.state().kept
    # 1650 t of power on 40,000 MWh
    assert kept.split.power_t_per_mwh == pytest.approx(0.04125)
    assert plant.version(1).stored.quantities == SUPPLY
    assert plant.version(None) is None


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"heat_supplied": -1}, NegativeError),
        ({"heat_supplied": 1_000_001}, HeatSuppliedError),
        ({"heat_generated": 0, "heat_supplied": 0}, HeatSuppliedError),
        ({"power_supplied": None}, MissingQuantityError),
        ({"power_supplied": "much"}, PlatformError),
        ({"power_supplied": float("nan")}, PlatformError),
    ],
)
def test_what_cannot_be_is_not_kept(plant, wrong, error):
    with pytest.raises(error):
        plant.keep(**wrong)
    assert plant.state().kept is None


def test_an_approved_year_stays_as_it_was_and_its_correction_begins_with_its_quantities(plant):
    plant.keep()
    plant.approve()
    with pytest.raises(SplitDecidedError):
        plant.keep(power_supplied=1)
    state = plant.state()
    assert (state.kept.stored.version, state.may_keep, state.earlier) == (1, False, None)
    open_correction(plant.reporter, plant.database, plant.key, 2023, "磅单录错")
    plant.submit(COAL | {"FC": "2000"})
    corrected = plant.state()
    assert (corrected.kept, corrected.may_keep) == (None, True)
    assert corrected.earlier.quantities == SUPPLY
    # Twice the coal: 4400 t, a quarter of it for heat.
    assert plant.keep().split.heat_t == pytest.approx(1100)


def test_only_who_submits_the_year_keeps_its_split(plant, database):
    with pytest.raises((NotAllowedError, NotFoundError)):
        plant.keep(plant.approver)
    stranger, _ = add_staff(database, add_firm(database, "H2", 320200))
    with pytest.raises(NotFoundError):
        plant.keep(stranger)


def test_what_is_kept_cannot_be_changed(plant, owner_url):
    plant.keep()
    with owner_work(owner_url) as work, pytest.raises(DBAPIError, match="keeps every row"):
        work.connection.execute(text("UPDATE business.heat_power_split SET power_supplied = 1"))


def test_the_bundle_and_the_lineage_hold_the_split_and_the_bundle_verifies(plant, tmp_path):
    plant.keep()
    asked = (plant.reporter, plant.database, plant.catalog, plant.result().summary.run_id)
    file = export_evidence(*asked)
    stated = json.loads(members_of(file.content)["heat_power.json"])
    assert (stated["heat_t"], stated["version"]) == (pytest.approx(550), 1)
    done = verify(file.content, tmp_path)
    assert (done.returncode, done.stderr) == (0, b""), done.stdout.decode()
    assert f"heat_t = {stated['heat_t']!r} tCO2e" in done.stdout.decode()
    told = explain_run(*asked)["heat_power"]
    assert (told["power_t"], told["of"]) == (pytest.approx(1650), "total_t")
    assert told["formulas"]["heat_t"] == "supply_ratio × total_t"


def test_a_report_is_of_what_was_kept_when_it_was_ordered(plant):
    plant.keep()
    asked = (plant.reporter, plant.database, Queue(), plant.key, 2023, "en")
    first, again = order_report(*asked), order_report(*asked)
    assert first.job_id == again.job_id
    assert first.arguments["heat_power"] == 1
    plant.keep(power_supplied=40_000)
    second = order_report(*asked)
    assert (second.job_id == first.job_id, second.arguments["heat_power"]) == (False, 2)
