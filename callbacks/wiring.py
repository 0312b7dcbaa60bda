"""The only way to register a callback: with its permission, its errors told on screen.

`/_dash-update-component` answers whoever can post to it, so the gate (callbacks/gate.py) looks up
every callback here by its output key and refuses what is not written down.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

import dash
from dash import Dash, Output, html, no_update
from dash.dependencies import DashDependency
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from callbacks.bodies import Shape, UnknownPropertyError, shape_of
from callbacks.context import Context
from callbacks.refusals import keep_if_refused
from components.ids import shell as ids
from components.panels import states
from components.shell.messages import error_message
from components.shell.page import page
from services.errors import Explanation, PlatformError
from services.i18n.texts import t
from services.security.permissions import Action

logger = logging.getLogger(__name__)

EXTENSION = "shuangtan.wiring"
PUBLIC = "shuangtan.public_callbacks"


class WiringError(RuntimeError):
    """The application may not start: a callback stands outside the register."""


@dataclass(frozen=True, slots=True)
class Wire:
    """What the gate knows of one callback; a public one may be called without a session.

    One that needs a step up is answered only shortly after the second factor was given. The shape
    of its body follows from what it is registered with.
    """

    key: str
    permission: Action | None
    public: bool = False
    needs_step_up: bool = False
    shape: Shape | None = field(default=None, compare=False, repr=False)


def wire(  # noqa: PLR0913  # every argument is one fact of a callback
    app: Dash,
    context: Context,
    function: Callable[..., Any],
    *dependencies: DashDependency,
    permission: Action | None,
    public: bool = False,
    needs_step_up: bool = False,
    prevent_initial_call: bool | str = False,
    whole_page: str = "",
    running: Sequence[tuple[DashDependency, Any, Any]] = (),
) -> None:
    """Register `function(context, *values)` for its outputs, inputs and states.

    Without `permission` a callback must be `public`. A PlatformError becomes a message on screen;
    when a piece is filled for the first time, the error takes the place of its skeleton.
    `whole_page` is the text key of the title when the piece is all of its page.
    With `needs_step_up` the second factor is asked for again when it was not given lately.
    `running` sets properties while it runs: (what, during, after), e.g. to pause a poll.
    """
    if (permission is None) != public:
        raise WiringError(f"{function.__qualname__}: give a permission, or say public=True.")
    before = set(app.callback_map)
    outputs = [found for found in dependencies if isinstance(found, Output)]
    guarded = _telling_errors(function, context, _Place(tuple(outputs), whole_page))
    app.callback(
        *dependencies, prevent_initial_call=prevent_initial_call, running=list(running) or None
    )(guarded)
    (key,) = set(app.callback_map) - before
    adopt(app, Wire(key, permission, public, needs_step_up))


def adopt(app: Dash, entry: Wire) -> None:
    """Write a callback into the register; Dash's own is adopted in callbacks/dash_own.py."""
    declared = app.callback_map.get(entry.key)
    try:
        shaped = replace(entry, shape=shape_of(declared) if declared else None)
    except UnknownPropertyError as error:
        raise WiringError(f"{entry.key}: {error}") from None
    app.server.extensions.setdefault(EXTENSION, {})[entry.key] = shaped
    if entry.public:
        app.server.extensions.setdefault(PUBLIC, set()).add(entry.key)


def public_callbacks(app: Dash) -> frozenset[str]:
    """Return the keys of the callbacks that a stranger may call."""
    return frozenset(app.server.extensions.get(PUBLIC, ()))


def register_of(app: Dash) -> Mapping[str, Wire]:
    """Return the register the gate reads, by output key."""
    found: dict[str, Wire] = app.server.extensions.setdefault(EXTENSION, {})
    return found


def refuse_strangers(app: Dash) -> None:
    """Raise WiringError unless exactly the registered callbacks can be called on the server."""
    callable_keys = {key for key, entry in app.callback_map.items() if "callback" in entry}
    strangers = callable_keys ^ set(register_of(app))
    if strangers:
        raise WiringError(f"Callbacks without a permission: {sorted(strangers)}. Use wire().")


def explain_unexpected(error: Exception, where: str) -> Explanation:
    """Log an error nobody foresaw under a number, and return what the user is told."""
    return PlatformError(number=log_unexpected(error, where)).explain()


def log_unexpected(error: Exception, where: str) -> str:
    """Log an error nobody foresaw, and return the number it is logged under."""
    number = uuid4().hex[:8].upper()
    logger.error("Unexpected error %s in %s", number, where, exc_info=error)
    return number


@dataclass(frozen=True, slots=True)
class _Place:
    """What a callback fills; `title` is the key of the page's title when it fills all of it."""

    outputs: tuple[Output, ...]
    title: str


def _telling_errors(
    function: Callable[..., Any], context: Context, place: _Place
) -> Callable[..., Any]:
    name = f"{function.__module__}.{function.__qualname__}"

    def answer(*values: Any) -> Any:
        try:
            return function(context, *values)
        except PreventUpdate:
            raise
        except PlatformError as error:
            logger.info("%s refused: %s", name, error)
            keep_if_refused(context, error, name)
            return _told(error.explain(), place)
        except Exception as error:
            return _told(explain_unexpected(error, name), place)

    answer.__qualname__ = answer.__name__ = name
    return answer


def _told(explanation: Explanation, place: _Place) -> Any:
    outputs = place.outputs
    first_time = not dash.ctx.triggered_id
    in_place = [first_time and output.component_property == "children" for output in outputs]
    if not any(in_place):
        dash.set_props(ids.MESSAGES, {"children": error_message(explanation)})
    shown = [_in_place(explanation, place) if here else no_update for here in in_place]
    if not outputs:
        return None
    return shown if len(shown) > 1 else shown[0]


def _in_place(explanation: Explanation, place: _Place) -> Component:
    # An address with nothing behind it asks nothing, so the page opens with its own choice.
    anew = html.A(t("shell.open_anew"), href="?", className="button button-plain")
    told = states.error(explanation, anew)
    return page(t(place.title), told) if place.title else told
