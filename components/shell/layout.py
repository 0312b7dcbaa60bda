"""The shell around every page: brand, navigation, switches, messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import dash
from dash import dcc, html
from dash.development.base_component import Component

from components.ids import shell as ids
from components.shell.alarm import PATH as ALERTS_PATH
from components.shell.alarm import alarm, strip
from components.shell.icons import icon
from components.shell.places import GROUPS, Place
from services.i18n.texts import LANGUAGES, language, t

# So that a wall that is ended goes dark within a minute, and gets each new token.
ASKS_EVERY_SECONDS = "30"
LANGUAGE_NAMES = {"zh-CN": "中", "en": "EN"}


def shell(
    person: str, places: Sequence[Place], names: Mapping[str, str], is_watched: bool = False
) -> html.Div:
    """Return the shell for a person; `names` gives each place's title by its address.

    Where nobody stands before it, it asks by itself how things stand (`is_watched`).
    """
    watched = {"data-asks-every": ASKS_EVERY_SECONDS} if is_watched else {}
    above = strip() if is_watched else []
    warned = alarm() if any(place.path == ALERTS_PATH for place in places) else []
    return html.Div(
        [
            dcc.Location(id=ids.LOCATION, refresh="callback-nav"),
            html.A(t("shell.skip"), href=f"#{ids.MAIN}", className="skip"),
            _top_bar(person, warned),
            _navigation(places, names),
            _messages(),
            html.Div(
                [html.Span("■", **{"aria-hidden": "true"}), html.Span(className="offline-text")],
                className="offline",
                hidden=True,
                role="status",
                **{"data-text": t("shell.offline", since="{since}")},
            ),
            html.Main(
                [*above, dash.page_container, _printed(person)],
                id=ids.MAIN,
                tabIndex=-1,
            ),
        ],
        className="shell",
        **watched,
    )


def _messages() -> html.Div:
    """Return the place for messages, with the words for whoever asks too often."""
    words = {"aria-live": "polite", "data-too-often": t("shell.too_often", time="{time}")}
    words["data-goes-on"] = t("shell.goes_on", time="{time}")
    return html.Div(id=ids.MESSAGES, className="messages", **words)


def bare() -> html.Div:
    """Return the layout without a visitor, which holds nothing but the place for a page."""
    return html.Div([dcc.Location(id=ids.LOCATION), html.Div(id=ids.MESSAGES), dash.page_container])


def brand() -> html.A:
    """Return the name of the platform as the way home."""
    words = [
        html.Span(t("shell.brand"), className="brand-name"),
        html.Span(t("shell.brand_latin"), className="brand-latin"),
    ]
    label = {"aria-label": f"{t('shell.brand')} {t('shell.brand_latin')}: {t('shell.platform')}"}
    return html.A([html.Span(className="brand-mark"), *words], href="/", className="brand", **label)


def _top_bar(person: str, warned: list[Component]) -> html.Header:
    menu = html.Button(
        icon("menu"),
        type="button",
        className="menu-button",
        **{"data-toggle": "navigation", "aria-label": t("shell.menu"), "aria-expanded": "false"},
    )
    tools = [_languages(), _theme(), _person(person)]
    return html.Header(
        [menu, brand(), html.Div([*warned, *tools], className="top-tools")], className="top"
    )


def _printed(person: str) -> html.P:
    # The browser fills in the time when it prints.
    return html.P(
        className="printed", **{"data-text": t("shell.printed", name=person, time="{time}")}
    )


def _languages() -> html.Form:
    buttons = [
        html.Button(
            LANGUAGE_NAMES[code],
            type="submit",
            name="language",
            value=code,
            lang=code,
            **{"aria-pressed": "true" if code == language() else "false"},
        )
        for code in LANGUAGES
    ]
    return html.Form(
        buttons,
        method="post",
        action="/language",
        className="segments",
        **{"aria-label": t("shell.language")},
    )


def _theme() -> html.Button:
    return html.Button(
        [icon("sun"), icon("moon")],
        type="button",
        className="tool theme-switch",
        title=t("shell.theme"),
        **{"data-toggle": "theme", "aria-label": t("shell.theme")},
    )


def _person(name: str) -> html.Details:
    summary = html.Summary(
        [icon("person"), html.Span(name, className="person-name")],
        className="tool",
        **{"aria-label": f"{t('shell.user')}: {name}"},
    )
    sign_out = html.Form(
        html.Button(t("shell.sign_out"), type="submit"), method="post", action="/logout"
    )
    items = [
        html.P(name, className="menu-name"),
        html.A(t("shell.account"), href="/account"),
        html.A(t("shell.change_password"), href="/password"),
        html.Button(t("shell.print"), type="button", **{"data-toggle": "print"}),
        sign_out,
    ]
    return html.Details([summary, html.Div(items, className="menu")], className="person-menu")


def _navigation(places: Sequence[Place], names: Mapping[str, str]) -> html.Nav:
    groups = [
        html.Div(
            [
                html.H2(t(f"group.{group}"), className=_group_class(group)),
                html.Ul([html.Li(_entry(p, names[p.path])) for p in places if p.group == group]),
            ],
            className="nav-block",
        )
        for group in GROUPS
        if any(place.group == group for place in places)
    ]
    return html.Nav(
        groups, id=ids.NAVIGATION, className="navigation", **{"aria-label": t("shell.navigation")}
    )


def _group_class(group: str) -> str:
    # "Overview" above its only entry "Overview" says nothing to the eye.
    return "visually-hidden" if group == GROUPS[0] else "nav-group"


def _entry(place: Place, name: str) -> html.A:
    clause = html.Span(place.clause, className="nav-clause") if place.clause else None
    return html.A(
        [icon(place.icon), html.Span(name, className="nav-name"), clause],
        href=place.path,
        **{"data-nav": place.path},
    )
