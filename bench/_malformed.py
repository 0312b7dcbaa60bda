"""Bodies of callbacks that no page of ours would send, made from Dash's own map alone."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Body = dict[str, Any]

DEEP = "[" * 60 + "]" * 60
# What stands in the place of a value: other kinds, bounds, signs that break parsers and queries.
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**31, 2**63, -(2**63) - 1, 10**400, 0.1, -0.0, 1e308),
    *(float("nan"), float("inf"), "", " ", "x", "0", "-1", "1e999", "NaN", "nil", "水泥"),
    *("\x00", "a\x00b", "\ud800", "‮reversed", "\u200b", "１２", "²", "x" * 5_000, "\n\r\t"),
    *("' OR 1=1 --", "'; DROP TABLE x;", "<script>alert(1)</script>", "{{7*7}}", "%s%n", "../.."),
    *([], [[]], [None], {}, {"a": 1}, {"": ""}, [{}] * 50, {"id": {"type": "x"}}, json.loads(DEEP)),
    *(
        {"organization": "x"},
        {"organization": -1},
        {"organization": "9" * 30},
        {"organization": []},
    ),
    *({"organization": "320500", "year": "99999"}, {"year": {}}, {"region": "²"}, {"rows": 1}),
    *({"organization": 1, "year": 2023, "revision": "x", "rows": [[]], "ids": {}, "lines": None},),
    *({"organization": 10**18, "year": 10**9, "revision": -1, "serial": 1, "rows": [], "ids": []},),
    *({"points": []}, {"points": [{}]}, {"points": [{"customdata": [None]}]}, {"points": "x"}),
    *(
        "2024-02-30",
        "0000-00-00",
        "9999-12-31",
        "data:;base64,%%%",
        ["a.pdf"],
        "?a=%ff&a=&=",
        "//x",
    ),
)
JUNK: tuple[Any, ...] = (None, 1, "x", True, [], [None], [[[]]], {}, {"id": {}}, [{"id": []}])
PARTS = ("output", "outputs", "inputs", "state", "changedPropIds", "parsedChangedPropsIds")
RAW = (
    *(b"", b"{", b"null", b"[]", b"7", b'"x"', b"\x00", b"\xff\xfe{}", b"\xef\xbb\xbf{}", b"{}}"),
    *(b"[" * 20_000, b'{"output": ' * 3_000, b'{"output": NaN}', b'{"output": "\\ud800"}'),
)


def malformed(declared: Mapping[str, Any], key: str, count: int, seed: int) -> Iterator[bytes]:
    """Yield so many bodies for one entry of Dash's map, the same for the same seed."""
    chance = random.Random(f"{seed} {key}")
    yield from RAW[:count]
    for _ in range(count - len(RAW)):
        body = plain(declared, key)
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            chance.choice(WAYS)(body, chance)
        text = json.dumps(body).encode()
        yield _cut(text, chance) if chance.random() < 0.05 else text


def plain(declared: Mapping[str, Any], key: str) -> Body:
    """Return a body that names what is declared, with no values."""
    output = declared["output"]
    several = isinstance(output, list | tuple)
    outputs = [_named(one.to_dict()) for one in (output if several else [output])]
    return {
        "output": key,
        "outputs": outputs if several else outputs[0],
        "inputs": [_sent(one) for one in declared["inputs"]],
        "state": [_sent(one) for one in declared["state"]],
        "changedPropIds": [],
    }


def _sent(declared: Mapping[str, Any]) -> Any:
    named = _named(declared)
    return [named] if "ALL" in declared["id"] else named


def _named(declared: Mapping[str, Any]) -> Body:
    code: Any = declared["id"]
    if code.startswith("{"):
        code = {k: "0" if isinstance(v, list) else v for k, v in json.loads(code).items()}
    return {"id": code, "property": declared["property"]}


def _value(body: Body, chance: random.Random) -> None:
    for part in _parts(body):
        if chance.random() < 0.7:
            part["value"] = chance.choice(VALUES)


def _id(body: Body, chance: random.Random) -> None:
    for part in _parts(body)[:1]:
        part[chance.choice(("id", "property"))] = chance.choice((*JUNK, *VALUES))


def _whole_part(body: Body, chance: random.Random) -> None:
    body[chance.choice(PARTS)] = chance.choice(JUNK)


def _missing(body: Body, chance: random.Random) -> None:
    body.pop(chance.choice(PARTS), None)


def _unknown(body: Body, chance: random.Random) -> None:
    body[chance.choice(("job", "cacheKey", "x", "__proto__"))] = chance.choice(VALUES)


def _count(body: Body, chance: random.Random) -> None:
    name = chance.choice(("inputs", "state"))
    if isinstance(body.get(name), list):
        body[name] = body[name] * chance.choice((0, 2, 9))


def _changed(body: Body, chance: random.Random) -> None:
    body["changedPropIds"] = [chance.choice((*JUNK, "a.b", ".", "{}.x", '{"a":1}.n', "x" * 9_999))]


WAYS: tuple[Callable[[Body, random.Random], None], ...] = (
    *(_value, _value, _value, _value, _id, _whole_part, _missing, _unknown, _count, _changed),
)


def _parts(body: Body) -> list[Body]:
    found: list[Body] = []
    for name in ("inputs", "state"):
        for part in body[name] if isinstance(body.get(name), list) else ():
            found += [one for one in (part if isinstance(part, list) else [part]) if one]
    return [one for one in found if isinstance(one, dict)]


def _cut(text: bytes, chance: random.Random) -> bytes:
    return text[: chance.randrange(len(text))]
