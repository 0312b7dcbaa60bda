"""Emission lines: each number with its formula, every input and what is to be said about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from services.i18n.words import same
from services.standards.checks import SourceRows
from services.standards.choosing import Row, Shape
from services.standards.context import Context
from services.standards.evaluation import Codes, Origin, resolve_column
from services.standards.formulas.base import Derived, Floats, Written
from services.standards.formulas.registry import FORMULAS
from services.standards.model import AsOf, Factor
from services.standards.records import WARNING, Problem
from services.standards.results import EmissionLine, InputValue, Notice
from services.standards.totals import DEDUCT, DIRECT

EXACT, USER, RECALLED = "exact", "user", "recalled"
GWP = "GWP"
DERIVED = Origin.DERIVED.word


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
    source, patterns = part.source, _Patterns(part, shared)
    tonnes_by_gas = {gas: tonnes.tolist() for gas, tonnes in part.result.gas_t.items()}
    for index, row in enumerate(part.rows):
        pattern = patterns.of(index, row)
        own = (*pattern.notices, *shared.warnings.get(row.record, ()), *_biomass(part, index))
        warnings = (*shared.notices, *own)
        stated = _stated(part, index, row, pattern)
        scope, sign = _counting(row)
        for gas in pattern.gases:
            gas_t = tonnes_by_gas[gas.gas][index]
            inputs = gas.inputs | (stated if gas.has_all_stated else gas.its_own(stated))
            gwp = gas.gwp if gas.gwp_symbol not in stated else stated[gas.gwp_symbol].value
            yield EmissionLine(
                record=row.record,
                source=source.code,
                item=row.item_code,
                gas=gas.gas,
                gas_t=gas_t,
                gwp=gwp,
                co2e_t=gas_t * gwp,
                emission_scope=scope,
                sign=sign,
                formula=gas.formula,
                inputs=inputs,
                warnings=warnings,
                month=row.month,
            )


@dataclass(frozen=True, slots=True)
class _OfGas:
    """The line of one gas as far as it is alike for rows of one shape."""

    gas: str
    formula: str
    inputs: dict[str, InputValue]
    gwp: float
    gwp_symbol: str
    has_all_stated: bool

    def its_own(self, stated: Mapping[str, InputValue]) -> dict[str, InputValue]:
        """Return those of a row's own inputs that the line of this gas uses."""
        return {symbol: value for symbol, value in stated.items() if symbol in self.inputs}


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What the lines of rows of one shape share, and which inputs each row has of its own."""

    gases: tuple[_OfGas, ...]
    given: tuple[tuple[str, str], ...]
    derived: tuple[tuple[str, InputValue], ...]
    notices: tuple[Notice, ...]


class _Patterns:
    """The pattern of each row: made from the first row of its shape."""

    def __init__(self, part: SourceRows, shared: LineContext) -> None:
        self._part, self._shared = part, shared
        self._inputs: _Inputs | None = None
        self._by_shape: dict[Shape, _Pattern] = shared.context.patterns

    def of(self, index: int, row: Row) -> _Pattern:
        """Return the pattern of a row; a balance has one of its own."""
        if row.shape is None or row.is_balance:
            return self._made(index, row)
        if row.shape not in self._by_shape:
            self._by_shape[row.shape] = self._made(index, row)
        return self._by_shape[row.shape]

    def _made(self, index: int, row: Row) -> _Pattern:
        if self._inputs is None:
            self._inputs = _Inputs(self._part, self._shared.context.as_of)
        part, values = self._part, self._inputs.of(index, row)
        own = [] if row.is_balance else list(row.given)
        given = tuple((s, values[s].unit) for s in values if s in own)
        derived = () if row.is_balance else tuple(_derived(values))
        stated = frozenset(symbol for symbol, _ in (*given, *derived))
        return _Pattern(
            gases=tuple(self._of_gas(values, gas, row, stated) for gas in part.result.gas_t),
            given=given,
            derived=derived,
            notices=tuple(_notices(part, row, values)),
        )

    def _of_gas(
        self, values: Mapping[str, InputValue], gas: str, row: Row, stated: frozenset[str]
    ) -> _OfGas:
        source, shared = self._part.source, self._shared
        own = _with_gwp_set(_of_gas(values, gas, source.gases), gas, shared)
        written = Written(tuple(source.inputs), row.used, gas)
        formula = FORMULAS[source.kind].write(written)
        gwp, symbol = _gwp(own, gas, shared), _gwp_symbol(own, gas)
        return _OfGas(gas, formula, own, gwp, symbol, stated <= own.keys())


def _stated(part: SourceRows, index: int, row: Row, pattern: _Pattern) -> dict[str, InputValue]:
    """Return the inputs that are the row's own: what it gives, and what follows from that."""
    stated = {}
    for symbol, unit in pattern.given:
        given = row.given[symbol]
        how = given.origin, given.reference, given.status
        stated[symbol] = InputValue(given.value, unit, *how, given.half_width)
    for symbol, first in pattern.derived:
        stated[symbol] = replace(first, value=float(part.result.derived[symbol][index]))
    return stated


