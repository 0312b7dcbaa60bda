"""Pages that extensions bring: in the navigation, behind their permission, by the one register."""

from __future__ import annotations

from typing import Any

import dash
from dash import Dash

from callbacks.context import Context
from callbacks.layouts import place_of
from components.shell.places import GROUPS, Place
from services.extensions import ExtensionError
from services.i18n.texts import LANGUAGES
from services.security.permissions import Action

# Behind the pages of the standard.
ORDER = 9_000


def add_pages(context: Context) -> None:
    """Let Dash know the pages of extensions, or raise ExtensionError for one that does not fit."""
    for number, (where, module) in enumerate(context.pages):
        place = module.PLACE
        _check(where, place)
        dash.register_page(
            f"extension.{number}",
            path=place.path,
            name=place.path,
            order=ORDER + number,
            layout=module.layout,
            place=place,
        )


def register_pages(app: Dash, context: Context) -> None:
    """Wire the callbacks of extensions; one without a permission stops the start."""
    for where, module in context.pages:
        try:
            module.register(app, context)
        except Exception as error:
            raise ExtensionError(where, f"{type(error).__name__}: {error}") from error


def _check(where: str, place: Any) -> None:
    if not isinstance(place, Place):
        raise ExtensionError(where, "PLACE")
    if not isinstance(place.permission, Action):
        raise ExtensionError(where, "PLACE.permission")
    if place.group not in GROUPS:
        raise ExtensionError(where, f"PLACE.group {place.group!r}")
    if any(not names.get(code) for names in (place.names, place.about) for code in LANGUAGES):
        raise ExtensionError(where, f"PLACE.names, PLACE.about: {', '.join(LANGUAGES)}")
    if place_of(place.path) is not None or not place.path.startswith("/"):
        raise ExtensionError(where, f"PLACE.path {place.path!r}")
