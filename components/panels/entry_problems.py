"""The list of what is wrong or unusual, beside the grid; a click goes to the cell (4.2 a)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from components.panels.states import calm, empty
from services.i18n.texts import t

MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class RowPlace:
    """A row on screen: the script's id of it, and its number."""

    row: str
    line: int


@dataclass(frozen=True, slots=True)
class ListedProblem:
    """A problem where it is shown; `place` is None when it is one of the whole entry."""

    place: RowPlace | None
    field: str
    label: str
    severity: str
    what: str
    do: str
    suggestion: str = ""


def problem_list(problems: Sequence[ListedProblem], is_blank: bool) -> Component:
    """Return the problems, errors first; `is_blank` when nothing has been entered yet."""
    if is_blank and not problems:
        return empty(t("entry.problems.none_yet"), t("entry.problems.none_yet_hint"))
    if not problems:
        return calm(t("entry.problems.clear"), t("entry.problems.clear_hint"))
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = sum(problem.severity == "warning" for problem in problems)
    counts = t("entry.problems.counts", errors=errors, warnings=warnings)
    listed = sorted(problems, key=_rank)[:MOST_LISTED]
    rest = len(problems) - len(listed)
    more = html.P(t("entry.problems.more", count=rest), className="entry-counts") if rest else None
    items = html.Ul([_problem(problem) for problem in listed], className="entry-problems")
    return html.Div([html.P(counts, className="entry-counts"), items, more])


_GRAVEST = {"error": 0, "warning": 1, "comment": 1}


def _rank(problem: ListedProblem) -> tuple[int, int]:
    return _GRAVEST.get(problem.severity, 2), problem.place.line if problem.place else 0


def _problem(problem: ListedProblem) -> html.Li:
    severity = html.Span(
        t(f"entry.problems.severity_{problem.severity}"), className="visually-hidden"
    )
    told = [severity, html.B(_where(problem)), problem.what, " ", html.Span(problem.do)]
    look = {"className": "entry-problem", "data-severity": problem.severity}
    if problem.place is None:
        return html.Li(html.Div(told, **look), className="entry-problem-row")
    cell = f"{problem.place.row}:{problem.field}"
    goes_to = html.Button(told, type="button", **look, **{"data-entry-problem": cell})
    if not problem.suggestion:
        return html.Li(goes_to, className="entry-problem-row")
    takes = html.Button(
        t("entry.problems.change_to", value=problem.suggestion),
        type="button",
        className="entry-suggestion",
        **{"data-entry-suggest": cell},
    )
    return html.Li([goes_to, takes], className="entry-problem-row")


def _where(problem: ListedProblem) -> str:
    if problem.place is None:
        return problem.label
    return t("entry.problems.place", line=problem.place.line, field=problem.label)
