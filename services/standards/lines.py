"""Emission lines: each number with its formula, every input and what is to be said about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.i18n.words import Words, same
from services.standards.checks import SourceRows
from services.standards.choosing import Row
from services.standards.evaluation import Codes, Origin, resolve_column
from services.standards.formulas.base import Derived, Floats, Written
from services.standards.formulas.registry import FORMULAS
from services.standards.model import AsOf, Factor
from services.standards.records import WARNING, Context, Problem
from services.standards.results import EmissionLine, InputValue, Notice

EXACT, USER, RECALLED = "exact", "user", "recalled"
GWP = "GWP"


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
    source = part.source
    inputs = _Inputs(part, shared.context.as_of)
    formula = FORMULAS[source.kind]
    for index, row in enumerate(part.rows):
        values = inputs.of(index, row)
        warnings = (*shared.notices, *_notices(part, index, values, shared))
        for gas, tonnes in part.result.gas_t.items():
            own = _with_gwp_set(_of_gas(values, gas, source.gases), gas, shared)
            gwp = _gwp(own, gas, shared)
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
                formula=formula.write(Written(tuple(source.inputs), row.used, gas)),
                inputs=own,
                warnings=warnings,
            )


def _of_gas(
    values: Mapping[str, InputValue], gas: str, gases: Sequence[str]
) -> dict[str, InputValue]:
    """Return the inputs that the line of one gas uses: not the factors of the others."""
    others = tuple(f"_{other}" for other in gases if other != gas)
    return {s: v for s, v in values.items() if not (others and s.endswith(others))}


def _with_gwp_set(
    values: dict[str, InputValue], gas: str, shared: LineContext
) -> dict[str, InputValue]:
    """Return the inputs with the warming potential of another set, if one is asked for."""
    context = shared.context
    stated = next((s for s in (f"{GWP}_{gas}", GWP) if s in values), None)
    if stated is None or not context.has_own_gwp_set or values[stated].status == USER:
        return values
    factor = context.catalog.factors[f"{GWP}.{context.gwp_set}.{gas}"]
    return values | {stated: _from_factor(factor, factor.value, factor.unit)}


def _gwp(values: Mapping[str, InputValue], gas: str, shared: LineContext) -> float:
    """Return the warming potential: an input of the source, or that of the method's set."""
    stated = values.get(f"{GWP}_{gas}") or values.get(GWP)
    if stated:
        return stated.value
    return shared.context.catalog.gwp(gas, shared.context.gwp_set)


class _Inputs:
    """The inputs of each row of a source, from the columns the formula used."""

    def __init__(self, part: SourceRows, as_of: AsOf) -> None:
        rows = [stream for row in part.rows for stream in (row.streams or [row])]
        used = frozenset[str]().union(*(row.used for row in rows))
        self._part = part
        self._first_stream = _first_streams(part.rows)
        self._derived = {d.symbol: d for d in FORMULAS[part.source.kind].derived}
        self._columns: dict[str, tuple[Floats, Codes]] = {
            symbol: resolve_column(part.source, part.columns, symbol, as_of)
            for symbol in part.source.inputs
            if symbol in used
        }

    def of(self, index: int, row: Row) -> dict[str, InputValue]:
        """Return the inputs of one row in the order of the formula."""
        if not row.streams:
            return {symbol: self._input(symbol, row, index) for symbol in self._names(row)}
        first = self._first_stream[index]
        return {
            f"{stream.place}.{symbol}": self._input(symbol, stream, first + number)
            for number, stream in enumerate(row.streams)
            for symbol in self._names(stream)
        }

    def _names(self, row: Row) -> list[str]:
        source = self._part.source
        only_derived = [s for s in self._part.result.derived if s not in source.inputs]
        return [
            s for s in (*source.inputs, *only_derived) if s in row.used or self._derivation(s, row)
        ]

    def _derivation(self, symbol: str, row: Row) -> Derived | None:
        """Return how a symbol was computed on the way, unless the record gives it."""
        derived = self._derived.get(symbol)
        if derived is None or symbol in row.used or derived.trigger not in row.used:
            return None
        return derived

    def _input(self, symbol: str, row: Row, index: int) -> InputValue:
        part = self._part
        derived = self._derivation(symbol, row)
        if derived:
            value = float(part.result.derived[symbol][index])
            entry = part.source.inputs.get(symbol)
            unit = entry.unit_for(row.basis) if entry else derived.unit
            how = same(derived.formula(row.used))
            return InputValue(value, unit, Origin.DERIVED.word, how, EXACT)
        values, codes = self._columns[symbol]
        value, origin = float(values[index]), Origin(int(codes[index]))
        unit = part.source.inputs[symbol].unit_for(row.basis)
        if origin is Origin.MEASURED:
            given = row.given[symbol]
            return InputValue(value, unit, given.origin, Words(), USER, given.half_width)
        if origin is Origin.POLICY and row.policy:
            chosen = row.policy
            known = "policy", chosen.reference, chosen.status
            return InputValue(value, unit, *known, factor=chosen.factor)
        factor = part.source.default_of(symbol, row.slot)
        return _from_factor(factor, value, unit)


def _first_streams(rows: Sequence[Row]) -> list[int]:
    """Return for each record where its streams begin among those of all records."""
    found, count = [], 0
    for row in rows:
        found.append(count)
        count += len(row.streams)
    return found


def _from_factor(factor: Factor | None, value: float, unit: str) -> InputValue:
    if factor is None:
        raise AssertionError("A value that nobody gave comes from a factor.")
    how = factor.origin, factor.reference, factor.status
    return InputValue(value, unit, *how, factor=factor.code)


def _notices(
    part: SourceRows, index: int, values: Mapping[str, InputValue], shared: LineContext
) -> list[Notice]:
    row = part.rows[index]
    notices = [*_default_notices(values), *_doubtful(part, row), *_older(part, row)]
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


def _doubtful(part: SourceRows, whole: Row) -> Iterator[Notice]:
    doubtful = [symbol for symbol, factor in _filled(part, whole) if factor.is_doubtful]
    if doubtful:
        yield Notice("doubtful_default", {"symbols": ", ".join(doubtful)})


def _older(part: SourceRows, whole: Row) -> Iterator[Notice]:
    """Say which defaults stand in from an edition before the method's own."""
    older = part.source.editions[1:]
    found = [s for s, factor in _filled(part, whole) if factor.code.split(".")[0] in older]
    if found:
        yield Notice("older_edition", {"symbols": ", ".join(found)})


def _filled(part: SourceRows, whole: Row) -> Iterator[tuple[str, Factor]]:
    """Yield every symbol of a record that a factor fills, with the factor."""
    for row in whole.streams or [whole]:
        for symbol in part.source.inputs:
            factor = part.source.default_of(symbol, row.slot)
            if factor and symbol in row.used and symbol not in row.given:
                yield f"{row.place}.{symbol}".lstrip("."), factor
