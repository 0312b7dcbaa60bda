"""Emissions of a set of records by one method: the engine behind `shuangtan calculate`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from services.standards.catalog import Catalog
from services.standards.checks import Assessment, assess
from services.standards.context import context_of, notices_of, period_of
from services.standards.lines import line_context, lines_of
from services.standards.missing import quality_of
from services.standards.problems import NoRecordsError
from services.standards.records import ERROR
from services.standards.request import CalculationRequest, parse_request
from services.standards.results import Calculation, EmissionLine

__all__ = ["Calculation", "CalculationRequest", "calculate", "parse_request"]

DIRECT, INDIRECT, DEDUCT, MEMO = "direct", "indirect", "deduct", "memo"
# Named apart because only their difference says whether a region imports.
NET_IMPORT = ("el_import", "el_export")


def calculate(catalog: Catalog, request: CalculationRequest) -> Calculation:
    """Return all lines and totals of a request, or raise its first problem."""
    if not request.records:
        raise NoRecordsError("records")
    context = context_of(catalog, request)
    assessment = assess(context, request.records)
    for problem in assessment.problems:
        if problem.severity == ERROR:
            raise problem.error
    notices = notices_of(context, request)
    shared = line_context(context, notices, assessment.problems)
    found = [line for part in assessment.sources for line in lines_of(part, shared)]
    lines = tuple(sorted(found, key=lambda line: line.record))
    quality = quality_of(lines, assessment.missing)
    direct, deducted = _sum(lines, DIRECT), _sum(lines, DEDUCT)
    indirect = math.fsum(line.sign * line.co2e_t for line in _in_scope(lines, INDIRECT))
    return Calculation(
        method=context.method.designation,
        year=request.year,
        region=request.region,
        known_on=request.known_on,
        purpose=request.purpose,
        period=period_of(request),
        gwp_set=context.gwp_set,
        total_t=math.fsum((direct, -deducted, indirect)),
        direct_t=direct,
        indirect_t=indirect,
        deducted_t=deducted,
        memo=_memo(lines, assessment, direct - deducted),
        lines=lines,
        warnings=notices,
        missing=assessment.missing,
        completeness=quality.completeness,
        estimated_share=quality.estimated_share,
    )


def _in_scope(lines: Iterable[EmissionLine], scope: str) -> Iterable[EmissionLine]:
    return (line for line in lines if line.emission_scope == scope)


def _sum(lines: Iterable[EmissionLine], scope: str) -> float:
    # fsum rounds once, so that the order of the records cannot change a total.
    return math.fsum(line.co2e_t for line in _in_scope(lines, scope))


def _memo(
    lines: Sequence[EmissionLine], assessment: Assessment, quota_t: float
) -> dict[str, float]:
    """Return what is stated beside the total: what an ETS quota is held against, biomass, trade."""
    memo = {"quota_t": quota_t}
    biomass = [p.result.biomass_co2_t for p in assessment.sources]
    amounts = [float(t) for column in biomass if column is not None for t in column]
    if any(amounts):
        memo["biomass_co2_t"] = math.fsum(amounts)
    beside = list(_in_scope(lines, MEMO))
    for source in dict.fromkeys(line.source for line in beside):
        memo[f"{source}_t"] = math.fsum(b.co2e_t for b in beside if b.source == source)
    traded = [line for line in beside if line.source in NET_IMPORT]
    if traded:
        memo["el_net_import_t"] = math.fsum(line.sign * line.co2e_t for line in traded)
    return memo
