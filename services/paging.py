"""Pages of a listing: a cursor names the last item shown, so that new items move nothing."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from services.errors import PlatformError

Item = TypeVar("Item")
LONGEST_CURSOR, LARGEST = 400, 2**63 - 1
# What a cursor may hold: numbers and texts, by which a listing is in order.
Place = tuple[str | int, ...]


class CursorError(PlatformError):
    """A cursor is none of ours, or one of another listing."""

    text_key = "cursor"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page is wanted: so many items behind a place, from the beginning where there is none.

    A cursor says in plain what it stands for; what it may lead to, rights and row security say.
    """

    listing: str
    limit: int
    cursor: str = ""

    def after(self, *kinds: type) -> Place | None:
        """Return the place behind which the page begins, or raise CursorError."""
        if not self.cursor:
            return None
        try:
            found = json.loads(urlsafe_b64decode(self.cursor.encode("ascii")))
        except (ValueError, RecursionError):
            raise self._wrong() from None
        if not isinstance(found, list) or len(found) != len(kinds) + 1 or found[0] != self.listing:
            raise self._wrong()
        if not all(map(_fits, found[1:], kinds)):
            raise self._wrong()
        return tuple(found[1:])

    def moment(self) -> tuple[datetime, UUID] | None:
        """Return the instant and the id behind which the page begins, or raise CursorError."""
        place = self.after(str, str)
        if place is None:
            return None
        try:
            return datetime.fromisoformat(str(place[0])), UUID(str(place[1]))
        except ValueError:
            raise self._wrong() from None

    def page(self, found: Sequence[Item], place: Callable[[Item], Place]) -> Page[Item]:
        """Return a page of what was found, one more than wanted where there is more."""
        items = tuple(found[: self.limit])
        more = len(found) > self.limit
        return Page(items, self._cursor(place(items[-1])) if more else "")

    def _cursor(self, place: Place) -> str:
        text = json.dumps([self.listing, *place], separators=(",", ":"))
        return urlsafe_b64encode(text.encode()).decode()

    def _wrong(self) -> CursorError:
        return CursorError("cursor", value=self.cursor[:60])


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items of a listing; `next` is the cursor of the following page, empty at the end."""

    items: tuple[Item, ...]
    next: str


def _fits(value: object, kind: type) -> bool:
    return type(value) is kind and (not isinstance(value, int) or abs(value) <= LARGEST)
