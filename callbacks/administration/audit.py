"""Reactions of the audit trail's page, and its file (7.2)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import Dash, Input, Output, State
from dash.development.base_component import Component

from callbacks.context import Context
from callbacks.wiring import wire
from components.ids import administration_audit as ids
from components.panels.audit import REVEAL, AuditView, audit_screen
from components.panels.audit_views import view_links
from services import audit_views, clock, oversight
from services.exports import Sheet, file_name, write
from services.formatting import datetime_text
from services.i18n.texts import t
from services.labels import Label
from services.oversight import AuditRow
from services.security.permissions import Action

# The file holds more than the screen: what was before and after, and the digests.
EXPORTED = (
    *("at", "login", "action", "resource", "result", "channel", "address", "access_path"),
    *("before", "after", "before_digest", "after_digest"),
)


def show_audit(context: Context, query: Mapping[str, str]) -> Component:
    """Show the events that the address asks for."""
    wanted = oversight.read_query(query)
    after = oversight.read_cursor(str(query.get("after") or ""))
    found = oversight.search(context.actor(), context.database, wanted, after, is_revealed(query))
    views = audit_views.views_of(context.actor(), context.database)
    may_reveal = context.actor().may(Action.REVEAL_PERSONAL)
    return audit_screen(AuditView(dict(query), found, views, may_reveal))


def is_revealed(query: Mapping[str, str]) -> bool:
    """Return whether an address asks for people and addresses without masks."""
    return query.get(REVEAL) == "1"


def keep_view(
    context: Context, _clicks: int, name: str | None, query: Mapping[str, str]
) -> list[Component]:
    """Keep what is looked for under a name, and show the views."""
    kept = audit_views.save_view(context.actor(), context.database, str(name or ""), query)
    return _views(context, {"view": kept.name})


def remove_view(context: Context, _clicks: int, query: Mapping[str, str]) -> list[Component]:
    """Remove the view that the address names, and show those that are left."""
    audit_views.remove_view(context.actor(), context.database, str(query.get("view") or ""))
    return _views(context, {})


def _views(context: Context, query: Mapping[str, str]) -> list[Component]:
    return view_links(query, audit_views.views_of(context.actor(), context.database))


@dataclass(frozen=True, slots=True)
class EventFile:
    """Events as a file to be downloaded."""

    name: str
    sha256: str
    content: bytes


def file_of_events(found: Sequence[AuditRow], kind: str, label: Label) -> EventFile:
    """Return events as CSV or XLSX with their label, or raise ExportError."""
    headings = tuple(t(f"audit.{name}") for name in EXPORTED)
    rows = tuple(tuple(_words(each, name) for name in EXPORTED) for each in found)
    told = t(f"labels.level.{label.word}")
    about = ((t("labels.label"), told), (t("export.made_at"), datetime_text(clock.now())))
    sheet = Sheet(t("audit.title"), about, headings, rows)
    content = write(sheet, kind)
    return EventFile(file_name(sheet, kind), hashlib.sha256(content).hexdigest(), content)


def _words(event: AuditRow, name: str) -> str:
    value = getattr(event, name)
    if name == "at":
        return str(value.isoformat())
    return json.dumps(value, ensure_ascii=False) if isinstance(value, Mapping) else str(value)


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    views = Output(ids.VIEWS, "children", allow_duplicate=True)
    query = State(ids.QUERY, "data")
    kept = (Input(ids.KEEP_VIEW, "n_clicks"), State(ids.VIEW_NAME, "value"), query)
    removed = (Input(ids.REMOVE_VIEW, "n_clicks"), query)
    for function, parts in ((keep_view, kept), (remove_view, removed)):
        wire(
            app,
            context,
            function,
            views,
            *parts,
            permission=Action.VIEW_AUDIT,
            prevent_initial_call=True,
        )
    wire(
        app,
        context,
        show_audit,
        Output(ids.CONTENT, "children"),
        Input(ids.QUERY, "data"),
        permission=Action.VIEW_AUDIT,
        whole_page="audit.title",
    )
