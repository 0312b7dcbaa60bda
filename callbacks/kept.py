"""Screens of results that can no longer change, kept ready to be sent again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

import orjson
from dash._utils import to_json
from dash.development.base_component import Component

MOST_KEPT = 256


class Kept:
    """The screens used last, as JSON, by a key that names everything they are made of.

    Only for what is immutable under its key, such as a run: whoever asks has been authorized
    before, and the key holds the rights, the language and the theme that the screen depends on.
    """

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._screens: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Component]) -> orjson.Fragment:
        """Return the screen of the key, made by `make` when it is not there."""
        with self._lock:
            found = self._screens.get(key)
            if found is not None:
                self._screens.move_to_end(key)
        if found is None:
            found = to_json(make()).encode()
            with self._lock:
                self._screens[key] = found
                while len(self._screens) > self._most:
                    self._screens.popitem(last=False)
        return orjson.Fragment(found)
