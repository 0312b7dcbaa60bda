"""Ids of the home page."""

from __future__ import annotations

PLACES = "home-places"
SHARES = "home-shares"
STATUS = "home-status"
REGISTER = "home-register"
