"""One campaign: what it asks for, how far everybody is, and whom to remind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from components.forms.controls import button, field, link_button
from components.forms.method_columns import name_of
from components.ids import collection_campaigns as ids
from components.panels.campaign_bar import (
    ORDER,
    called_badge,
    campaign_badge,
    campaign_bar,
    days_told,
    state_word,
)
from components.panels.card import card
from components.panels.parts import part_links
from components.panels.states import empty
from components.shell.filters import write_filters
from components.shell.page import page
from components.tables.table import Cell, Column, data_table
from services.collection.campaigns import (
    OPEN_STATES,
    CalledState,
    Progress,
    StoredCampaign,
    shown_state,
)
from services.formatting import date_text, datetime_text, exact, percent
from services.i18n.texts import t

RESULT_PATH = "/enterprise/accounting"


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign on screen; `state` is what is shown alone, `sees` who may be looked into."""

    progress: Progress
    state: str
    sees: Callable[[str], bool]


def campaign_screen(view: CampaignView) -> html.Div:
    """Return the page of one campaign."""
    standing = view.progress.standing
    found = standing.campaign
    bar = card(t("campaigns.progress"), campaign_bar(standing.counts))
    return page(
        found.name,
        _asked(found),
        bar,
        called_card(view),
        breadcrumb=[(t("campaigns.title"), ids.PATH), (found.name, "")],
        subtitle=t("campaigns.of_year", year=found.year),
        actions=[campaign_badge(standing.state), *_acts(view)],
    )


def called_card(view: CampaignView) -> Component:
    """Return those whom the campaign calls, part by part."""
    progress = view.progress
    files = [button("CSV", ids.CSV, "quiet"), button("XLSX", ids.XLSX, "quiet")]
    title = t("campaigns.called", count=exact(progress.standing.total))
    parts: list[Component] = [_find(view)]
    if not progress.called:
        parts.append(empty(t("campaigns.none_found"), t("campaigns.none_found_hint")))
    else:
        shown = (progress.sought.start, len(progress.called), progress.found)
        parts += [_table(view, title), part_links(*shown, partial(_address, view))]
    return card(title, parts, t("campaigns.called_hint"), actions=files)


def _asked(found: StoredCampaign) -> Component:
    days = ", ".join(map(str, found.remind_days)) or "—"
    facts = (
        ("issuer", name_of(found.issuer, "")),
        ("opens_on", date_text(found.opens_on)),
        ("due_on", f"{date_text(found.due_on)} · {days_told(found.due_on)}"),
        ("method", found.method or t("campaigns.own_method")),
        ("check", t("campaigns.with_check" if found.needs_check else "campaigns.no_check")),
        ("remind_days", days),
        ("opened", f"{found.opened_by_name} · {datetime_text(found.opened_at)}"),
    )
    pairs: list[Component] = []
    for name, text in facts:
        pairs += [html.Dt(t(f"campaigns.{name}")), html.Dd(text)]
    said = [html.P(found.instruction, className="campaign-said")] if found.instruction else []
    return card(t("campaigns.asked"), [*said, html.Dl(pairs, className="facts")])


def _acts(view: CampaignView) -> list[Component]:
    standing = view.progress.standing
    if not standing.may_manage or standing.state == "closed":
        return []
    return [
        html.Div(id=ids.REMINDED, role="status"),
        button(t("campaigns.remind_all"), ids.REMIND_ALL, "primary"),
        button(t("campaigns.close"), ids.CLOSE, "danger"),
    ]


def _find(view: CampaignView) -> Component:
    """Return the filter: a form of the browser, so that the address has what is sought."""
    found = view.progress.standing.campaign
    states = [html.Option(t("campaigns.all"), value="")]
    states += [html.Option(state_word(s), value=s) for s in ORDER]
    words = dbc.Input(
        id=ids.FIND, name="find", value=view.progress.sought.words, type="search",
        class_name="input", placeholder=t("organizations.find_form"), maxlength=80,
    )  # fmt: skip
    # The browser keeps the first option: the chosen one stands first.
    states.sort(key=lambda option: option.value != view.state)
    hidden = {"name": "campaign", "type": "hidden", "value": str(found.campaign_id)}
    controls = [
        dbc.Input(id=ids.FIND_CAMPAIGN, **hidden),
        field(t("campaigns.state"), html.Select(states, name="state", className="input")),
        field(t("organizations.find"), words),
        html.Button(t("organizations.do_find"), type="submit", className="button button-primary"),
        link_button(
            t("audit.clear"),
            ids.PATH + write_filters({"campaign": str(found.campaign_id)}),
            "quiet",
        ),
    ]
    return html.Form(controls, action=ids.PATH, method="get", className="restatement-order")


def _address(view: CampaignView, start: int) -> str:
    wanted = {
        "campaign": str(view.progress.standing.campaign.campaign_id),
        "state": view.state,
        "find": view.progress.sought.words,
    }
    return ids.PATH + write_filters(wanted | {"from": str(start or "")})


def _table(view: CampaignView, title: str) -> Component:
    names = ["name", "code", "state", "share", "last"]
    standing = view.progress.standing
    can_remind = standing.may_manage and standing.state != "closed"
    columns = [Column(name, t(f"campaigns.{name}"), name == "share") for name in names]
    if can_remind:
        columns.append(Column("act", t("campaigns.act")))
    rows = [_row(view, each, can_remind) for each in view.progress.called]
    return html.Div(data_table(columns, rows, caption=title), className="first-whole")


def _row(view: CampaignView, each: CalledState, can_remind: bool) -> dict[str, object]:
    name = name_of(each.names, each.code)
    state = shown_state(view.progress.standing.campaign, each.state)
    shown: Component | str = name
    if each.submitted_at is not None and view.sees(each.access_path):
        place = {"organization": each.organization_id, "year": each.year}
        shown = dcc.Link(name, href=RESULT_PATH + write_filters(place))
    act = ""
    if can_remind and each.state in OPEN_STATES:
        label = t("campaigns.remind")
        act = button(label, ids.remind(each.organization_id), "quiet", title=f"{label} {name}")
    return {
        "name": Cell(shown, name),
        "code": each.code,
        "state": Cell(_state(each, state), ORDER.index(state)),
        "share": _share(each),
        "last": _last(each),
        "act": Cell(act, ""),
    }


def _state(each: CalledState, state: str) -> Component | list[Component | str]:
    if state == each.state:
        return called_badge(state)
    # Overdue says that nothing was handed in; how far it is nevertheless stands beside it.
    return [called_badge(state), " ", html.Span(state_word(each.state), className="muted")]


def _share(each: CalledState) -> Cell:
    """Return which part of the rows of the year before is there; without one, nothing is known."""
    if each.needed is None or each.filled is None:
        return Cell("—", -1)
    if not each.needed:
        return Cell("—", -1, t("campaigns.share_unknown"))
    share = each.filled / each.needed
    told = t("campaigns.share_rows", filled=each.filled, needed=each.needed)
    return Cell(percent(share, 0), share, told)


def _last(each: CalledState) -> Cell:
    times = [at for at in (each.edited_at, each.submitted_at, each.decided_at) if at is not None]
    if not times:
        return Cell("—", "")
    return Cell(datetime_text(max(times)), max(times).isoformat())
