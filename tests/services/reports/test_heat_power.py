"""The kept split of a power plant is printed with its rates; without one there is no table."""

import io

import pytest
from openpyxl import load_workbook

from services.accounting.heat_power import KeptHeatPower
from services.data.heat_power import StoredSplit
from services.reports.model import cell_text
from services.standards.catalog import load_catalog
from services.standards.heat_power import split
from tests.services.reports import samples
from tests.services.reports.printing import excel, report

# A quarter of the heat, of the sample's 3158.8 t: 789.7 t on 250,000 GJ, 2369.1 t of power.
SUPPLY = {"heat_supplied": 250_000.0, "heat_generated": 1_000_000.0, "power_supplied": 0.0}


def kept():
    rule = load_catalog().heat_power
    found = split(rule, "GB/T 32151.1-2015", SUPPLY, 3158.8)
    stored = StoredSplit(samples.RUN_ID, 2, SUPPLY, "热电填报员", samples.ISSUED_AT)
    return KeptHeatPower(stored, found, rule)


def cells(language):
    table = report(language, heat_power=kept()).table("heat_power")
    return {row.cells[0]: cell_text(row.cells[1]) for row in table.rows}, table.note


@pytest.mark.parametrize(
    ("language", "heat", "rate", "power"),
    [
        ("zh-CN", "供热量（GJ）", "供热排放强度（吨 CO₂e/GJ）", "供电排放强度（吨 CO₂e/MWh）"),
        (
            "en",
            "Heat supplied (GJ)",
            "Emissions per heat (t CO₂e/GJ)",
            "Emissions per power (t CO₂e/MWh)",
        ),
    ],
)
def test_quantities_tonnes_and_rates_are_printed_and_what_is_unknown_is_a_dash(
    language, heat, rate, power
):
    found, note = cells(language)
    # 789.7 / 250,000
    assert (found[heat], found[rate], found[power]) == ("250,000", "0.0031588", "—")
    assert {"789.70", "2,369.10", "25.0%"} <= set(found.values())
    assert "热电填报员" in note


def test_the_workbook_holds_it_in_the_summary():
    sheet = load_workbook(io.BytesIO(excel("en", heat_power=kept()))).worksheets[0]
    assert 789.7 in [cell.value for row in sheet.iter_rows() for cell in row]


def test_without_a_kept_split_there_is_no_table():
    assert "heat_power" not in [table.key for table in report("en").tables()]
