"""Screens of results that can no longer change, kept ready to be sent again."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import orjson
from dash._utils import to_json
from dash.development.base_component import Component

from services.recent import Recent

MOST_KEPT = 256


class Kept:
    """The screens used last, as JSON, by a key that names everything they are made of.

    Only for what is immutable under its key, such as a run: whoever asks has been authorized
    before, and the key holds the rights, the language and the theme that the screen depends on.
    """

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._screens: Recent[bytes] = Recent(most)

    def get(self, key: Hashable, make: Callable[[], Component]) -> orjson.Fragment:
        """Return the screen of the key, made by `make` when it is not there."""
        found = self._screens.get(key)
        if found is None:
            found = self._screens.keep(key, to_json(make()).encode())
        return orjson.Fragment(found)
