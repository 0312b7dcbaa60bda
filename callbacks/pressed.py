"""Which of many alike was pressed: the key in its id, as the browser says it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import dash
from dash.exceptions import PreventUpdate

from services.errors import NotFoundError


def pressed(name: str) -> Any:
    """Return what stands under a name in the id of what was pressed; without one, do nothing."""
    found = dash.ctx.triggered_id
    if not isinstance(found, dict) or name not in found:
        raise PreventUpdate
    return found[name]


def pressed_number(name: str, count: int) -> int:
    """Return which of so many was pressed, or raise NotFoundError."""
    found = pressed(name)
    if type(found) is not int or not 0 <= found < count:
        raise NotFoundError(name, value=str(found)[:40])
    return found


def pressed_uuid(name: str) -> UUID:
    """Return the id of what was pressed, or raise NotFoundError."""
    found = str(pressed(name))
    try:
        return UUID(found)
    except ValueError:
        raise NotFoundError(name, value=found[:40]) from None
