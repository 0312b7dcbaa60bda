"""Whether a method, a year, a place and a day of knowledge go together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.clock import today
from services.standards.catalog import GWP_SETS, Catalog
from services.standards.choosing import Chosen, Shape
from services.standards.evaluation import Fills, fills_of
from services.standards.model import AsOf, Method, Source
from services.standards.moulds import Moulds
from services.standards.policies import PolicyOrder, PolicyValue, policy_value
from services.standards.problems import (
    BadPeriodError,
    BadPurposeError,
    BadYearError,
    MethodNotKnownError,
    MethodNotLoadedError,
    MethodNotValidError,
    UnknownGwpSetError,
    UnknownRegionError,
    shown,
)
from services.standards.request import PURPOSES, CalculationRequest
from services.standards.results import Notice

FIRST_YEAR, LAST_YEAR = 1990, 2100
OPEN_END = "—"


@dataclass(frozen=True, slots=True)
class Context:
    """What all records of a calculation share."""

    catalog: Catalog
    method: Method
    region: str
    as_of: AsOf
    gwp_set: str
    period: tuple[date, date]
    # What is the same for every row of a shape is worked out once.
    chosen: dict[Shape, Chosen] = field(default_factory=dict, compare=False, repr=False)
    policies: dict[tuple[str, str], PolicyValue] = field(
        default_factory=dict, compare=False, repr=False
    )
    patterns: dict[Shape, Any] = field(default_factory=dict, compare=False, repr=False)
    moulds: Moulds = field(default_factory=Moulds, compare=False, repr=False)
    fills: dict[str, Fills] = field(default_factory=dict, compare=False, repr=False)

    @property
    def has_own_gwp_set(self) -> bool:
        """Return whether other warming potentials than the method's are asked for."""
        return self.gwp_set != self.method.gwp_set

    def fills_of(self, source: Source) -> Fills:
        """Return what fills the empty cells of a source."""
        if source.code not in self.fills:
            self.fills[source.code] = fills_of(source, self.as_of)
        return self.fills[source.code]

    def policy(self, policy: str, place: str, where: str) -> PolicyValue:
        """Return the value a policy gives a place, or raise naming the cell."""
        found = self.policies.get((policy, place))
        if found is None:
            order = PolicyOrder(policy, place, self.as_of)
            found = policy_value(self.catalog.grids, order, where)
            self.policies[policy, place] = found
        return found


def context_of(catalog: Catalog, request: CalculationRequest) -> Context:
    """Return what all records share, or raise naming the field that does not fit."""
    if not FIRST_YEAR <= request.year <= LAST_YEAR:
        raise BadYearError("year", value=shown(request.year))
    if request.purpose not in PURPOSES:
        known = ", ".join(PURPOSES)
        raise BadPurposeError("purpose", value=shown(request.purpose), known=known)
    if not catalog.grids.is_region(request.region):
        raise UnknownRegionError("region", value=shown(request.region))
    first, last = period_of(request)
    method = _usable_method(catalog, request, (first, last))
    defaults_on = method.valid_from if last < method.valid_from else None
    as_of = AsOf(last, request.known_on, defaults_on)
    gwp_set = request.gwp_set or method.gwp_set
    if gwp_set not in GWP_SETS:
        raise UnknownGwpSetError("gwp_set", value=shown(gwp_set), known=", ".join(GWP_SETS))
    return Context(catalog, method, request.region, as_of, gwp_set, (first, last))


def period_of(request: CalculationRequest) -> tuple[date, date]:
    """Return the period, by default the whole year; both days belong to it."""
    first, last = request.period or (date(request.year, 1, 1), date(request.year, 12, 31))
    if not (first <= last and first.year == last.year == request.year):
        raise BadPeriodError("period", value=f"{first} – {last}")
    return first, last


def notices_of(context: Context, request: CalculationRequest) -> tuple[Notice, ...]:
    """Return what is to be said about a calculation as a whole."""
    method, (first, last) = context.method, period_of(request)
    named = {"method": method.designation, **_validity(method)}
    notices = []
    if _is_outside(method, (first, last)):
        notices.append(Notice("for_comparison", named))
    elif first < method.valid_from or (method.valid_to and last > method.valid_to):
        notices.append(Notice("method_partly_valid", named))
    if context.has_own_gwp_set:
        sets = {"gwp_set": context.gwp_set, "own": method.gwp_set}
        notices.append(Notice("other_gwp_set", sets))
    if request.known_on > today():
        notices.append(Notice("future_known_on", {"known_on": request.known_on.isoformat()}))
    if last > request.known_on:
        days = {"last": last.isoformat(), "known_on": request.known_on.isoformat()}
        notices.append(Notice("period_not_over", days))
    if request.purpose != method.purpose and request.purpose != PURPOSES[0]:
        notices.append(Notice("purpose_differs", {"method": method.designation}))
    return tuple(notices)


def _usable_method(
    catalog: Catalog, request: CalculationRequest, period: tuple[date, date]
) -> Method:
    method = catalog.method(request.method)
    named = {"value": method.designation, **_validity(method)}
    if not method.is_loaded:
        raise MethodNotLoadedError("method", **named)
    first, last = period
    if _is_outside(method, period) and not request.is_comparison:
        raise MethodNotValidError("year", first=first, last=last, **named)
    published = method.published or method.valid_from
    if request.known_on < published:
        raise MethodNotKnownError(
            "known_on", published=published, known_on=request.known_on, **named
        )
    return method


def _is_outside(method: Method, period: tuple[date, date]) -> bool:
    first, last = period
    return last < method.valid_from or bool(method.valid_to and first > method.valid_to)


def _validity(method: Method) -> dict[str, str]:
    valid_to = method.valid_to.isoformat() if method.valid_to else OPEN_END
    return {"valid_from": method.valid_from.isoformat(), "valid_to": valid_to}
