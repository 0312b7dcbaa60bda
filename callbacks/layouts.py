"""Guards every page: its permission, its errors, its title in the visitor's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

import dash
from dash import Dash, html
from flask import Response, has_request_context, request
from flask_login import current_user

from callbacks.session import is_wall
from callbacks.wiring import WiringError, explain_unexpected
from components.forms.controls import link_button
from components.panels import states
from components.shell.layout import bare, shell
from components.shell.page import page as framed
from components.shell.places import Place, place_at, places_of
from services.errors import PlatformError
from services.i18n.texts import has_text, language, t
from services.security.permissions import Actor, require

NOT_FOUND = "not_found_404"
ANY_PATH = "/<path:path>"
Page = Mapping[str, Any]
NO_PAGE: Page = {"name": "shell.not_found_title"}


def shell_layout() -> html.Div:
    """Return the shell for whoever asks; without a visitor, an empty frame."""
    if not has_request_context() or not current_user.is_authenticated:
        return bare()
    actor: Actor = current_user.actor
    places, names = open_places(actor)
    return shell(actor.name, places, names, is_watched=is_wall())


def open_places(actor: Actor) -> tuple[tuple[Place, ...], dict[str, str]]:
    """Return the places the actor may open, and their titles by address."""
    found = {page["path"]: page for page in pages().values()}
    added = [page["place"] for page in found.values() if "place" in page]
    places = places_of(actor, found, added)
    return places, {place.path: _name(found[place.path]) for place in places}


def place_of(path: str) -> Place | None:
    """Return the place of an address, ours or of an extension; None where no page stands."""
    found = (page.get("place") for page in pages().values() if page["path"] == path)
    return place_at(path) or next(filter(None, found), None)


def pages() -> dict[str, MutableMapping[str, Any]]:
    """Return the registered pages by module, without the one that says "no such page"."""
    return {name: page for name, page in dash.page_registry.items() if NOT_FOUND not in name}


def guard_layouts() -> None:
    """Put the permission of its place before every page, or refuse to start."""
    for module, page in pages().items():
        place = place_of(page["path"])
        if place is None:
            raise WiringError(f"{module} has no place in components/shell/places.py.")
        page["layout"] = _guarded(place, page, page["layout"])
        page["title"] = _title_of(page)
    for module, page in dash.page_registry.items():
        if NOT_FOUND in module:
            page["title"] = _title_of(NO_PAGE)


def title_at(path: str) -> str:
    """Return the title of the browser's window for an address."""
    found = next((p for p in pages().values() if p["path"].strip("/") == path.strip("/")), None)
    return _title_of(found or NO_PAGE)()


def exists(path: str) -> bool:
    """Return whether a page stands at the address."""
    return any(page["path"].strip("/") == path.strip("/") for page in pages().values())


def set_shell(app: Dash) -> None:
    """Give the application its shell and guard its pages."""
    app.layout = shell_layout
    guard_layouts()
    app.server.after_request(_say_not_found)


def _say_not_found(response: Response) -> Response:
    # Dash answers every address with its document; one without a page is still not found.
    if request.endpoint == ANY_PATH and response.status_code == 200 and not exists(request.path):
        response.status_code = 404
    return response


def _guarded(place: Place, page: Page, layout: Callable[..., Any] | Any) -> Callable[..., Any]:
    if not callable(layout):
        raise WiringError(f"{place.path}: a layout is a function, so that rights are checked.")

    def guarded(**query: Any) -> Any:
        try:
            require(current_user.actor, place.permission)
            return layout(**query)
        except PlatformError as error:
            explanation = error.explain()
        except Exception as error:
            explanation = explain_unexpected(error, place.path)
        home = link_button(t("shell.go_home"), "/")
        return framed(_name(page), states.error(explanation, home))

    return guarded


def _title_of(page: Page) -> Callable[..., str]:
    def title(**_path: str) -> str:
        return f"{_name(page)} · {t('shell.brand')}"

    return title


def _name(page: Page) -> str:
    place = page.get("place")
    if place is not None:
        return str(place.names[language()])
    key = str(page["name"])
    # A page whose texts are missing fails in its own test, not in everybody's navigation.
    return t(key) if has_text(key) else key
