"""The stored year of a power plant that supplies heat, split beside its total (4.5)."""

import pytest

from services.accounting.heat_power import HeatPowerOrder, heat_power_of
from services.accounting.reading import result_of
from services.collection import manual
from services.data.drafts import DraftVersion
from services.errors import NotFoundError
from services.standards.catalog import load_catalog
from services.standards.heat_power import NoHeatPowerError
from services.standards.problems import MissingQuantityError
from tests.places import add_firm, add_staff

pytestmark = pytest.mark.postgres

SUPPLY = {"heat_supplied": 250_000, "heat_generated": 1_000_000, "power_supplied": 50_000}
COAL = {"source": "fuel", "item": "bituminous", "FC": "1000", "C": "0.6", "OF": "1"}
POWER, GENERAL = "GB/T 32151.1-2015", "GB/T 32150-2015"


class Plant:
    def __init__(self, database, method=POWER):
        self.database, self.catalog = database, load_catalog()
        self.organization = add_firm(database, "H1", 320100, method)
        self.key = self.organization.organization_id
        self.reporter, _ = add_staff(database, self.organization)
        draft = manual.save_draft(self.reporter, database, DraftVersion(self.key, 2023, 0), [COAL])
        manual.submit_draft(self.reporter, database, self.catalog, draft.version)

    def split(self, actor=None, year=2023, **quantities):
        order = HeatPowerOrder(self.key, year, SUPPLY | quantities)
        return heat_power_of(actor or self.reporter, self.database, self.catalog, order)


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
