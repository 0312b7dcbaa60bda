"""The transparency log on screen: how it stands, its checkpoint, witnesses, and proofs (7.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from components.forms.controls import button, field, file_link, link_button
from components.ids import administration_seals as ids
from components.panels import states
from components.panels.card import card
from components.panels.log_checks import check_list, check_tile
from components.panels.states import empty
from components.panels.tile import tile
from components.shell.filters import write_filters
from components.shell.page import page
from components.tables.table import Cell, Column, browser_table, data_table
from services.consistency.log_check import LogCheck
from services.errors import Explanation
from services.formatting import datetime_text, exact
from services.i18n.texts import t
from services.transparency.standing import KIND_NAMES, PlacedLeaf, Standing

POLL_MS = 1000
MINUTE, HOUR, DAY = 120, 7_200, 172_800


@dataclass(frozen=True, slots=True)
class SealsView:
    """The log's standing, its self-checks, and what the address asks for with the answer."""

    query: Mapping[str, str]
    standing: Standing
    checks: Sequence[LogCheck]
    leaves: Sequence[PlacedLeaf] | None = None
    growth: str | Explanation = ""


def seals_screen(view: SealsView) -> html.Div:
    """Return the whole page."""
    told = view.standing
    return page(
        t("seals.title"),
        late_alarm(told),
        _tiles(view),
        _checkpoint(told) if told.note else _never(),
        _witnesses(told),
        _checks(view.checks),
        _finder(view),
        _grower(view),
        subtitle=t("seals.subtitle", at=datetime_text(told.at)),
    )


