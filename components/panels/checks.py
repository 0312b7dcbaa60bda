"""Findings of rules: the filter, each with its evidence and who cleared it (5.1.7 c)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from components.forms.controls import button, field, link_button, text_input
from components.ids import collection_checks as ids
from components.panels.badge import badge
from components.panels.card import card
from components.panels.states import empty
from components.shell.filters import write_filters
from components.shell.page import page
from services.collection.check_rules import CheckRule
from services.collection.checks.desk import PAGE, Desk, Listed
from services.formatting import datetime_text, exact
from services.i18n.texts import language, t

TONES = {"error": "over", "warning": "watch", "info": "accent"}
MARKS = {"error": "■", "warning": "▲", "info": "○"}
STATES = ("open", "cleared", "all")


@dataclass(frozen=True, slots=True)
class ChecksView:
    """What the address asks for, a page of what fits, and the rules there are."""

    query: Mapping[str, str]
    desk: Desk
    rules: Sequence[CheckRule]
    place: str
    places: Mapping[str, str]


def checks_screen(query: Mapping[str, str], *pieces: Component) -> html.Div:
    """Return the whole page: its tabs, and what the chosen one shows."""
    return page(t("checks.title"), _tabs(query), *pieces, subtitle=t("checks.intro"))


def findings_pieces(view: ChecksView) -> list[Component]:
    """Return the filter, the way to check again, and what was found."""
    return [card("", [_form(view), _again(view.place)]), _list(view)]


def finding_row(listed: Listed, where: str, rules: Mapping[str, CheckRule]) -> list[Component]:
    """Return one finding: what, why, the numbers compared, the limits used, who cleared it."""
    found = listed.finding
    said = found.evidence["told"][language()]
    rule = rules.get(found.rule)
    head = html.Header(
        [
            badge(
                f"{MARKS[found.severity]} {t(f'checks.severity_{found.severity}')}",
                TONES[found.severity],
            ),
            html.Strong(str(rule.name) if rule else found.rule),
            html.Span(f"{found.names[language()]} · {found.year} · {where}", className="muted"),
        ],
        className="check-head",
    )
    return [
        head,
        html.P([said["what"], " ", html.Span(said["why"], className="muted")]),
        _note(found.evidence["where"].get("note", "")),
        _details(listed, rule),
        *_cleared(listed),
        *_act(listed, said["do"]),
    ]


def standing(words: str) -> html.P:
    """Return how far a check of everything is."""
    return html.P(words, role="status", className="muted")


def _tabs(query: Mapping[str, str]) -> Component:
    now = "limits" if query.get("tab") == "limits" else "findings"
    kept = {"organization": query.get("organization")}
    links: list[Component] = []
    for name in ("findings", "limits"):
        words = t(f"checks.tab_{name}")
        if name == now:
            links.append(html.Span(words, className="check-tab", **{"aria-current": "page"}))
            continue
        href = ids.PATH + write_filters({**kept, "tab": "" if name == "findings" else name})
        links.append(dcc.Link(words, href=href, className="check-tab"))
    return html.Nav(links, className="check-tabs", **{"aria-label": t("checks.title")})


def _form(view: ChecksView) -> Component:
    """Return the filter as a form of the browser: what is asked for stands in the address."""
    severities = [(name, t(f"checks.severity_{name}")) for name in TONES]
    rules = [(rule.id, str(rule.name)) for rule in view.rules]
    years = [(str(year), str(year)) for year in view.desk.years]
    controls = [
        organization_field(view.query, t("checks.all_places")),
        _choice(view.query, "year", years, t("checks.all_years")),
        _choice(view.query, "rule", rules, t("checks.all_rules")),
        _choice(view.query, "severity", severities, t("checks.all_severities")),
        _choice(
            view.query,
            "state",
            [(s, t(f"checks.state_{s}")) for s in STATES[1:]],
            t("checks.state_open"),
        ),
        html.Button(t("checks.show"), type="submit", className="button button-primary"),
    ]
    return html.Form(controls, action=ids.PATH, method="get", className="check-filter")


def organization_field(query: Mapping[str, str], empty_means: str) -> html.Div:
    """Return the field for the code of an organization, and what it means left empty."""
    entry = dbc.Input(
        id="collection-checks-organization",
        name="organization",
        value=str(query.get("organization") or ""),
        placeholder=empty_means,
        type="text",
        class_name="input",
        maxlength=100,
    )
    return field(t("checks.place"), entry)


def _choice(
    query: Mapping[str, str], name: str, options: Sequence[tuple[str, str]], every: str
) -> html.Div:
    choice = dbc.Select(
        id=f"collection-checks-{name}",
        name=name,
        options=[{"value": key, "label": label} for key, label in [("", every), *options]],
        value=str(query.get(name) or ""),
        placeholder=every,
        class_name="input",
    )
    return field(t(f"checks.{name}"), choice)


def _again(place: str) -> Component | None:
    if not place:
        return None
    return html.Div(
        [
            button(t("checks.again"), ids.AGAIN, title=t("checks.again_hint")),
            html.Small(f"{place} · {t('checks.again_hint')}", className="muted"),
            html.Div(id=ids.STANDING),
            dcc.Store(id=ids.JOB),
            dcc.Interval(id=ids.TICK, interval=1_500, disabled=True),
        ],
        className="check-again",
    )


def _list(view: ChecksView) -> Component:
    desk = view.desk
    if not desk.listed:
        return card("", empty(t("checks.none"), t("checks.none_hint")))
    counted = dict.fromkeys(TONES, 0)
    for (_, severity), count in desk.counts.items():
        counted[severity] += count
    numbers = {"errors": counted["error"], "warnings": counted["warning"]}
    told = t("checks.counts", total=desk.total, infos=counted["info"], **numbers)
    rules = {rule.id: rule for rule in view.rules}
    items = [
        html.Li(
            finding_row(each, view.places[str(each.finding.finding_id)], rules),
            id=ids.row(str(each.finding.finding_id)),
            className="check",
        )
        for each in desk.listed
    ]
    return card(told, html.Ul(items, className="checks"), footer=_pages(view))


def _pages(view: ChecksView) -> Component | None:
    first, total = view.desk.first, view.desk.total
    if total <= PAGE:
        return None
    filters = {name: value for name, value in view.query.items() if name != "from"}
    links = []
    if first:
        links.append(_page(filters, max(first - PAGE, 0), t("checks.previous")))
    last = min(first + PAGE, total)
    links.append(html.Span(t("checks.page_of", first=first + 1, last=last, total=total)))
    if last < total:
        links.append(_page(filters, last, t("checks.next")))
    return html.Nav(links, className="check-pages")


def _page(filters: Mapping[str, str], first: int, label: str) -> Component:
    return link_button(label, ids.PATH + write_filters({**filters, "from": first or ""}), "quiet")


def _note(note: str) -> html.P:
    told = t("checks.note", note=note) if note else t("checks.no_note")
    return html.P(told, className="check-note")


def _details(listed: Listed, rule: CheckRule | None) -> Component:
    found, kept = listed.finding, listed.finding.evidence
    numbers = kept["numbers"]
    parts: list[Component] = [html.Summary(t("checks.evidence", count=len(numbers)))]
    if numbers:
        items = [html.Li(_compared(each, found.found)) for each in numbers]
        parts.append(html.Ul(items, className="check-numbers"))
    if rule is not None:
        parts += _of_rule(rule, found.version, kept["limits"])
    parts.append(html.P(t("checks.found_at", at=datetime_text(found.found_at)), className="muted"))
    return html.Details(parts, className="check-details")


def _compared(each: Mapping[str, Any], doubtful: float | None) -> list[Component | str]:
    """Return one number that was compared, the doubtful one marked."""
    number = exact(each["value"])
    shown = html.Mark(number) if each["value"] == doubtful else html.B(number)
    period = each["period"] or t("checks.whole_year")
    return [html.Span(period), shown, html.Small(_origin(each), className="muted")]


def _origin(each: Mapping[str, Any]) -> str:
    words = t(f"checks.origin_{each['origin']}")
    return f"{words} · {each['name']}" if each.get("name") else words


def _of_rule(rule: CheckRule, version: int, limits: Mapping[str, Any]) -> list[Component]:
    named = [
        t(
            "checks.limit_used",
            name=str(rule.limits[name].name) if name in rule.limits else name,
            value=exact(used["value"]),
            unit=used["unit"],
            origin=t(f"checks.from_{used['origin']}"),
        )
        for name, used in limits.items()
    ]
    status = t(f"checks.status_{rule.status}")
    about = {"name": str(rule.name), "version": version, "status": status, "clause": rule.clause}
    told = [html.Li(each) for each in named]
    limits_list = [html.P(t("checks.limits_used")), html.Ul(told)] if told else []
    return [
        *limits_list,
        html.P(t("checks.rule_version", **about), className="muted"),
        html.P(t("checks.source", source=str(rule.source)), className="muted"),
    ]


def _cleared(listed: Listed) -> list[Component]:
    """Return everybody who cleared it: the present clearing, and those of other numbers."""
    is_cleared = listed.finding.resolved_at is not None
    lines = []
    for at, each in enumerate(listed.clearings):
        told = {"name": each.cleared_by_name, "at": datetime_text(each.cleared_at)}
        if is_cleared and at == 0:
            words = t("checks.cleared_by", reason=each.reason, **told)
        else:
            words = t("checks.cleared_before", found=exact(each.found), reason=each.reason, **told)
        lines.append(html.P(words, className="check-cleared"))
    return lines


def _act(listed: Listed, what_to_do: str) -> list[Component]:
    found = listed.finding
    if found.resolved_at is not None:
        return []
    if listed.why_not:
        why = t(f"checks.why_not_{listed.why_not}")
        return [html.P([what_to_do, " ", html.Span(why, className="muted")])]
    key = str(found.finding_id)
    form = html.Div(
        [
            dcc.Store(id=ids.seen(key), data=listed.seen),
            text_input(ids.reason(key), t("checks.reason")),
            button(t("checks.clear"), ids.clear(key), "primary"),
        ],
        className="finding-form",
    )
    return [html.P(what_to_do), form]
