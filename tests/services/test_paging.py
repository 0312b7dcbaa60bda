"""Cursors: a listing read page by page holds every item once, and nothing else is a cursor."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.paging import Asked, CursorError

NUMBERS = list(range(1, 8))


def read(limit, items=NUMBERS):
    """Return what pages of a listing hold, read to its end."""
    cursor, pages = "", []
    while True:
        asked = Asked("numbers", limit, cursor)
        after = (asked.after(int) or (0,))[0]
        page = asked.page([n for n in items if n > after][: limit + 1], lambda n: (n,))
        pages.append(list(page.items))
        if not page.next:
            return pages
        cursor = page.next


def test_pages_hold_every_item_once():
    assert read(3) == [[1, 2, 3], [4, 5, 6], [7]]
    assert read(7) == [NUMBERS]
    assert read(1, []) == [[]]


def test_an_instant_and_an_id_come_back_as_they_were():
    at, key = datetime(2026, 1, 2, 3, 4, 5, 678901, UTC), UUID(int=7)
    page = Asked("moments", 1).page([at, at], lambda each: (each.isoformat(), str(key)))
    assert Asked("moments", 1, page.next).moment() == (at, key)


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"{}", b"7", b'["numbers"]', b'["numbers",1,2]', b'["other",1]', b'["numbers","1"]'),
        *(b'["numbers",true]', b'["numbers",1.0]', b'["numbers",%d]' % 2**63, b"[" * 9_000),
        b"\xff",
    ],
)
def test_what_is_no_cursor_of_the_listing_is_refused(text):
    with pytest.raises(CursorError):
        Asked("numbers", 1, urlsafe_b64encode(text or b"x").decode()).after(int)


@pytest.mark.parametrize("place", [["x", str(UUID(int=1))], ["2026-01-01", "x"], ["", ""]])
def test_what_is_no_instant_or_no_id_is_refused(place):
    page = Asked("moments", 1).page([1, 2], lambda _each: tuple(place))
    with pytest.raises(CursorError):
        Asked("moments", 1, page.next).moment()
