"""Emissions of a set of records by one method: the engine behind `shuangtan calculate`."""

from __future__ import annotations

import math
from dataclasses import replace

from services.standards.catalog import Catalog
from services.standards.checks import Assessment, assess
from services.standards.context import Context, context_of, notices_of, period_of
from services.standards.heat_power import read_heat_power, split
from services.standards.lines import line_context, lines_of
from services.standards.missing import quality_of
from services.standards.problems import NoRecordsError
from services.standards.records import ERROR
from services.standards.request import CalculationRequest, parse_request
from services.standards.results import Calculation
from services.standards.sectors import sector_totals
from services.standards.totals import parts_by_month, totals_of

__all__ = ["Calculation", "CalculationRequest", "Calculator", "calculate", "parse_request"]


def calculate(catalog: Catalog, request: CalculationRequest) -> Calculation:
    """Return all lines and totals of a request, or raise its first problem."""
    return Calculator(catalog).calculate(request)


class Calculator:
    """Calculates one request after another; what they share is worked out once."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._contexts: dict[CalculationRequest, Context] = {}

    def calculate(self, request: CalculationRequest) -> Calculation:
        """Return all lines and totals of a request, or raise its first problem."""
        if not request.records:
            raise NoRecordsError("records")
        return _calculated(self._context(request), request)

    def _context(self, request: CalculationRequest) -> Context:
        order = replace(request, records=(), heat_power=None)
        if order not in self._contexts:
            self._contexts[order] = context_of(self._catalog, order)
        return self._contexts[order]


def _calculated(context: Context, request: CalculationRequest) -> Calculation:
    supplied = _supplied(context, request)
    assessment = assess(context, request.records)
    for problem in assessment.problems:
        if problem.severity == ERROR:
            raise problem.error
    notices = notices_of(context, request)
    shared = line_context(context, notices, assessment.problems)
    found = [line for part in assessment.sources for line in lines_of(part, shared)]
    lines = tuple(sorted(found, key=lambda line: line.record))
    quality = quality_of(lines, assessment.missing, period_of(request))
    totals = totals_of(lines, _biomass(assessment))
    rule, designation = context.catalog.heat_power, context.method.designation
    return Calculation(
        method=context.method.designation,
        year=request.year,
        region=request.region,
        known_on=request.known_on,
        purpose=request.purpose,
        period=period_of(request),
        gwp_set=context.gwp_set,
        total_t=totals.total_t,
        direct_t=totals.direct_t,
        indirect_t=totals.indirect_t,
        deducted_t=totals.deducted_t,
        memo=totals.memo,
        lines=lines,
        warnings=notices,
        missing=assessment.missing,
        completeness=quality.completeness,
        estimated_share=quality.estimated_share,
        heat_power=split(rule, designation, supplied, totals.total_t) if supplied else None,
        sectors=sector_totals(lines, {s.code: s.sector for s in context.method.sources.values()}),
        by_month=parts_by_month(lines, totals.total_t),
    )


def _supplied(context: Context, request: CalculationRequest) -> dict[str, float] | None:
    """Return heat and power as a power plant supplies them, if the request states them."""
    if request.heat_power is None:
        return None
    rule = context.catalog.heat_power
    return read_heat_power(rule, context.method.designation, request.heat_power)


def _biomass(assessment: Assessment) -> list[float]:
    columns = [part.result.biomass_co2_t for part in assessment.sources]
    stated = [float(tonnes) for column in columns if column is not None for tonnes in column]
    return [tonnes for tonnes in stated if not math.isnan(tonnes)]
