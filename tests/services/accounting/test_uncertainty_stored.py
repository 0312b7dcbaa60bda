"""A stored run keeps what it lacks, and its uncertainty is computed from its lines."""

from datetime import date

import pytest

from services.accounting import filing
from services.accounting.reading import result_of, years_of
from services.accounting.restatement import RestatementOrder, restate
from services.accounting.uncertainty import (
    UncertaintyOrder,
    certainty_of_result,
    simulation_of,
    uncertainty_of,
)
from services.collection import manual
from services.data.drafts import DraftVersion
from services.errors import NotFoundError
from services.standards.catalog import load_catalog
from tests.places import add_firm, add_staff

pytestmark = pytest.mark.postgres

POWER = {"source": "el_buy", "MWh": "1000", "EF": "0.5"}
COAL = {"source": "fuel", "item": "bituminous", "FC": "100", "origin": "estimated"}
UNKNOWN = {"source": "fuel", "item": "diesel", "FC": "未估算", "note": "叉车无台账"}
NOT_HERE = {"source": "ht_buy", "GJ": "NO"}


class Firm:
    def __init__(self, database):
        self.database, self.catalog = database, load_catalog()
        self.organization = add_firm(database, "U1", 320100)
        self.key = self.organization.organization_id
        self.reporter, self.approver = add_staff(database, self.organization)

    def submit(self, *rows, year=2023):
        version = DraftVersion(self.key, year, 0)
        draft = manual.save_draft(self.reporter, self.database, version, rows)
        return manual.submit_draft(self.reporter, self.database, self.catalog, draft.version)

    def approve(self):
        entry = manual.read_entry(self.reporter, self.database, self.key, 2023)
        filing.approve(self.approver, self.database, self.key, entry.submission_id)

    def ask(self, use_case=uncertainty_of, actor=None, year=2023, **others):
        order = UncertaintyOrder(self.key, year, **others)
        return use_case(actor or self.reporter, self.database, self.catalog, order)


@pytest.fixture
def firm(database):
    return Firm(database)


def test_what_has_no_number_is_kept_with_the_run(firm):
    firm.submit(POWER, COAL, UNKNOWN, NOT_HERE)
    run = result_of(firm.reporter, firm.database, firm.key, 2023).summary
    kept = [(m.record, m.source, m.item, m.notation, m.note) for m in run.missing]
    assert kept == [
        (2, "fuel", "diesel", "not_estimated", "叉车无台账"),
        (3, "ht_buy", "", "not_occurring", ""),
    ]
    # Two numbers and one gap; what does not occur is none.
    assert run.completeness == pytest.approx(2 / 3)
    coal_t = run.total_t - 500
    assert run.estimated_share == pytest.approx(coal_t / run.total_t)
    (state,) = years_of(firm.reporter, firm.database, firm.key)
    assert state.run.missing == run.missing


def test_a_year_with_gaps_is_restated_like_any_other(firm):
    firm.submit(POWER, UNKNOWN)
    firm.approve()
    order = RestatementOrder(firm.key, 2023, known_on=date(2025, 6, 30))
    found = restate(firm.approver, firm.database, firm.catalog, order)
    assert found.restated.missing == found.filed.missing != ()


def test_the_uncertainty_of_a_run_is_that_of_its_lines(firm):
    run = firm.submit(POWER)
    found = firm.ask()
    band = found.bands["total",]
    assert found.run_id == run.run_id
    assert band.value_t == run.total_t == 500.0
    rules = {c.symbol: c.half_width for c in found.contributions}
    # √(2² + 10²) %: a meter, and a factor that the reporter gave.
    assert rules == {"MWh": pytest.approx(0.02), "EF": pytest.approx(0.1)}
    assert band.share == pytest.approx((0.02**2 + 0.1**2) ** 0.5)
    assert found.trend is None


def test_the_trend_is_against_the_first_year_unless_one_is_named(firm):
    for year, amount in ((2021, "800"), (2022, "900"), (2023, "1000")):
        firm.submit({**POWER, "MWh": amount}, year=year)
    assert firm.ask().trend.base_year == 2021
    named = firm.ask(base_year=2022).trend
    assert (named.base_year, named.change_percent) == (2022, pytest.approx(100 / 9))
    assert firm.ask(year=2021).trend is None


def test_a_result_at_hand_gives_the_same_and_reads_no_more_than_the_base_year(firm):
    for year, amount in ((2021, "800"), (2023, "1000")):
        firm.submit({**POWER, "MWh": amount}, year=year)
    result = result_of(firm.reporter, firm.database, firm.key, 2023)
    (base,) = (s.run for s in years_of(firm.reporter, firm.database, firm.key) if s.year == 2021)
    asked = (firm.reporter, firm.database, firm.catalog, result)
    assert certainty_of_result(*asked, base).uncertainty == firm.ask()
    without_database = (firm.reporter, None, firm.catalog, result)
    assert certainty_of_result(*without_database, None).uncertainty.trend is None


def test_simulation_reads_the_same_run(firm):
    firm.submit(POWER)
    first, again = firm.ask(simulation_of), firm.ask(simulation_of)
    assert first == again
    assert first.draws == 10_000
    exact = firm.ask().bands["total",]
    assert first.bands["total",].half_width_t == pytest.approx(exact.half_width_t, rel=0.05)


def test_a_year_without_a_run_and_a_stranger_find_nothing(firm, database):
    firm.submit(POWER)
    with pytest.raises(NotFoundError):
        firm.ask(year=2022)
    stranger, _ = add_staff(database, add_firm(database, "U2", 320200))
    with pytest.raises(NotFoundError):
        firm.ask(actor=stranger)
    with pytest.raises(NotFoundError):
        firm.ask(simulation_of, actor=stranger)
