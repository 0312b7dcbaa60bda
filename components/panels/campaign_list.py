"""All campaigns that somebody sees, and the form to open another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from components.forms.controls import Options, button, field, link_button, select, text_input
from components.forms.method_columns import name_of
from components.ids import collection_campaigns as ids
from components.panels.campaign_bar import campaign_badge, campaign_bar, days_told
from components.panels.card import card
from components.panels.states import empty
from components.shell.filters import write_filters
from components.shell.page import page
from services import clock
from services.collection.campaigns import Calls, Standing
from services.formatting import date_text, exact
from services.i18n.texts import language, t

STANDS = ("open", "planned", "over", "closed")
LONGEST_INSTRUCTION, LONGEST_CODES = 4_000, 100_000
DEFAULT_REMINDERS = "7, 3, 1"


@dataclass(frozen=True, slots=True)
class ListView:
    """The campaigns to show, of which standing, and what a new one can be opened with."""

    campaigns: Sequence[Standing]
    stands: str
    issuers: Options
    methods: Options


def campaigns_screen(view: ListView) -> html.Div:
    """Return the page of all campaigns."""
    parts = [card(t("campaigns.list"), _listed(view), actions=_stands(view.stands))]
    if view.issuers:
        hint = t("campaigns.new_hint")
        parts.append(card(t("campaigns.new"), _form(view), hint, card_id="campaigns-new"))
    return page(t("campaigns.title"), *parts, subtitle=t("campaigns.subtitle"))


def called_note(found: Calls) -> Component:
    """Return whom a campaign would call."""
    if not found.count:
        return html.P(t("campaigns.calls_nobody"), className="why-not")
    names = t("campaigns.list_comma").join(names[language()] for names in found.names)
    more = t("campaigns.and_more") if found.count > len(found.names) else ""
    return html.P(t("campaigns.calls", count=exact(found.count), names=names + more))


def _stands(chosen: str) -> html.Div:
    """Return links which show campaigns of one standing alone; the address has it."""
    links = [
        link_button(
            t(f"campaigns.stands.{each}") if each else t("campaigns.all"),
            ids.PATH + write_filters({"stands": each}),
            "plain" if each == chosen else "quiet",
        )
        for each in ("", *STANDS)
    ]
    return html.Div(links, className="button-row")


def _listed(view: ListView) -> Component:
    shown = [each for each in view.campaigns if view.stands in ("", each.state)]
    if not shown:
        return empty(t("campaigns.none"), t("campaigns.none_hint"))
    return html.Ul([html.Li(_campaign(each)) for each in shown], className="campaign-list")


def _campaign(each: Standing) -> html.Article:
    found = each.campaign
    address = ids.PATH + write_filters({"campaign": str(found.campaign_id)})
    facts = [
        name_of(found.issuer, ""),
        t("campaigns.of_year", year=found.year),
        t("campaigns.until", day=date_text(found.due_on)),
    ]
    if each.state in ("open", "over"):
        facts.append(days_told(found.due_on))
    head = html.Div(
        [html.H3(dcc.Link(found.name, href=address)), campaign_badge(each.state)],
        className="campaign-head",
    )
    told = html.P(" · ".join(facts), className="muted")
    return html.Article([head, told, campaign_bar(each.counts)], className="campaign")


def _form(view: ListView) -> Component:
    today = clock.today()
    whole = [(str(today.year - n), str(today.year - n)) for n in (1, 0, 2, 3, 4)]
    checks = [("", t("campaigns.no_check")), ("yes", t("campaigns.with_check"))]
    own = [("", t("campaigns.own_method")), *view.methods]
    fields = [
        text_input(ids.NAME, t("campaigns.name"), placeholder=t("campaigns.name_form")),
        select(ids.ISSUER, t("campaigns.issuer"), view.issuers, view.issuers[0][0]),
        select(ids.YEAR, t("campaigns.year"), whole, whole[0][0]),
        select(ids.METHOD, t("campaigns.method"), own, ""),
        _day(ids.OPENS, t("campaigns.opens_on"), today.isoformat()),
        _day(ids.DUE, t("campaigns.due_on"), ""),
        text_input(ids.REMIND_DAYS, t("campaigns.remind_days"), DEFAULT_REMINDERS),
        select(ids.NEEDS_CHECK, t("campaigns.check"), checks, ""),
    ]
    whom = [
        text_input(ids.PLACE, t("campaigns.place"), placeholder=t("campaigns.place_form")),
        text_input(ids.INDUSTRY, t("campaigns.industry"), placeholder=t("campaigns.any_industry")),
        text_input(ids.OWNER, t("campaigns.owner"), placeholder=t("campaigns.any_owner")),
    ]
    codes = _long(ids.CODES, t("campaigns.codes"), t("campaigns.codes_form"), LONGEST_CODES)
    said = (t("campaigns.instruction"), t("campaigns.instruction_form"), LONGEST_INSTRUCTION)
    return html.Div(
        [
            html.Div(fields, className="campaign-form"),
            html.H3(t("campaigns.whom"), className="section-title"),
            html.Div(whom, className="campaign-form"),
            codes,
            _long(ids.INSTRUCTION, *said),
            html.Div(id=ids.PREVIEWED, role="status"),
            html.Div(
                [
                    button(t("campaigns.preview"), ids.PREVIEW),
                    button(t("campaigns.open"), ids.OPEN, "primary"),
                ],
                className="button-row",
            ),
        ],
        className="stack",
    )


def _day(day_id: str, label: str, value: str) -> html.Div:
    # The browser's own calendar, which a phone opens with a wheel.
    return field(label, dbc.Input(id=day_id, type="date", value=value, class_name="input"))


def _long(text_id: str, label: str, hint: str, longest: int) -> html.Div:
    options: dict[str, Any] = {"id": text_id, "placeholder": hint, "maxLength": longest}
    return field(label, dcc.Textarea(className="input campaign-text", **options))
