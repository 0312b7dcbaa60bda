"""Ids of the page of connectors to other systems (4.2 b)."""

from __future__ import annotations

from typing import Any

PATH = "/collection/connectors"
QUERY = "collection-connectors-query"
CONTENT = "collection-connectors-content"
LISTED = "collection-connectors-listed"
LOG = "collection-connectors-log"
POLL = "collection-connectors-poll"
LOOKED = "collection-connectors-looked"
NAME = "collection-connectors-name"
EVERY = "collection-connectors-every"
HOUR = "collection-connectors-hour"
YEARS = "collection-connectors-years"
SAVE = "collection-connectors-save"


def setting(name: Any) -> dict[str, Any]:
    """Return the id of the field of a setting of the kind."""
    return {"type": "collection-connectors-setting", "name": name}


def look(connector: Any, year: Any) -> dict[str, Any]:
    """Return the id of the button that fetches a year to look at it."""
    return {"type": "collection-connectors-look", "connector": connector, "year": year}


def start(connector: Any) -> dict[str, Any]:
    """Return the id of the button that lets a connector run."""
    return {"type": "collection-connectors-start", "connector": connector}


def pause(connector: Any) -> dict[str, Any]:
    """Return the id of the button that lets a connector rest."""
    return {"type": "collection-connectors-pause", "connector": connector}


def remove(connector: Any) -> dict[str, Any]:
    """Return the id of the button that removes a connector."""
    return {"type": "collection-connectors-remove", "connector": connector}
