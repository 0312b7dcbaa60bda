"""Warnings that need a reason before a year is submitted (4.2 a)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.collection.cells import CellProblem, is_missing
from services.collection.check_rules import WARNING
from services.collection.checks.suspicion import SuspectValueError
from services.collection.rows import Row
from services.collection.unusual import UnitSlipError, UnusualChangeError
from services.errors import Explanation, PlatformError
from services.standards.own_findings import PartlyHeldError, TypedOverError
from services.standards.problems import UnusualValueError

NEED_A_REASON = (
    *(UnusualValueError, UnusualChangeError, UnitSlipError),
    *(PartlyHeldError, TypedOverError),
)


class ReasonMissingError(PlatformError):
    """A row holds unusual values, and its note gives no reason; `unusual` are their warnings."""

    text_key = "reason_missing"

    def __init__(self, unusual: Sequence[CellProblem]) -> None:
        super().__init__("note", value=", ".join(problem.field for problem in unusual))
        self.unusual = tuple(unusual)

    def explain(self) -> Explanation:
        """Return the explanation with what is unusual about each value, and its limit."""
        told = super().explain()
        each = (problem.error.explain() for problem in self.unusual)
        return replace(told, why=" ".join([told.why, *(f"{e.what} {e.why}" for e in each)]))


def needs_a_reason(problem: CellProblem) -> bool:
    """Return whether a problem is a doubt that a reason in the note of its row settles."""
    if isinstance(problem.error, SuspectValueError):
        return problem.severity == WARNING
    return isinstance(problem.error, NEED_A_REASON)


def missing_reasons(problems: Sequence[CellProblem], rows: Sequence[Row]) -> list[CellProblem]:
    """Return an error at the note of each row that has an unusual value and no reason for it."""
    by_row: dict[int, list[CellProblem]] = {}
    for problem in problems:
        if needs_a_reason(problem):
            by_row.setdefault(problem.record, []).append(problem)
    return [
        CellProblem(record, "note", "error", ReasonMissingError(unusual))
        for record, unusual in by_row.items()
        if is_missing(str(rows[record].get("note") or ""))
    ]
