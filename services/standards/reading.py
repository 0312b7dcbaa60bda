"""JSON as people send it: every defect that a parser would hide is named with its place."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

from services.standards.problems import BadJsonError, DuplicateKeyError, shown

# Python itself refuses longer ones; no quantity has so many digits.
LONGEST_INTEGER = 400


class _Object(dict[str, object]):
    """A JSON object that remembers which keys stood in it twice."""

    twice: tuple[str, ...] = ()


def read_json(text: str) -> object:
    """Return the value of a JSON text; raise on bad syntax and on keys that appear twice.

    Numbers out of range become infinite, so that the cell that holds one can be named.
    """
    try:
        document = json.loads(text, object_pairs_hook=_object, parse_int=_integer)
        twice = next(_twice(document, ""), None)
    except json.JSONDecodeError as error:
        raise BadJsonError(
            f"{error.lineno}:{error.colno}", line=error.lineno, column=error.colno, reason=error.msg
        ) from None
    except RecursionError:
        raise BadJsonError("1:1", line=1, column=1, reason="too deeply nested") from None
    if twice is not None:
        raise DuplicateKeyError(twice, value=twice.rpartition(".")[2])
    return document


def _object(pairs: list[tuple[str, object]]) -> _Object:
    found = _Object(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        found.twice = tuple(shown(name) for name in found if names.count(name) > 1)
    return found


def _integer(digits: str) -> int | float:
    if len(digits) > LONGEST_INTEGER:
        return -math.inf if digits.startswith("-") else math.inf
    return int(digits)


def _twice(value: object, place: str) -> Iterator[str]:
    """Return the places of keys that appear twice, outermost first."""
    if isinstance(value, _Object):
        yield from (f"{place}.{name}".lstrip(".") for name in value.twice)
        for name, part in value.items():
            yield from _twice(part, f"{place}.{shown(name)}".lstrip("."))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _twice(part, f"{place}[{index}]")
