"""A record that is written like one before is read as it would be alone."""

from dataclasses import fields, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.standards.catalog import load_catalog
from services.standards.checks import assess
from services.standards.choosing import Row
from services.standards.context import context_of
from services.standards.moulds import Moulds
from services.standards.request import CalculationRequest
from tests.services.standards.asking import KNOWN_ON
from tests.services.standards.plausible import (
    amount,
    every_source,
    record_of,
    used_symbols,
    year_of,
)

SOURCES = [case for case in every_source() if case.method.is_loaded]
factors = st.floats(min_value=0.01, max_value=100)
odd = st.sampled_from([True, None, "12", -1.0, float("nan"), float("inf"), 1e16, 10**400, -0.0, 0])
cells = st.one_of(st.integers(0, 1000), odd, st.builds(lambda v: {"value": v}, factors))
# No method of ours begins so early: a month of it lies outside of every year read here.
YEAR_BEFORE = 1990
parts = [field.name for field in fields(Row) if field.name != "source"]


class _Unused(Moulds):
    """Moulds of which none is ever taken."""

    def cast(self, record, raw):
        """Return no row, so that every record is read."""


def _context(case):
    year = year_of(case.method)
    return context_of(
        load_catalog(),
        CalculationRequest(case.method.designation, year, "320000", (), KNOWN_ON),
    )


def _read(context, records):
    found = assess(context, records)
    problems = [(p.record, p.field, p.severity, str(p.error)) for p in found.problems]
    rows = [
        (row.source.code, [getattr(row, part) for part in parts])
        for source in found.sources
        for row in source.rows
    ]
    return problems, rows, found.missing


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SOURCES), st.data())
def test_a_record_like_one_before_is_read_as_if_it_were_the_only_one(case, data):
    item = data.draw(st.integers(-1, len(case.source.items) - 1))
    first = _whole_record(case.source, item, data)
    others = [_drawn(first, data) for _ in range(3)]
    context = _context(case)
    records = [first, first, *others]
    assert _read(context, records) == _read(replace(context, moulds=_Unused()), records)


def _whole_record(source, item, data):
    """Return a record that states some of what a default would fill, too."""
    record = record_of(source, item)
    if source.is_balance:
        return record
    filled = [s for s in used_symbols(source, item) if s not in record["inputs"]]
    stated = {s: amount(source, s) for s in filled if data.draw(st.booleans())}
    return record | {"inputs": record["inputs"] | stated}


def _drawn(first, data):
    inputs = {
        name: data.draw(st.one_of(cells, factors.map(lambda f, v=value: v * f)))
        if isinstance(value, float)
        else value
        for name, value in first["inputs"].items()
    }
    if inputs and data.draw(st.booleans()):
        inputs.pop(data.draw(st.sampled_from(sorted(inputs))))
    more = data.draw(
        st.sampled_from(
            [
                *({}, {"note": "?"}, {"missing": "NE"}, {"use": "x"}, {"month": None}),
                *({"month": month} for month in (3, True, "3", 13, f"{YEAR_BEFORE}-03", [3])),
            ]
        )
    )
    return first | {"inputs": inputs} | more


def test_the_second_of_two_alike_is_not_read_again():
    case = next(c for c in SOURCES if c.source.code == "fuel")
    context, record = _context(case), record_of(case.source, 0)
    assess(context, [record])
    kept = context.moulds.cast(7, record)
    assert kept.record == 7
    assert {s: q.value for s, q in kept.given.items()} == record["inputs"]


def test_a_month_of_rows_alike_is_the_month_of_each():
    case = next(c for c in SOURCES if c.source.code == "fuel")
    context, record = _context(case), record_of(case.source, 0)
    whole, march, april = (record | more for more in ({}, {"month": 3}, {"month": 4}))
    assess(context, [whole, march, april])
    kept = [context.moulds.cast(9, raw) for raw in (whole, march, april)]
    assert [row.month for row in kept] == [None, 3, 4]
    assert context.moulds.cast(9, record | {"month": True}) is None
