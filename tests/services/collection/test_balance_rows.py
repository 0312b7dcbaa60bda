"""What is typed into the balance grid is read as numbers, or told cell by cell."""

from services.accounting.sector_inventory import editions
from services.collection.balance_entry import check_rows
from services.collection.balance_rows import parse_balance
from services.standards.catalog import load_catalog

CATALOG = load_catalog()
EDITION = editions(CATALOG)[0].designation
LPG = {"source": "fuel", "item": "lpg", "imports": "１,000", "final_use": "1000"}


def problems(*rows):
    found = check_rows(CATALOG, EDITION, 2023, rows)
    return [(p.record, p.field, type(p.error).__name__) for p in found]


def test_rows_are_read_and_those_without_a_number_are_left_out():
    rows = [
        LPG,
        {"source": "fuel", "item": "diesel"},
        {"source": "electricity", "electricity_mwh": "5.5"},
        {"source": "fuel", "item": "coke", "production": "(3)", "fixed": "80%"},
    ]
    parsed = parse_balance(rows)
    assert [fuel.item for fuel in parsed.fuels] == ["lpg", "coke"]
    assert (parsed.fuels[0].imports, parsed.fuels[1].production) == (1000.0, -3.0)
    assert (parsed.fuels[1].fixed, parsed.electricity_mwh) == (0.8, 5.5)
    assert (parsed.positions, parsed.problems) == ([0, 3], [])


def test_good_rows_have_no_problem():
    assert problems(LPG, {"source": "electricity", "electricity_mwh": "5"}) == []


def test_each_problem_is_told_at_its_cell():
    assert problems(
        {**LPG, "imports": "1,00"},
        {"source": "fuel", "item": "coke", "imports": "-5"},
        {"source": "fuel", "item": "wood", "imports": "5"},
        {"source": "fuel", "imports": "5"},
        {"source": "heat", "item": "lpg", "imports": "5"},
        {"source": "fuel", "item": "diesel", "imports": "100", "final_use": "90"},
        {"source": "electricity", "electricity_mwh": "-1"},
        {"source": "fuel", "item": "diesel", "imports": "1"},
    ) == [
        (0, "imports", "CellError"),
        (1, "imports", "NegativeError"),
        (2, "item", "UnknownItemError"),
        (3, "item", "MissingItemError"),
        (4, "source", "UnknownSourceError"),
        (5, "final_use", "SupplyUseError"),
        (6, "electricity_mwh", "NegativeError"),
        (7, "item", "FuelTwiceError"),
    ]


def test_a_stock_change_and_a_transformation_may_be_negative():
    row = {"source": "fuel", "item": "coke", "stock_change": "-5", "transformation": "-95"}
    assert problems({**row, "final_use": "100"}) == []
