"""Ids of the home page."""

from __future__ import annotations

ALARM = "home-alarm"
TASKS = "home-tasks"
INBOX = "home-inbox"
PLACES = "home-places"
SHARES = "home-shares"
STATUS = "home-status"
REGISTER = "home-register"


def read(message: object) -> dict[str, object]:
    """Return the id of the button that puts a message away."""
    return {"type": "home-read", "message": message}
