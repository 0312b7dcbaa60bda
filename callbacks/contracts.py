"""What an operation of the API promises: what it takes, gives, and may refuse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callbacks.shapes import LARGEST, Kind, is_text

Schema = Mapping[str, Any]
LONGEST_TEXT = 200
JSON = "application/json"
ALWAYS = frozenset({400, 405, 429, 500, 503})
OF_SOMEBODY = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value of the query: its name, its schema, and what counts where it is not given."""

    name: str
    schema: Schema
    default: object = None

    def kind(self) -> Kind:
        """Return the kind that the gate holds it to."""
        return Kind(f"{self.schema['type']} {self._bounds()}".strip(), self.fits)

    def fits(self, text: object) -> bool:
        """Return whether a text of the query is such a value."""
        if not is_text(text, int(self.schema.get("maxLength", LONGEST_TEXT))):
            return False
        if self.schema["type"] == "boolean":
            return text in ("true", "false")
        if self.schema["type"] == "integer":
            return _is_whole(str(text)) and self._low() <= int(str(text)) <= self._high()
        return text in self.schema.get("enum", (text,))

    def read(self, text: str | None) -> object:
        """Return the value that a fitting text stands for."""
        if text is None:
            return self.default
        if self.schema["type"] == "boolean":
            return text == "true"
        return int(text) if self.schema["type"] == "integer" else text

    def _low(self) -> int:
        return int(self.schema.get("minimum", 0))

    def _high(self) -> int:
        return int(self.schema.get("maximum", LARGEST))

    def _bounds(self) -> str:
        if self.schema["type"] == "integer":
            return f"{self._low()}–{self._high()}"
        return "|".join(self.schema.get("enum", ()))


@dataclass(frozen=True, slots=True)
class Contract:
    """One operation as `/api/v1/openapi.json` tells it; texts stand under `api.operation.<name>`.

    `body` and `answer` name schemas (callbacks/http/schemas.py); an answer of another medium says
    `media`, a body of another `sends`. `needs_match` asks for If-Match, `takes_key` takes an
    Idempotency-Key, `has_tag` answers If-None-Match. `refuses` are statuses beside the usual.
    """

    tag: str
    answer: str = ""
    query: tuple[Parameter, ...] = ()
    body: str = ""
    status: int = 200
    media: tuple[str, ...] = (JSON,)
    sends: str = JSON
    refuses: frozenset[int] = frozenset()
    needs_match: bool = False
    takes_key: bool = False
    has_tag: bool = False

    def statuses(self, rule: str, is_public: bool) -> list[int]:
        """Return every status that a refusal may have."""
        found = set(ALWAYS | self.refuses)
        if not is_public:
            found |= OF_SOMEBODY
        if "<" in rule:
            found.add(404)
        if self.body:
            found |= {413, 415, 422}
        if self.needs_match:
            found |= {412, 428}
        if self.takes_key:
            found |= {409, 422}
        return sorted(found)


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 19
