"""What must hold of every source of every method, whatever the amounts."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.standards.calculate import CalculationRequest, calculate
from services.standards.catalog import GWP_SETS, load_catalog
from services.standards.problems import (
    GwpMissingError,
    MethodNotValidError,
    UnknownSourceError,
)
from tests.services.standards.asking import KNOWN_ON, notices
from tests.services.standards.plausible import every_source, record_of, year_of

pytestmark = pytest.mark.slow

CATALOG = load_catalog()
SOURCES = list(every_source())
METHODS = [m for m in CATALOG.methods.values() if m.is_loaded]
sources = st.sampled_from(SOURCES)
factors = st.floats(min_value=0.001, max_value=1000)
shares = st.floats(min_value=0, max_value=1)
often = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
by_method = pytest.mark.parametrize("method", METHODS, ids=lambda m: m.designation)

# Units of states and shares; what is counted in anything else without "per" is an amount.
NO_AMOUNTS = ("0..1", "1", "degC", "MPa(abs)", "d")
# More of these is less of the gas.
LOWERING = (
    "BF", "S", "A", "butt", "eta", "mu", "M_ar", "C_slag", "C_ash", "FR10", "FR20", "COD_out",
    "MWh_nonfossil", "C_steel", "fixed", "B_after", "OX",
)  # fmt: skip
# The same letter for how much of a carbonate is calcined, of which more is more.
RAISING = (("CARBONATE_MIX", "eta"),)
OTHER_UNITS = {
    "t": ("kg", 1000), "10^4 Nm3": ("Nm3", 10_000), "MWh": ("kWh", 1000), "GJ": ("MJ", 1000),
    "TJ": ("GJ", 1000), "kg": ("t", 0.001), "m3": ("L", 1000), "0..1": ("%", 100),
    "tC/t": ("kgC/t", 1000), "tCO2/t": ("kgCO2/t", 1000), "tC/GJ": ("kgC/GJ", 1000),
    "GJ/t": ("MJ/kg", 1), "GJ/10^4 Nm3": ("MJ/Nm3", 0.1), "kg/t": ("t/t", 0.001),
    "ha": ("km2", 0.01), "head": ("万头", 1e-4), "tN": ("kgN", 1000), "kgN": ("tN", 0.001),
    "kg/TJ": ("kg/GJ", 0.001), "t/ha": ("kg/ha", 1000), "kg/ha": ("t/ha", 0.001),
    "kg/head": ("t/head", 0.001), "person": ("万人", 1e-4), "kg/person": ("t/人", 0.001),
    "tCO2/MWh": ("kgCO2/kWh", 1), "d": ("h", 24), "Nm3/min": ("10^4 Nm3/min", 0.0001),
}  # fmt: skip


def computed(method, *records, **others):
    others = {"known_on": KNOWN_ON, "year": year_of(method), "catalog": CATALOG} | others
    catalog, known_on = others.pop("catalog"), others.pop("known_on")
    order = CalculationRequest(
        method.designation, others.pop("year"), "320000", records, known_on, **others
    )
    return calculate(catalog, order)


def unit_of(source, record, symbol):
    index = source.item_index.get(record["item"], -1)
    basis = source.items[index].activity_unit if index >= 0 else "t"
    return source.inputs[symbol].unit_for(basis)


def amounts_of(source, record):
    """Return the symbols that are amounts; of a product only the first is scaled."""
    found = [
        symbol
        for symbol in record["inputs"]
        if "/" not in (unit := unit_of(source, record, symbol)) and unit not in NO_AMOUNTS
    ]
    return found[:1] if source.kind == "MASS_EF" else found


def scaled(source, record, factor):
    """Return a record with all its amounts times a factor."""
    if source.is_balance:
        sides = {
            side: [stream | {"Q": stream["Q"] * factor} for stream in streams]
            for side, streams in record["inputs"].items()
        }
        return record | {"inputs": sides}
    own = amounts_of(source, record)
    assert own, source.code
    inputs = {s: v * factor if s in own else v for s, v in record["inputs"].items()}
    return record | {"inputs": inputs}


def tonnes(calculation):
    return [line.gas_t for line in calculation.lines]


def close(expected):
    return pytest.approx(expected, rel=1e-12, abs=1e-300)


@often
@given(which=sources, factor=factors)
def test_twice_the_amounts_are_twice_the_gas(which, factor):
    method, source = which
    record = record_of(source, 0 if source.items else -1)
    one = tonnes(computed(method, record))
    many = tonnes(computed(method, scaled(source, record, factor)))
    assert all(one)
    assert many == close([value * factor for value in one])


@often
@given(which=sources, share=shares)
def test_parts_of_a_record_add_up_to_the_whole(which, share):
    method, source = which
    record = record_of(source)
    parts = [scaled(source, record, share), scaled(source, record, 1 - share)]
    whole = computed(method, record)
    divided = computed(method, *parts)
    assert divided.total_t == close(whole.total_t)
    by_gas = {line.gas: [] for line in divided.lines}
    for line in divided.lines:
        by_gas[line.gas].append(line.co2e_t)
    assert {gas: sum(found) for gas, found in by_gas.items()} == {
        line.gas: close(line.co2e_t) for line in whole.lines
    }


@often
@given(which=sources, data=st.data())
def test_sources_add_up_and_leave_each_other_alone(which, data):
    method, source = which
    other = data.draw(st.sampled_from(list(method.sources.values())))
    records = [record_of(source), record_of(other)]
    both = computed(method, *records)
    alone = [computed(method, record) for record in records]
    assert both.total_t == close(sum(each.total_t for each in alone))
    assert tonnes(both) == tonnes(alone[0]) + tonnes(alone[1])


@often
@given(which=sources)
def test_a_unit_is_only_another_way_to_write_an_amount(which):
    method, source = which
    record = record_of(source, 0 if source.items and not source.is_balance else -1)
    if source.is_balance:
        return
    written = {}
    for symbol, value in record["inputs"].items():
        unit, factor = OTHER_UNITS.get(unit_of(source, record, symbol), (None, 1))
        written[symbol] = {"value": value * factor, "unit": unit} if unit else value
    other = record | {"inputs": written}
    assert tonnes(computed(method, other)) == close(tonnes(computed(method, record)))


def test_other_units_are_tried_for_most_quantities():
    units = {
        unit_of(source, record, symbol)
        for _, source in SOURCES
        if not source.is_balance
        for record in [record_of(source)]
        for symbol in record["inputs"]
    }
    assert len(units & OTHER_UNITS.keys()) > len(units - OTHER_UNITS.keys())


@often
@given(which=sources, low=shares, high=shares, at=st.integers(0, 100))
def test_a_higher_factor_gives_no_less(which, low, high, at):
    method, source = which
    record = record_of(source)
    if source.is_balance:
        return
    used = computed(method, record).lines[0].inputs
    fixed = (*amounts_of(source, record), "P", "T")
    symbols = [s for s in used if s in source.inputs and s not in fixed]
    if not symbols:
        return
    symbol = symbols[at % len(symbols)]
    # Around the value that was used, within what no limit refuses.
    low, high = sorted(
        (used[symbol].value * (0.5 + low / 2), used[symbol].value * (0.5 + high / 2))
    )
    inputs = record["inputs"]
    less, more = (
        sum(tonnes(computed(method, record | {"inputs": inputs | {symbol: value}})))
        for value in (low, high)
    )
    is_lowering = symbol in LOWERING and (source.kind, symbol) not in RAISING
    assert (more <= less) if is_lowering else (less <= more)


@by_method
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_method_is_valid_from_its_first_to_its_last_day_exactly(method, data):
    ends = [method.valid_from] + ([method.valid_to] if method.valid_to else [])
    day = data.draw(st.sampled_from(ends)) + timedelta(data.draw(st.integers(-400, 400)))
    inside = method.valid_from <= day and not (method.valid_to and day > method.valid_to)
    assert is_accepted(method, day) == inside


def is_accepted(method, day):
    """Return whether a method takes a day; a source it has not shows that it got that far."""
    nothing = {"source": "none", "inputs": {}}
    with pytest.raises((MethodNotValidError, UnknownSourceError)) as raised:
        computed(method, nothing, year=day.year, period=(day, day))
    return raised.type is UnknownSourceError


@pytest.mark.parametrize("part", [4, 5, 7, 8, 9, 10])
def test_the_edition_changes_from_one_day_to_the_next(part):
    old, new = (m for d, m in CATALOG.methods.items() if d.startswith(f"GB/T 32151.{part}-"))
    assert is_accepted(old, old.valid_to)
    assert not is_accepted(old, new.valid_from)
    assert new.valid_from == old.valid_to + timedelta(days=1)


def knows(gwp_set, source):
    return all((gas, gwp_set) in CATALOG.warming for gas in source.gases)


def test_a_gas_without_warming_potential_in_the_set_is_refused():
    method = next(m for m in METHODS if "production_hfc_245fa" in m.sources)
    with pytest.raises(GwpMissingError) as raised:
        computed(method, record_of(method.sources["production_hfc_245fa"]), gwp_set="SAR")
    assert raised.value.where == "gwp_set"


@by_method
@pytest.mark.parametrize("gwp_set", GWP_SETS)
def test_another_set_of_warming_potentials_changes_no_tonne_of_a_gas(method, gwp_set):
    known = [s for s in method.sources.values() if knows(gwp_set, s)]
    records = [record_of(source) for source in known]
    before = computed(method, *records)
    after = computed(method, *records, gwp_set=gwp_set)
    assert tonnes(after) == tonnes(before)
    for line in after.lines:
        assert line.gwp == CATALOG.gwp(line.gas, gwp_set) or gwp_set == method.gwp_set
        assert line.co2e_t == line.gas_t * line.gwp


def with_potential(catalog, gas, gwp_set, value):
    """Return the catalogue with another warming potential of one gas."""
    key = (gas, gwp_set)
    changed = {**catalog.warming, key: replace(catalog.warming[key], value=value)}
    return replace(catalog, warming=changed)


def two_gases():
    """Return a catalogue in which two gases of one source follow the method's own set."""
    method = CATALOG.method("GB/T 32151.4-2015")
    source = method.sources["pfc"]
    inputs = {s: i for s, i in source.inputs.items() if not s.startswith("GWP")}
    changed = replace(method, sources={**method.sources, "pfc": replace(source, inputs=inputs)})
    return replace(CATALOG, methods={**CATALOG.methods, method.designation: changed}), changed


@settings(max_examples=60, deadline=None)
@given(gas=st.sampled_from(["CF4", "C2F6", "CO2"]), factor=st.floats(min_value=1.5, max_value=9))
def test_a_warming_potential_touches_only_the_lines_of_its_gas(gas, factor):
    catalog, method = two_gases()
    records = [record_of(method.sources[code]) for code in ("fuel", "pfc", "el_buy")]
    before = computed(method, *records, catalog=catalog)
    value = catalog.gwp(gas, method.gwp_set) * factor
    other = with_potential(catalog, gas, method.gwp_set, value)
    after = computed(method, *records, catalog=other)
    assert {line.gas for line in before.lines} == {"CO2", "CF4", "C2F6"}
    for old, new in zip(before.lines, after.lines, strict=True):
        assert (new.gwp, new.co2e_t) == (
            (value, old.gas_t * value) if old.gas == gas else (old.gwp, old.co2e_t)
        )
        assert (new.gas_t, notices(before)) == (old.gas_t, notices(after))
