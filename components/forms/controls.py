"""Buttons, links and fields: one look, reached by keyboard, large enough for a finger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from services.i18n.texts import t

Options = Sequence[tuple[Any, str]]
Id = str | dict[str, Any]


def button(
    label: str,
    button_id: Id | None = None,
    kind: str = "plain",
    *,
    disabled: bool = False,
    title: str = "",
) -> html.Button:
    """Return a button; kind is primary, plain, quiet or danger."""
    named: dict[str, Any] = {"id": button_id} if button_id is not None else {}
    return html.Button(
        label,
        type="button",
        n_clicks=0,
        className=f"button button-{kind}",
        disabled=disabled,
        title=title or None,
        **named,
    )


def link_button(label: str, href: str, kind: str = "plain") -> dcc.Link:
    """Return a link to a page that looks like a button."""
    return dcc.Link(label, href=href, className=f"button button-{kind}")


def file_link(label: str, href: str, kind: str = "plain") -> html.A:
    """Return a link that downloads a file from an address of ours."""
    return html.A(label, href=href, className=f"button button-{kind}", download="")


def guarded_file_link(label: str, href: str) -> html.A:
    """Return a link to a file whose route needs a step up: the browser asks for it before."""
    link = file_link(label, href)
    setattr(link, "data-step-up", "")
    return link


def where_from(href: str, class_name: str) -> Component:
    """Return the link from a number to what is behind it, on this page or another."""
    # dcc.Link scrolls to the top of the page, also when the address is a part of it.
    link = html.A if href.startswith("#") else dcc.Link
    return link(t("shell.where_from"), href=href, className=class_name)


def select(
    select_id: Id, label: str, options: Options, value: Any = None, hint: str = ""
) -> html.Div:
    """Return a labelled choice of (value, label) pairs; what is chosen comes back as text."""
    # The browser's own: dcc.Dropdown hides its label from screen readers, and a phone's wheel.
    # It shows its placeholder for the value "", even where that is one of the choices.
    choice = dbc.Select(
        id=select_id,
        options=[{"value": str(key), "label": text} for key, text in options],
        value=value,
        placeholder=next((text for key, text in options if key == ""), ""),
        class_name="input",
    )
    return field(label, choice, hint)


def text_input(
    input_id: Id, label: str, value: str = "", *, placeholder: str = "", numeric: bool = False
) -> html.Div:
    """Return a labelled text field; `numeric` asks a phone for its number keys."""
    # Not dcc.Input: it puts the caret back a moment after each key, and mixes up quick typing.
    entry = dbc.Input(
        id=input_id,
        value=value,
        placeholder=placeholder,
        type="text",
        inputmode="decimal" if numeric else None,
        class_name="input",
        debounce=True,
    )
    return field(label, entry)


def field(label: str, control: Component, hint: str = "") -> html.Div:
    """Put a label above a control, and a hint below."""
    below = html.Small(hint, className="field-hint") if hint else None
    return html.Div(
        [html.Label([html.Span(label, className="field-label"), control]), below],
        className="field",
    )


def tabs(tabs_id: str, label: str, choices: Options, value: Any) -> html.Div:
    """Return tabs of (value, label) pairs, one of which is chosen; the label is spoken only."""
    # Not dcc.RadioItems: it calls its radio buttons options of a list, which holds no buttons.
    radios = dbc.RadioItems(
        id=tabs_id,
        name=tabs_id,
        options=[{"value": key, "label": text} for key, text in choices],
        value=value,
        class_name="tabs",
    )
    return html.Div(radios, role="radiogroup", **{"aria-label": label})


def stepper(steps: Sequence[str], current: int) -> html.Ol:
    """Show how far a procedure has come; `current` counts from 0, len(steps) means finished."""
    return html.Ol(
        [
            html.Li(
                [html.Span("✓" if at < current else str(at + 1), className="step-mark"), step],
                className="done" if at < current else "now" if at == current else "later",
                **({"aria-current": "step"} if at == current else {}),
            )
            for at, step in enumerate(steps)
        ],
        className="stepper",
    )
