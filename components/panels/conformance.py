"""The clause register as auditors read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from dash import html

from components.tables.table import Cell, Column, Part, browser_table
from services.i18n.texts import t

TONES = {"done": "good", "partial": "watch", "planned": "plain", "not_software": "unknown"}
MARKS = {"done": "✓", "partial": "◐", "planned": "", "not_software": "–"}


class Row(Protocol):
    """What one line of the register says (services.standards.clauses.RegisterRow)."""

    @property
    def number(self) -> str:
        """Return the number of the clause and its item."""

    @property
    def title(self) -> str:
        """Return the heading of the clause."""

    @property
    def wants(self) -> str:
        """Return what is asked, in our own words."""

    @property
    def status(self) -> str:
        """Return how far it is answered."""

    @property
    def answered_by(self) -> tuple[str, ...]:
        """Return the modules that answer it."""

    @property
    def tests(self) -> tuple[str, ...]:
        """Return the files that show it."""

    @property
    def note(self) -> str:
        """Return what is missing, or who else answers it."""


def shares(counts: Mapping[str, int]) -> html.Div:
    """Return how many items have each status, as one bar with its legend."""
    parts = [
        html.Span(className=f"share share-{status}", style={"flexGrow": count})
        for status, count in counts.items()
        if count
    ]
    legend = [
        html.Li(
            [
                html.Span(className=f"share-key share-{status}"),
                t(f"register.{status}"),
                html.Strong(str(count)),
            ]
        )
        for status, count in counts.items()
    ]
    bar = html.Div(
        parts, className="shares", role="img", **{"aria-label": t("register.shares", **counts)}
    )
    return html.Div([bar, html.Ul(legend, className="shares-legend")])


def conformance_table(rows: Sequence[Row]) -> html.Div:
    """Return the register: clause, requirement, where it is answered, status, tests."""
    columns = (
        Column("clause", t("register.clause")),
        Column("wants", t("register.wants")),
        Column("answered", t("register.answered")),
        Column("status", t("register.status")),
        Column("tests", t("register.tests")),
    )
    lines = [_cells(row, at) for at, row in enumerate(rows)]
    return html.Div(browser_table(columns, lines, t("register.title")), className="register")


def _cells(row: Row, at: int) -> dict[str, Cell]:
    order = list(TONES).index(row.status)
    standing = f"{MARKS[row.status]} {t(f'register.{row.status}')}".strip()
    note = [("small", row.note)] if row.note else []
    return {
        "clause": Cell([("strong", row.number), ("small", row.title)], at),
        "wants": Cell(row.wants),
        "answered": Cell([*_names(row.answered_by), *note]),
        "status": Cell([(f"badge badge-{TONES[row.status]}", standing)], order),
        "tests": Cell(_names(row.tests) or t("register.no_tests"), len(row.tests)),
    }


def _names(names: Sequence[str]) -> list[Part]:
    return [("code", _breakable(name)) for name in names]


def _breakable(name: str) -> str:
    # Long module names may break after a dot or slash, nowhere else.
    for sign in (".", "/", ":", "_"):
        name = name.replace(sign, f"{sign}\u200b")
    return name
