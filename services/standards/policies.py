"""Values that follow a policy: the electricity factor of a place and year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from services.i18n.words import Words
from services.standards.grid import INNER_MONGOLIA, NATIONAL, GridFactor, Grids
from services.standards.model import AsOf
from services.standards.problems import GridFactorMissingError, GridUnknownError
from services.standards.results import Notice

# Electricity that comes from elsewhere is counted by the grid of the sender.
SENDER = "GRID_REGIONAL_SENDER"


@dataclass(frozen=True, slots=True)
class PolicyOrder:
    """Which factor is wanted: the policy of the method, the place and the dates."""

    policy: str
    place: str
    as_of: AsOf


@dataclass(frozen=True, slots=True)
class PolicyValue:
    """A value chosen by a policy, with what is to be said about the choice."""

    value: float
    unit: str
    status: str
    reference: Words
    factor: str
    notices: tuple[Notice, ...]


_NAMELESS: Mapping[str, str] = MappingProxyType({"zh-CN": "", "en": ""})


def policy_value(grids: Grids, order: PolicyOrder, where: str) -> PolicyValue:
    """Return the factor a policy asks for: the newest data year known, up to the year."""
    year = order.as_of.last_day.year
    metric, grid = _metric_and_grid(grids, order, where)
    factor = grids.factor(metric, grid, year, order.as_of.known_on)
    names = grids.names.get(grid, _NAMELESS)
    grid_names = {"grid_zh": names["zh-CN"], "grid_en": names["en"]}
    if factor is None:
        known_on = order.as_of.known_on
        raise GridFactorMissingError(where, year=year, known_on=known_on, **grid_names)
    notices = []
    if factor.data_year < year:
        age = year - factor.data_year
        years = {"data_year": factor.data_year, "age": age, "year": year}
        notices.append(Notice("carried_forward", {**years, **grid_names}))
    if order.place == INNER_MONGOLIA and grid != NATIONAL:
        notices.append(Notice("grid_split"))
    reference = _reference(grids, factor)
    told = tuple(notices)
    return PolicyValue(factor.value, factor.unit, factor.status, reference, factor.code, told)


def _metric_and_grid(grids: Grids, order: PolicyOrder, where: str) -> tuple[str, str]:
    year = order.as_of.last_day.year
    rule = grids.rule(order.policy, year)
    grid = NATIONAL if rule.is_national else grids.grid_of(order.place, year)
    if not grid:
        raise GridUnknownError(where, region=order.place, year=year)
    return rule.metric, grid


def _reference(grids: Grids, factor: GridFactor) -> Words:
    names = grids.names[factor.place]
    document = factor.document.names
    return Words(
        f"{names['zh-CN']}电网 {factor.data_year}：{document['zh-CN']}",
        f"{names['en']} grid {factor.data_year}: {document['en']}",
    )
