"""From the data area of HJ 212 to readings, by the dated rules of hj212.toml (4.2 c)."""

from __future__ import annotations

import hashlib
import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from services.clock import SHANGHAI
from services.collection.hj212 import Segment
from services.collection.readings import Message, Reading
from services.collection.refusals import Reason, RefusedError
from services.instants import Instants

FILE = Path(__file__).with_name("hj212.toml")
KEY_ID = "pw"
OWN_CLOCK = 1
BAD = 2
TIME_FORM = "%Y%m%d%H%M%S"
REQUEST_FORM = "%Y%m%d%H%M%S%f"

_ITEM = re.compile(r"([A-Za-z0-9]{1,16})-([A-Za-z]{1,16})=(.*)")
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,9})?")
# What an area in clear never lacks; without it, the area is taken for an encrypted one of 2025.
_PLAIN = re.compile(r"[^;,=]+=")


@dataclass(frozen=True, slots=True)
class Rules:
    """Which fields a command carries, and what the marks beside values mean, on a day."""

    fields: Mapping[str, frozenset[str]]
    qualities: Mapping[str, int]


@lru_cache(8)
def rules_on(day: date) -> Rules:
    """Return the rules in force; of several blocks of one name the last that applies counts."""
    found: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    commands = {b["code"]: frozenset(b["fields"]) for b in _in_force(found["command"], day)}
    return Rules(commands, {b["code"]: b["quality"] for b in _in_force(found["mark"], day)})


@dataclass(frozen=True, slots=True)
class Pollutant:
    """A code of the standard with the units of its value and of its mass or volume in an hour."""

    code: str
    unit: str
    mass_unit: str
    names: Mapping[str, str]


def pollutants_on(day: date) -> tuple[Pollutant, ...]:
    """Return what a CO2 CEMS measures, by the rules of a day."""
    found: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    blocks = {b["code"]: b for b in _in_force(found["pollutant"], day)}
    return tuple(
        Pollutant(b["code"], b["unit"], b["mass_unit"], b["names"]) for b in blocks.values()
    )


def _in_force(blocks: list[dict[str, Any]], day: date) -> Iterator[dict[str, Any]]:
    return (b for b in sorted(blocks, key=lambda b: b["applies_from"]) if b["applies_from"] <= day)


def message_of(segment: Segment, gateway: str, wanted: frozenset[str], day: date) -> Message:
    """Return the readings of the wanted points, or raise RefusedError.

    A station sends all it measures; what is not registered as a point is left where it is. The
    instant of a datum is its number: however often it is sent again, and with whatever request
    code, it is one message; the same instant with other values is a key used twice.
    """
    rules = rules_on(day)
    if segment.command not in rules.fields:
        raise RefusedError(Reason.COMMAND, segment.command)
    if not _PLAIN.search(segment.area):
        raise RefusedError(Reason.ENCRYPTED if segment.area else Reason.SEGMENT, "CP")
    groups = [group.split(",") for group in segment.area.split(";") if group]
    taken_at = _data_time(groups)
    readings = tuple(_readings(segment, groups, rules, taken_at))
    chosen = tuple(reading for reading in readings if reading.point in wanted)
    if not chosen:
        raise RefusedError(Reason.UNKNOWN_POINT, ",".join(r.point for r in readings)[:200])
    return Message(
        gateway=gateway,
        device=segment.station,
        boot=f"hj212-{segment.command}",
        sequence=int(taken_at.astimezone(SHANGHAI).strftime(TIME_FORM)),
        historical=False,
        key_id=KEY_ID,
        signed=b"",
        mac="",
        digest=hashlib.sha256(segment.area.encode()).digest(),
        instants=Instants.of(chosen),
        gateway_at=_request_time(segment.request),
    )


def _data_time(groups: list[list[str]]) -> datetime:
    found = {i.partition("=")[2] for group in groups for i in group if i.startswith("DataTime=")}
    if len(found) != 1:
        raise RefusedError(Reason.SEGMENT, "DataTime")
    return _instant(found.pop(), TIME_FORM, 14, "DataTime")


def _request_time(request: str) -> datetime | None:
    return _instant(request, REQUEST_FORM, 17, "QN") if request else None


def _instant(text: str, form: str, digits: int, where: str) -> datetime:
    # strptime takes fewer digits than there should be.
    if not (text.isascii() and text.isdecimal() and len(text) == digits):
        raise RefusedError(Reason.SEGMENT, where)
    try:
        return datetime.strptime(text, form).replace(tzinfo=SHANGHAI).astimezone(UTC)
    except (ValueError, OverflowError):
        raise RefusedError(Reason.SEGMENT, where) from None


def _readings(
    segment: Segment, groups: list[list[str]], rules: Rules, taken_at: datetime
) -> Iterator[Reading]:
    seen: set[str] = set()
    for group in groups:
        items = [match for match in map(_ITEM.fullmatch, group) if match]
        marks = {match[1]: match[3] for match in items if match[2] == "Flag"}
        for match in items:
            if match[2] not in rules.fields[segment.command]:
                continue
            point = f"{segment.command}.{match[1]}-{match[2]}"
            if point in seen:
                raise RefusedError(Reason.NAME_TWICE, point)
            seen.add(point)
            # Before 2017 a value bore no mark.
            quality = rules.qualities.get(marks[match[1]], BAD) if match[1] in marks else 0
            yield Reading(point, taken_at, _number(match[3], point), quality, OWN_CLOCK)


def _number(text: str, point: str) -> float:
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise RefusedError(Reason.NOT_FINITE, f"{point}={text[:20]}")
    return float(text)
