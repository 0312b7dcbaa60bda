"""Results of a calculation: lines that carry every input with its unit, origin and source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from services.i18n.texts import t
from services.i18n.words import Words
from services.standards.heat_power import HeatPower
from services.standards.month_gaps import MissingMonths, missing_months


@dataclass(frozen=True, slots=True)
class Notice:
    """A remark beside a number: a text key under `notices` and the values it names."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self) -> str:
        """Return the remark in the language in use."""
        return t(f"notices.{self.key}", **self.values)


def of_month(month: int | None) -> dict[str, object]:
    """Return the month as documents show it: not at all where a value is of the whole year."""
    return {} if month is None else {"month": month}


@dataclass(frozen=True, slots=True)
class InputValue:
    """One quantity of a formula and where it comes from.

    `origin` is measured, default, estimated, constant, derived or policy; `status` is verified,
    secondary, recalled, user or exact. `half_width` is that of the 95 % interval, as a fraction,
    where the record states it. `factor` is the code of the row it comes from, if any; a product
    of rows names each, with * between.
    """

    value: float
    unit: str
    origin: str
    reference: Words
    status: str
    half_width: float | None = None
    factor: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the input as `shuangtan calculate` prints it; an uncertainty where given."""
        given = {} if self.half_width is None else {"uncertainty": self.half_width}
        return {
            "value": self.value,
            "unit": self.unit,
            "origin": self.origin,
            "reference": str(self.reference),
            "status": self.status,
            **given,
        }


@dataclass(frozen=True, slots=True)
class EmissionLine:
    """The emissions of one gas from one record; `co2e_t` is never negative, `sign` counts it.

    `month` is None where the record is of the whole year.
    """

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
    month: int | None = None

    def as_json(self) -> dict[str, object]:
        """Return the line as `shuangtan calculate` prints it; warnings in the language in use."""
        return {
            "source": self.source,
            "item": self.item,
            **of_month(self.month),
            "gas": self.gas,
            "gas_t": self.gas_t,
            "gwp": self.gwp,
            "co2e_t": self.co2e_t,
            "emission_scope": self.emission_scope,
            "sign": self.sign,
            "formula": self.formula,
            "inputs": {symbol: value.as_json() for symbol, value in self.inputs.items()},
            "warnings": [f"{notice.key}: {notice.text()}" for notice in self.warnings],
        }


@dataclass(frozen=True, slots=True)
class MissingRecord:
    """A record without a number: what it is about, why (`notation`), and a note."""

    record: int
    source: str
    item: str
    notation: str
    note: str
    emission_scope: str
    month: int | None = None

    def as_json(self) -> dict[str, object]:
        """Return the entry as `shuangtan calculate` prints it."""
        names = ("record", "source", "item", "notation", "note")
        return {name: getattr(self, name) for name in names} | of_month(self.month)


@dataclass(frozen=True, slots=True)
class Calculation:
    """All lines of a year with the totals a method asks for, in tonnes of CO2 equivalent.

    `missing` are records that say why they have no number; `completeness` and `estimated_share`
    say how much of the total is known, and how much rests on estimates (0 to 1).
    `sectors` holds for a regional inventory what each sector with lines adds up to: all but
    land use are the total, land use (removals negative) stands apart. JSON shows it where it
    is not empty. `heat_power` is the split of a power plant that supplies heat, beside the total.
    `memo` then also holds land_use_t and total_with_land_use_t. `by_month` is what the total
    consists of by month, and under "year" by records of the whole year; empty where no line names
    a month. `missing_months` are what is entered by month and not for every month of the period.
    """

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
    missing: tuple[MissingRecord, ...] = ()
    completeness: float = 1.0
    estimated_share: float = 0.0
    sectors: Mapping[str, float] = field(default_factory=dict)
    heat_power: HeatPower | None = None
    by_month: Mapping[str, float] = field(default_factory=dict)

    @property
    def missing_months(self) -> tuple[MissingMonths, ...]:
        """Return the months that nothing is said of, of what is entered by month."""
        return missing_months(self.lines, self.missing, self.period)

    def as_json(self) -> dict[str, object]:
        """Return the answer of `shuangtan calculate`, nothing rounded."""
        unsaid = [each.as_json() for each in self.missing_months]
        return {
            "method": self.method,
            "year": self.year,
            "region": self.region,
            "known_on": self.known_on.isoformat(),
            "purpose": self.purpose,
            "period": [day.isoformat() for day in self.period],
            "total_t": self.total_t,
            "direct_t": self.direct_t,
            "indirect_t": self.indirect_t,
            "deducted_t": self.deducted_t,
            "memo": dict(self.memo),
            **({"sectors": dict(self.sectors)} if self.sectors else {}),
            **({"by_month": dict(self.by_month)} if self.by_month else {}),
            **({"heat_power": self.heat_power.as_json()} if self.heat_power else {}),
            "lines": [line.as_json() for line in self.lines],
            "completeness": self.completeness,
            "estimated_share": self.estimated_share,
            "missing": [record.as_json() for record in self.missing],
            **({"missing_months": unsaid} if unsaid else {}),
        }
