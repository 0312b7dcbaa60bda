"""The check of a draft by another person of the firm, above the grid (4.2 a)."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from components.forms.controls import button, field
from components.ids import collection_manual as ids
from components.panels.badge import badge
from components.panels.card import card
from services.accounting.draft_checks import LONGEST_COMMENT, CheckStanding
from services.formatting import datetime_text
from services.i18n.texts import t


def check_card(found: CheckStanding) -> Component | None:
    """Return how the check stands, with the button for who may check; nothing where none is asked.

    A checker may always check, a reporter sees it where a campaign wants it.
    """
    if found.why_not == "role" and not found.is_needed:
        return None
    if found.check is not None:
        return card(t("check.title"), _checked(found), actions=badge(t("check.done"), "good"))
    wanted = badge(t("check.wanted"), "watch") if found.is_needed else None
    return card(t("check.title"), _open(found), actions=wanted)


def _checked(found: CheckStanding) -> Component:
    check = found.check
    assert check is not None
    at = datetime_text(check.checked_at)
    said = [html.Blockquote(check.comment, className="filing-comment")] if check.comment else []
    return html.Div([html.P(t("check.by", name=check.checked_by_name, at=at)), *said])


def _open(found: CheckStanding) -> Component:
    if found.why_not:
        return html.P(t(f"check.why_not_{found.why_not}"))
    comment = dcc.Textarea(
        id=ids.CHECK_COMMENT, className="input campaign-text", maxLength=LONGEST_COMMENT
    )
    version = found.version
    # What is checked is what was looked at, not whatever is newest at the click.
    shown = {
        "organization": version.organization_id,
        "year": version.year,
        "revision": version.revision,
    }
    return html.Div(
        [
            dcc.Store(id=ids.TO_CHECK, data=shown),
            html.P(t("check.hint")),
            field(t("check.comment"), comment),
            button(t("check.confirm"), ids.CONFIRM, "primary"),
        ],
        className="stack",
    )