def _derived(values: Mapping[str, InputValue]) -> Iterator[tuple[str, InputValue]]:
    return ((symbol, value) for symbol, value in values.items() if value.origin == DERIVED)


def _biomass(part: SourceRows, index: int) -> tuple[Notice, ...]:
    tonnes = part.result.biomass_co2_t
    if tonnes is None or not tonnes[index] > 0:
        return ()
    return (Notice("biomass_memo", {"value": float(tonnes[index])}),)


def _counting(row: Row) -> tuple[str, int]:
    """Return scope and sign of a row; what is sold beyond what is bought counts against."""
    scope, sign = row.source.emission_scope, row.source.sign
    if row.balance is None or not row.balance.is_against:
        return scope, sign
    return DEDUCT if scope == DIRECT else scope, -sign


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
    stated = _gwp_symbol(values, gas)
    if not stated or not context.has_own_gwp_set or values[stated].status == USER:
        return values
    factor = context.catalog.factors[f"{GWP}.{context.gwp_set}.{gas}"]
    return values | {stated: _from_factor(factor, factor.value, factor.unit)}


def _gwp_symbol(values: Mapping[str, InputValue], gas: str) -> str:
    """Return the input that states the warming potential of a gas; empty when none does."""
    return next((s for s in (f"{GWP}_{gas}", GWP) if s in values), "")


def _gwp(values: Mapping[str, InputValue], gas: str, shared: LineContext) -> float:
    """Return the warming potential: an input of the source, or that of the method's set."""
    symbol = _gwp_symbol(values, gas)
    if symbol:
        return values[symbol].value
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
            own = {symbol: self._input(symbol, row, index) for symbol in self._names(row)}
            return own | (row.balance.inputs() if row.balance else {})
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
            return InputValue(value, unit, DERIVED, how, EXACT)
        values, codes = self._columns[symbol]
        value, origin = float(values[index]), Origin(int(codes[index]))
        unit = part.source.inputs[symbol].unit_for(row.basis)
        if origin is Origin.MEASURED:
            if row.balance and row.balance.symbol == symbol:
                return row.balance.result()
            given = row.given[symbol]
            stated = given.origin, given.reference, given.status
            return InputValue(value, unit, *stated, given.half_width)
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


def _notices(part: SourceRows, row: Row, values: Mapping[str, InputValue]) -> Iterator[Notice]:
    """Yield what is to be said about the inputs of a row, whatever their numbers."""
    yield from _default_notices(values)
    yield from _doubtful(part, row)
    yield from _older(part, row)
    form = row.balance.form if row.balance else None
    if RECALLED in (part.source.status, form.status if form else ""):
        yield Notice("recalled_rule")
    yield from row.notices


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
