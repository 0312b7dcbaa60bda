"""Reactions of the page of personal data: how long what is kept (7.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import dash
from dash import Dash, Input, Output, State
from dash.development.base_component import Component

from callbacks.context import Context
from callbacks.own_data import how_long
from callbacks.wiring import wire
from components.ids import administration_privacy as ids
from components.ids import shell as shell_ids
from components.panels.privacy import HeldRow, PrivacyView, RuleRow, privacy_screen, rules_card
from components.shell.messages import notice
from services.i18n.texts import language, t
from services.security import retention
from services.security.permissions import Action
from services.security.personal_data import personal_data

LONGEST, MOST_DIGITS = 80, 6


def show_privacy(context: Context, _query: Mapping[str, str]) -> Component:
    """Show the register and how long what is kept."""
    rules = _rules(context)
    days = {rule.kind: rule.days for rule in rules}
    return privacy_screen(PrivacyView(tuple(_held(days)), rules))


def set_retention(
    context: Context, _clicks: int, kind: str | None, days: str | None, reason: str | None
) -> Component:
    """Keep a kind of record for so many days and show the rules."""
    typed = str(days or "").strip()
    whole = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < MOST_DIGITS else 0
    named = str(kind or "")[:LONGEST]
    retention.set_retention(context.actor(), context.database, named, whole, str(reason or ""))
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t("privacy.was_set"))})
    return rules_card(_rules(context))


def _rules(context: Context) -> tuple[RuleRow, ...]:
    return tuple(
        RuleRow(r.kind, r.days, r.floor_days, r.source, r.applies_from, r.reason)
        for r in retention.retention_rules(context.actor(), context.database)
    )


def _held(days: Mapping[str, int]) -> Iterator[HeldRow]:
    for held in personal_data().tables:
        columns = ", ".join(held.columns)
        told = how_long(days, held.keeps)
        purpose = held.purpose[language()]
        yield HeldRow(held.name, columns, purpose, held.basis, held.level, told)
    for signed in personal_data().signed:
        columns = ", ".join(signed.columns)
        told = how_long(days, signed.keeps)
        yield HeldRow("—", columns, signed.purpose[language()], signed.basis, signed.level, told)


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    wire(
        app,
        context,
        show_privacy,
        Output(ids.CONTENT, "children"),
        Input(ids.QUERY, "data"),
        permission=Action.SET_RETENTION,
        whole_page="privacy.title",
    )
    wire(
        app,
        context,
        set_retention,
        Output(ids.RULES, "children"),
        Input(ids.SET, "n_clicks"),
        *(State(name, "value") for name in (ids.KIND, ids.DAYS, ids.REASON)),
        permission=Action.SET_RETENTION,
        needs_step_up=True,
        prevent_initial_call=True,
        running=[(Output(ids.SET, "disabled"), True, False)],
    )
