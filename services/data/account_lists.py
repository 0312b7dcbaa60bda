"""Accounts of people, a part of a long list at a time, with how each of them signs in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Text,
    cast,
    column,
    func,
    or_,
    select,
)

from services.data.identity_tables import person, sign_in_guard, wall_device
from services.data.work import Work


@dataclass(frozen=True, slots=True)
class ListedAccount:
    """An account as it stands; `opened_at` is when its person last came in with both factors."""

    person_id: int
    login: str
    name: str
    is_active: bool
    recorded_at: datetime
    opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which accounts: by words in the name or the sign-in name, of these people where given.

    `login` asks for the one of exactly that sign-in name.
    """

    words: str = ""
    login: str = ""
    within: Collection[int] | None = None
    start: int = 0
    most: int = 50


_NAMES = tuple(ListedAccount.__dataclass_fields__)


def found(work: Work, wanted: Wanted) -> tuple[int, list[ListedAccount]]:
    """Return how many accounts there are, and a part of them by sign-in name; walls are none."""
    fits = _fitting(wanted)
    count = work.connection.scalar(select(func.count()).select_from(person).where(*fits))
    part = (
        select(*(person.c[name] for name in _NAMES))
        .where(*fits)
        .order_by(person.c.is_active.desc(), person.c.login)
        .offset(wanted.start)
        .limit(wanted.most)
    )
    return int(count or 0), [ListedAccount(*row) for row in work.connection.execute(part)]


def states(work: Work, people: Sequence[int]) -> dict[int, tuple[bool, bool]]:
    """Return of each person whether the password must be changed, and whether a factor counts."""
    asked = func.base.account_states(cast(list(people), ARRAY(BigInteger))).table_valued(
        column("person_id", BigInteger),
        column("must_change", Boolean),
        column("has_factor", Boolean),
    )
    rows = work.connection.execute(select(asked))
    return {row.person_id: (row.must_change, row.has_factor) for row in rows}


def locks(work: Work, keys: Sequence[str], at: datetime) -> dict[str, datetime]:
    """Return which of the names that failures are counted under are locked, and until when."""
    columns = sign_in_guard.c
    query = select(columns.login, columns.locked_until).where(
        columns.login.in_(keys), columns.locked_until > at
    )
    return {row.login: row.locked_until for row in work.connection.execute(query)}


def _fitting(wanted: Wanted) -> list[ColumnElement[bool]]:
    is_wall: Any = select(wall_device.c.person_id).where(
        wall_device.c.person_id == person.c.person_id
    )
    fits: list[ColumnElement[bool]] = [~is_wall.exists()]
    if wanted.login:
        fits.append(person.c.login == wanted.login)
    if wanted.words:
        like = [
            cast(part, Text).icontains(wanted.words, autoescape=True)
            for part in (person.c.login, person.c.name)
        ]
        fits.append(or_(*like))
    if wanted.within is not None:
        fits.append(person.c.person_id.in_(wanted.within))
    return fits