def ago(span: timedelta) -> str:
    """Return a span in words, in the unit that a person would use."""
    seconds = int(span.total_seconds())
    for name, most, size in (("seconds", MINUTE, 1), ("minutes", HOUR, 60), ("hours", DAY, 3600)):
        if seconds < most:
            return t(f"seals.span.{name}", count=seconds // size)
    return t("seals.span.days", count=seconds // 86_400)


def late_alarm(told: Standing) -> Component | None:
    """Return what is told where sealing is late; nothing where it is not."""
    if not told.is_late:
        return None
    words = t("seals.late", span=ago(told.lag), count=exact(told.waiting))
    mark = html.Span("■", className="message-mark", **{"aria-hidden": "true"})
    text = [html.P(words, className="message-what"), html.P(t("seals.late_why"))]
    text.append(html.P(t("seals.late_do"), className="message-do"))
    return html.Div(
        [mark, html.Div(text, className="message-text")],
        className="message message-over message-here",
        role="alert",
    )


def _tiles(view: SealsView) -> html.Div:
    told = view.standing
    waiting = "over" if told.is_late else "good"
    since = t("seals.waits", span=ago(told.lag)) if told.waiting else t("seals.nothing_waits")
    size = tile(t("seals.size"), exact(told.size), t("seals.leaves"), t("seals.size_note"))
    parts = [size, _sealed(told)]
    parts.append(
        tile(t("seals.waiting"), exact(told.waiting), t("seals.leaves"), since, status=waiting)
    )
    known = len(told.cosigned) + len(told.awaited)
    note = t("seals.witness_note") if known else t("seals.no_witness")
    parts.append(
        tile(
            t("seals.witnessed"),
            f"{len(told.cosigned)} / {known}",
            t("seals.witness_unit"),
            note,
            status="good" if told.cosigned else "watch",
        )
    )
    # It follows the self-check below, which may end while the page is open.
    last = html.Div(check_tile(view.checks), id=ids.LAST, className="tile-slot")
    return html.Div([*parts, last], className="tiles")


def _sealed(told: Standing) -> html.Div:
    if told.sealed_at is None:
        return tile(t("seals.sealed"), "—", "", t("seals.never"), status="unknown")
    span = ago(told.at - told.sealed_at)
    note = datetime_text(told.sealed_at)
    return tile(t("seals.sealed"), span, "", note, exact_text=note)


def _never() -> Component:
    return card("", empty(t("seals.never"), t("seals.never_hint")))


def _checkpoint(told: Standing) -> Component:
    files = [
        file_link(t("seals.take_checkpoint"), "/log/checkpoint", "quiet"),
        file_link(t("seals.take_keys"), "/log/key", "quiet"),
    ]
    keys = [html.P(t("seals.keys", count=len(told.keys))), *map(html.Code, told.keys)]
    return card(
        t("seals.checkpoint"),
        [html.Pre(told.note, className="note", tabIndex=0), html.Div(keys, className="note-keys")],
        t("seals.checkpoint_hint"),
        actions=html.Div(files, className="button-row"),
    )


def _witnesses(told: Standing) -> Component:
    if not told.cosigned and not told.awaited:
        return card(t("seals.witnesses"), empty(t("seals.no_witness"), t("seals.no_witness_hint")))
    columns = [Column(name, t(f"seals.{name}")) for name in ("witness", "cosigned_size", "when")]
    rows: list[dict[str, object]] = [
        {
            "witness": each.witness,
            "cosigned_size": Cell(exact(each.size), each.size),
            "when": Cell(datetime_text(each.at), each.at.isoformat()),
        }
        for each in told.cosigned
    ]
    rows += [
        {"witness": name, "cosigned_size": "—", "when": t("seals.not_yet")} for name in told.awaited
    ]
    return card(t("seals.witnesses"), data_table(columns, rows), t("seals.witnesses_hint"))


def _checks(checks: Sequence[LogCheck]) -> Component:
    order = button(t("seals.check_now"), ids.CHECK, "primary")
    body = [
        html.Div(check_list(checks), id=ids.CHECKS, role="status"),
        dcc.Interval(id=ids.CLOCK, interval=POLL_MS, max_intervals=-1 if _open(checks) else 0),
    ]
    return card(t("seals.checks"), body, t("seals.checks_hint"), actions=order)


def _open(checks: Sequence[LogCheck]) -> bool:
    return any(each.is_open for each in checks)


def _finder(view: SealsView) -> Component:
    names = [("", t("seals.choose")), *((name, _kind(name)) for name in KIND_NAMES)]
    controls = [
        _choice("kind", names, view.query),
        _text("record", view.query, t("seals.record_form")),
        html.Button(t("seals.find"), type="submit", className="button button-primary"),
    ]
    return card(
        t("seals.find_title"), [_form(controls), _leaves(view)], t("seals.find_hint"),
    )  # fmt: skip


def _leaves(view: SealsView) -> Component | None:
    if view.leaves is None:
        return None
    if not view.leaves:
        return empty(t("seals.no_leaf"), t("seals.no_leaf_hint"))
    columns = [Column(name, t(f"seals.{name}")) for name in ("what", "when", "position", "proof")]
    return browser_table(columns, [_leaf(each) for each in view.leaves], t("seals.found"))


def _leaf(leaf: PlacedLeaf) -> dict[str, object]:
    removed = leaf.kind.endswith(".removed")
    sealed = leaf.position is not None
    take: object = Cell([("a", t("seals.take_proof"), f"/log/inclusion/{leaf.position}")])
    return {
        "what": t("seals.removed") if removed else _kind(leaf.kind),
        "when": Cell(datetime_text(leaf.recorded_at), leaf.recorded_at.isoformat()),
        "position": Cell(exact(leaf.position), leaf.position) if sealed else t("seals.unsealed"),
        "proof": take if sealed else "—",
    }


def _grower(view: SealsView) -> Component:
    controls = [
        _text("from", view.query, t("seals.from_form")),
        _text("to", view.query, t("seals.to_form")),
        html.Button(t("seals.grow"), type="submit", className="button button-primary"),
    ]
    return card(t("seals.grow_title"), [_form(controls), _growth(view)], t("seals.grow_hint"))


def _growth(view: SealsView) -> Component | None:
    if isinstance(view.growth, Explanation):
        return states.error(view.growth)
    if not view.growth:
        return None
    wanted = write_filters({name: str(view.query.get(name) or "") for name in ("from", "to")})
    take = file_link(t("seals.take_growth"), f"/log/consistency{wanted}", "quiet")
    return html.Div([html.Pre(view.growth, className="note", tabIndex=0), take], className="stack")


def _form(controls: Sequence[Component]) -> Component:
    """Return a form of the browser: what is asked for stands in the address."""
    clear = link_button(t("audit.clear"), ids.PATH, "quiet")
    return html.Form(
        [*controls, clear], action=ids.PATH, method="get", className="restatement-order"
    )


def _text(name: str, query: Mapping[str, str], placeholder: str) -> html.Div:
    entry = dbc.Input(
        id=f"administration-seals-{name}",
        name=name,
        value=str(query.get(name) or ""),
        placeholder=placeholder,
        type="text",
        class_name="input",
        maxlength=200,
    )
    return field(t(f"seals.{name}"), entry)


def _choice(name: str, options: Sequence[tuple[str, str]], query: Mapping[str, str]) -> html.Div:
    choice = dbc.Select(
        id=f"administration-seals-{name}",
        name=name,
        options=[{"value": key, "label": label} for key, label in options],
        value=str(query.get(name) or ""),
        placeholder=options[0][1],
        class_name="input",
    )
    return field(t(f"seals.{name}"), choice)


def _kind(name: str) -> str:
    return t(f"seals.kinds.{name}")
