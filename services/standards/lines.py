"""Emission lines: each number with its formula, every input and what is to be said about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.standards.checks import SourceRows
from services.standards.choosing import Row
from services.standards.evaluation import Codes, Origin, resolve_column
from services.standards.formulas import FORMULAS, Floats
from services.standards.model import AsOf, Factor
from services.standards.records import WARNING, Context, Problem
from services.standards.results import EmissionLine, InputValue, Notice

EXACT, USER, RECALLED = "exact", "user", "recalled"
DERIVED_UNITS: Mapping[str, str] = {"h": "kJ/kg"}
DERIVED_REFERENCES: Mapping[str, str] = {
    "OF": "1 − (G_slag × C_slag + G_ash × C_ash / eta) / (FC × NCV × CC)",
    "GJ": "t × h / 1000",
    "h": "steam_saturated.csv, steam_superheated.csv",
}
OF_FROM_CARBON = "1 − (G_slag × C_slag + G_ash × C_ash / eta) / (FC × C)"
WATER_HEAT = "(T − 20) × 4.1868"


@dataclass(frozen=True, slots=True)
class LineContext:
    """What all lines share: warming potentials by gas, remarks on the whole, warnings by record."""

    context: Context
    notices: tuple[Notice, ...]
    warnings: Mapping[int, Sequence[Notice]]


def line_context(
    context: Context, notices: tuple[Notice, ...], problems: Sequence[Problem]
) -> LineContext:
    """Return what the lines of a calculation share."""
    warnings: dict[int, list[Notice]] = {}
    for problem in problems:
        if problem.severity == WARNING:
            notice = Notice(problem.error.text_key, dict(problem.error.values))
            warnings.setdefault(problem.record, []).append(notice)
    return LineContext(context, notices, warnings)


def lines_of(part: SourceRows, shared: LineContext) -> Iterator[EmissionLine]:
    """Return the lines of one source in the order of its rows."""
    source, method = part.source, shared.context.method
    inputs = _Inputs(part, shared.context.as_of)
    catalog = shared.context.catalog
    for index, row in enumerate(part.rows):
        values = inputs.of(index, row)
        warnings = (*shared.notices, *_notices(part, index, values, shared))
        formula = FORMULAS[source.kind].write(tuple(source.inputs), row.used)
        for gas, tonnes in part.result.gas_t.items():
            gwp = catalog.gwp(gas, method.gwp_set)
            yield EmissionLine(
                record=row.record,
                source=source.code,
                item=row.item_code,
                gas=gas,
                gas_t=float(tonnes[index]),
                gwp=gwp,
                co2e_t=float(tonnes[index]) * gwp,
                emission_scope=source.emission_scope,
                sign=source.sign,
                formula=formula,
                inputs=values,
                warnings=warnings,
            )


class _Inputs:
    """The inputs of each row of a source, from the columns the formula used."""

    def __init__(self, part: SourceRows, as_of: AsOf) -> None:
        used = frozenset[str]().union(*(row.used for row in part.rows))
        self._part = part
        self._columns: dict[str, tuple[Floats, Codes]] = {
            symbol: resolve_column(part.source, part.columns, symbol, as_of)
            for symbol in part.source.inputs
            if symbol in used
        }

    def of(self, index: int, row: Row) -> dict[str, InputValue]:
        """Return the inputs of one row in the order of the formula."""
        source = self._part.source
        names = [
            s for s in (*source.inputs, *_derived_only(self._part)) if self._takes(s, row, index)
        ]
        return {symbol: self._input(symbol, row, index) for symbol in names}

    def _takes(self, symbol: str, row: Row, index: int) -> bool:
        return symbol in row.used or self._is_derived(symbol, row, index)

    def _is_derived(self, symbol: str, row: Row, index: int) -> bool:
        if symbol not in self._part.result.derived or symbol in row.used:
            return False
        trigger = "G_slag" if symbol == "OF" else "t"
        return trigger in row.used

    def _input(self, symbol: str, row: Row, index: int) -> InputValue:
        part = self._part
        if self._is_derived(symbol, row, index):
            value = float(part.result.derived[symbol][index])
            return _derived(symbol, value, part, row)
        values, codes = self._columns[symbol]
        value, origin = float(values[index]), Origin(int(codes[index]))
        unit = part.source.inputs[symbol].unit_for(row.basis)
        if origin is Origin.MEASURED:
            return InputValue(value, unit, row.given[symbol].origin, "", USER)
        if origin is Origin.POLICY and row.policy:
            return InputValue(value, unit, "policy", row.policy.reference, row.policy.status)
        factor = part.source.default_of(symbol, row.item)
        return _from_factor(factor, value, unit)


def _derived_only(part: SourceRows) -> list[str]:
    return [symbol for symbol in part.result.derived if symbol not in part.source.inputs]


def _derived(symbol: str, value: float, part: SourceRows, row: Row) -> InputValue:
    reference = DERIVED_REFERENCES[symbol]
    if symbol == "OF" and "C" in row.used:
        reference = OF_FROM_CARBON
    if symbol == "h" and "P" not in row.used:
        reference = WATER_HEAT
    entry = part.source.inputs.get(symbol)
    unit = entry.unit if entry else DERIVED_UNITS[symbol]
    return InputValue(value, unit, Origin.DERIVED.word, reference, EXACT)


def _from_factor(factor: Factor | None, value: float, unit: str) -> InputValue:
    if factor is None:
        raise AssertionError("A value that nobody gave comes from a factor.")
    return InputValue(value, unit, factor.origin, factor.reference, factor.status)


def _notices(
    part: SourceRows, index: int, values: Mapping[str, InputValue], shared: LineContext
) -> list[Notice]:
    row = part.rows[index]
    notices = [*_default_notices(values), *_doubtful(part, row, values)]
    if part.source.status == RECALLED:
        notices.append(Notice("recalled_rule"))
    notices += [*row.notices, *shared.warnings.get(row.record, ())]
    biomass = part.result.biomass_co2_t
    if biomass is not None and biomass[index] > 0:
        notices.append(Notice("biomass_memo", {"value": float(biomass[index])}))
    return notices


def _default_notices(values: Mapping[str, InputValue]) -> Iterator[Notice]:
    defaults = [s for s, v in values.items() if v.origin in ("default", "policy")]
    recalled = [s for s, v in values.items() if v.status == RECALLED]
    if defaults:
        yield Notice("default_used", {"symbols": ", ".join(defaults)})
    if recalled:
        yield Notice("recalled_value", {"symbols": ", ".join(recalled)})


def _doubtful(part: SourceRows, row: Row, values: Mapping[str, InputValue]) -> Iterator[Notice]:
    factors = {
        s: part.source.default_of(s, row.item) for s, v in values.items() if v.origin == "default"
    }
    doubtful = [s for s, f in factors.items() if f and f.is_doubtful]
    if doubtful:
        yield Notice("doubtful_default", {"symbols": ", ".join(doubtful)})
