"""All verifications that somebody sees, and the form to assign another one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from components.forms.controls import Options, button, field, link_button, select
from components.forms.method_columns import name_of
from components.ids import collection_verification as ids
from components.panels.badge import badge, sample_badge
from components.panels.card import card
from components.panels.parts import part_links
from components.panels.states import empty
from components.shell.filters import write_filters
from components.shell.page import page
from services import clock
from services.formatting import exact
from services.i18n.texts import t
from services.verification.engagements import Choice
from services.verification.rooms import STATES, Entry, Listed, Progress

TONES = {
    "planned": "plain",
    "at_work": "accent",
    "findings_out": "watch",
    "closed": "good",
    "locked": "good",
    "withdrawn": "unknown",
}
LONGEST_NOTE = 2_000


@dataclass(frozen=True, slots=True)
class ListView:
    """The verifications to show; `code` and `year` are what was asked for to be assigned."""

    listed: Listed
    may_assign: bool
    code: str
    year: str
    choice: Choice | None


def verifications_screen(view: ListView) -> html.Div:
    """Return the page of all verifications."""
    parts: list[Component] = [_list(view.listed)]
    if view.may_assign:
        parts.append(card(t("verification.assigning"), _form(view), t("verification.assign_hint")))
    return page(t("verification.title"), *parts, subtitle=t("verification.subtitle"))


def state_badge(state: str) -> html.Span:
    """Return how far a verification is, as a badge."""
    return badge(t(f"verification.states.{state}"), TONES[state])


def told_progress(progress: Progress) -> str:
    """Return how far the work is, in words; of what is not for the reader nothing."""
    parts = []
    if progress.rows:
        rows = (exact(progress.rows_done), exact(progress.rows))
        parts.append(t("verification.told_rows", done=rows[0], all=rows[1]))
    if progress.items:
        items = (exact(progress.items_done), exact(progress.items))
        parts.append(t("verification.told_items", done=items[0], all=items[1]))
    if progress.findings:
        found = (exact(progress.open_findings), exact(progress.findings))
        parts.append(t("verification.told_findings", open=found[0], all=found[1]))
    return " · ".join(parts)


def _list(listed: Listed) -> Component:
    title, states = t("verification.list"), _states(listed.state)
    if not listed.entries:
        nothing = empty(t("verification.none"), t("verification.none_hint"))
        return card(title, nothing, actions=states)
    entries = html.Ul([html.Li(_entry(each)) for each in listed.entries], className="campaign-list")
    shown = (listed.start, len(listed.entries), listed.found)
    parts = part_links(*shown, partial(_address, listed.state))
    return card(title, [entries, parts], actions=states)


def _states(chosen: str) -> Component:
    """Return links which show verifications of one state alone; the address has it."""
    links = [
        link_button(
            t(f"verification.states.{each}") if each else t("campaigns.all"),
            _address(each, 0),
            "plain" if each == chosen else "quiet",
        )
        for each in ("", *STATES)
    ]
    return html.Div(links, className="button-row")


def _address(state: str, start: int) -> str:
    return ids.PATH + write_filters({"state": state, "from": str(start or "")})


def _entry(each: Entry) -> html.Article:
    found = each.verification
    name = f"{name_of(found.names, found.code)} · {t('verification.of_year', year=found.year)}"
    address = ids.PATH + write_filters({"verification": str(found.verification_id)})
    marks = [sample_badge()] if found.is_sample else []
    head = html.Div(
        [html.H3(dcc.Link(name, href=address)), state_badge(found.state), *marks],
        className="campaign-head",
    )
    facts = [name_of(found.institution, ""), t("verification.led_by", name=each.lead)]
    facts.append(t(f"verification.purposes.{found.purpose}"))
    told = [html.P(" · ".join(facts), className="muted")]
    if each.progress and (words := told_progress(each.progress)):
        told.append(html.P(words))
    return html.Article([head, *told], className="campaign")


def _form(view: ListView) -> Component:
    """Return the form: first the year of an organization, then who may verify it."""
    last = clock.today().year - 1
    years = [str(last - n) for n in range(5)]
    years.sort(key=lambda year: year != view.year)
    code: dict[str, Any] = {"id": ids.CODE, "name": "code", "value": view.code, "type": "search"}
    asked = html.Form(
        [
            field(t("verification.code"), dbc.Input(**code, class_name="input", maxlength=40)),
            field(
                t("verification.year"),
                html.Select(
                    [html.Option(year, value=year) for year in years],
                    name="year",
                    className="input",
                ),
            ),
            html.Button(
                t("verification.candidates"), type="submit", className="button button-plain"
            ),
        ],
        action=ids.PATH,
        method="get",
        className="restatement-order",
    )
    chosen = [] if view.choice is None else [_chosen(view.choice)]
    return html.Div([asked, *chosen], className="stack")


def _chosen(choice: Choice) -> Component:
    name = name_of(choice.subject.names, choice.subject.code)
    told = t(
        "verification.about_version",
        name=name,
        year=choice.year,
        version=choice.version,
        purpose=t(f"verification.purposes.{choice.purpose}"),
    )
    if not choice.candidates:
        return html.Div([html.P(told), html.P(t("verification.nobody"), className="why-not")])
    options: Options = [
        (f"{c.institution_id}:{c.person_id}", f"{name_of(c.institution, '')} · {c.name}")
        for c in choice.candidates
    ]
    note = dcc.Textarea(id=ids.NOTE, className="input campaign-text", maxLength=LONGEST_NOTE)
    return html.Div(
        [
            html.P(told),
            select(ids.VERIFIER, t("verification.lead"), options, options[0][0]),
            field(t("verification.note"), note),
            html.Div(
                button(t("verification.assign"), ids.ASSIGN, "primary"), className="button-row"
            ),
        ],
        className="stack",
    )
