"""A year begun with the rows of the year before: what is kept, and what stays there (4.2 a)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.collection import manual
from services.collection.last_period import begun_with, rows_before
from services.collection.rows import symbols_of
from services.data.drafts import DraftVersion
from services.errors import NotFoundError
from tests.places import add_firm, add_staff

DIESEL = {"source": "fuel", "item": "diesel", "month": "2022-03", "FC": "100", "note": "车辆"}
MARCH = {"source": "fuel", "item": "diesel", "month": "3"}
cells = st.fixed_dictionaries(
    {"source": st.sampled_from(["fuel", "el_buy"])},
    optional={
        "item": st.sampled_from(["diesel", "coke"]),
        "month": st.sampled_from(["1", "３月", "2022-11", "全年", ""]),
        "FC": st.sampled_from(["1", "2,000", "-", "NE"]),
        "note": st.text(max_size=5),
        "files": st.just("0" * 64),
    },
)


def test_notes_and_evidence_stay_with_their_year():
    assert begun_with([DIESEL | {"files": "0" * 64}], False) == (MARCH,)
    assert begun_with([DIESEL], True) == (MARCH | {"FC": "100"},)


def test_two_bills_of_a_month_are_one_row_to_fill_in_and_two_with_their_numbers():
    bills = [DIESEL, DIESEL | {"FC": "50"}]
    assert begun_with(bills, False) == (MARCH,)
    assert [row["FC"] for row in begun_with(bills, True)] == ["100", "50"]


@given(st.lists(cells, max_size=6))
def test_rows_keep_their_order_their_numbers_and_nothing_of_the_other_year(rows):
    kept, emptied = begun_with(rows, True), begun_with(rows, False)
    assert [symbols_of(row) for row in kept] == [symbols_of(row) for row in rows]
    assert all(not symbols_of(row) for row in emptied)
    assert len({tuple(sorted(row.items())) for row in emptied}) == len(emptied) <= len(rows)
    assert not any({"note", "files"} & row.keys() for row in (*kept, *emptied))
    assert {row.get("month", "1") for row in kept} <= {"1", "3", "11"}


@pytest.mark.postgres
def test_the_year_before_gives_its_rows_to_whoever_fills_in_and_to_nobody_else(database):
    firm = add_firm(database)
    reporter, *_ = add_staff(database, firm)
    stranger, *_ = add_staff(database, add_firm(database, "T2"))
    place = (firm.organization_id, 2023)
    assert rows_before(reporter, database, ["fuel"], *place).rows == ()
    steam = {"source": "heat_buy", "GJ": "5"}
    manual.save_draft(reporter, database, DraftVersion(place[0], 2022, 0), [DIESEL, steam])
    found = rows_before(reporter, database, ["fuel"], *place)
    assert (found.year, found.rows, found.usable) == (2022, (DIESEL, steam), (DIESEL,))
    with pytest.raises(NotFoundError):
        rows_before(stranger, database, ["fuel"], *place)
