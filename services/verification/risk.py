"""What is known of each row of a year before a verifier looks at it, for the sampling plan."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.accounting.propagation import counted_sign
from services.algorithms.sampling import RiskFacts
from services.algorithms.uncertainty import of_product
from services.data import lines as line_rows
from services.data import row_comments, runs, submissions
from services.data.verifications import StoredVerification
from services.data.work import Work
from services.standards.catalog import Catalog
from services.standards.checks import check_records
from services.standards.results import EmissionLine
from services.verification.versions import RowAt, Version, bare

ESTIMATED, DEFAULT = "estimated", "default"
# Remarks of a calculation that are about the row; others say how far a library can be trusted.
REMARKS = frozenset(
    {"doubtful_default", "unusual_value", "zero_factor", "suspect_steam", "liquid_steam"}
    | {"sender_assumed", "biomass_unknown", "half_abatement", "nonfossil"}
)
# Source and item, and what these were computed from: symbol and origin of each quantity.
Use = tuple[str, str]
Origins = Mapping[Use, set[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class _Known:
    """What rows are held against: remarks on records and keys, origins now and a year before."""

    records: frozenset[int]
    keys: frozenset[str]
    now: Origins
    before: Origins


def facts_of(
    work: Work, catalog: Catalog, found: StoredVerification, version: Version
) -> list[RiskFacts]:
    """Return what is known of each row of a version, in the order of the rows."""
    lines = line_rows.of_run(work, found.organization_id, version.run.run_id)
    by_record: dict[int, list[EmissionLine]] = defaultdict(list)
    for line in lines:
        by_record[line.record].append(line)
    said = row_comments.open_of(work, found.organization_id, found.year)
    known = _Known(
        frozenset(_remarked(work, catalog, version)),
        frozenset(each.row_key for each in said),
        _origins(lines),
        _origins(_lines_before(work, found)),
    )
    return [_facts(at, by_record[at.line - 1], known) for at in version.rows.values()]


def _facts(at: RowAt, lines: Sequence[EmissionLine], known: _Known) -> RiskFacts:
    origins = {value.origin for line in lines for value in line.inputs.values()}
    use = (at.row.source, at.row.item)
    told = {notice.key for line in lines for notice in line.warnings}
    remarked = at.line - 1 in known.records or bool(told & REMARKS)
    is_new = use not in known.before
    return RiskFacts(
        key=at.key,
        # A row of which nothing was computed has no number, which is not nothing.
        co2e_t=abs(math.fsum(x.co2e_t * counted_sign(x) for x in lines)) if lines else None,
        half_width=max((_half_width(line) for line in lines), default=0.0),
        estimated=ESTIMATED in origins,
        default=DEFAULT in origins,
        doubted=remarked or bare(at.key) in known.keys,
        new=is_new,
        changed=not is_new and known.now.get(use) != known.before[use],
    )


def _half_width(line: EmissionLine) -> float:
    """Return the relative half-width of a line by what its records state; unstated counts none."""
    return of_product([value.half_width or 0.0 for value in line.inputs.values()])


def _origins(lines: Sequence[EmissionLine]) -> Origins:
    found: dict[Use, set[tuple[str, str]]] = defaultdict(set)
    for line in lines:
        pairs = {(symbol, value.origin) for symbol, value in line.inputs.items()}
        found[line.source, line.item] |= pairs
    return dict(found)


def _lines_before(work: Work, found: StoredVerification) -> Sequence[EmissionLine]:
    """Return the lines of the year before as it was accepted; none where it was not."""
    accepted = submissions.accepted(work, found.organization_id, found.year - 1)
    if accepted is None:
        return ()
    run = runs.of_submission(work, found.organization_id, accepted.submission_id)
    return () if run is None else line_rows.of_run(work, found.organization_id, run.run_id)


def _remarked(work: Work, catalog: Catalog, version: Version) -> set[int]:
    """Return the records, counted from 0, on which a check has a remark today."""
    filed = version.submission
    records = submissions.records_of(work, filed.organization_id, filed.submission_id)
    if not records:
        return set()
    problems = check_records(catalog, filed.method, filed.year, filed.region, records)
    return {problem.record for problem in problems}
