"""Sectors and totals of a regional inventory tell their interval, estimates and gaps."""

import math
from dataclasses import replace

import pytest

from services.accounting.sector_certainty import (
    WITH_LAND_USE,
    WITHOUT_LAND_USE,
    sector_certainty,
)
from services.accounting.sector_inventory import inventory_of
from services.standards.catalog import load_catalog
from tests.services.standards.asking import REGION, record, result

CATALOG = load_catalog()


def quantity(value, half_width=0.0, **others):
    return {"value": value, "uncertainty": half_width, **others}


def forest(source, hectares, half_width=0.0):
    # 10 t/ha × 0.5 × 44/12 on each hectare
    stated = {"B": quantity(10), "CF": quantity(0.5)}
    return record(source, "bamboo", area=quantity(hectares, half_width), **stated)


RECORDS = (
    # 12 t ± 3 % at 1 GJ/t ± 4 %: 44 t ± 5 %
    record("fuel", FC=quantity(12, 0.03), NCV=quantity(1, 0.04), CC=quantity(1), OF=quantity(1)),
    # 1000 ha × 200 kg/ha ± 10 % × 21: 4200 t ± 420 t, its area estimated
    record("rice", "single", area=quantity(1000, origin="estimated"), EF=quantity(200, 0.1)),
    forest("forest_gain", 60, 0.1),  # 1100 t ± 110 t removed
    forest("forest_loss", 30),  # 550 t
)


def certainty(*records):
    done = result(*records, method=REGION)
    inventory = inventory_of(CATALOG.describe(REGION), done, is_recomputed=False)
    return inventory, sector_certainty(CATALOG, inventory)


@pytest.fixture(scope="module")
def found():
    return certainty(*RECORDS)


def test_each_sector_has_the_interval_of_its_sum(found):
    sectors = found[1].sectors
    bands = {name: (each.band.value_t, each.band.half_width_t) for name, each in sectors.items()}
    assert bands == {
        "energy": pytest.approx((44, 2.2)),
        "agriculture": pytest.approx((4200, 420)),
        "land_use": pytest.approx((-550, 110)),
    }


def test_totals_add_independent_errors_by_their_squares(found):
    totals = found[1].totals
    without, whole = totals[WITHOUT_LAND_USE].band, totals[WITH_LAND_USE].band
    assert (without.value_t, without.half_width_t) == pytest.approx((4244, math.hypot(2.2, 420)))
    assert (whole.value_t, whole.half_width_t) == pytest.approx((3694, math.hypot(2.2, 420, 110)))


def test_bands_stand_on_the_totals_of_the_inventory(found):
    inventory, sure = found
    assert sure.totals[WITHOUT_LAND_USE].band.value_t == pytest.approx(inventory.total_t)
    assert sure.totals[WITH_LAND_USE].band.value_t == pytest.approx(inventory.total_with_land_use_t)
    for sector, tonnes in inventory.sectors.items():
        assert sure.sectors[sector].band.value_t == pytest.approx(tonnes)


def test_a_factor_of_a_table_cancels_where_the_same_is_gained_and_lost():
    stated = {"area": quantity(60)}
    inventory, sure = certainty(
        record("forest_gain", "bamboo", **stated), record("forest_loss", "bamboo", **stated)
    )
    assert inventory.sectors["land_use"] == pytest.approx(0)
    assert sure.sectors["land_use"].band.half_width_t == pytest.approx(0)


def test_the_estimated_share_is_that_of_the_emissions_that_rest_on_estimates(found):
    sectors, totals = found[1].sectors, found[1].totals
    assert (sectors["energy"].estimated_share, sectors["energy"].estimated_t) == (0, {})
    assert sectors["agriculture"].estimated_t == {"CH4": pytest.approx(4200)}
    assert totals[WITHOUT_LAND_USE].estimated_share == pytest.approx(4200 / 4244)


def test_a_source_nobody_spoke_of_makes_its_sector_incomplete(found):
    inventory, sure = found
    gaps = len(inventory.gaps("agriculture"))
    assert gaps > 0
    assert sure.sectors["agriculture"].completeness == pytest.approx(1 / (1 + gaps))
    every = sum(without.is_gap for without in inventory.without_number)
    assert sure.totals[WITH_LAND_USE].completeness == pytest.approx(4 / (4 + every))


def test_months_that_nothing_is_said_of_make_their_sector_incomplete():
    heat = record("fuel", FC=12, NCV=1, CC=1, OF=1)
    whole = certainty(heat)[1].sectors["energy"].completeness
    inventory, sure = certainty(*(heat | {"month": month} for month in (1, 2, 3)))
    others = 1 / whole - 1  # the sources nobody spoke of, beside one record
    (unsaid,) = (w for w in inventory.gaps("energy") if w.months)
    assert (unsaid.months, unsaid.gaps) == (tuple(range(4, 13)), 9)
    assert sure.sectors["energy"].completeness == pytest.approx(3 / (3 + 9 + others))


def test_a_method_that_changed_since_gives_no_bands_but_says_why(found):
    inventory, _ = found
    line = inventory.calculation.lines[0]
    unknown = replace(line, inputs={**line.inputs, "gone": line.inputs["FC"]})
    lines = (unknown, *inventory.calculation.lines[1:])
    changed = replace(inventory, calculation=replace(inventory.calculation, lines=lines))
    told = sector_certainty(CATALOG, changed)
    assert told.why_unknown
    assert told.sectors["energy"].band is None
