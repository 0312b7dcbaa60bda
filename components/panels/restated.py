"""The hint above a result that what is filed comes to something else today (5.2.1 b)."""

from __future__ import annotations

from dash import html

from components.forms.controls import link_button
from components.panels.badge import status_mark
from components.panels.card import card
from components.panels.restatement import PATH
from components.shell.filters import write_filters
from services.accounting.restatement import Restatement
from services.formatting import date_text, number
from services.i18n.texts import t

DIGITS = 2


def restated_card(found: Restatement | None) -> html.Section | None:
    """Say what a restatement changes, with the way to its bridge; nothing where there is none."""
    if found is None:
        return None
    filed, restated = found.filed, found.restated
    largest = max(found.steps, key=lambda step: abs(step.change))
    place = {"organization": filed.subject.organization_id, "year": filed.year}
    hint = t(
        "restated.hint",
        known_on=date_text(restated.known_on),
        filed=number(filed.total_t, DIGITS),
        restated=number(restated.total_t, DIGITS),
        cause=t(f"restatement.causes.{largest.cause}"),
    )
    difference = restated.total_t - filed.total_t
    sign = "+" if difference > 0 else ""
    return card(
        t("restated.title", difference=f"{sign}{number(difference, DIGITS)}"),
        link_button(t("restated.open"), PATH + write_filters(place)),
        hint,
        actions=status_mark("watch"),
    )
