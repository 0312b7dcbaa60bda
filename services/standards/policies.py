"""Values that follow a policy: the grid factor of a place and year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from services.standards.grid import INNER_MONGOLIA, Grids
from services.standards.model import AsOf
from services.standards.problems import GridFactorMissingError, GridUnknownError
from services.standards.results import Notice

REGIONAL = "GRID_REGIONAL"
SENDER = "GRID_REGIONAL_SENDER"
POLICIES = (REGIONAL, SENDER)


@dataclass(frozen=True, slots=True)
class PolicyValue:
    """A value chosen by a policy, with what is to be said about the choice."""

    value: float
    unit: str
    status: str
    reference: str
    notices: tuple[Notice, ...]


_NAMELESS: Mapping[str, str] = MappingProxyType({"zh-CN": "", "en": ""})


def grid_factor(grids: Grids, region: str, as_of: AsOf, where: str) -> PolicyValue:
    """Return the factor of the grid of a place for the newest data year known up to the year."""
    year = as_of.last_day.year
    grid = grids.grid_of(region, year)
    if not grid:
        raise GridUnknownError(where, region=region, year=year)
    names = grids.names.get(grid, _NAMELESS)
    grid_names = {"grid_zh": names["zh-CN"], "grid_en": names["en"]}
    factor = grids.factor(grid, year, as_of.known_on)
    if factor is None:
        raise GridFactorMissingError(where, year=year, known_on=as_of.known_on, **grid_names)
    notices = []
    if factor.data_year < year:
        age = year - factor.data_year
        years = {"data_year": factor.data_year, "age": age, "year": year}
        notices.append(Notice("carried_forward", {**years, **grid_names}))
    if region == INNER_MONGOLIA:
        notices.append(Notice("grid_split"))
    reference = f"{names['zh-CN']}电网 {factor.data_year}：{factor.source}"
    return PolicyValue(factor.value, factor.unit, factor.status, reference, tuple(notices))
