"""Searches of the trail under a name: ready-made ones and one's own (7.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from components.forms.controls import button, link_button, text_input
from components.ids import administration_audit as ids
from components.panels.card import card
from components.shell.filters import write_filters
from services.audit_views import READY, SavedView
from services.i18n.texts import t


def views_card(query: Mapping[str, str], own: Sequence[SavedView]) -> Component:
    """Return the views as links, and the form that keeps what is looked for now."""
    keep = [
        text_input(ids.VIEW_NAME, t("audit.view_name"), str(query.get("view") or "")),
        button(t("audit.keep_view"), ids.KEEP_VIEW),
    ]
    body = [
        html.Div(view_links(query, own), id=ids.VIEWS, className="stack"),
        html.Div(keep, className="restatement-order"),
    ]
    return card(t("audit.views"), html.Div(body, className="stack"), t("audit.views_hint"))


def view_links(query: Mapping[str, str], own: Sequence[SavedView]) -> list[Component]:
    """Return the ready-made views, then those that the visitor keeps."""
    here = str(query.get("view") or "")
    ready = [_link(t(f"audit.ready.{key}"), wanted, "") for key, wanted in READY.items()]
    rows: list[Component] = [html.Div(ready, className="button-row")]
    if own:
        kept = [_link(view.name, view.query, here) for view in own]
        rows.append(html.Div(kept, className="button-row"))
    if here in {view.name for view in own}:
        rows.append(
            html.Div(
                [
                    html.Strong(t("audit.view_here", name=here)),
                    button(t("audit.remove_view"), ids.REMOVE_VIEW, "quiet"),
                ],
                className="button-row",
            )
        )
    return rows


def _link(name: str, wanted: Mapping[str, str], here: str) -> Component:
    address = ids.PATH + write_filters({**wanted, "view": name})
    return link_button(name, address, "primary" if name == here else "plain")
