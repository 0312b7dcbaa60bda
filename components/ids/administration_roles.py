"""Ids of the page of people and their roles (7.2)."""

from __future__ import annotations

from typing import Any

PATH = "/administration/roles"
QUERY = "administration-roles-query"
CONTENT = "administration-roles-content"
HELD = "administration-roles-held"
LOGIN = "administration-roles-login"
ROLE = "administration-roles-role"
PLACE = "administration-roles-place"
FIRST = "administration-roles-first"
LAST = "administration-roles-last"
GRANT = "administration-roles-grant"


def withdraw(value: Any) -> dict[str, Any]:
    """Return the id of the button that takes a role back."""
    return {"type": "administration-roles-withdraw", "membership": value}
