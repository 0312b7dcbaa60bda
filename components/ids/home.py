"""Ids of the home page."""

from __future__ import annotations

ALARM = "home-alarm"
PLACES = "home-places"
SHARES = "home-shares"
STATUS = "home-status"
REGISTER = "home-register"
