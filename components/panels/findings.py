"""Totals that disagree: said above the result, with where, both numbers, and who resolved it."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from components.forms.controls import button, text_input
from components.ids import findings as ids
from components.panels.badge import status_mark
from components.panels.card import card
from services.accounting.finding import Finding
from services.formatting import datetime_text, exact
from services.i18n.texts import t

CARD = "findings-card"


def findings_card(found: Sequence[Finding], *, may_resolve: bool) -> html.Section | None:
    """Say that a result is complete with inconsistencies; nothing where all agrees."""
    if not found:
        return None
    is_open = any(finding.is_open for finding in found)
    state = "open" if is_open else "resolved"
    return card(
        t(f"findings.{state}_title"),
        html.Ul(
            [
                html.Li(
                    finding_row(finding, may_resolve=may_resolve),
                    id=ids.row(str(finding.finding_id)),
                )
                for finding in found
            ],
            className="findings",
        ),
        t(f"findings.{state}_hint"),
        actions=status_mark("watch" if is_open else "good"),
        card_id=CARD,
    )


def finding_row(finding: Finding, *, may_resolve: bool) -> list[Component]:
    """Return one difference: the rule, where, both numbers, and the way to resolve it."""
    told = html.P(
        [
            html.Strong(t(f"findings.rule.{finding.invariant}")),
            html.Code(finding.part) if finding.part else None,
        ]
    )
    numbers = html.P(
        t(
            "findings.numbers",
            expected=exact(finding.expected),
            found=exact(finding.found),
            difference=exact(finding.found - finding.expected),
            at=datetime_text(finding.found_at),
        ),
        className="finding-numbers",
    )
    if not finding.is_open:
        return [told, numbers, _resolved(finding)]
    return [told, numbers, *(_form(str(finding.finding_id)) if may_resolve else [])]


def _resolved(finding: Finding) -> html.P:
    at = datetime_text(finding.resolved_at)
    who = t("findings.resolved", name=finding.resolved_by, at=at, reason=finding.reason)
    return html.P([status_mark("good"), " ", who])


def _form(finding: str) -> list[Component]:
    return [
        html.Div(
            [
                text_input(ids.reason(finding), t("findings.reason")),
                button(t("findings.resolve"), ids.resolve(finding), "primary"),
            ],
            className="finding-form",
        )
    ]
