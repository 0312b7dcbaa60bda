"""Self-checks of the transparency log: the newest with what it found, and those before (7.2)."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from components.forms.controls import link_button
from components.ids import administration_seals as ids
from components.panels.badge import status_mark
from components.panels.states import empty
from components.panels.tile import tile
from components.tables.table import Cell, Column, browser_table, data_table
from services.consistency.log_audit import Difference
from services.consistency.log_check import LogCheck
from services.formatting import datetime_text, exact
from services.i18n.texts import has_text, t


def check_tile(checks: Sequence[LogCheck]) -> html.Div:
    """Return the tile of the newest self-check that has ended."""
    ended = next((each for each in checks if not each.is_open), None)
    label = t("seals.last_check")
    if ended is None:
        return tile(label, "—", "", t("seals.never_checked"), status="unknown")
    if ended.state == "failed":
        return tile(label, "—", "", t("seals.check_failed"), status="watch")
    status = "over" if ended.count else "good"
    note = datetime_text(ended.ended_at)
    return tile(label, exact(ended.count), t("seals.differences_unit"), note, status=status)


def check_alarm(check: LogCheck) -> html.Div:
    """Return what the audit administrator is told of a check that found something, or failed."""
    when = datetime_text(check.ended_at)
    words = t("seals.alarm_failed", when=when)
    if check.count:
        words = t("seals.alarm_found", when=when, count=exact(check.count))
    mark = html.Span("■", className="message-mark", **{"aria-hidden": "true"})
    text = [
        html.P(words, className="message-what"),
        html.P(t("seals.alarm_do"), className="message-do"),
        link_button(t("seals.alarm_open"), ids.PATH, "quiet"),
    ]
    return html.Div(
        [mark, html.Div(text, className="message-text")],
        className="message message-over message-here",
        role="alert",
    )


def check_list(checks: Sequence[LogCheck]) -> Component:
    """Return the newest self-check in full, and the earlier ones in a table."""
    if not checks:
        return empty(t("seals.never_checked"), t("seals.never_checked_hint"))
    return html.Div([_newest(checks[0]), _earlier(checks[1:])], className="stack")


def _newest(check: LogCheck) -> Component:
    if check.is_open:
        label = {"aria-label": t("seals.check_runs")}
        bar = html.Progress(value=str(check.progress), max="1", **label)
        return html.Div([bar, html.Span(t("seals.check_runs"))], className="report-progress")
    if check.state == "failed":
        told = f"{_when(check)} {check.told}"
        return html.P(told, className="report-failure", role="alert")
    return html.Div([_verdict(check), _differences(check)], className="stack")


def _verdict(check: LogCheck) -> Component:
    told = t("seals.checked", records=exact(check.records), leaves=exact(check.leaves))
    found = t("seals.all_fits") if not check.count else t("seals.differs", count=check.count)
    rest = [
        t(f"transparency.{name}", count=getattr(check, name))
        for name in ("removed", "erased")
        if getattr(check, name)
    ]
    lines = [html.P([html.Strong(found), f" {told}"]), *map(html.P, rest)]
    lines.append(html.P(_when(check)))
    lines.append(html.P(t("seals.own_keys"), className="muted"))
    mark = status_mark("over" if check.count else "good")
    role = {"role": "alert"} if check.count else {}
    return html.Div([mark, html.Div(lines, className="stack")], className="check-verdict", **role)


def _when(check: LogCheck) -> str:
    return t("seals.check_ended", when=datetime_text(check.ended_at), how=_how(check))


def _how(check: LogCheck) -> str:
    return t("seals.by_night") if check.is_nightly else t("seals.by_hand")


def _differences(check: LogCheck) -> Component | None:
    if not check.differences:
        return None
    columns = [Column(name, t(f"seals.{name}")) for name in ("kind", "record", "found_there")]
    rows = [_difference(each) for each in check.differences]
    return browser_table(columns, rows, t("seals.found_differences"))


def _difference(found: Difference) -> dict[str, object]:
    key = f"seals.kinds.{found.kind}"
    return {
        "kind": t(key) if has_text(key) else found.kind,
        "record": found.record,
        "found_there": t(f"transparency.what.{found.what}"),
    }


def _earlier(checks: Sequence[LogCheck]) -> Component | None:
    if not checks:
        return None
    names = ("when", "how", "checked_leaves", "differences")
    columns = [Column(name, t(f"seals.{name}")) for name in names]
    rows = [
        {
            "when": Cell(datetime_text(each.ordered_at), each.ordered_at.isoformat()),
            "how": _how(each),
            "checked_leaves": Cell(exact(each.leaves), each.leaves),
            "differences": Cell(exact(each.count), each.count)
            if each.state == "done"
            else t("seals.check_failed"),
        }
        for each in checks
    ]
    earlier = html.Summary(t("seals.earlier", count=len(rows)))
    return html.Details([earlier, data_table(columns, rows)], className="more")
