"""Which organization and year a page is about: from its address, else the visitor's own newest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from callbacks.context import Context
from components.forms.method_columns import name_of
from services import clock
from services.accounting import reading
from services.accounting.reading import YearState
from services.accounting.results import Subject
from services.errors import NotFoundError

YEARS_OFFERED = 4

Query = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Chosen:
    """An organization and year, with the organization's years, the newest first."""

    organization_id: int
    year: int
    states: tuple[YearState, ...]

    @property
    def years(self) -> tuple[int, ...]:
        """Return the years to choose from: those begun, the last ones, and the chosen one."""
        last = clock.today().year - 1
        recent = range(last, last - YEARS_OFFERED, -1)
        return tuple(sorted({*recent, *(s.year for s in self.states), self.year}, reverse=True))


def chosen_for_entry(context: Context, query: Query) -> Chosen | None:
    """Return what to enter: the year named, else the newest one; None without an organization."""
    return _chosen(context, query, lambda state: True)


def chosen_for_result(context: Context, query: Query) -> Chosen | None:
    """Return what to show: the year named, else the newest one that was computed."""
    return _chosen(context, query, lambda state: state.run is not None)


def place_of_result(context: Context, query: Query) -> Chosen:
    """Return what the result page is about, or raise NotFoundError where there is nothing."""
    chosen = chosen_for_result(context, query)
    if chosen is None:
        raise NotFoundError("organization", value=query.get("organization", ""))
    return chosen


def chosen_organization(context: Context, query: Query) -> int | None:
    """Return the organization named, else the first one the visitor sees; None without any."""
    return _number(query, "organization") or _own(context)


def way_to(context: Context, organization_id: int) -> tuple[tuple[str, str], ...]:
    """Return the breadcrumb of an organization: country, province, city, itself."""
    places = reading.places_of(context.actor(), context.database, organization_id)
    return tuple((name_of(place.names, place.code), "") for place in places)


def _chosen(context: Context, query: Query, fits: Callable[[YearState], bool]) -> Chosen | None:
    organization_id = chosen_organization(context, query)
    if organization_id is None:
        return None
    states = reading.years_of(context.actor(), context.database, organization_id)
    fitting = [state.year for state in states if fits(state)]
    newest = fitting[0] if fitting else clock.today().year - 1
    return Chosen(organization_id, _number(query, "year") or newest, states)


def _own(context: Context) -> int | None:
    subjects: tuple[Subject, ...] = reading.organizations_of(context.actor(), context.database)
    return subjects[0].organization_id if subjects else None


def number_in(text: object, name: str) -> int:
    """Return the number that a choice or an address names, or raise NotFoundError."""
    told = str(text)
    if not (told.isascii() and told.isdecimal() and len(told) < 16):
        raise NotFoundError(name, value=told[:40])
    return int(told)


def _number(query: Query, name: str) -> int | None:
    text = str(query.get(name) or "")
    return number_in(text, name) if text else None
