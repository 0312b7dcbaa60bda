"""Layouts of files that are not ours: told once, found again by their headings, changeable."""

import pytest

from services.collection.imports import Place, SentRows, preview
from services.collection.layouts import (
    LayoutColumn,
    LayoutError,
    fingerprint_of,
    keep_layout,
    known_layouts,
)
from services.collection.template_files import mending_xlsx
from services.errors import NotFoundError, PlatformError
from services.standards.catalog import load_catalog
from tests.places import add_firm, add_staff

pytestmark = pytest.mark.postgres
METHOD = "GB/T 32150-2015"
# A month a row, and a column for each meter: the accounts of a factory.
WIDE = "某厂能源台账\n月份,柴油（公斤）,电（度）,经办\n1,500,12500,李\n2,坏,13000,李\n"
COLUMNS = (
    LayoutColumn("月份", "month"),
    LayoutColumn("柴油（公斤）", "FC", "fuel", "diesel", "kg"),
    LayoutColumn("电（度）", "MWh", "el_buy", "", "kWh"),
    LayoutColumn("经办"),
)


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


@pytest.fixture
def firm(database):
    return add_firm(database)


@pytest.fixture
def reporter(database, firm):
    return add_staff(database, firm)[0]


@pytest.fixture
def keep(database, catalog, firm, reporter):
    return lambda *columns: keep_layout(
        reporter, database, catalog, (firm.organization_id, METHOD), columns
    )


@pytest.fixture
def look(database, catalog, reporter):
    def _look(text=WIDE, name="a.csv"):
        content = text if isinstance(text, bytes) else text.encode()
        return preview(reporter, database, catalog, SentRows(name, content), Place("T1", 2023))

    return _look


def test_each_column_of_a_source_of_its_own_makes_a_row_in_the_units_of_the_method(keep, look):
    keep(*COLUMNS)
    shown = look()
    (part,) = shown.parts
    # 500 kg are 0.5 t, 12,500 kWh 12.5 MWh, 13,000 kWh 13 MWh.
    assert [dict(row.cells) for row in part.good] == [
        {"month": "1", "source": "fuel", "item": "diesel", "FC": "0.5"},
        {"month": "1", "source": "el_buy", "MWh": "12.5"},
        {"month": "2", "source": "el_buy", "MWh": "13"},
    ]
    (error,) = part.errors
    assert (error.values["row"], error.values["column"]) == (4, "柴油（公斤）")


def test_a_layout_is_found_again_by_its_headings_whatever_stands_above(keep, look):
    keep(*COLUMNS)
    shown = look("\n\n甲\n乙\n" + WIDE.replace("月份", " 月份 ").replace("（公斤）", "(公斤)"))
    assert len(shown.parts[0].good) == 3


def test_a_layout_can_be_told_otherwise(keep, look, database, reporter, firm):
    keep(*COLUMNS)
    keep(COLUMNS[0], LayoutColumn("柴油（公斤）", "FC", "fuel", "gasoline", "t"), *COLUMNS[2:])
    rows = look().parts[0].good
    assert (rows[0].cells["item"], rows[0].cells["FC"]) == ("gasoline", "500")
    assert len(known_layouts(reporter, database, firm.organization_id)) == 1


def test_rows_to_be_mended_of_a_layout_come_back_in_their_units(keep, look):
    keep(*COLUMNS)
    shown = look()
    again = look(mending_xlsx(shown.bad, shown.errors), "b.xlsx")
    assert [row.cells["FC (kg)"] for row in again.bad] == ["坏"]


def test_an_unknown_layout_of_another_organization_stays_unknown(database, keep, look, catalog):
    keep(*COLUMNS)
    other = add_firm(database, "T2")
    stranger = add_staff(database, other)[0]
    sent = SentRows("a.csv", WIDE.encode())
    with pytest.raises(PlatformError, match="排放源"):
        preview(stranger, database, catalog, sent, Place("T2", 2023))
    with pytest.raises(NotFoundError):
        known_layouts(stranger, database, look().parts[0].entry.subject.organization_id)


@pytest.mark.parametrize(
    "columns",
    [
        (),
        (LayoutColumn("a", "FC"),),
        (LayoutColumn("a", "source"), LayoutColumn("b", "source")),
        (LayoutColumn("a", "source"), LayoutColumn("b", "nonsense")),
        (LayoutColumn("a", "FC", "nonsense"),),
        (LayoutColumn("a" * 201, "FC", "fuel"),),
    ],
)
def test_columns_that_make_no_rows_are_not_kept(keep, columns):
    with pytest.raises(LayoutError):
        keep(*columns)


def test_a_fingerprint_is_of_words_and_not_of_their_widths():
    assert fingerprint_of(["ＦＣ ", "月 份"]) == fingerprint_of(["fc", "月 份"])
    assert fingerprint_of(["a", "b"]) != fingerprint_of(["ab"])
