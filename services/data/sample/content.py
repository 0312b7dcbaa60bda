"""The invented organizations, people and activity of the 示例 province, read from a file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
PROVINCE_CODE = "990000"
PROVINCE_PATH = "cn.p990000"
# The invented institution that verifies a sample plant; institutions lie at no place.
INSTITUTION_CODE = "SAMPLE-JG"


@dataclass(frozen=True, slots=True)
class SampleYear:
    """One year of entries; `filed` years are submitted and approved, others stay drafts.

    `heat_power` holds what a power plant supplied, where the year is split.
    """

    year: int
    filed: bool
    rows: Sequence[Mapping[str, str]]
    heat_power: Mapping[str, float] | None


@dataclass(frozen=True, slots=True)
class SampleBalance:
    """An invented energy balance: fields of a fuel balance, fuel by fuel, and electricity used."""

    year: int
    rows: Sequence[Mapping[str, Any]]
    electricity_mwh: float
    note: str


@dataclass(frozen=True, slots=True)
class SampleBinding:
    """Where the amounts of a point of a sample meter go; without a scale the units say by what."""

    meter: str
    point: str
    source: str
    symbol: str
    item: str = ""
    scale: float | None = None


@dataclass(frozen=True, slots=True)
class SampleOrganization:
    """An invented organization with its years, and the key that its people's logins begin with."""

    key: str
    kind: str
    code: str
    parent: str
    names: Mapping[str, str]
    factor_region: str
    method: str
    industry_code: str
    years: Sequence[SampleYear]
    balances: Sequence[SampleBalance]
    bindings: Sequence[SampleBinding]


def sample_organizations() -> tuple[SampleOrganization, ...]:
    """Return the organizations in the order in which they must be added."""
    document = tomllib.loads((FOLDER / "sample.toml").read_text(encoding="utf-8"))
    return tuple(_organization(entry) for entry in document["organization"])


def _organization(entry: Mapping[str, Any]) -> SampleOrganization:
    return SampleOrganization(
        key=entry["key"],
        kind=entry["kind"],
        code=entry["code"],
        parent=entry["parent"],
        names={"zh-CN": entry["name_zh"], "en": entry["name_en"]},
        factor_region=entry["factor_region"],
        method=entry.get("method", ""),
        industry_code=entry.get("industry", ""),
        years=[
            SampleYear(year["year"], year.get("filed", True), _rows(year), year.get("heat_power"))
            for year in entry.get("years", ())
        ],
        balances=[SampleBalance(**balance) for balance in entry.get("balances", ())],
        bindings=[SampleBinding(**binding) for binding in entry.get("bindings", ())],
    )


def _rows(year: Mapping[str, Any]) -> list[Mapping[str, str]]:
    """Return the rows of a year: twelve where a row states its quantities month by month."""
    return [row for stated in year["rows"] for row in _months(stated)]


def _months(stated: Mapping[str, Any]) -> list[Mapping[str, str]]:
    quantities = stated.get("months", {})
    whole = {name: text for name, text in stated.items() if name != "months"}
    by_month = zip(*quantities.values(), strict=True)
    months = (dict(zip(quantities, texts, strict=True)) for texts in by_month)
    return [whole | {"month": str(m)} | texts for m, texts in enumerate(months, 1)] or [whole]
