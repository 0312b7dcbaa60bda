"""Results of a calculation: lines that carry every input with its unit, origin and source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from services.i18n.texts import t


@dataclass(frozen=True, slots=True)
class Notice:
    """A remark beside a number: a text key under `notices` and the values it names."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self) -> str:
        """Return the remark in the language in use."""
        return t(f"notices.{self.key}", **self.values)


@dataclass(frozen=True, slots=True)
class InputValue:
    """One quantity of a formula and where it comes from.

    `origin` is measured, default, estimated, constant, derived or policy; `status` is verified,
    secondary, recalled, user or exact.
    """

    value: float
    unit: str
    origin: str
    reference: str
    status: str


@dataclass(frozen=True, slots=True)
class EmissionLine:
    """The emissions of one gas from one record; `co2e_t` is never negative, `sign` counts it."""

    record: int
    source: str
    item: str
    gas: str
    gas_t: float
    gwp: float
    co2e_t: float
    emission_scope: str
    sign: int
    formula: str
    inputs: Mapping[str, InputValue]
    warnings: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Calculation:
    """All lines of a year with the totals a method asks for, in tonnes of CO2 equivalent."""

    method: str
    year: int
    region: str
    known_on: date
    purpose: str
    period: tuple[date, date]
    gwp_set: str
    total_t: float
    direct_t: float
    indirect_t: float
    deducted_t: float
    memo: Mapping[str, float]
    lines: tuple[EmissionLine, ...]
    warnings: tuple[Notice, ...] = ()
