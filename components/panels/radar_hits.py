"""A list of submissions that are worth a look: reasons, marks, and the form to mark one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from components.forms.controls import button, field, select
from components.forms.method_columns import name_of
from components.ids import collection_radar as ids
from components.panels.badge import badge
from components.panels.card import card
from components.panels.parts import part_links
from components.panels.radar_words import Names, Reason, chance_words, reason_words, seldom_words
from components.panels.states import calm
from components.shell.filters import write_filters
from components.shell.page import page
from services.collection.radar.rounds import (
    LONGEST_COMMENT,
    VERDICTS,
    RoundView,
    StoredHit,
    StoredMark,
    StoredRound,
)
from services.formatting import datetime_text, exact, percent
from services.i18n.texts import t

RESULT_PATH = "/enterprise/accounting"
TONES = {"sound": "good", "to_correct": "over", "passed": "accent"}


@dataclass(frozen=True, slots=True)
class HitView:
    """A hit on screen: names of codes of its method, of others it names, and who may look in."""

    hit: StoredHit
    names: Names
    others: dict[int, str]
    sees: bool


def round_screen(view: RoundView, hits: Sequence[HitView]) -> html.Div:
    """Return the page of one round."""
    found = view.found
    name = t("radar.name", place=name_of(found.names, ""), year=found.year)
    files = [button("CSV", ids.CSV, "quiet"), button("XLSX", ids.XLSX, "quiet")]
    title = t("radar.hits_title", count=exact(found.listed), judged=exact(found.judged))
    if hits:
        part = (view.start, len(hits), found.listed)
        links = part_links(*part, partial(_address, found))
        body = html.Div([hit_list(hits), links], className="stack")
        listed = card(title, body, t("radar.hits_hint"), actions=files)
    else:
        listed = card(
            title, calm(t("radar.calm"), t("radar.calm_hint", judged=exact(found.judged)))
        )
    return page(
        name,
        card(t("radar.facts"), html.Dl(_facts(view), className="facts")),
        listed,
        breadcrumb=[(t("radar.title"), ids.PATH), (name, "")],
        subtitle=t("radar.subtitle"),
    )


def hit_list(hits: Sequence[HitView]) -> html.Ul:
    """Return hits one below the other."""
    return html.Ul(
        [html.Li(hit_card(each), id=ids.hit(str(each.hit.submission_id))) for each in hits],
        className="campaign-list",
    )


def hit_card(view: HitView) -> html.Article:
    """Return one submission with its reasons, its marks and the form to mark it."""
    hit = view.hit
    head = [
        badge(t("radar.place_on_list", place=exact(hit.place)), "plain"),
        html.H3(_name(view)),
        *(badge(t(f"radar.kinds.{kind}"), "watch") for kind in _kinds(hit)),
    ]
    return html.Article(
        [
            html.Div(head, className="campaign-head"),
            html.P(f"{hit.code} · {hit.year} · {chance_words(hit.chance)}", className="muted"),
            html.Ul([html.Li(_reason(view, each)) for each in hit.reasons], className="plain-list"),
            *(_marked(each) for each in hit.marks),
            _form(hit),
        ],
        className="campaign",
    )


def mark_words(each: StoredMark) -> str:
    """Return a mark in words."""
    return t(
        "radar.mark_told",
        verdict=t(f"radar.verdicts.{each.verdict}"),
        name=each.marked_by_name,
        at=datetime_text(each.marked_at),
        comment=each.comment,
    )


def told_of(view: HitView) -> list[str]:
    """Return the reasons of a hit as sentences, each with how seldom it is."""
    return [
        f"{reason_words(each, view.names, view.others.get(each['other'] or 0, ''))}"
        f" {seldom_words(each['chance'])}"
        for each in view.hit.reasons
    ]


def _reason(view: HitView, reason: Reason) -> list[Component | str]:
    other = view.others.get(reason["other"] or 0, "")
    seldom = html.Small(seldom_words(reason["chance"]), className="muted")
    return [reason_words(reason, view.names, other), " ", seldom]


def _kinds(hit: StoredHit) -> list[str]:
    return list(dict.fromkeys(str(reason["kind"]) for reason in hit.reasons))


def _name(view: HitView) -> Component | str:
    hit = view.hit
    name = name_of(hit.names, hit.code)
    if not view.sees:
        return name
    place = {"organization": hit.organization_id, "year": hit.year}
    return dcc.Link(name, href=RESULT_PATH + write_filters(place))


def _marked(each: StoredMark) -> html.P:
    tone = TONES[each.verdict]
    word = t(f"radar.verdicts.{each.verdict}")
    said = f"{each.marked_by_name} {datetime_text(each.marked_at)}"
    return html.P([badge(word, tone), f" {said} · {each.comment}"], className="campaign-said")


def _form(hit: StoredHit) -> html.Div:
    key = str(hit.submission_id)
    choices = [(each, t(f"radar.verdicts.{each}")) for each in VERDICTS]
    words = dbc.Input(
        id=ids.comment(key), type="text", class_name="input", maxlength=LONGEST_COMMENT,
        placeholder=t("radar.comment_form"), value="",
    )  # fmt: skip
    controls = [
        select(ids.verdict(key), t("radar.verdict"), choices, choices[0][0]),
        field(t("radar.comment"), words),
        button(t("radar.mark"), ids.mark(key)),
    ]
    return html.Div(controls, className="finding-form radar-form")


def _facts(view: RoundView) -> list[Component]:
    found = view.found
    parameters = found.parameters
    rules = t(
        "radar.rules_told",
        rules=found.rules,
        rate=percent(parameters["rate"], 0),
        share=percent(parameters["least_share"], 0),
    )
    marks = [
        t("radar.marks_count", verdict=t(f"radar.verdicts.{each}"), count=exact(count))
        for each, count in view.verdicts.items()
    ]
    facts = (
        ("over", name_of(found.names, "")),
        ("ended_at", datetime_text(found.ended_at)),
        ("ordered_by", found.ordered_by_name),
        ("rules", rules),
        ("unable", _unable(found)),
        ("marked", t("radar.list_comma").join(marks) or t("radar.unmarked")),
    )
    pairs: list[Component] = []
    for name, words in facts:
        pairs += [html.Dt(t(f"radar.{name}")), html.Dd(words)]
    return pairs


def _unable(found: StoredRound) -> str:
    kinds = {kind: count for kind, count in found.unable.items() if kind != "all" and count}
    if not kinds:
        return t("radar.unable_none")
    parts = [
        t("radar.unable_by", kind=t(f"radar.kinds.{kind}"), count=exact(count))
        for kind, count in kinds.items()
    ]
    whole = found.unable.get("all", 0)
    first = [t("radar.unable_all", count=exact(whole))] if whole else []
    counts = t("radar.list_comma").join([*first, *parts])
    return t("radar.unable_told", counts=counts, why=t("radar.unable_why"))


def _address(found: StoredRound, start: int) -> str:
    return ids.PATH + write_filters({"round": str(found.round_id), "from": str(start or "")})
