"""Payloads of Sparkplug B read: the published tahu definition, of it what readings need (4.2 c).

The form is Protocol Buffers (proto2): fields told by number, each with its kind. Read by hand, for
a generated class would bring a package along and take what is malformed in silence. Numbers and
kinds are those of sparkplug_b.proto in eclipse-tahu; data types those of chapter 6.4.16 of the
Sparkplug specification 3.0.0.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from services.collection.refusals import Reason, RefusedError

MAX_BYTES = 262_144
MOST_METRICS = 5_000
# Kinds of fields on the wire.
_VARINT, _EIGHT_BYTES, _LENGTH, _FOUR_BYTES = 0, 1, 2, 5
_BITS_64 = 2**64 - 1
# Data types whose values are numbers, with the bits of those that may be negative.
_SIGNED = {1: 8, 2: 16, 3: 32, 4: 64}
_WHOLE = frozenset({1, 2, 3, 4, 5, 6, 7, 8})
_FLOAT, _DOUBLE = 9, 10
NUMBERS = _WHOLE | {_FLOAT, _DOUBLE}
QUALITY = "Quality"

Field = tuple[int, int, int | memoryview]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: what names it, its type where that is told, and its number where it has one.

    `value` is a finite number, or None where it is null or no number; `taken_ms` is None where the
    metric does not tell, and so is `quality`, which is a code of OPC.
    """

    name: str
    alias: int | None
    datatype: int | None
    value: float | None
    taken_ms: int | None
    historical: bool
    quality: int | None
    bits: int | None = None

    def typed(self, datatype: int) -> Metric:
        """Return the metric as one whose type was told at its birth."""
        return Metric(
            self.name,
            self.alias,
            datatype,
            _signed(self.bits, datatype) if self.bits is not None else self.value,
            self.taken_ms,
            self.historical,
            self.quality,
            self.bits,
        )


@dataclass(frozen=True, slots=True)
class Payload:
    """A payload: when it was written, its number from 0 to 255, and its metrics."""

    written_ms: int | None
    sequence: int | None
    metrics: tuple[Metric, ...]


def read_payload(data: bytes) -> Payload:
    """Return what a payload holds, or raise RefusedError."""
    if len(data) > MAX_BYTES:
        raise RefusedError(Reason.TOO_LARGE)
    written = sequence = None
    metrics: list[Metric] = []
    for number, kind, value in _fields(memoryview(data)):
        if (number, kind) == (1, _VARINT):
            written = _number(value)
        elif (number, kind) == (2, _LENGTH):
            metrics.append(_metric(_part(value)))
        elif (number, kind) == (3, _VARINT):
            sequence = _number(value)
        if len(metrics) > MOST_METRICS:
            raise RefusedError(Reason.TOO_LARGE, "metrics")
    return Payload(written, sequence, tuple(metrics))


def _metric(data: memoryview) -> Metric:
    found = {number: (kind, value) for number, kind, value in _fields(data)}
    datatype = _varint_of(found, 4)
    bits = _varint_of(found, 10)
    if bits is None:
        bits = _varint_of(found, 11)
    null = bool(_varint_of(found, 7))
    return Metric(
        name=_text_of(found, 1),
        alias=_varint_of(found, 2),
        datatype=datatype,
        value=None if null else _value(found, bits, datatype),
        taken_ms=_varint_of(found, 3),
        historical=bool(_varint_of(found, 5)),
        quality=_quality(_part(found[9][1])) if found.get(9, (0,))[0] == _LENGTH else None,
        bits=None if null else bits,
    )


Found = dict[int, tuple[int, int | memoryview]]


def _value(found: Found, bits: int | None, datatype: int | None) -> float | None:
    """Return the number of a metric; whole ones come as the bits of their type."""
    if bits is not None:
        return _signed(bits, datatype)
    for number, kind, form in ((12, _FOUR_BYTES, "<f"), (13, _EIGHT_BYTES, "<d")):
        if found.get(number, (None,))[0] == kind:
            value = float(struct.unpack(form, _part(found[number][1]))[0])
            if not math.isfinite(value):
                raise RefusedError(Reason.NOT_FINITE, f"{value}")
            return value
    return None


def _signed(bits: int, datatype: int | None) -> float:
    size = _SIGNED.get(datatype or 0)
    if size is None:
        return float(bits)
    # Shorter ones come as 32 bits, whatever their type, and negative ones as their complement.
    bits &= 2**size - 1
    return float(bits - 2**size if bits >> (size - 1) else bits)


def _quality(data: memoryview) -> int | None:
    """Return the property named Quality of a set of properties, whose names and values pair up."""
    names: list[str] = []
    values: list[int | None] = []
    for number, kind, value in _fields(data):
        if (number, kind) == (1, _LENGTH):
            names.append(_decoded(_part(value)))
        elif (number, kind) == (2, _LENGTH):
            inside = {n: (k, v) for n, k, v in _fields(_part(value))}
            values.append(_varint_of(inside, 3))
    return dict(zip(names, values, strict=False)).get(QUALITY)


def _fields(data: memoryview) -> Iterator[Field]:
    """Yield number, kind and value of each field, or raise RefusedError where it is cut off."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, kind = tag >> 3, tag & 7
        if kind == _VARINT:
            value, at = _varint(data, at)
            yield number, kind, value
            continue
        size = {_EIGHT_BYTES: 8, _FOUR_BYTES: 4}.get(kind)
        if kind == _LENGTH:
            size, at = _varint(data, at)
        if size is None or number == 0 or at + size > len(data):
            raise RefusedError(Reason.NOT_SPARKPLUG, f"{at}")
        yield number, kind, data[at : at + size]
        at += size


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, the lowest first, and where what follows begins."""
    value = 0
    for count in range(10):
        if at + count >= len(data):
            break
        byte = data[at + count]
        value |= (byte & 0x7F) << 7 * count
        if not byte & 0x80:
            return value & _BITS_64, at + count + 1
    raise RefusedError(Reason.NOT_SPARKPLUG, f"{at}")


def _number(value: int | memoryview) -> int:
    assert isinstance(value, int)
    return value


def _part(value: int | memoryview) -> memoryview:
    assert isinstance(value, memoryview)
    return value


def _varint_of(found: Found, number: int) -> int | None:
    kind, value = found.get(number, (None, 0))
    return _number(value) if kind == _VARINT else None


def _text_of(found: Found, number: int) -> str:
    kind, value = found.get(number, (None, 0))
    return _decoded(_part(value)) if kind == _LENGTH else ""


def _decoded(data: memoryview) -> str:
    try:
        return bytes(data).decode()
    except UnicodeDecodeError:
        raise RefusedError(Reason.NOT_UTF8) from None
