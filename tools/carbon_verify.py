#!/usr/bin/env python3
"""碳排放证据包核验 · verifies an evidence bundle without the platform that made it.

用法 · usage: python3 carbon_verify.py 证据包.zip

一个文件，只用 Python 3.11 以上的标准库，不联网，不写文件。逐字节核对压缩包，逐行按公式重算，
逐数追到活动数据和因子，直到最后一位。退出码：0 一致，1 有不一致（逐条列出），2 无法核验。

One file, standard library of Python 3.11 or newer only; no network, nothing is written. Every byte
of the archive is accounted for, every line recomputed by its formula, every number traced to its
activity record or factor, to the last digit. Exit status: 0 agrees, 1 differs (each difference is
named), 2 cannot be verified.

Made by tools/build_verifier.py from the platform's own formulas; do not edit.
"""

from __future__ import annotations

import base64
import binascii
import csv
import hashlib
import io
import json
import math
import struct
import sys
import unicodedata
import zipfile
import zlib
from bisect import bisect_left
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from dataclasses import field
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from fractions import Fraction
from functools import cache
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from types import SimpleNamespace
from typing import Any

# ── tools/verifier/arrays.py ────────────────────────────────────────────────────


class Array:
    """A column of numbers or truth values; one element stands for all of a longer column."""

    def __init__(self, items: Any) -> None:
        self.items = list(items)

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Any:
        return iter(self.items)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return Array(self.items[index])
        if not isinstance(index, Array):
            return self.items[index]
        if _is_mask(index):
            return Array(x for x, chosen in zip(self.items, index, strict=True) if chosen)
        return Array(self.items[i] for i in index)

    def __setitem__(self, mask: Array, values: Array) -> None:
        places = [i for i, chosen in enumerate(mask) if chosen]
        for place, value in zip(places, values, strict=True):
            self.items[place] = value

    def __add__(self, other: Any) -> Array:
        return _pairwise(lambda a, b: a + b, self, other)

    def __radd__(self, other: Any) -> Array:
        return _pairwise(lambda a, b: a + b, other, self)

    def __sub__(self, other: Any) -> Array:
        return _pairwise(lambda a, b: a - b, self, other)

    def __rsub__(self, other: Any) -> Array:
        return _pairwise(lambda a, b: a - b, other, self)

    def __mul__(self, other: Any) -> Array:
        return _pairwise(lambda a, b: a * b, self, other)

    def __rmul__(self, other: Any) -> Array:
        return _pairwise(lambda a, b: a * b, other, self)

    def __truediv__(self, other: Any) -> Array:
        return _pairwise(_divided, self, other)

    def __rtruediv__(self, other: Any) -> Array:
        return _pairwise(_divided, other, self)

    def __neg__(self) -> Array:
        return Array(-x for x in self.items)

    def __lt__(self, other: Any) -> Array:
        return _pairwise(lambda a, b: a < b, self, other)

    def __le__(self, other: Any) -> Array:
        return _pairwise(lambda a, b: a <= b, self, other)

    def __gt__(self, other: Any) -> Array:
        return _pairwise(lambda a, b: a > b, self, other)

    def __ge__(self, other: Any) -> Array:
        return _pairwise(lambda a, b: a >= b, self, other)

    def __eq__(self, other: Any) -> Array:  # type: ignore[override]
        return _pairwise(lambda a, b: a == b, self, other)

    __hash__ = None  # type: ignore[assignment]

    def __and__(self, other: Any) -> Array:
        return _pairwise(lambda a, b: a and b, self, other)

    def __or__(self, other: Any) -> Array:
        return _pairwise(lambda a, b: a or b, self, other)

    def __invert__(self) -> Array:
        return Array(not x for x in self.items)


def _is_mask(index: Array) -> bool:
    return any(isinstance(x, bool) for x in index)


def _divided(a: float, b: float) -> float:
    """Return a quotient as IEEE 754 has it: nothing is raised for a division by zero."""
    if b:
        return a / b
    if a == 0 or math.isnan(a):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def _columns(*values: Any) -> list[list[Any]]:
    """Return values as columns of one length."""
    columns = [list(v) if isinstance(v, Array | tuple | list) else [v] for v in values]
    length = max(len(column) for column in columns)
    return [column * length if len(column) == 1 else column for column in columns]


def _pairwise(operation: Any, left: Any, right: Any) -> Array:
    return Array(operation(a, b) for a, b in zip(*_columns(left, right), strict=True))


def _where(chosen: Any, yes: Any, no: Any) -> Array:
    columns = _columns(chosen, yes, no)
    return Array(a if is_chosen else b for is_chosen, a, b in zip(*columns, strict=True))


def _isnan(values: Any) -> Any:
    if not isinstance(values, Array):
        return math.isnan(values)
    return Array(math.isnan(x) for x in values)


def _smaller(left: Any, right: Any) -> Array:
    return _pairwise(lambda a, b: math.nan if a != a or b != b else min(a, b), left, right)


def _larger(left: Any, right: Any) -> Array:
    return _pairwise(lambda a, b: math.nan if a != a or b != b else max(a, b), left, right)


def _clip(values: Array, low: float, high: float) -> Array:
    return Array(min(max(x, low), high) for x in values)


def _searchsorted(axis: Array, values: Array, side: str = "left") -> Array:
    found = bisect_right if side == "right" else bisect_left
    # What is no number stands behind everything.
    return Array(len(axis) if x != x else found(axis.items, x) for x in values)


def _full_like(values: Array, fill: float) -> Array:
    return Array([fill] * len(values))


def _broadcast_arrays(*values: Array) -> list[Array]:
    return [Array(column) for column in _columns(*values)]


def _concatenate(parts: Any) -> Array:
    return Array(x for part in parts for x in part)


def _asarray(values: Any, dtype: Any = None) -> Array:
    convert = dtype or (lambda x: x)
    return Array(convert(x) for x in _columns(values)[0])
np = SimpleNamespace(
    array=_asarray,
    asarray=_asarray,
    atleast_1d=_asarray,
    broadcast_arrays=_broadcast_arrays,
    clip=_clip,
    concatenate=_concatenate,
    float64=float,
    full_like=_full_like,
    inf=math.inf,
    isnan=_isnan,
    maximum=_larger,
    minimum=_smaller,
    nan=math.nan,
    searchsorted=_searchsorted,
    unique=lambda values: sorted(set(values)),
    where=_where,
    zeros_like=lambda values: _full_like(values, 0.0),
)


# ── tools/verifier/tables.py ────────────────────────────────────────────────────
EMBEDDED = {
    "steam_saturated.csv": """\
pressure_mpa,temperature_c,enthalpy_kj_per_kg,suspect
0.001,6.98,2513.8,
0.002,17.51,2533.2,
0.003,24.10,2545.2,
0.004,28.98,2554.1,
0.005,32.90,2561.2,
0.007,39.02,2572.2,
0.008,41.53,2576.7,
0.009,43.79,2580.8,
0.010,45.83,2584.4,
0.015,54.00,2598.9,
0.020,60.09,2609.6,
0.025,64.99,2618.1,
0.030,69.12,2625.3,
0.040,75.89,2636.8,
0.050,81.35,2645.0,
0.060,85.95,2653.6,
0.070,89.96,2660.2,
0.080,93.51,2666.0,
0.090,96.71,2671.1,
0.10,99.63,2675.7,
0.12,104.81,2683.8,
0.14,109.32,2690.8,
0.16,113.32,2696.8,
0.18,116.93,2702.1,
0.20,120.23,2706.9,
0.25,127.43,2717.2,
0.30,133.54,2725.5,
0.35,138.88,2732.5,
0.40,143.62,2738.5,
0.45,147.92,2743.8,
0.50,151.85,2748.5,
0.60,158.84,2756.4,
0.70,164.96,2762.9,
0.80,170.42,2768.4,
0.90,175.36,2773.0,
1.00,179.88,2777.0,
1.10,184.06,2780.4,
1.20,187.96,2783.4,
1.30,191.6,2786.0,
1.40,195.04,2788.4,
1.60,201.37,2792.2,
1.70,204.3,2793.8,
1.80,207.1,2795.1,
1.90,209.79,2796.4,
2.00,212.37,2797.4,
2.20,217.24,2799.1,
2.40,221.78,2800.4,
2.60,226.03,2801.2,
2.80,230.04,2801.7,
3.00,233.84,2801.9,
3.50,242.54,2801.3,
4.00,250.33,2799.4,
5.00,263.92,2792.8,
6.00,275.56,2783.3,
7.00,285.8,2771.4,
8.00,294.98,2757.5,
9.00,303.31,2741.8,
10.0,310.96,2724.4,
11.0,318.04,2705.4,
12.0,324.64,2684.8,
13.0,330.81,2662.4,
14.0,336.63,2638.3,
15.0,342.12,2611.6,
16.0,347.32,2582.7,
17.0,352.26,2550.8,1
18.0,356.96,2514.4,1
19.0,361.44,2470.1,1
20.0,365.71,2413.9,
21.0,369.79,2340.2,
22.0,373.68,2192.5,1
""",
    "steam_superheated.csv": """\
temperature_c,0.01,0.1,0.5,1,3,5,7,10,14,20,25,30
0,0,0.1,0.5,1,3,5,7.1,10.1,14.1,20.1,25.1,30
10,42,42.1,42.5,43,44.9,46.9,48.8,51.7,55.6,61.3,66.1,70.8
20,83.9,84,84.3,84.8,86.7,88.6,90.4,93.2,97,102.5,107.1,111.7
40,167.4,167.5,167.9,168.3,170.1,171.9,173.6,176.3,179.8,185.1,189.4,193.8
60,2611.3,251.2,251.2,251.9,253.6,255.3,256.9,259.4,262.8,267.8,272,276.1
80,2649.3,335,335.3,335.7,337.3,338.8,340.4,342.8,346,350.8,354.8,358.7
100,2687.3,2676.5,419.4,419.7,421.2,422.7,424.2,426.5,429.5,434,437.8,441.6
120,2725.4,2716.8,503.9,504.3,505.7,507.1,508.5,510.6,513.5,517.7,521.3,524.9
140,2763.6,2756.6,589.2,589.5,590.8,592.1,593.4,595.4,598,602,605.4,603.1?
160,2802,2796.2,2767.3,675.7,676.9,678,679.2,681,683.4,687.1,690.2,693.3
180,2840.6,2835.7,2812.1,2777.3,764.1,765.2,766.2,767.8,769.9,773.1,775.9,778.7
200,2879.3,2875.2,2855.5,2827.5,853,853.8,854.6,855.9,857.7,860.4,862.8,856.2?
220,2918.3,2914.7,2898,2874.9,943.9,944.4,945.0,946,947.2,949.3,951.2,953.1
240,2957.4,2954.3,2939.9,2920.5,2823,1037.8,1038.0,1038.4,1039.1,1040.3,1041.5,1024.8?
260,2996.8,2994.1,2981.5,2964.8,2885.5,1135,1134.7,1134.3,1134.1,1134,1134.3,1134.8
280,3036.5,3034,3022.9,3008.3,2941.8,2857,1236.7,1235.2,1233.5,1231.6,1230.5,1229.9
300,3076.3,3074.1,3064.2,3051.3,2994.2,2925.4,2839.2,1343.7,1339.5,1334.6,1331.5,1329
350,3177,3175.3,3167.6,3157.7,3115.7,3069.2,3017.0,2924.2,2753.5,1648.4,1626.4,1611.3
400,3279.4,3278,3217.8?,3264,3231.6,3196.9,3159.7,3098.5,3004,2820.1,2583.2?,2159.1?
420,3320.96,3319.68,3313.8,3306.6,3276.9,3245.4,3211.0,3155.98,3072.72,2917.02?,2730.76?,2424.7?
440,3362.52,3361.36,3355.9,3349.3,3321.9,3293.2,3262.3,3213.46,3141.44,3013.94?,2878.32?,2690.3?
450,3383.3,3382.2,3377.1,3370.7,3344.4,3316.8,3288.0,3242.2,3175.8,3062.4,2952.1,2823.1
460,3404.42,3403.34,3398.3,3392.1,3366.8,3340.4,3312.4,3268.58,3205.24,3097.96,2994.68?,2875.26?
480,3446.66,3445.62,3440.9,3435.1,3411.6,3387.2,3361.3,3321.34,3264.12,3169.08?,3079.84?,2979.58?
500,3488.9,3487.9,3483.7,3478.3,3456.4,3433.8,3410.2,3374.1,3323,3240.2,3165,3083.9
520,3531.82,3530.9,3526.9,3521.86,3501.28,3480.12,3458.6,3425.1,3378.4,3303.7,3237,3166.1
540,3574.74,3573.9,3570.1,3565.42,3546.16,3526.44,3506.4,3475.4,3432.5,3364.6,3304.7,3241.7
550,3593.2,3595.4,3591.7,3587.2,3568.6,3549.6,3530.2,3500.4,3459.2,3394.3,3337.3,3277.7
560,3618,3617.22,3613.64,3609.24,3591.18,3572.76,3554.1,3525.4,3485.8,3423.6,3369.2,3312.6
580,3661.6,3660.86,3657.52,3653.32,3636.34,3619.08,3601.6,3574.9,3538.2,3480.9,3431.2,3379.8
600,3705.2,3704.5,3701.4,3697.4,3681.5,3665.4,3649.0,3624,3589.8,3536.9,3491.2,3444.2
""",
}
DATA_FOLDER = ""


def read_rows(name: str, _folder: str = DATA_FOLDER) -> list[dict[str, str]]:
    """Return the rows of a table."""
    return list(csv.DictReader(io.StringIO(EMBEDDED[name])))


# ── services/accounting/archive.py ──────────────────────────────────────────────
# Zip counts from 1980-01-01 in halves of two seconds; this is its first instant.
FIRST_DAY = 0x0021
VERSION, MADE_BY_UNIX, PLAIN_FILE = 20, 0x0314, 0o100644 << 16
LOCAL, ENTRY, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


def archive_of(members: Mapping[str, bytes], comment: bytes) -> bytes:
    """Return the members in their order, stored as they are, and a comment at the end."""
    body, directory = bytearray(), bytearray()
    for name, content in members.items():
        directory += directory_entry(name, content, len(body))
        body += local_header(name, content) + content
    end = struct.pack(
        "<4s4H2LH", END, 0, 0, len(members), len(members), len(directory), len(body), len(comment)
    )
    return bytes(body + directory + end + comment)


def local_header(name: str, content: bytes) -> bytes:
    """Return what stands before the content of a member."""
    return struct.pack("<4sH", LOCAL, VERSION) + _described(name, content) + name.encode()


def directory_entry(name: str, content: bytes, offset: int) -> bytes:
    """Return what the directory at the end says of a member."""
    head = struct.pack("<4s2H", ENTRY, MADE_BY_UNIX, VERSION) + _described(name, content)
    return head + struct.pack("<3H2L", 0, 0, 0, PLAIN_FILE, offset) + name.encode()


def _described(name: str, content: bytes) -> bytes:
    # Flags and packing are 0, so that what is stored is what it is.
    sizes = (zlib.crc32(content), len(content), len(content))
    return struct.pack("<4H3L2H", 0, 0, 0, FIRST_DAY, *sizes, len(name.encode()), 0)


# ── services/standards/balance_forms.py ─────────────────────────────────────────
# How terms stand among the inputs of a line, and what is used inside, where it is not what counts.
PREFIX = "balance."
OWN_USE = f"{PREFIX}own_use"


# ── services/accounting/bundle.py ───────────────────────────────────────────────
SCHEMA = "shuangtan.evidence/1"
MANIFEST, SEAL, VERIFIER = "manifest.json", "manifest.sha256", "carbon_verify.py"
HEAT_POWER = "heat_power.json"
LOG = "log.json"
FILES_FOLDER = "files/"


# ── services/accounting/filing.py ───────────────────────────────────────────────


def fingerprint(document: object) -> str:
    """Return the SHA-256 of a JSON value; equal values give equal bytes."""
    canonical = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


# ── services/algorithms/checkpoints.py ──────────────────────────────────────────
DASH = "\u2014 "
ED25519, COSIGNATURE = 1, 4
ROOT_BYTES, PUBLIC_BYTES, SIGNATURE_BYTES, TIMED_BYTES = 32, 32, 64, 72
MOST_CHARACTERS = 20_000
# An extension line of ours: when the checkpoint was signed, in seconds since 1970.
TIME = "time "


class NoteError(ValueError):
    """A text that is no checkpoint, key or signature of the known form."""


@dataclass(frozen=True)
class Signature:
    """One signature line: who, the first bytes of the key's hash, and the signature itself."""

    name: str
    key_hash: bytes
    signature: bytes


@dataclass(frozen=True)
class Checkpoint:
    """A tree at one size; `body` is what signatures are over."""

    origin: str
    size: int
    root: bytes
    body: str
    signatures: tuple[Signature, ...]

    @property
    def signed_at(self) -> datetime | None:
        """Return when it says that it was signed; None where it says nothing of that."""
        line = self.body.split("\n")[3]
        seconds = line.removeprefix(TIME)
        if seconds == line or not _is_number(seconds):
            return None
        return datetime.fromtimestamp(int(seconds), UTC)


@dataclass(frozen=True)
class PublicKey:
    """A key that verifies, as it is published: `name+hash+base64`."""

    name: str
    algorithm: int
    public: bytes

    @property
    def key_hash(self) -> bytes:
        """Return the four bytes that signature lines name the key by."""
        content = f"{self.name}\n".encode() + bytes([self.algorithm]) + self.public
        return hashlib.sha256(content).digest()[:4]

    def written(self) -> str:
        """Return the key as it is published."""
        return f"{self.name}+{self.key_hash.hex()}+{_coded(bytes([self.algorithm]) + self.public)}"


def read_checkpoint(text: str) -> Checkpoint:
    """Return a signed checkpoint, or raise NoteError."""
    body, gap, signatures = text.rpartition("\n\n")
    if not gap or len(text) > MOST_CHARACTERS or not signatures.endswith("\n"):
        raise NoteError("no signed note")
    body += "\n"
    lines = body.split("\n")
    if len(lines) < 4 or not lines[0]:
        raise NoteError("not three lines")
    size, root = _size(lines[1]), _decoded(lines[2], ROOT_BYTES)
    signed = tuple(read_signature(line) for line in signatures.splitlines())
    return Checkpoint(lines[0], size, root, body, signed)


def read_signature(line: str) -> Signature:
    """Return a signature line, or raise NoteError."""
    name, gap, coded = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH) or not gap or not name or "+" in name:
        raise NoteError("no signature line")
    content = _decoded(coded)
    if len(content) < 5:
        raise NoteError("a signature is too short")
    return Signature(name, content[:4], content[4:])


def read_key(text: str) -> PublicKey:
    """Return a published key, or raise NoteError; its hash has to be its own."""
    name, _, rest = text.strip().partition("+")
    shown, _, coded = rest.partition("+")
    content = _decoded(coded, PUBLIC_BYTES + 1)
    key = PublicKey(name, content[0], content[1:])
    if not name or key.algorithm not in (ED25519, COSIGNATURE) or key.key_hash.hex() != shown:
        raise NoteError("no key of a known kind")
    return key


def cosigned(body: str, instant: int) -> bytes:
    """Return what a witness signs: the checkpoint and when it saw it, in seconds since 1970."""
    return f"cosignature/v1\ntime {instant}\n{body}".encode()


def read_timed(content: bytes) -> tuple[int, bytes]:
    """Return time and signature of a witness, or raise NoteError."""
    if len(content) != TIMED_BYTES:
        raise NoteError("no cosignature")
    return int.from_bytes(content[:8], "big"), content[8:]


def signed_by(checkpoint: Checkpoint, key: PublicKey) -> list[tuple[bytes, bytes]]:
    """Return message and signature of each line that claims to be of a key."""
    found = []
    for line in checkpoint.signatures:
        if (line.name, line.key_hash) != (key.name, key.key_hash):
            continue
        if key.algorithm == ED25519:
            found.append((checkpoint.body.encode(), line.signature))
        elif len(line.signature) == TIMED_BYTES:
            instant, signature = read_timed(line.signature)
            found.append((cosigned(checkpoint.body, instant), signature))
    return found


def _size(text: str) -> int:
    if not _is_number(text):
        raise NoteError("no size")
    return int(text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and (text == "0" or text[0] != "0")


def _coded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _decoded(text: str, length: int | None = None) -> bytes:
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteError("no base64") from None
    if length is not None and len(content) != length:
        raise NoteError("wrong length")
    return content


# ── services/algorithms/leaves.py ───────────────────────────────────────────────
FORM = "shuangtan.leaf/1"


def canonical(kind: str, fields: Sequence[str | None]) -> bytes:
    """Return the bytes of a record from its fields as text, in the order of its kind."""
    return json.dumps([FORM, kind, *fields], ensure_ascii=False).encode()


def commitment_of(salt: bytes, content: bytes) -> bytes:
    """Return what stands for a record; without the salt nobody can guess at it."""
    return hashlib.sha256(salt + content).digest()


def leaf_content(kind: str, record: str, commitment: bytes) -> bytes:
    """Return the content of a leaf: kind, name of the record, commitment."""
    return f"{FORM}\n{kind}\n{record}\n{commitment.hex()}\n".encode()


# ── services/algorithms/merkle.py ───────────────────────────────────────────────
LEAF, NODE = b"\x00", b"\x01"
HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(LEAF + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over two subtrees."""
    return hashlib.sha256(NODE + left + right).digest()


def subtrees(start: int, end: int) -> list[Subtree]:
    """Return the complete subtrees that a range of leaves is made of, from left to right."""
    found = []
    while start < end:
        room = (end - start).bit_length() - 1
        level = room if start == 0 else min(room, (start & -start).bit_length() - 1)
        found.append((level, start >> level))
        start += 1 << level
    return found


def appended(size: int, leaves: Sequence[bytes], known: Hashes) -> dict[Subtree, bytes]:
    """Return the hashes of every subtree that leaf hashes complete behind a tree of `size`.

    `known` holds the subtrees of the tree as it was: subtrees(0, size).
    """
    made: dict[Subtree, bytes] = {}
    for position, leaf in enumerate(leaves, start=size):
        made[0, position] = found = leaf
        level, index = 0, position
        while index & 1:
            left = (level, index - 1)
            found = node_hash(made[left] if left in made else known[left], found)
            level, index = level + 1, index >> 1
            made[level, index] = found
    return made


def root(size: int, known: Hashes) -> bytes:
    """Return the root of a tree from its complete subtrees: subtrees(0, size)."""
    return _over(0, size, known) if size else EMPTY_ROOT


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], top: bytes) -> bool:
    """Return whether a path leads from a leaf's hash at an index to the root (9162, 2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes([leaf, top, *path]):
        return False
    here, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = node_hash(step, found)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            found = node_hash(found, step)
        here, last = here >> 1, last >> 1
    return last == 0 and found == top


def is_consistent(
    sizes: tuple[int, int], roots: tuple[bytes, bytes], path: Sequence[bytes]
) -> bool:
    """Return whether a path shows that a tree grew out of another (RFC 9162, 2.1.4.2)."""
    first, second = sizes
    if not 0 <= first <= second or not _are_hashes([*roots, *path]):
        return False
    if first == second:
        return not path and roots[0] == roots[1]
    if first == 0:
        return not path and roots[0] == EMPTY_ROOT
    return _grows(sizes, roots, path)


def _grows(sizes: tuple[int, int], roots: tuple[bytes, bytes], path: Sequence[bytes]) -> bool:
    steps = [*path] if sizes[0] & (sizes[0] - 1) else [roots[0], *path]
    if not steps:
        return False
    here, last = sizes[0] - 1, sizes[1] - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            new = node_hash(new, step)
        here, last = here >> 1, last >> 1
    return last == 0 and (old, new) == roots


def _are_hashes(values: Sequence[object]) -> bool:
    return all(isinstance(value, bytes) and len(value) == HASH_BYTES for value in values)


def _over(start: int, end: int, known: Hashes) -> bytes:
    """Return the hash over a range, from its complete subtrees."""
    parts: Iterator[bytes] = (known[each] for each in reversed(subtrees(start, end)))
    found = next(parts)
    for part in parts:
        found = node_hash(part, found)
    return found


# ── services/consistency/export_form.py ─────────────────────────────────────────
EXPORT_FORM = "shuangtan.export/2"
ABOUT, LEAVES, UNSEALED = "about.json", "leaves.jsonl", "unsealed.jsonl"
LINES, ROWS = "lines.jsonl", "rows.jsonl"


# ── services/data/line_digest.py ────────────────────────────────────────────────
LINES_FORM = "shuangtan.lines/1"
COLUMNS = ("source", "item", "gas", "emission_scope", "sign", "formula", "month")


def lines_digest(texts: Iterable[str]) -> str:
    """Return the SHA-256 over the texts of lines in their order."""
    return encoded_digest([text.encode() for text in texts])


def encoded_digest(texts: Iterable[bytes]) -> str:
    """Return the same of texts that are UTF-8 already."""
    digest = hashlib.sha256(f"{LINES_FORM}\n".encode())
    digest.update(b"".join(texts))
    return digest.hexdigest()


def line_text(
    record: int, columns: str, numbers: Sequence[float], inputs: str, notices: str
) -> str:
    """Return a line: its record and columns, its numbers to the last digit, inputs, remarks."""
    gas_t, gwp, co2e_t = numbers
    return f"{record},{gas_t!r},{gwp!r},{co2e_t!r},{columns}[{inputs}][{notices}]\n"


def input_text(value: float, half_width: float | None, words: str) -> str:
    """Return an input: its value, half-width, and the digest of the words about it."""
    return f"{value!r},{half_width!r},{words};"


def words_digest(words: Sequence[str]) -> str:
    """Return what stands for symbol, unit, origin, status, factor and the two references.

    Lines have most of these words in common, and they are longer than all the rest.
    """
    return hashlib.sha256(marked(words).encode()).hexdigest()


def notice_text(key: str, values: Mapping[str, Any]) -> str:
    """Return a remark; a value that is no number at all is told as none."""
    told = {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in values.items()
    }
    return marked((key, json.dumps(told, ensure_ascii=False, sort_keys=True)))


def marked(values: Sequence[object]) -> str:
    """Return texts one behind the other, each with its length, so that none runs into the next."""
    texts = [str(value) for value in values]
    return "".join([f"{len(text)}:{text}" for text in texts])


def document_text(line: Mapping[str, Any]) -> str:
    """Return the same text of a line that was stored, or that stands in a bundle."""
    what = [line.get(name) for name in COLUMNS]
    inputs = "".join(_document_input(given) for given in line["inputs"])
    notices = "".join(notice_text(each["key"], _plain(each["values"])) for each in line["notices"])
    numbers = [float(line[name]) for name in ("gas_t", "gwp", "co2e_t")]
    return line_text(line["record"], marked(what), numbers, inputs, notices)


def _document_input(given: Mapping[str, Any]) -> str:
    reference, half_width = given["reference"], given.get("half_width")
    chinese = reference["zh"] if "zh" in reference else reference["zh-CN"]
    words = [given[name] for name in ("symbol", "unit", "origin", "status")]
    digest = words_digest([*words, given.get("factor", ""), chinese, reference["en"]])
    half = None if half_width is None else float(half_width)
    return input_text(float(given["value"]), half, digest)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    # The database marks floats, because jsonb would write some of them as integers.
    return {
        name: float(value["float"]) if isinstance(value, dict) else value
        for name, value in values.items()
    }


# ── services/data/log_kinds.py ──────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record: its table, the columns that name it, and its fields as `column:form`.

    `changes` says that a row may be changed and each change is a leaf of its own; `removable`
    that it may be removed, which is a leaf too; `is_personal` that row security shows a row to
    its person alone.
    """

    name: str
    table: str
    key: tuple[str, ...]
    written: str
    changes: bool = False
    removable: bool = False
    is_personal: bool = False

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Return column and form of each field."""
        pairs = (word.partition(":") for word in self.written.split())
        return tuple((column, form or "plain") for column, _, form in pairs)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the fields in their order."""
        return tuple(column for column, _ in self.fields)

    @property
    def has_place(self) -> bool:
        """Return whether its rows say where they belong."""
        return "access_path" in self.names
_PLACE = "organization_id access_path "
KINDS: tuple[Kind, ...] = (
    Kind(
        "audit_event",
        "business.audit_event",
        ("event_id",),
        f"{_PLACE}event_id person_id action:text resource:text before:json after:json"
        " channel:text at:instant address:text result:text before_digest after_digest",
    ),
    Kind(
        "submission",
        "collected.submission",
        ("submission_id",),
        f"{_PLACE}submission_id year version method:text purpose:text region:text channel:text"
        " rows_hash:text records:json corrects submitted_by submitted_at:instant",
    ),
    Kind(
        "decision",
        "business.decision",
        ("submission_id",),
        f"{_PLACE}submission_id state:text comment:text decided_by decided_at:instant",
    ),
    Kind(
        "run",
        "business.run",
        ("run_id",),
        f"{_PLACE}run_id submission_id year period_start:day period_end:day method:text"
        " purpose:text region:text known_on:day gwp_set:text input_hash:text supersedes"
        " total_t direct_t indirect_t deducted_t memo:json warnings:json restates bridge:json"
        " batch own_records:json missing:json completeness estimated_share computed_by"
        " computed_at:instant lines_digest by_month:json",
    ),
    Kind(
        "run_pointer",
        "business.run_pointer",
        ("organization_id", "year"),
        f"{_PLACE}year current_run filed_run revision",
        changes=True,
        removable=True,
    ),
    Kind(
        "report",
        "business.report",
        ("report_id",),
        f"{_PLACE}report_id run_id job_id language:text template_version:text made_by"
        " made_at:instant",
    ),
    Kind(
        "report_file",
        "business.report_file",
        ("report_id", "format"),
        f"{_PLACE}report_id format:text name:text sha256:text content:bytes",
    ),
    Kind(
        "attachment",
        "collected.attachment",
        ("organization_id", "year", "sha256"),
        f"{_PLACE}year sha256:text name:text kind:text size content:bytes added_by"
        " added_at:instant",
        removable=True,
    ),
    Kind(
        "own_value",
        "collected.own_value",
        ("value_id",),
        f"{_PLACE}value_id item:text symbol:text value unit:text valid_from:day valid_to:day"
        " laboratory:text note:text file_year files:list supersedes proposed_by"
        " proposed_at:instant",
    ),
    Kind(
        "own_value_decision",
        "collected.own_value_decision",
        ("value_id",),
        f"{_PLACE}value_id state:text reason:text proposed_by decided_by decided_at:instant"
        " known_from:day",
    ),
    Kind(
        "energy_balance",
        "collected.energy_balance",
        ("balance_id",),
        f"{_PLACE}balance_id year rows:json electricity_mwh note:text document:text recorded_by"
        " recorded_at:instant",
    ),
    Kind(
        "heat_power_split",
        "business.heat_power_split",
        ("submission_id", "version"),
        f"{_PLACE}submission_id version year heat_supplied heat_generated power_supplied"
        " recorded_by recorded_at:instant",
    ),
    Kind(
        "finding",
        "business.finding",
        ("finding_id",),
        f"{_PLACE}finding_id year run_id invariant:text part:text expected found"
        " found_at:instant resolved_by resolved_at:instant reason:text",
        changes=True,
    ),
    Kind(
        "discrepancy_entry",
        "business.discrepancy_entry",
        ("entry_id",),
        f"{_PLACE}entry_id year estimate:text gap_t cause:text owner:text note:text signed_by"
        " signed_at:instant",
    ),
    Kind(
        "membership",
        "base.membership",
        ("membership_id",),
        f"{_PLACE}membership_id person_id role:text valid_from:day valid_to:day granted_by"
        " delegated_from ended_at:instant recorded_at:instant",
        changes=True,
    ),
    # When a password, a second factor or a token changed, and never what it is.
    Kind(
        "credential",
        "base.credential",
        ("person_id",),
        "person_id must_change changed_at:instant",
        changes=True,
        removable=True,
        is_personal=True,
    ),
    Kind(
        "second_factor",
        "base.second_factor",
        ("factor_id",),
        "factor_id person_id kind:text name:text made_at:instant confirmed_at:instant"
        " ended_at:instant",
        changes=True,
        removable=True,
        is_personal=True,
    ),
    Kind(
        "api_token",
        "base.api_token",
        ("token_id",),
        "token_id person_id name:text actions:list made_at:instant expires_at:instant"
        " ended_at:instant",
        changes=True,
        removable=True,
        is_personal=True,
    ),
    Kind(
        "library",
        "base.standard_load",
        ("content_hash",),
        "content_hash:text summary:json loaded_at:instant",
    ),
)
BY_NAME: Mapping[str, Kind] = {kind.name: kind for kind in KINDS}


# ── services/data/sample/content.py ─────────────────────────────────────────────
PROVINCE_PATH = "cn.p990000"


# ── services/data/log_rules.py ──────────────────────────────────────────────────
REMOVED_RECORDS, FORGOTTEN, RENAMED = "removed_records", "forget_trail", "erase_names"
TELLING = (REMOVED_RECORDS, FORGOTTEN, RENAMED)
# Cybersecurity law, Art. 23 (since 2017, 21): six months at least, which are at most 184 days.
TRAIL_FLOOR = timedelta(days=184)
# The clock of whoever checks may be behind that of the platform.
SLACK = timedelta(days=1)
EVENT = "audit_event"
# What the platform never changes without writing down who did it, in the same transaction. What
# the migration found has no event, and was the first to be written.
ALWAYS_TOLD = (
    "membership", "credential", "run_pointer", "submission", "decision", "own_value_decision",
    "attachment.removed", "run_pointer.removed", "credential.removed",
)  # fmt: skip
NOBODY = "closed:"
MEMBERSHIP, CREDENTIAL = "membership", "credential"
# Where one of these is not as it was sealed, a role may be gone that nobody can name.
_ROLES_UNKNOWN = (MEMBERSHIP, "position", "checkpoint")
REMOVED = ".removed"
LEAF_KINDS = frozenset(
    name for kind in KINDS for name in (kind.name, *[kind.name + REMOVED] * kind.removable)
)


@dataclass(frozen=True)
class GoneRecord:
    """A record that leaves tell of and that is not there: its newest leaf, its first place.

    `leaves` counts how often it was sealed, without those of removals and as many before them.
    """

    kind: str
    record: str
    first_place: int | None
    leaves: int
    salt: bytes | None
    commitment: bytes


@dataclass(frozen=True)
class Account:
    """What the log shows of somebody: whether the password was removed, roles without end."""

    is_shut: bool
    roles_until: tuple[str, ...]

    def is_closed(self, day: str) -> bool:
        """Return whether nobody comes in by it and no role is left of it on a day."""
        return self.is_shut and not any(until >= day for until in self.roles_until)


@dataclass
class Story:
    """What events of the trail tell of records that are gone or were written anew."""

    now: datetime
    removed: dict[tuple[str, str], list[bytes]] = field(default_factory=dict)
    forgotten: dict[str, list[datetime]] = field(default_factory=dict)
    renamed: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    renamed_at: dict[str, str] = field(default_factory=dict)

    def take(self, event: Mapping[str, str | None]) -> None:
        """Keep what an event tells, where it is one of those that tell."""
        if event["action"] not in TELLING:
            return
        try:
            self._take(event, json.loads(str(event["after"])))
        except (AttributeError, KeyError, TypeError, ValueError):
            return  # the platform writes no such event: it explains nothing

    def limits(self) -> set[datetime]:
        """Return the instants before which something was forgotten."""
        return {until for found in self.forgotten.values() for until in found}

    def people(self) -> set[str]:
        """Return who is said to have been closed, by number."""
        return {name.removeprefix(NOBODY) for name in self.renamed_at}

    def explains_gone(self, gone: GoneRecord, sealed: Mapping[datetime, int]) -> str | None:
        """Return "removed" or "erased" where that is proved, else None.

        `sealed` has for each limit how many leaves were sealed by then (`sealed_by`).
        """
        if any(
            _lay_in_sample(gone, text) for text in self.removed.get((gone.kind, gone.record), ())
        ):
            return "removed"
        place = gone.first_place
        if gone.kind != EVENT or place is None:
            return None
        limits = self.forgotten.get(gone.record, ())
        if any(place < sealed[until] for until in limits):
            return "erased"
        return None

    def explains_rewritten(
        self, event: Mapping[str, str | None], leaves: int, accounts: Mapping[str, Account]
    ) -> bool:
        """Return whether each new leaf about an event of the trail comes from an account closed."""
        told = self.renamed.get(str(event["event_id"]), [])
        text = "".join(str(event[name]) for name in ("resource", "before", "after"))
        return leaves - 1 <= len(told) and all(
            name in text and _is_closed(accounts.get(name.removeprefix(NOBODY)), at)
            for name, at in told
        )

    def _take(self, event: Mapping[str, str | None], told: Mapping[str, Any]) -> None:
        action, resource, at = event["action"], event["resource"], event["at"]
        if action == REMOVED_RECORDS:
            for record, content in told["records"].items():
                self.removed.setdefault((str(resource), record), []).append(content.encode())
        elif action == FORGOTTEN:
            self._take_forgotten(told, datetime.fromisoformat(str(at)))
        else:
            self._take_renamed(told["events"], str(resource), str(at))

    def _take_forgotten(self, told: Mapping[str, Any], at: datetime) -> None:
        until = datetime.fromisoformat(str(told["until"]))
        if until <= at - TRAIL_FLOOR and at <= self.now + SLACK:
            for record in told["events"]:
                self.forgotten.setdefault(record, []).append(until)

    def _take_renamed(self, events: Iterable[str], who: str, at: str) -> None:
        # A person is erased once, in one transaction: whatever says so again is not believed.
        first = self.renamed_at.get(who)
        if first is not None and first != at:
            if first < at:
                return
            for told in self.renamed.values():
                told[:] = [each for each in told if each[0] != who]
        self.renamed_at[who] = at
        for record in events:
            self.renamed.setdefault(record, []).append((who, at))


def sealed_by(
    checkpoints: Iterable[Checkpoint], until: datetime, is_good: Callable[[Checkpoint], bool]
) -> int:
    """Return how many leaves were sealed by an instant, as signed checkpoints prove it.

    They come in their order; one that names a later instant ends it, whatever the next ones say.
    `is_good` tells whether one is signed and fits the tree; it is asked of few.
    """
    by_then: list[Checkpoint] = []
    for each in checkpoints:
        if each.signed_at is None:
            continue
        if each.signed_at > until and is_good(each):
            break
        if each.signed_at <= until:
            by_then.append(each)
    return next((each.size for each in reversed(by_then) if is_good(each)), 0)


def believed(
    accounts: Mapping[str, Account], differing: Iterable[tuple[str, str]]
) -> Mapping[str, Account]:
    """Return the accounts of which the log can tell whether they are closed.

    `differing` names, by kind and record, what is not as it was sealed. A changed credential says
    nothing of its person; of a role that is gone or changed nobody knows whose it was.
    """
    wrong = set(differing)
    if any(kind in _ROLES_UNKNOWN for kind, _ in wrong):
        return {}
    return {who: each for who, each in accounts.items() if (CREDENTIAL, who) not in wrong}


def _is_closed(account: Account | None, at: str) -> bool:
    return account is not None and account.is_closed(at[:10])


def _lay_in_sample(gone: GoneRecord, content: bytes) -> bool:
    """Return whether a text is the record that was sealed, and it lay in the sample."""
    kind = BY_NAME[gone.kind]
    if not kind.has_place or gone.salt is None or (gone.leaves > 1 and not kind.changes):
        return False
    if commitment_of(gone.salt, content) != gone.commitment:
        return False
    _, name, *fields = json.loads(content)
    told = dict(zip(kind.names, fields, strict=True))
    place = str(told["access_path"])
    record = "/".join(str(told[column]) for column in kind.key)
    is_it = (name, record) == (gone.kind, gone.record)
    return is_it and f"{place}.".startswith(f"{PROVINCE_PATH}.")


# ── services/standards/descriptions.py ──────────────────────────────────────────
# The sectors of a regional inventory, in the order of the guideline.
LAND_USE = "land_use"
SECTORS = ("energy", "industry", "agriculture", LAND_USE, "waste")


# ── services/standards/formulas/balances.py ─────────────────────────────────────
# What is left of terms that cancel is rounding, and no quantity.
ROUNDING = 1e-12


def weighed_sum(amounts: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the sum of amounts by their weights: 1 adds, -1 takes off, 0 stands beside.

    >>> weighed_sum({"opening": 10.0, "purchased": 50.0, "closing": 20.0},
    ...             {"opening": 1.0, "purchased": 1.0, "closing": -1.0})
    40.0
    """
    parts = [weights[term] * amount for term, amount in amounts.items()]
    total = math.fsum(parts)
    largest = max((abs(part) for part in parts), default=0.0)
    return 0.0 if abs(total) <= ROUNDING * largest else total


# ── services/standards/formulas/base.py ─────────────────────────────────────────
# Kept as two steps so that 44/12 stays a fraction: tonnes of CO2 from tonnes of carbon.
CO2_MASS, CARBON_MASS_NUMBER = 44.0, 12.0
KG_PER_T = 1000.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """Tonnes of each gas, what was derived on the way, and CO2 from biomass."""

    gas_t: Mapping[str, Column]
    derived: Mapping[str, Column] = field(default_factory=dict)
    biomass_co2_t: Column | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What decides how a formula is written: symbols of the source, those used, the gas."""

    symbols: tuple[str, ...]
    used: frozenset[str]
    gas: str


def co2_from_carbon(carbon_t: Column) -> Column:
    """Return tonnes of CO2 from tonnes of carbon."""
    co2_t = carbon_t * CO2_MASS
    co2_t /= CARBON_MASS_NUMBER  # into the same cells: the product is nobody else's
    return co2_t


def given_or(cells: Column, otherwise: Column) -> Column:
    """Return the cells, and something else where they are empty."""
    return np.where(np.isnan(cells), otherwise, cells)


def nothing_given() -> Column:
    """Return an empty cell."""
    return float("nan")


def product_of(v: Values, symbols: tuple[str, ...]) -> Column:
    """Return the product of some quantities, from left to right."""
    first, *others = symbols
    product = v[first]
    for symbol in others:
        product = product * v[symbol]
    return product


# ── services/standards/formulas/combustion.py ───────────────────────────────────
GJ_PER_TJ = 1000.0
# Carbon atoms of each gas of a flare.
CARBON_ATOMS = {"CH4": 1, "C2H6": 2, "C3H8": 3, "C4H10": 4, "C5H12": 5, "C2H4": 2, "C3H6": 3}
CARBON_ATOMS["CO"] = 1
CARBON_MASS = 12.0
# tC per 10^4 Nm3 of a gas with one carbon atom: 12 × 10 / 22.4, the molar volume as printed.
NM3_PER_KMOL, KMOL_KG_TO_T = 22.4, 10.0
MEASURED_CARBON = ("C", "C_ar")


def fuel(v: Values) -> Outcome:
    """FC × NCV × CC × OF × (1 − BF) × 44/12; a measured carbon content in place of NCV × CC."""
    derived: dict[str, Column] = {}
    carbon = _fuel_carbon(v, derived)
    oxidation = v["OF"]
    if v.gives("G_slag"):
        oxidation = derived["OF"] = _oxidation_from_ash(v, carbon)
    co2 = co2_from_carbon(carbon * oxidation)
    if not v.gives("BF"):
        return Outcome({"CO2": co2}, derived)
    return Outcome({"CO2": co2 * (1.0 - v["BF"])}, derived, co2 * v["BF"])


def _fuel_carbon(v: Values, derived: dict[str, Column]) -> Column:
    if not v.gives("FC"):
        return v["AD"] * GJ_PER_TJ * v["CC"]
    content = v["NCV"] * v["CC"]
    if v.gives("C_ad"):
        derived["C_ar"] = v["C_ad"] * (1.0 - v["M_ar"]) / (1.0 - v["M_ad"])
        content = given_or(derived["C_ar"], content)
    for symbol in MEASURED_CARBON:
        if v.gives(symbol):
            content = given_or(v[symbol], content)
    carbon = v["FC"] * content
    if v.gives("AD"):
        by_heat = v["AD"] * GJ_PER_TJ * v["CC"]
        carbon = given_or(by_heat, carbon)
    return carbon


def _oxidation_from_ash(v: Values, carbon: Column) -> Column:
    """Return OF = 1 − (G_slag × C_slag + G_ash × C_ash / eta) / carbon where ash is given."""
    unburnt = v["G_slag"] * v["C_slag"] + v["G_ash"] * v["C_ash"] / v["eta"]
    return given_or(1.0 - unburnt / carbon, v["OF"])


def carbon_mass(v: Values) -> Outcome:
    """Return carbon × 44/12: Q × C …, or the carbon of raw meal, whose mass may follow clinker."""
    if "FR0" not in v.symbols:
        return Outcome({"CO2": co2_from_carbon(product_of(v, v.symbols))})
    mass = v["Q_raw"] if v.gives("Q_raw") else nothing_given()
    if v.gives("Q_clinker"):
        mass = given_or(mass, v["Q_clinker"] * v["raw_ratio"])
    return Outcome({"CO2": co2_from_carbon(mass * v["FR0"])})


def anode(v: Values) -> Outcome:
    """(P × NC or Q_anode_gross × (1 − butt)) × (1 − S − A) × 44/12."""
    net = v["P"] * v["NC"]
    if v.gives("Q_anode_gross"):
        net = given_or(v["Q_anode_gross"] * (1.0 - v["butt"]), net)
    return Outcome({"CO2": co2_from_carbon(net * (1.0 - v["S"] - v["A"]))})


def flare(v: Values) -> Outcome:
    """V × (CC × OF × 44/12 + CO2 × rho_CO2); CC follows from the composition if not given."""
    atoms: Column = 0.0
    for gas, number in CARBON_ATOMS.items():
        atoms = atoms + CARBON_MASS * number * v[gas]
    content: Column = atoms * KMOL_KG_TO_T / NM3_PER_KMOL
    derived = {"CC": content}
    if v.gives("CC"):
        content = given_or(v["CC"], content)
    burnt = co2_from_carbon(content * v["OF"])
    return Outcome({"CO2": v["V"] * (burnt + v["CO2"] * v["rho_CO2"])}, derived)


def stream_carbon(v: Values) -> Outcome:
    """Return the carbon of each stream, Q × CC; the streams of a record are added with signs."""
    return Outcome({"CO2": v["Q"] * v["CC"]})


def _write_fuel(w: Written) -> str:
    measured = [symbol for symbol in ("C", "C_ar", "C_ad") if symbol in w.used]
    amount = f"FC × {'C_ar' if 'C_ad' in measured else measured[0]}" if measured else ""
    amount = amount or "FC × NCV × CC"
    if "AD" in w.used:
        amount = f"AD × {GJ_PER_TJ:.0f} × CC"
    share = " × (1 − BF)" if "BF" in w.symbols else ""
    return f"{amount} × OF{share} × 44/12"


def _write_carbon_mass(w: Written) -> str:
    if "FR0" not in w.symbols:
        return f"{' × '.join(w.symbols)} × 44/12"
    mass = "Q_raw" if "Q_raw" in w.used else "Q_clinker × raw_ratio"
    return f"{mass} × FR0 × 44/12"


def _write_anode(w: Written) -> str:
    net = "Q_anode_gross × (1 − butt)" if "Q_anode_gross" in w.used else "P × NC"
    return f"{net} × (1 − S − A) × 44/12"


def _write_flare(_w: Written) -> str:
    return "V × (CC × OF × 44/12 + CO2 × rho_CO2)"


def _write_balance(_w: Written) -> str:
    return "(Σ in Q × CC − Σ out Q × CC) × 44/12"


# ── services/standards/steam.py ─────────────────────────────────────────────────
REFERENCE_TEMPERATURE_C = 20.0
REFERENCE_ENTHALPY_KJ_PER_KG = 83.74
WATER_KJ_PER_KG_K = 4.1868
KJ_PER_KG_TO_GJ_PER_T = 1000.0
CRITICAL_TEMPERATURE_C = 373.946
# So close below saturation a reading may mean either state; they differ by 2000 kJ/kg.
AMBIGUOUS_C = 1.0
ROUNDING_C = 0.05


@dataclass(frozen=True, slots=True)
class Enthalpy:
    """Enthalpy in kJ/kg, nan outside the tables, and what is to be said about it."""

    kj_per_kg: Floats
    is_suspect: Bools
    is_liquid: Bools
    is_near_saturation: Bools


def between(x: Floats, axis: Floats, values: Floats) -> Floats:
    """Return the values linearly interpolated at x, those at the ends beyond them.

    Written out, because np.interp may fuse multiplication and addition where a processor can,
    and then differs in the last digit from one machine to another.
    """
    upper = np.clip(np.searchsorted(axis, x, side="right"), 1, len(axis) - 1)
    lower = upper - 1
    slope = (values[upper] - values[lower]) / (axis[upper] - axis[lower])
    inside = slope * (x - axis[lower]) + values[lower]
    return np.where(x <= axis[0], values[0], np.where(x >= axis[-1], values[-1], inside))


@dataclass(frozen=True, slots=True)
class _Isobar:
    """One pressure of the superheated table on one side of saturation."""

    temperature: Floats
    enthalpy: Floats
    suspect: Floats

    def at(self, temperature: Floats) -> tuple[Floats, Floats]:
        if not len(self.temperature):
            return np.full_like(temperature, np.nan), np.zeros_like(temperature)
        inside = (temperature >= self.temperature[0]) & (temperature <= self.temperature[-1])
        enthalpy = between(temperature, self.temperature, self.enthalpy)
        suspect = between(temperature, self.temperature, self.suspect)
        return np.where(inside, enthalpy, np.nan), suspect


@dataclass(frozen=True, slots=True)
class SteamTable:
    """Both printed tables, split at saturation."""

    saturation_pressure: Floats
    saturation_temperature: Floats
    saturation_enthalpy: Floats
    saturation_suspect: Floats
    pressures: Floats
    vapour: tuple[_Isobar, ...]
    liquid: tuple[_Isobar, ...]

    def saturated(self, pressure: Floats) -> tuple[Floats, Bools]:
        """Return the enthalpy of saturated steam, and whether a suspect row took part."""
        axis = self.saturation_pressure
        inside = (pressure >= axis[0]) & (pressure <= axis[-1])
        enthalpy = between(pressure, axis, self.saturation_enthalpy)
        suspect = between(pressure, axis, self.saturation_suspect) > 0
        return np.where(inside, enthalpy, np.nan), suspect & inside

    def boiling(self, pressure: Floats) -> Floats:
        """Return the saturation temperature; above the critical point the critical one."""
        axis = self.saturation_pressure
        boiling = between(pressure, axis, self.saturation_temperature)
        return np.where(pressure > axis[-1], CRITICAL_TEMPERATURE_C, boiling)

    def steam(self, pressure: Floats, temperature: Floats) -> Enthalpy:
        """Return the enthalpy of steam, or of liquid water below saturation."""
        boiling = self.boiling(pressure)
        is_liquid = temperature < boiling - ROUNDING_C
        near = is_liquid & (temperature >= boiling - AMBIGUOUS_C)
        above = np.maximum(temperature, boiling)
        vapour, vapour_suspect = self._vapour(pressure, np.where(is_liquid, np.nan, above))
        liquid, liquid_suspect = self._between(
            self.liquid, pressure, np.where(is_liquid, temperature, np.nan)
        )
        return Enthalpy(
            np.where(is_liquid, liquid, vapour),
            np.where(is_liquid, liquid_suspect, vapour_suspect),
            is_liquid,
            near,
        )

    def _vapour(self, pressure: Floats, temperature: Floats) -> tuple[Floats, Bools]:
        """Interpolate between isobars; where the upper one is liquid, up to saturation."""
        lower, upper, weight = self._bracket(pressure)
        low_h, low_flag = self._pick(self.vapour, lower, temperature)
        high_h, high_flag = self._pick(self.vapour, upper, temperature)
        is_inside = ~np.isnan(weight)
        condensed = np.isnan(high_h) & (temperature < CRITICAL_TEMPERATURE_C) & is_inside
        dew_pressure = between(temperature, self.saturation_temperature, self.saturation_pressure)
        dew_h, dew_flag = self.saturated(dew_pressure)
        span = np.where(dew_pressure > self.pressures[lower], dew_pressure, np.inf)
        to_dew = (pressure - self.pressures[lower]) / (span - self.pressures[lower])
        weight = np.where(condensed, np.minimum(to_dew, 1.0), weight)
        high_h = np.where(condensed, dew_h, high_h)
        high_flag = np.where(condensed, dew_flag, high_flag)
        return _mixed(weight, (low_h, low_flag), (high_h, high_flag))

    def _between(
        self, isobars: tuple[_Isobar, ...], pressure: Floats, temperature: Floats
    ) -> tuple[Floats, Bools]:
        lower, upper, weight = self._bracket(pressure)
        low = self._pick(isobars, lower, temperature)
        return _mixed(weight, low, self._pick(isobars, upper, temperature))

    def _bracket(self, pressure: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
        axis = self.pressures
        lower = np.clip(np.searchsorted(axis, pressure, side="right") - 1, 0, len(axis) - 2)
        weight = (pressure - axis[lower]) / (axis[lower + 1] - axis[lower])
        inside = (pressure >= axis[0]) & (pressure <= axis[-1])
        return lower, lower + 1, np.where(inside, weight, np.nan)

    def _pick(
        self, isobars: tuple[_Isobar, ...], index: NDArray[np.intp], temperature: Floats
    ) -> tuple[Floats, Floats]:
        enthalpy = np.full_like(temperature, np.nan)
        suspect = np.zeros_like(temperature)
        for number in np.unique(index):
            rows = index == number
            enthalpy[rows], suspect[rows] = isobars[number].at(temperature[rows])
        return enthalpy, suspect


def _mixed(
    weight: Floats, low: tuple[Floats, Floats], high: tuple[Floats, Floats]
) -> tuple[Floats, Bools]:
    # A neighbour without weight counts nothing, not even as nan.
    enthalpy = np.where(weight == 0, low[0], (1 - weight) * low[0] + weight * high[0])
    enthalpy = np.where(weight == 1, high[0], enthalpy)
    suspect = ((weight < 1) & (low[1] > 0)) | ((weight > 0) & (high[1] > 0))
    return enthalpy, suspect & ~np.isnan(enthalpy)


def enthalpy_of(pressure: Floats, temperature: Floats) -> Enthalpy:
    """Return the enthalpy of each row: steam, saturated steam without T, water without P."""
    pressure, temperature = np.broadcast_arrays(np.atleast_1d(pressure), np.atleast_1d(temperature))
    table = steam_table()
    steam = table.steam(pressure, temperature)
    saturated, saturated_suspect = table.saturated(pressure)
    is_water, is_saturated = np.isnan(pressure), np.isnan(temperature)
    is_steam = ~is_water & ~is_saturated
    # Heat of hot water counts from 20 °C with a constant specific heat, as the guides print it.
    water = (
        REFERENCE_ENTHALPY_KJ_PER_KG + (temperature - REFERENCE_TEMPERATURE_C) * WATER_KJ_PER_KG_K
    )
    enthalpy = np.where(is_water, water, np.where(is_saturated, saturated, steam.kj_per_kg))
    return Enthalpy(
        enthalpy,
        np.where(is_saturated, saturated_suspect, steam.is_suspect & is_steam),
        steam.is_liquid & is_steam,
        steam.is_near_saturation & is_steam,
    )


def heat_above_reference(pressure: Floats | float, temperature: Floats | float) -> Floats:
    """Return kJ/kg above the reference water, by which purchased heat is counted."""
    p, t = np.asarray(pressure, dtype=np.float64), np.asarray(temperature, dtype=np.float64)
    water = (t - REFERENCE_TEMPERATURE_C) * WATER_KJ_PER_KG_K
    above = enthalpy_of(p, t).kj_per_kg - REFERENCE_ENTHALPY_KJ_PER_KG
    return np.where(np.isnan(p), water, above)


@cache
def steam_table() -> SteamTable:
    """Return the printed tables of the data folder."""
    return read_steam_table(DATA_FOLDER)


def read_steam_table(folder: Path) -> SteamTable:
    """Read both tables and split the superheated one at saturation."""
    rows = read_rows("steam_saturated.csv", folder)
    pressure, temperature, enthalpy, suspect = (
        np.array([float(row[name] or 0) for row in rows])
        for name in ("pressure_mpa", "temperature_c", "enthalpy_kj_per_kg", "suspect")
    )
    cells = read_rows("steam_superheated.csv", folder)
    names = list(cells[0])[1:]
    printed = [_printed(cells, name) for name in names]
    saturation = (temperature, enthalpy, suspect)
    edges = [_edge(float(name), pressure, saturation) for name in names]
    return SteamTable(
        saturation_pressure=pressure,
        saturation_temperature=temperature,
        saturation_enthalpy=enthalpy,
        saturation_suspect=suspect,
        pressures=np.array([float(name) for name in names]),
        vapour=tuple(_vapour_side(i, edge) for i, edge in zip(printed, edges, strict=True)),
        liquid=tuple(_liquid_side(i, edge) for i, edge in zip(printed, edges, strict=True)),
    )


def _edge(isobar: float, axis: Floats, saturation: tuple[Floats, ...]) -> tuple[float, ...]:
    """Return temperature, enthalpy and flag of saturated steam; nothing above the table."""
    if isobar > axis[-1]:
        return ()
    at = np.array([isobar])
    return tuple(float(between(at, axis, column)[0]) for column in saturation)


def _printed(cells: list[Row], name: str) -> _Isobar:
    # A question mark stands behind values that disagree with IAPWS-97.
    return _Isobar(
        np.array([float(row["temperature_c"]) for row in cells]),
        np.array([float(row[name].rstrip("?")) for row in cells]),
        np.array([float(row[name].endswith("?")) for row in cells]),
    )


def _vapour_side(isobar: _Isobar, edge: tuple[float, ...]) -> _Isobar:
    """Return saturated steam and everything hotter."""
    hotter = isobar.temperature > (edge[0] if edge else CRITICAL_TEMPERATURE_C)
    return _Isobar(
        np.concatenate([edge[0:1], isobar.temperature[hotter]]),
        np.concatenate([edge[1:2], isobar.enthalpy[hotter]]),
        np.concatenate([edge[2:3], isobar.suspect[hotter]]),
    )


def _liquid_side(isobar: _Isobar, edge: tuple[float, ...]) -> _Isobar:
    """Return the printed rows below saturation."""
    colder = isobar.temperature <= (edge[0] if edge else CRITICAL_TEMPERATURE_C)
    return _Isobar(isobar.temperature[colder], isobar.enthalpy[colder], isobar.suspect[colder])


# ── services/standards/formulas/energy.py ───────────────────────────────────────


def electricity(v: Values) -> Outcome:
    """Return MWh × EF, without the non-fossil part where the source lets one state it."""
    amount = v["MWh"]
    if v.gives("MWh_nonfossil"):
        amount = amount - v["MWh_nonfossil"]
    return Outcome({"CO2": amount * v["EF"]})


def grid_losses(v: Values) -> Outcome:
    """(in_grid + import − export − sold) × EF."""
    lost = v["in_grid"] + v["import"] - v["export"] - v["sold"]
    return Outcome({"CO2": lost * v["EF"]})


def heat(v: Values) -> Outcome:
    """Return GJ × EF; GJ follows from the enthalpy of water or steam where it is not given."""
    if not v.gives("t"):
        return Outcome({"CO2": v["GJ"] * v["EF"]})
    pressure = v["P"] if v.gives("P") else nothing_given()
    temperature = v["T"] if v.gives("T") else nothing_given()
    enthalpy = heat_above_reference(pressure, temperature)
    gj: Column = v["t"] * enthalpy / KJ_PER_KG_TO_GJ_PER_T
    if v.gives("GJ"):
        gj = given_or(v["GJ"], gj)
    return Outcome({"CO2": gj * v["EF"]}, {"h": enthalpy, "GJ": gj})


def _write_electricity(w: Written) -> str:
    return "(MWh − MWh_nonfossil) × EF" if "MWh_nonfossil" in w.symbols else "MWh × EF"


def _write_losses(_w: Written) -> str:
    return "(in_grid + import − export − sold) × EF"


def _write_heat(w: Written) -> str:
    return "GJ × EF" if "GJ" in w.used else "t × h / 1000 × EF"


# ── services/standards/formulas/heat_power.py ───────────────────────────────────


def supply_ratio(supplied_gj: float, generated_gj: float) -> float:
    """Return heat supplied as a share of all heat generated."""
    return supplied_gj / generated_gj


def heat_and_power_t(ratio: float, total_t: float) -> tuple[float, float]:
    """Return what of a total belongs to heat, which has the ratio, and to power: the rest."""
    return ratio * total_t, (1 - ratio) * total_t


def per_unit(tonnes: float, supplied: float) -> float | None:
    """Return tonnes of a unit that was supplied; nothing where none was."""
    return tonnes / supplied if supplied else None


def heat_power_figures(
    supplied_gj: float, generated_gj: float, power_mwh: float, total_t: float
) -> dict[str, float | None]:
    """Return the ratio, the tonnes of heat and of power, and those of a unit of each."""
    ratio = supply_ratio(supplied_gj, generated_gj)
    heat_t, power_t = heat_and_power_t(ratio, total_t)
    return {
        "supply_ratio": ratio,
        "heat_t": heat_t,
        "power_t": power_t,
        "heat_t_per_gj": per_unit(heat_t, supplied_gj),
        "power_t_per_mwh": per_unit(power_t, power_mwh),
    }


# ── services/standards/formulas/inventory.py ────────────────────────────────────


def factor_of(gas: str, symbols: tuple[str, ...]) -> str:
    """Return the symbol of a gas's factor: one of its own, or that of the source's only gas."""
    own = f"EF_{gas}"
    return own if own in symbols else "EF"


def activity_in_tonnes(v: Values) -> Outcome:
    """Return activity × factor of each gas, for factors in tonnes."""
    amount = v[v.symbols[0]]
    return Outcome({gas: amount * v[factor_of(gas, v.symbols)] for gas in v.gases})


def activity_in_kilograms(v: Values) -> Outcome:
    """Return activity × factor / 1000 of each gas, for factors in kilograms."""
    amount = v[v.symbols[0]]
    return Outcome({gas: amount * v[factor_of(gas, v.symbols)] / KG_PER_T for gas in v.gases})


def biomass(v: Values) -> Outcome:
    """Q × EF_gas / 1000; CO2 of its carbon Q × C × 44/12 stands beside the total."""
    burnt = activity_in_kilograms(v)
    return Outcome(burnt.gas_t, biomass_co2_t=co2_from_carbon(v["Q"] * v["C"]))


def combustion_gases(v: Values) -> Outcome:
    """Return heat × EF_gas / 1000; the heat is AD, or FC × NCV / 1000."""
    heat_tj = _heat_gj(v) / GJ_PER_TJ
    return Outcome({gas: heat_tj * v[f"EF_{gas}"] / KG_PER_T for gas in v.gases})


def non_energy_use(v: Values) -> Outcome:
    """FC × NCV × CC × (1 − fixed) × 44/12, with AD × 1000 in place of FC × NCV."""
    return Outcome({"CO2": co2_from_carbon(_heat_gj(v) * v["CC"] * (1.0 - v["fixed"]))})


def _heat_gj(v: Values) -> Column:
    if not v.gives("FC"):
        return v["AD"] * GJ_PER_TJ
    heat = v["FC"] * v["NCV"]
    return given_or(v["AD"] * GJ_PER_TJ, heat) if v.gives("AD") else heat


def coal_seam(v: Values) -> Outcome:
    """(P × EF − R) × rho / 1000, with EF and R in cubic metres of methane."""
    return Outcome({v.gases[0]: (v["P"] * v["EF"] - v["R"]) * v["rho"] / KG_PER_T})


def clinker(v: Values) -> Outcome:
    """(Q_clinker − Q_slag_clinker) × EF."""
    return Outcome({"CO2": (v["Q_clinker"] - v["Q_slag_clinker"]) * v["EF"]})


def steel(v: Values) -> Outcome:
    """Fluxes × factors + (Q_pig_iron × C_pig_iron − Q_steel × C_steel) × 44/12."""
    fluxes = v["Q_limestone"] * v["EF_limestone"] + v["Q_dolomite"] * v["EF_dolomite"]
    carbon = v["Q_pig_iron"] * v["C_pig_iron"] - v["Q_steel"] * v["C_steel"]
    return Outcome({"CO2": fluxes + co2_from_carbon(carbon)})


def byproduct(v: Values) -> Outcome:
    """P × EF / 1000 − destroyed."""
    return Outcome({v.gases[0]: v["P"] * v["EF"] / KG_PER_T - v["destroyed"]})


def _write_tonnes(w: Written) -> str:
    return f"{w.symbols[0]} × {factor_of(w.gas, w.symbols)}"


def _write_kilograms(w: Written) -> str:
    return f"{_write_tonnes(w)} / 1000"


def _write_combustion(w: Written) -> str:
    heat = "AD" if "AD" in w.used else "FC × NCV / 1000"
    return f"{heat} × EF_{w.gas} / 1000"


def _write_non_energy(w: Written) -> str:
    heat = "AD × 1000" if "AD" in w.used else "FC × NCV"
    return f"{heat} × CC × (1 − fixed) × 44/12"


def _write_coal(_w: Written) -> str:
    return "(P × EF − R) × rho / 1000"


def _write_clinker(_w: Written) -> str:
    return "(Q_clinker − Q_slag_clinker) × EF"


def _write_steel(_w: Written) -> str:
    fluxes = "Q_limestone × EF_limestone + Q_dolomite × EF_dolomite"
    return f"{fluxes} + (Q_pig_iron × C_pig_iron − Q_steel × C_steel) × 44/12"


def _write_byproduct(_w: Written) -> str:
    return "P × EF / 1000 − destroyed"


# ── services/standards/formulas/land.py ─────────────────────────────────────────
# Kept as two steps so that 44/28 and 16/12 stay fractions.
N2O_MASS, NITROGEN_MASS = 44.0, 28.0
CH4_MASS = 16.0


def n2o_from_nitrogen(nitrogen_t: Column) -> Column:
    """Return tonnes of N2O from tonnes of nitrogen in it."""
    return nitrogen_t * N2O_MASS / NITROGEN_MASS


def farmland(v: Values) -> Outcome:
    """(N_fert + N_manure + N_straw) × EF × 44/28."""
    nitrogen = v["N_fert"] + v["N_manure"] + v["N_straw"]
    return Outcome({v.gases[0]: n2o_from_nitrogen(nitrogen * v["EF"])})


def deposition(v: Values) -> Outcome:
    """(N_excreted × volatil_manure + N_fert × volatil_fert) × EF × 44/28."""
    lost = v["N_excreted"] * v["volatil_manure"] + v["N_fert"] * v["volatil_fert"]
    return Outcome({v.gases[0]: n2o_from_nitrogen(lost * v["EF"])})


def leaching(v: Values) -> Outcome:
    """N_input × leached × EF × 44/28."""
    return Outcome({v.gases[0]: n2o_from_nitrogen(v["N_input"] * v["leached"] * v["EF"])})


def forest_conversion(v: Values) -> Outcome:
    """area × (B_before − B_after) × share × burnt × CF as CO2; on site CH4 and N2O of it too."""
    carbon = v["area"] * (v["B_before"] - v["B_after"]) * v["share"]
    if "oxidized" in v.symbols:
        carbon = carbon * v["oxidized"]
    carbon = carbon * v["CF"]
    gas_t = {"CO2": co2_from_carbon(carbon)}
    if "ratio_CH4" in v.symbols:
        gas_t["CH4"] = carbon * v["ratio_CH4"] * CH4_MASS / CARBON_MASS_NUMBER
        gas_t["N2O"] = n2o_from_nitrogen(carbon * v["NC_N2O"] * v["ratio_N2O"])
    return Outcome(gas_t)


def _write_farmland(_w: Written) -> str:
    return "(N_fert + N_manure + N_straw) × EF × 44/28"


def _write_deposition(_w: Written) -> str:
    return "(N_excreted × volatil_manure + N_fert × volatil_fert) × EF × 44/28"


def _write_leaching(_w: Written) -> str:
    return "N_input × leached × EF × 44/28"


def _write_conversion(w: Written) -> str:
    oxidized = " × oxidized" if "oxidized" in w.symbols else ""
    carbon = f"area × (B_before − B_after) × share{oxidized} × CF"
    ends = {"CH4": "ratio_CH4 × 16/12", "N2O": "NC_N2O × ratio_N2O × 44/28"}
    return f"{carbon} × {ends.get(w.gas, '44/12')}"


# ── services/standards/formulas/process.py ──────────────────────────────────────
CO2_PER_CAO = 44 / 56
CO2_PER_MGO = 44 / 40
CO2_PER_CACO3 = 44 / 100
CO2_PER_MGCO3 = 44 / 84
MINUTES_PER_DAY = 1440.0
NM3_PER_10_4 = 1e4
PER_T = "kg/t"


def mass_times_factors(v: Values) -> Outcome:
    """Return the product of all inputs of a source, such as Q × EF × purity."""
    return Outcome({"CO2": product_of(v, v.symbols)})


def oxide_balance(v: Values) -> Outcome:
    """(Q_clinker + dusts) × (CaO from carbonates × 44/56 + MgO from carbonates × 44/40)."""
    mass = v["Q_clinker"] + v["dust_kiln"] + v["dust_bypass"]
    per_tonne = (v["FR1"] - v["FR10"]) * CO2_PER_CAO + (v["FR2"] - v["FR20"]) * CO2_PER_MGO
    return Outcome({"CO2": mass * per_tonne})


def carbonate_mix(v: Values) -> Outcome:
    """Q × eta × (share_CaCO3 × 44/100 + share_MgCO3 × 44/84)."""
    per_tonne = v["share_CaCO3"] * CO2_PER_CACO3 + v["share_MgCO3"] * CO2_PER_MGCO3
    return Outcome({"CO2": v["Q"] * v["eta"] * per_tonne})


def gas_loss(v: Values) -> Outcome:
    """Return what equipment lost: (capacity_kg − recovered_kg) / 1000."""
    return Outcome({v.gases[0]: (v["capacity_kg"] - v["recovered_kg"]) / KG_PER_T})


def product_gas(v: Values) -> Outcome:
    """P × EF × (1 − eta × mu) for one gas; P × EF_gas for each of two."""
    if len(v.gases) > 1:
        return _perfluorocarbons(v)
    tonnes = v["P"] * v["EF"]
    if "eta" in v.symbols:
        tonnes = tonnes * (1.0 - v["eta"] * v["mu"])
    return Outcome({v.gases[0]: _tonnes(tonnes, v.unit("EF"))})


def _perfluorocarbons(v: Values) -> Outcome:
    factors = {gas: v[f"EF_{gas}"] for gas in v.gases}
    derived: dict[str, Column] = {}
    if v.gives("AEM"):
        cf4 = v["slope_CF4"] * v["AEM"]
        derived = {"EF_CF4": cf4, "EF_C2F6": v["ratio_C2F6"] * cf4}
        factors = {gas: given_or(derived[f"EF_{gas}"], factors[gas]) for gas in v.gases}
    gas_t = {gas: _tonnes(v["P"] * factors[gas], v.unit(f"EF_{gas}")) for gas in v.gases}
    return Outcome(gas_t, derived)


def _tonnes(amount: Column, unit: str) -> Column:
    return amount / KG_PER_T if unit == PER_T else amount


def gas_volume(v: Values) -> Outcome:
    """(vent + drain − flare − use) × rho, or V × purity × rho."""
    gas = v.gases[0]
    if "V" in v.symbols:
        return Outcome({gas: v["V"] * v["purity"] * v["rho"]})
    vent, derived = (v["vent"] if v.gives("vent") else nothing_given()), {}
    if v.gives("avg_m3_per_min"):
        by_flow = v["avg_m3_per_min"] * v["days"] * MINUTES_PER_DAY / NM3_PER_10_4
        vent = given_or(vent, by_flow)
        derived["vent"] = vent
    left = vent + v["drain"]
    if "flare" in v.symbols:
        left = left - v["flare"]
    return Outcome({gas: (left - v["use"]) * v["rho"]}, derived)


def waste_water(v: Values) -> Outcome:
    """((W × (COD_in − COD_out) − S) × Bo × MCF − R) / 1000."""
    removed = v["W"] * (v["COD_in"] - v["COD_out"]) - v["S"]
    return Outcome({v.gases[0]: (removed * v["Bo"] * v["MCF"] - v["R"]) / KG_PER_T})


def _product(w: Written) -> str:
    return " × ".join(w.symbols)


def _write_oxides(_w: Written) -> str:
    mass = "(Q_clinker + dust_kiln + dust_bypass)"
    return f"{mass} × ((FR1 − FR10) × 44/56 + (FR2 − FR20) × 44/40)"


def _write_carbonates(_w: Written) -> str:
    return "Q × eta × (share_CaCO3 × 44/100 + share_MgCO3 × 44/84)"


def _write_loss(_w: Written) -> str:
    return "(capacity_kg − recovered_kg) / 1000"


def _write_product_gas(w: Written) -> str:
    if f"EF_{w.gas}" in w.symbols:
        return f"P × EF_{w.gas} / 1000"
    if "eta" in w.symbols:
        return "P × EF × (1 − eta × mu)"
    return "P × EF / 1000"


def _write_volume(w: Written) -> str:
    if "V" in w.symbols:
        return "V × purity × rho"
    burnt = " − flare" if "flare" in w.symbols else ""
    return f"(vent + drain{burnt} − use) × rho"


def _write_waste_water(_w: Written) -> str:
    return "((W × (COD_in − COD_out) − S) × Bo × MCF − R) / 1000"


# ── services/standards/formulas/waste.py ────────────────────────────────────────
# What waste is sorted into: each part has a share W and a degradable carbon content DOC.
PARTS = ("paper", "textile", "food", "wood", "garden")


def landfill(v: Values) -> Outcome:
    """(MSW_T × MSW_F × L0 − R) × (1 − OX), L0 = MCF × DOC × DOCf × F × 16/12."""
    content, derived = _degradable(v)
    potential = v["MCF"] * content * v["DOCf"] * v["F"] * CH4_MASS / CARBON_MASS_NUMBER
    left = v["MSW_T"] * v["MSW_F"] * potential - v["R"]
    return Outcome({"CH4": left * (1.0 - v["OX"])}, {**derived, "L0": potential})


def _degradable(v: Values) -> tuple[Column, dict[str, Column]]:
    """Return the degradable carbon content: as given, or from what the waste is made of."""
    if not any(v.gives(f"W_{part}") for part in PARTS):
        return v["DOC"], {}
    content: Column = 0.0
    for part in PARTS:
        content = content + v[f"W_{part}"] * v[f"DOC_{part}"]
    if v.gives("DOC"):
        content = given_or(v["DOC"], content)
    return content, {"DOC": content}


def treated_water(v: Values) -> Outcome:
    """(TOW − S) × Bo × MCF − R; TOW follows from COD × BOD_COD where it is not given."""
    organic: Column = v["TOW"] if v.gives("TOW") else float("nan")
    derived: dict[str, Column] = {}
    if v.gives("COD"):
        organic = derived["TOW"] = given_or(organic, v["COD"] * v["BOD_COD"])
    if "S" in v.symbols:
        organic = organic - v["S"]
    return Outcome({"CH4": organic * v["Bo"] * v["MCF"] - v["R"]}, derived)


def sewage_nitrogen(v: Values) -> Outcome:
    """(population × Pr × F_NPR × F_NON_CON × F_IND_COM − N_S) × EF_E × 44/28 / 1000."""
    protein = v["population"] * v["Pr"]
    nitrogen = protein * v["F_NPR"] * v["F_NON_CON"] * v["F_IND_COM"] - v["N_S"]
    return Outcome({"N2O": n2o_from_nitrogen(nitrogen * v["EF_E"]) / KG_PER_T})


def _write_landfill(_w: Written) -> str:
    return "(MSW_T × MSW_F × L0 − R) × (1 − OX)"


def _write_water(w: Written) -> str:
    organic = "COD × BOD_COD" if "COD" in w.used else "TOW"
    organic = f"({organic} − S)" if "S" in w.symbols else organic
    return f"{organic} × Bo × MCF − R"


def _write_nitrogen(_w: Written) -> str:
    return "(population × Pr × F_NPR × F_NON_CON × F_IND_COM − N_S) × EF_E × 44/28 / 1000"


# ── services/standards/month_gaps.py ────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class MissingMonths:
    """The months of a period that a source and item entered by month says nothing of."""

    source: str
    item: str
    emission_scope: str
    months: tuple[int, ...]

    def as_json(self) -> dict[str, object]:
        """Return the entry as `shuangtan calculate` prints it."""
        return {"source": self.source, "item": self.item, "months": list(self.months)}


def missing_months(
    lines: Iterable[OfMonth], missing: Iterable[OfMonth], period: Period
) -> tuple[MissingMonths, ...]:
    """Return what was entered by month and not for every month of a period, as it was entered.

    A record says something of its month by a number, zero too, or by why it has none. A number of
    the whole year beside months holds what is in none of them, so that its item lacks no month.
    """
    stated: dict[tuple[str, str, str], set[int | None]] = {}
    for each in (*lines, *(record for record in missing if record.month is not None)):
        key = each.source, each.item, each.emission_scope
        stated.setdefault(key, set()).add(each.month)
    every = range(period[0].month, period[1].month + 1)
    return tuple(
        MissingMonths(*key, tuple(month for month in every if month not in months))
        for key, months in stated.items()
        if None not in months and not months.issuperset(every)
    )


# ── services/standards/missing.py ───────────────────────────────────────────────
NOT_ESTIMATED, NOT_OCCURRING = "not_estimated", "not_occurring"
INCLUDED_ELSEWHERE, CONFIDENTIAL = "included_elsewhere", "confidential"
# What does not occur, or stands elsewhere, leaves no gap in a total.
GAPS = (NOT_ESTIMATED, CONFIDENTIAL)
ESTIMATED = "estimated"
COUNTED = ("direct", "indirect", "deduct")


@dataclass(frozen=True, slots=True)
class Quality:
    """How much of a total is known: shares of 0 to 1.

    `completeness` is the share of records with a number among those that ought to have one;
    `estimated_share` that of the emissions, without their signs, that rest on an estimate.
    """

    completeness: float
    estimated_share: float


def quality_of(
    lines: Sequence[EmissionLine],
    missing: Sequence[MissingRecord],
    period: Period,
    scopes: Iterable[str] = COUNTED,
) -> Quality:
    """Return how much of the total of some scopes is known; what stands beside it is left out.

    A month of the period without a record, of what is entered by month, is a gap like a record
    without a number.
    """
    wanted = frozenset(scopes)
    counted = [line for line in lines if line.emission_scope in wanted]
    gaps = sum(m.emission_scope in wanted and m.notation in GAPS for m in missing)
    unsaid = missing_months(lines, missing, period)
    gaps += sum(len(u.months) for u in unsaid if u.emission_scope in wanted)
    numbers = len({line.record for line in counted})
    whole = math.fsum(abs(line.co2e_t) for line in counted)
    estimated = math.fsum([abs(line.co2e_t) for line in counted if is_estimated(line)])
    return Quality(
        completeness=numbers / (numbers + gaps) if gaps else 1.0,
        estimated_share=estimated / whole if whole else 0.0,
    )


def is_estimated(line: EmissionLine) -> bool:
    """Return whether any input of a line is an estimate of the reporter."""
    return ESTIMATED in [value.origin for value in line.inputs.values()]


# ── services/standards/totals.py ────────────────────────────────────────────────
DIRECT, INDIRECT, DEDUCT, MEMO = "direct", "indirect", "deduct", "memo"
# Where the parts by month say what is of the whole year; it stands after the last of them.
WHOLE_YEAR, _LAST = "year", 13
# What several roundings of a double may leave; more than that is a difference.
LAST_DIGITS = 1e-12
# Named apart because only their difference says whether a region imports.
NET_IMPORT = ("el_import", "el_export")


@dataclass(frozen=True, slots=True)
class Totals:
    """Totals in tonnes of CO2 equivalent; `memo` is outside of them."""

    total_t: float
    direct_t: float
    indirect_t: float
    deducted_t: float
    memo: Mapping[str, float]


def totals_of(lines: Sequence[Counted], biomass_co2_t: Sequence[float]) -> Totals:
    """Return what lines add up to; fsum rounds once, so that no order changes a total."""
    direct, deducted = _sum(_in_scope(lines, DIRECT)), _sum(_in_scope(lines, DEDUCT))
    indirect = _signed(_in_scope(lines, INDIRECT))
    total = math.fsum((direct, -deducted, indirect))
    memo = {"quota_t": direct - deducted, **_memo(_in_scope(lines, MEMO), biomass_co2_t)}
    memo |= _land_use(_in_scope(lines, LAND_USE), total)
    return Totals(total, direct, indirect, deducted, memo)


def parts_by_month(lines: Sequence[Dated], total_t: float) -> dict[str, float]:
    """Return what the total consists of by month; records of the whole year stand under "year".

    A month without lines is not there: nothing entered is not nothing emitted. Where no line names
    a month there are no parts. The last digits that rounding leaves stand in one of the larger
    parts, so that fsum of all parts is the total.
    """
    if all(line.month is None for line in lines):
        return {}
    found: dict[int, list[float]] = {}
    for line in lines:
        added = _added(line)
        if added is not None:
            found.setdefault(line.month or _LAST, []).append(added)
    parts = {
        WHOLE_YEAR if month == _LAST else str(month): math.fsum(found[month])
        for month in sorted(found)
    }
    return _settled(parts, total_t)


def _added(line: Counted) -> float | None:
    """Return what a line adds to the total; None for what stands beside it."""
    counting = {DIRECT: 1, DEDUCT: -1, INDIRECT: line.sign}
    factor = counting.get(line.emission_scope)
    return None if factor is None else factor * line.co2e_t


def _settled(parts: dict[str, float], total_t: float) -> dict[str, float]:
    rest = math.fsum((total_t, *(-part for part in parts.values())))
    if not rest or abs(rest) > LAST_DIGITS * max(map(abs, parts.values()), default=0.0):
        return parts
    for name in sorted(parts, key=lambda name: -abs(parts[name])):
        moved = parts | {name: parts[name] + rest}
        if math.fsum(moved.values()) == total_t:
            return moved
    return parts


def _memo(beside: Sequence[Counted], biomass_co2_t: Sequence[float]) -> dict[str, float]:
    """Return what is stated beside the total: biomass, and what a region trades."""
    memo = {}
    if any(biomass_co2_t):
        memo["biomass_co2_t"] = math.fsum(biomass_co2_t)
    for source in dict.fromkeys(line.source for line in beside):
        memo[f"{source}_t"] = _sum(line for line in beside if line.source == source)
    traded = [line for line in beside if line.source in NET_IMPORT]
    if traded:
        memo["el_net_import_t"] = _signed(traded)
    return memo


def _land_use(lines: Sequence[Counted], total_t: float) -> dict[str, float]:
    """Return the land use of a region (removals negative) and the total with it, if it has any."""
    if not lines:
        return {}
    land_use = [line.sign * line.co2e_t for line in lines]
    return {
        "land_use_t": math.fsum(land_use),
        "total_with_land_use_t": math.fsum((total_t, *land_use)),
    }


def _in_scope(lines: Sequence[Counted], scope: str) -> list[Counted]:
    return [line for line in lines if line.emission_scope == scope]


def _sum(lines: Iterable[Counted]) -> float:
    return math.fsum(line.co2e_t for line in lines)


def _signed(lines: Iterable[Counted]) -> float:
    return math.fsum(line.sign * line.co2e_t for line in lines)


# ── services/standards/sectors.py ───────────────────────────────────────────────


def sector_totals(
    lines: Iterable[EmissionLine], sector_by_source: Mapping[str, str]
) -> dict[str, float]:
    """Return what each sector with lines adds up to, removals taken off and memo lines left out.

    A sector without lines is not there: nothing entered is not nothing emitted.
    """
    found: dict[str, list[float]] = {}
    for line in lines:
        sector = sector_by_source.get(line.source, "")
        if sector and line.emission_scope != MEMO:
            found.setdefault(sector, []).append(line.sign * line.co2e_t)
    return {sector: math.fsum(found[sector]) for sector in SECTORS if sector in found}


# ── services/units.py ───────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as a multiple of the base unit of its dimension.

    Gas volume stands at normal conditions. Electricity is kept apart from heat, and carbon apart
    from carbon dioxide, so that one is never taken for the other.
    """

    name: str
    dimension: str
    scale: Fraction


class UnknownUnitNameError(LookupError):
    """No unit of this name is known."""
_TCE = Fraction("29.3076")  # GJ of a tonne of standard coal, by definition
_MILLI, _MICRO, _NANO, _KILO = (Fraction(10) ** power for power in (-3, -6, -9, 3))
_ONE = Fraction(1)


def _masses(of: str) -> dict[str, Fraction]:
    scales = {"t": _ONE, "kg": _MILLI, "g": _MICRO, "mg": _NANO, "kt": _KILO, "Mt": _KILO**2}
    return {f"{name}{of}": scale for name, scale in scales.items()}
_DIMENSIONS: Mapping[str, Mapping[str, Fraction]] = {
    "mass": {**_masses(""), "吨": _ONE, "千克": _MILLI, "公斤": _MILLI},
    "carbon": _masses("C"),
    "nitrogen": _masses("N"),
    "co2": _masses("CO2"),
    "co2e": _masses("CO2e"),
    "volume": {"m3": _ONE, "L": _MILLI, "立方米": _ONE, "升": _MILLI},
    "area": {
        **{"ha": _ONE, "hm2": _ONE, "km2": Fraction(100), "m2": _ONE / 10_000},
        **{"公顷": _ONE, "亩": _ONE / 15, "平方公里": Fraction(100)},
    },
    "animals": {"head": _ONE, "头": _ONE, "只": _ONE, "匹": _ONE, "峰": _ONE},
    "people": {"person": _ONE, "人": _ONE},
    "facilities": {"count": _ONE, "个": _ONE, "座": _ONE, "口": _ONE},
    "time": {"d": _ONE, "h": _ONE / 24, "min": _ONE / 1440, "天": _ONE, "小时": _ONE / 24},
    "anode_effect": {"min/(cell.day)": _ONE},
    "anode_effect_slope": {"kg.cell.day/(t.min)": _ONE},
    "gas_volume": {"Nm3": _ONE, "标立方米": _ONE, "标方": _ONE},
    "heat": {
        **{"GJ": _ONE, "MJ": _MILLI, "kJ": _MICRO, "TJ": _KILO, "PJ": _KILO**2, "EJ": _KILO**3},
        "kcal": Fraction("0.0000041868"),  # international table calorie
        **{"tce": _TCE, "kgce": _TCE / 1000, "吨标准煤": _TCE},
        **{"吉焦": _ONE, "百万千焦": _ONE, "太焦": _KILO, "兆焦": _MILLI},
    },
    "electricity": {
        **{"MWh": _ONE, "kWh": _MILLI, "GWh": _KILO, "TWh": _KILO**2},
        **{"兆瓦时": _ONE, "千瓦时": _MILLI, "度": _MILLI},
    },
    "pressure": {"MPa": _ONE, "MPa(abs)": _ONE, "kPa": _MILLI, "Pa": _MICRO, "bar": _ONE / 10},
    "temperature": {"degC": _ONE, "°C": _ONE, "℃": _ONE},
    "share": {"0..1": _ONE, "1": _ONE, "%": _ONE / 100, "‰": _MILLI},
}
_BASES: Mapping[str, tuple[str, Fraction]] = MappingProxyType(
    {
        name: (dimension, scale)
        for dimension, names in _DIMENSIONS.items()
        for name, scale in names.items()
    }
)
_PREFIXES = MappingProxyType(
    {"10^3 ": 10**3, "10^4 ": 10**4, "10^6 ": 10**6, "10^8 ": 10**8, "千": 10**3, "万": 10**4}
    | {"百万": 10**6, "亿": 10**8}
)
# Raised digits and full-width signs as people type them.
_SPELLINGS = str.maketrans(
    {"³": "3", "₂": "2", "／": "/", "％": "%", "（": "(", "）": ")", "×": "", "·": " "}
)
_RAISED = MappingProxyType({"10³": "10^3", "10⁴": "10^4", "10⁶": "10^6", "10⁸": "10^8"})


@lru_cache(maxsize=1024)
def unit(name: str) -> Unit:
    """Return the unit of a name such as t, 10^4 Nm3, 万kWh or kgCO2/kWh.

    >>> unit("kgCO2/kWh").scale == unit("tCO2/MWh").scale
    True
    """
    text = _spelled(name)
    if text in _BASES:
        return Unit(name, *_BASES[text])
    above, slash, below = text.partition("/")
    if not slash:
        return Unit(name, *_simple(text, name))
    (dimension, scale), (per, per_scale) = _simple(above, name), _simple(below, name)
    return Unit(name, f"{dimension}/{per}", scale / per_scale)


def convert(value: float, from_unit: str, to_unit: str) -> float:
    """Return the value in another unit of the same dimension; raise ValueError for unlike ones.

    >>> convert(93, "%", "0..1"), convert(1.5, "kt", "t"), convert(2, "万kWh", "MWh")
    (0.93, 1500.0, 20.0)
    """
    left, right = unit(from_unit), unit(to_unit)
    if left.dimension != right.dimension:
        raise ValueError(f"{from_unit} and {to_unit} measure different things.")
    ratio = left.scale / right.scale
    # One multiplication and one division keep decimal inputs exact where they can be.
    return value * ratio.numerator / ratio.denominator


def _spelled(name: str) -> str:
    text = name.strip()
    for raised, plain in _RAISED.items():
        text = text.replace(raised, plain)
    return text.translate(_SPELLINGS)


def _simple(text: str, name: str) -> tuple[str, Fraction]:
    text = text.strip()
    if text in _BASES:
        return _BASES[text]
    for prefix, factor in _PREFIXES.items():
        base = text.removeprefix(prefix).removeprefix(prefix.strip()).strip()
        if text.startswith(prefix.strip()) and base in _BASES:
            dimension, scale = _BASES[base]
            return dimension, scale * factor
    raise UnknownUnitNameError(name)


# ── kinds of formulas ────────────────────────────────────────────────────────────
FORMULAS = {
    "FUEL": SimpleNamespace(compute=fuel, of_sum=None, write=_write_fuel),
    "CARBON_MASS": SimpleNamespace(compute=carbon_mass, of_sum=None, write=_write_carbon_mass),
    "ANODE": SimpleNamespace(compute=anode, of_sum=None, write=_write_anode),
    "FLARE": SimpleNamespace(compute=flare, of_sum=None, write=_write_flare),
    "CARBON_BALANCE": SimpleNamespace(compute=stream_carbon, of_sum=co2_from_carbon, write=_write_balance),
    "MASS_EF": SimpleNamespace(compute=mass_times_factors, of_sum=None, write=_product),
    "OXIDE_BALANCE": SimpleNamespace(compute=oxide_balance, of_sum=None, write=_write_oxides),
    "CARBONATE_MIX": SimpleNamespace(compute=carbonate_mix, of_sum=None, write=_write_carbonates),
    "GAS_LOSS": SimpleNamespace(compute=gas_loss, of_sum=None, write=_write_loss),
    "PRODUCT_GAS": SimpleNamespace(compute=product_gas, of_sum=None, write=_write_product_gas),
    "GAS_VOLUME": SimpleNamespace(compute=gas_volume, of_sum=None, write=_write_volume),
    "COD_CH4": SimpleNamespace(compute=waste_water, of_sum=None, write=_write_waste_water),
    "ELECTRICITY": SimpleNamespace(compute=electricity, of_sum=None, write=_write_electricity),
    "TD_LOSS": SimpleNamespace(compute=grid_losses, of_sum=None, write=_write_losses),
    "HEAT": SimpleNamespace(compute=heat, of_sum=None, write=_write_heat),
    "ACTIVITY_T": SimpleNamespace(compute=activity_in_tonnes, of_sum=None, write=_write_tonnes),
    "ACTIVITY_KG": SimpleNamespace(compute=activity_in_kilograms, of_sum=None, write=_write_kilograms),
    "BIOMASS": SimpleNamespace(compute=biomass, of_sum=None, write=_write_kilograms),
    "COMBUSTION_GAS": SimpleNamespace(compute=combustion_gases, of_sum=None, write=_write_combustion),
    "NON_ENERGY": SimpleNamespace(compute=non_energy_use, of_sum=None, write=_write_non_energy),
    "COAL_SEAM": SimpleNamespace(compute=coal_seam, of_sum=None, write=_write_coal),
    "CLINKER_EF": SimpleNamespace(compute=clinker, of_sum=None, write=_write_clinker),
    "STEEL_BALANCE": SimpleNamespace(compute=steel, of_sum=None, write=_write_steel),
    "BYPRODUCT_GAS": SimpleNamespace(compute=byproduct, of_sum=None, write=_write_byproduct),
    "FARMLAND_N2O": SimpleNamespace(compute=farmland, of_sum=None, write=_write_farmland),
    "DEPOSITION_N2O": SimpleNamespace(compute=deposition, of_sum=None, write=_write_deposition),
    "LEACHING_N2O": SimpleNamespace(compute=leaching, of_sum=None, write=_write_leaching),
    "FOREST_CONVERSION": SimpleNamespace(compute=forest_conversion, of_sum=None, write=_write_conversion),
    "LANDFILL": SimpleNamespace(compute=landfill, of_sum=None, write=_write_landfill),
    "TREATED_WATER": SimpleNamespace(compute=treated_water, of_sum=None, write=_write_water),
    "SEWAGE_N2O": SimpleNamespace(compute=sewage_nitrogen, of_sum=None, write=_write_nitrogen),
}


# ── tools/verifier/findings.py ──────────────────────────────────────────────────
# Every difference that can be found, in Chinese and English.
WORDS = {
    "archive": ("压缩包结构已被改动", "the structure of the archive was changed"),
    "missing": ("缺少该文件", "the file is missing"),
    "crc": ("内容与压缩包内的校验码不符", "the content does not fit the archive's checksum"),
    "sha256": ("内容与清单中的SHA-256不符", "the content does not fit the SHA-256 in the manifest"),
    "seal": ("清单与其封签不符", "the manifest does not fit its seal"),
    "json": ("不是可读的JSON", "is no readable JSON"),
    "shape": ("结构不完整或已被改动", "its structure is incomplete or was changed"),
    "file_name": (
        "内容与其以哈希所取的文件名不符",
        "the content does not fit the hash it is named by",
    ),
    "no_row": ("没有任何一行写明该文件", "no row names the file"),
    "members": ("清单中的文件名单不完整", "the manifest does not list every file"),
    "unlike": ("与其他文件所述不一致", "is not what another file says"),
    "hash": ("与平台登记的哈希不符", "does not fit the hash that the platform recorded"),
    "activity": ("与活动数据不符", "is not what the activity record says"),
    "unused": ("活动数据中的该数未被采用", "the activity record states it, but no line uses it"),
    "no_record": ("没有对应的活动数据", "no activity record states it"),
    "no_line": ("没有结果行采用该记录", "no line comes from this record"),
    "factor": ("与因子表不符", "is not what the factor says"),
    "no_factor": ("因子表中没有该因子", "the factor is not among the factors"),
    "not_in_force": (
        "该因子当时不适用或尚未公布",
        "the factor did not apply or was not known then",
    ),
    "method": ("与方法不符", "is not what the method says"),
    "signature": (
        "检查点没有可信密钥的有效签名",
        "the checkpoint bears no good signature of a trusted key",
    ),
    "not_in_log": (
        "该记录与透明日志中封存的不符",
        "the record is not the one that was sealed in the transparency log",
    ),
    "root": ("检查点的根与所列叶子不符", "its root is not that of the leaves"),
    "leaf_gone": ("该位置的叶子已不在", "the leaf of this place is gone"),
    "not_sealed": ("叶子尚未封存，请稍后重新导出", "its leaf is not sealed; export again later"),
    "no_leaf": ("没有叶子：绕过日志添加", "it has no leaf: it was added behind the log's back"),
    "put_back": ("被改回以前的内容", "it was put back to what it said before"),
    "gone": ("记录已不在", "the record is gone"),
    "rewritten": (
        "被再次封存，且没有已注销账号可以解释",
        "it was sealed a second time, and no account that was closed explains it",
    ),
    "leaf_unknown": ("叶子类型不明", "a leaf of a kind that no record has"),
    "without_event": ("改动时没有留下审计事件", "it was changed, and no audit event tells of it"),
    "no_proof": ("没有透明日志的证明", "there is no proof from the transparency log"),
    "no_growth": (
        "没有证明日志只增不改",
        "nothing proves that the log only grew between these two",
    ),
    "recomputed": ("重算结果不同", "recomputes to another value"),
}


@dataclass(frozen=True)
class Finding:
    """One difference: the file or line, the quantity, and what stands against what."""

    where: str
    quantity: str
    kind: str
    stated: object = None
    found: object = None

    def __str__(self) -> str:
        place = f"{self.where} · {self.quantity}" if self.quantity else self.where
        chinese, english = WORDS[self.kind]
        numbers = ""
        if self.stated is not None or self.found is not None:
            numbers = f"  [写明 stated: {self.stated!r}; 应为 expected: {self.found!r}]"
        return f"✗ {place}: {chinese} · {english}{numbers}"


def same(stated: object, found: object) -> bool:
    """Return whether two numbers are the same to the last bit, or other values are equal."""
    numbers = (int, float)
    if isinstance(stated, bool) or not isinstance(stated, numbers):
        return stated == found and isinstance(stated, type(found))
    if isinstance(found, bool) or not isinstance(found, numbers):
        return False
    return float(stated).hex() == float(found).hex()


# ── tools/verifier/opening.py ───────────────────────────────────────────────────
MEMBERS = (
    MANIFEST,
    SEAL,
    "README.txt",
    "request.json",
    "activity.json",
    "method.json",
    "factors.json",
    "result.json",
    VERIFIER,
)
# Only some bundles have these: a split of heat and power, proofs of the transparency log.
BESIDE = (HEAT_POWER, LOG)
HEADER_BYTES, END_BYTES = 30, 22
# Where the checksum and the size stand in a header, and the checksum in an entry at the end.
CRC_AT, SIZE_AT, CRC_IN_ENTRY = 14, 18, 16
DIGEST_LETTERS = 64


class NotABundleError(Exception):
    """The file is no evidence bundle, or of a kind that this verifier does not know."""


def members_of(data: bytes) -> tuple[dict[str, bytes], list[Finding]]:
    """Return the files of the archive as far as they can be read, and what of it was changed."""
    if b"PK" not in data:
        raise NotABundleError("不是压缩包 · no archive")
    members: dict[str, bytes] = {}
    findings: list[Finding] = []
    place = 0
    waiting = list(MEMBERS)
    while waiting:
        name = waiting.pop(0)
        found = _member(data, place, name)
        if found is None:
            return members, [*findings, Finding(name, f"header at byte {place}", "archive")]
        members[name], is_intact = found
        if not is_intact:
            findings.append(Finding(name, "CRC-32", "crc"))
        place += HEADER_BYTES + len(name) + len(members[name])
        if name == MANIFEST:
            # The first file says what stands behind the last of those that every bundle has.
            waiting += _enclosed(members[name])
    return members, [*findings, *_changed_end(data, members, place)]


def _enclosed(manifest: bytes) -> list[str]:
    """Return the names of what only some bundles have; none of an unreadable manifest."""
    try:
        listed = json.loads(manifest.decode())["members"]
    except (LookupError, TypeError, ValueError):
        return []
    beside = [name for name in BESIDE if name in listed]
    return beside + sorted(name for name in listed if name.startswith(FILES_FOLDER))


def _member(data: bytes, place: int, name: str) -> tuple[bytes, bool] | None:
    """Return a content and whether its checksum fits; nothing when its header was changed."""
    start = place + HEADER_BYTES + len(name)
    header = data[place:start]
    if len(header) < HEADER_BYTES + len(name):
        return None
    size = struct.unpack_from("<L", header, SIZE_AT)[0]
    content = data[start : start + size]
    expected = local_header(name, content)
    # A changed content is named for itself; the rest of the header has to be as it was made.
    if _without(header, CRC_AT) != _without(expected, CRC_AT):
        return None
    return content, header == expected


def _changed_end(data: bytes, members: Mapping[str, bytes], at: int) -> Iterator[Finding]:
    """Compare the directory, entry by entry, and the end with those that belong to the files."""
    offset = 0
    for name, content in members.items():
        entry = directory_entry(name, content, offset)
        header = data[offset : offset + HEADER_BYTES]
        stated = data[at : at + len(entry)]
        # Here too a changed content is no change of the entry: its checksum is that of the header.
        is_known = stated[CRC_IN_ENTRY:][:4] == header[CRC_AT:][:4]
        if _without(stated, CRC_IN_ENTRY) != _without(entry, CRC_IN_ENTRY) or not is_known:
            yield Finding(name, f"directory entry at byte {at}", "archive")
        offset += HEADER_BYTES + len(name) + len(content)
        at += len(entry)
    expected = archive_of(members, data[-DIGEST_LETTERS:])
    end = slice(at, at + END_BYTES)
    if data[end] != expected[end] or len(data) != len(expected):
        yield Finding("archive", f"end, from byte {at}", "archive")


def _without(text: bytes, place: int) -> bytes:
    return text[:place] + text[place + 4 :]


def check_seal(data: bytes, members: Mapping[str, bytes]) -> Iterator[Finding]:
    """Compare the manifest with its two seals: the file beside it and the archive's comment."""
    if not {MANIFEST, SEAL} <= members.keys():
        return
    digest = hashlib.sha256(members[MANIFEST]).hexdigest()
    beside = members[SEAL] == f"{digest}  {MANIFEST}\n".encode()
    behind = data[-DIGEST_LETTERS:] == digest.encode()
    if beside and not behind:
        yield Finding("archive", "comment", "seal")
    elif behind and not beside:
        yield Finding(SEAL, "", "seal")
    elif not (beside or behind):
        yield Finding(MANIFEST, "", "seal")


def check_hashes(members: Mapping[str, bytes], manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare every file with the hash that the manifest holds of it."""
    listed = manifest["members"]
    others = {name for name in listed if not name.startswith(FILES_FOLDER)}
    if others - {*BESIDE} != set(MEMBERS) - {MANIFEST, SEAL}:
        yield Finding(MANIFEST, "members", "members")
    for name, content in members.items():
        if name not in listed:
            continue
        digest = hashlib.sha256(content).hexdigest()
        if (listed[name]["sha256"], listed[name]["bytes"]) != (digest, len(content)):
            yield Finding(name, "SHA-256", "sha256")


def check_enclosures(
    members: Mapping[str, bytes], activity: Mapping[str, Any], request: Mapping[str, Any]
) -> Iterator[Finding]:
    """Compare the evidence files, named by their content, with those that rows and values name."""
    told = {_digest_in(file["member"]): file["member"] for file in activity["files"]}
    for name in sorted({n for n in members if n.startswith(FILES_FOLDER)} | set(told.values())):
        if name not in members:
            yield Finding(name, "", "missing")
        elif hashlib.sha256(members[name]).hexdigest() != _digest_in(name):
            yield Finding(name, "SHA-256", "file_name")
        elif name not in told.values():
            yield Finding("activity.json", name, "members")
    named = dict([*_files_of_rows(activity["rows"]), *_files_of_values(request["records"])])
    for digest in sorted(named.keys() - told.keys()):
        yield Finding("activity.json", named[digest], "missing", digest)
    for digest in sorted(told.keys() - named.keys()):
        yield Finding("activity.json", "files", "no_row", digest)


def _files_of_rows(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield each file that a row names, and where it stands."""
    for number, row in enumerate(rows):
        for digest in row["cells"].get("files", "").split():
            yield digest, f"rows[{number}] · files"


def _files_of_values(records: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield each file behind a measured value of the organization, and where it stands."""
    for number, record in enumerate(records):
        for symbol, cell in (record.get("inputs") or {}).items():
            own = cell.get("own_value") if isinstance(cell, dict) else None
            for digest in (own or {}).get("files", []):
                yield digest, f"records[{number}].inputs.{symbol}"


def _digest_in(name: str) -> str:
    return name.removeprefix(FILES_FOLDER).partition(".")[0]


def documents_of(members: Mapping[str, bytes]) -> tuple[dict[str, Any], list[Finding]]:
    """Return the JSON files as documents, and which of them cannot be read."""
    documents, findings = {}, []
    beside = [name for name in BESIDE if name in members]
    for name in (*MEMBERS, *beside):
        if not name.endswith(".json"):
            continue
        if name not in members:
            findings.append(Finding(name, "", "missing"))
            continue
        try:
            documents[name] = json.loads(members[name].decode())
        except ValueError:
            findings.append(Finding(name, "", "json"))
    return documents, findings


def check_schema(documents: Mapping[str, Any]) -> None:
    """Raise NotABundleError for a bundle of another kind."""
    manifest = documents.get(MANIFEST)
    schema = manifest.get("schema") if isinstance(manifest, dict) else None
    if schema != SCHEMA and str(schema).startswith(SCHEMA.partition("/")[0]):
        raise NotABundleError(f"版本 · schema {schema!r} ≠ {SCHEMA!r}")


# ── tools/verifier/ed25519.py ───────────────────────────────────────────────────
PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, -1, PRIME) % PRIME
ROOT_OF_MINUS_ONE = pow(2, (PRIME - 1) // 4, PRIME)
BASE_Y = 4 * pow(5, -1, PRIME) % PRIME
POINT_BYTES, SIGNED_BYTES = 32, 64
# A point in extended coordinates: x/z, y/z, and xy/z.
Point = tuple[int, int, int, int]
NEUTRAL: Point = (0, 1, 1, 0)


def is_signature(public: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether a signature of the message was made with the key of this public key."""
    if len(public) != POINT_BYTES or len(signature) != SIGNED_BYTES:
        return False
    key, commitment = point_of(public), point_of(signature[:POINT_BYTES])
    scalar = int.from_bytes(signature[POINT_BYTES:], "little")
    if key is None or commitment is None or scalar >= ORDER:
        return False
    digest = hashlib.sha512(signature[:POINT_BYTES] + public + message).digest()
    factor = int.from_bytes(digest, "little") % ORDER
    base = point_of(BASE_Y.to_bytes(POINT_BYTES, "little"))
    return base is not None and _same_point(
        _times(scalar, base), _ed25519_sum(commitment, _times(factor, key))
    )


def point_of(content: bytes) -> Point | None:
    """Return the point that 32 bytes stand for, or None."""
    number = int.from_bytes(content, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    if y >= PRIME:
        return None
    square = (y * y - 1) * pow(CURVE * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME:
        x = x * ROOT_OF_MINUS_ONE % PRIME
    if (x * x - square) % PRIME or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = PRIME - x
    return (x, y, 1, x * y % PRIME)


def _ed25519_sum(left: Point, right: Point) -> Point:
    a = (left[1] - left[0]) * (right[1] - right[0]) % PRIME
    b = (left[1] + left[0]) * (right[1] + right[0]) % PRIME
    c = 2 * left[3] * right[3] * CURVE % PRIME
    d = 2 * left[2] * right[2] % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME)


def _times(scalar: int, point: Point) -> Point:
    found = NEUTRAL
    while scalar:
        if scalar & 1:
            found = _ed25519_sum(found, point)
        point = _ed25519_sum(point, point)
        scalar >>= 1
    return found


def _same_point(left: Point, right: Point) -> bool:
    return not (
        (left[0] * right[2] - right[0] * left[2]) % PRIME
        or (left[1] * right[2] - right[1] * left[2]) % PRIME
    )


# ── tools/verifier/proofs.py ────────────────────────────────────────────────────
PROOFS = "shuangtan.proofs/1"
GROWTH = "old "
TOTALS = ("total_t", "direct_t", "indirect_t", "deducted_t")
SALT_BYTES = 16


@dataclass(frozen=True)
class Kept:
    """What an auditor brings along: keys to trust, earlier checkpoints, proofs of growth."""

    keys: Sequence[PublicKey] = ()
    checkpoints: Sequence[str] = ()
    growth: Sequence[str] = ()


def check_proofs(proofs: Mapping[str, Any], kept: Kept) -> Iterator[Finding]:
    """Check every record of a file of proofs, its checkpoint, and what was kept from before."""
    try:
        checkpoint = read_checkpoint(proofs["checkpoint"])
    except NoteError as error:
        yield Finding(LOG, f"checkpoint: {error}", "shape")
        return
    if not has_signature(checkpoint, kept.keys):
        yield Finding(LOG, f"checkpoint {checkpoint.size}", "signature")
    for told in proofs["records"]:
        if not _is_proved(told, checkpoint):
            yield Finding(f"{told['kind']} {told['record']}", "", "not_in_log")
    yield from _check_growth(checkpoint, kept)


def has_signature(checkpoint: Checkpoint, keys: Sequence[PublicKey]) -> bool:
    """Return whether a checkpoint is signed by one of the keys, which name the log too."""
    return any(
        key.name == checkpoint.origin and is_signature(key.public, message, signature)
        for key in keys
        for message, signature in signed_by(checkpoint, key)
    )


def check_run(
    documents: Mapping[str, Any], members: Mapping[str, bytes], proofs: Mapping[str, Any]
) -> Iterator[Finding]:
    """Compare the proved records with the documents in hand: what is proved is what is here."""
    manifest = documents[MANIFEST]
    records = {(told["kind"], told["record"]): told["fields"] for told in proofs["records"]}
    run = records.get(("run", manifest["run"]["id"]))
    sent = records.get(("submission", documents["activity.json"]["submission"]["id"]))
    if run is None or sent is None:
        yield Finding(LOG, "run" if run is None else "submission", "no_proof")
        return
    for name, stated, found in (*_of_run(documents, run), *_of_submission(documents, run, sent)):
        if not same(stated, found):
            yield Finding(LOG, name, "unlike", stated, found)
    yield from _of_files(members, records)


def check_document(proofs: Mapping[str, Any], content: bytes) -> Iterator[Finding]:
    """Compare a document with the record about it: a report's file, an evidence file."""
    digest = hashlib.sha256(content).hexdigest()
    told = [each["fields"].get("content") for each in proofs["records"]]
    if digest not in told:
        yield Finding(LOG, "SHA-256", "sha256", told, digest)


def _is_proved(told: Mapping[str, Any], checkpoint: Checkpoint) -> bool:
    """Return whether a record, made from its fields as they are here, is in the tree."""
    kind = BY_NAME.get(told["kind"])
    if kind is None or set(told["fields"]) != set(kind.names):
        return False
    values = [told["fields"][name] for name in kind.names]
    key = "/".join(str(told["fields"][name]) for name in kind.key)
    salt = base64.b64decode(told["salt"])
    if key != told["record"] or len(salt) != SALT_BYTES:
        return False
    commitment = commitment_of(salt, canonical(kind.name, values))
    leaf = leaf_hash(leaf_content(kind.name, told["record"], commitment))
    path = [base64.b64decode(step) for step in told["path"]]
    return is_included(leaf, told["index"], checkpoint.size, path, checkpoint.root)


def _of_run(
    documents: Mapping[str, Any], run: Mapping[str, Any]
) -> Iterator[tuple[str, object, object]]:
    manifest, result = documents[MANIFEST], documents["result.json"]
    for name in TOTALS:
        yield f"run.{name}", float(run[name]), result["totals"][name]
    for name in ("method", "known_on", "gwp_set"):
        yield f"run.{name}", run[name], manifest[name]
    yield "run.year", int(run["year"]), manifest["year"]
    yield "run.input_hash", run["input_hash"], manifest["run"]["input_hash"]
    if run["lines_digest"] is not None:
        digest = lines_digest([document_text(line) for line in result["lines"]])
        yield "run.lines_digest", run["lines_digest"], digest


def _of_submission(
    documents: Mapping[str, Any], run: Mapping[str, Any], sent: Mapping[str, Any]
) -> Iterator[tuple[str, object, object]]:
    told = documents["activity.json"]["submission"]
    yield "run.submission_id", run["submission_id"], told["id"]
    yield "submission.rows_hash", sent["rows_hash"], told["rows_sha256"]
    yield "submission.version", int(sent["version"]), told["version"]
    own = run["own_records"]
    records = json.loads(sent["records"] if own is None else own)
    # The log keeps texts in one form of Unicode (NFC), whichever was typed.
    here = json.dumps(documents["request.json"]["records"], ensure_ascii=False)
    yield "submission.records", records, json.loads(unicodedata.normalize("NFC", here))


def _of_files(
    members: Mapping[str, bytes], records: Mapping[tuple[str, str], Mapping[str, Any]]
) -> Iterator[Finding]:
    proved = {fields["content"] for (kind, _), fields in records.items() if kind == "attachment"}
    for name, content in members.items():
        if not name.startswith(FILES_FOLDER):
            continue
        if hashlib.sha256(content).hexdigest() not in proved:
            yield Finding(name, "", "no_proof")


def _check_growth(checkpoint: Checkpoint, kept: Kept) -> Iterator[Finding]:
    """Check that what was kept from before and what is here are one log that only grew."""
    earlier = []
    for text in kept.checkpoints:
        try:
            earlier.append(read_checkpoint(text))
        except NoteError as error:
            yield Finding("checkpoint", str(error), "shape")
    steps = list(_steps(kept))
    for each in earlier:
        if not has_signature(each, kept.keys):
            yield Finding("checkpoint", str(each.size), "signature")
        if not _is_one_log(each, checkpoint, steps):
            yield Finding("checkpoint", f"{each.size} → {checkpoint.size}", "no_growth")


def _steps(kept: Kept) -> Iterator[tuple[int, Checkpoint, list[bytes]]]:
    for text in kept.growth:
        head, _, note = text.partition("\n\n")
        size, *path = head.removeprefix(GROWTH).split("\n")
        try:
            found = read_checkpoint(note)
            yield int(size), found, [base64.b64decode(step, validate=True) for step in path]
        except ValueError:
            continue


def _is_one_log(
    left: Checkpoint, right: Checkpoint, steps: Sequence[tuple[int, Checkpoint, list[bytes]]]
) -> bool:
    first, second = sorted((left, right), key=lambda each: each.size)
    if first.size == second.size:
        return first.root == second.root
    return any(
        (size, found.size, found.root) == (first.size, second.size, second.root)
        and is_consistent((first.size, second.size), (first.root, second.root), path)
        for size, found, path in steps
    )


# ── tools/verifier/export.py ────────────────────────────────────────────────────


@dataclass(frozen=True)
class Told:
    """What a leaf says: kind, record, the transaction that wrote it, salt and commitment."""

    kind: str
    record: str
    xid: int
    salt: bytes | None
    commitment: bytes


@dataclass(frozen=True)
class Tree:
    """How many leaves are listed, and the roots at the sizes that are told of."""

    size: int
    roots: Mapping[int, bytes]


@dataclass
class Export:
    """An exported log; `newest` has the last leaf about each record, `earlier` those before."""

    archive: zipfile.ZipFile
    newest: dict[tuple[str, str], Told] = field(default_factory=dict)
    earlier: dict[tuple[str, str], list[Told]] = field(default_factory=dict)
    first: dict[tuple[str, str], int | None] = field(default_factory=dict)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    leaves: list[Told] = field(default_factory=list)
    story: Story = field(default_factory=lambda: Story(datetime.now(UTC)))
    roots: Mapping[int, bytes] = field(default_factory=dict)
    rewritten: dict[str, dict[str, str | None]] = field(default_factory=dict)
    records: int = 0
    removed: int = 0
    erased: int = 0

    def rows(self, name: str) -> Iterator[Any]:
        """Yield the rows of a member."""
        with self.archive.open(name) as stream:
            yield from map(json.loads, stream)

    def take(self, leaf: Told, place: int | None) -> None:
        """Keep what a leaf says of its record."""
        self.counts[leaf.kind, leaf.record] += 1
        self.first.setdefault((leaf.kind, leaf.record), place)
        self.leaves.append(leaf)
        name = leaf.kind.removesuffix(REMOVED)
        # Of what can only be added, no leaf may say that it was removed.
        if leaf.kind not in LEAF_KINDS:
            return
        about = (name, leaf.record)
        if about in self.newest:
            self.earlier.setdefault(about, []).append(self.newest[about])
        self.newest[about] = leaf

    def has_twice(self, kind: Kind, record: str) -> bool:
        """Return whether what never changes was sealed more often than it was there."""
        removed = self.counts[kind.name + REMOVED, record]
        return not kind.changes and self.counts[kind.name, record] > 1 + removed


def verify_export(data: bytes, kept: Kept) -> tuple[list[Finding], Export]:
    """Return every record, leaf and checkpoint that is not as it was sealed."""
    try:
        export = Export(zipfile.ZipFile(io.BytesIO(data)))
        about = json.loads(export.archive.read(ABOUT))
        if about["form"] != EXPORT_FORM:
            raise NotABundleError(ABOUT)
        findings = list(_check_tree(export, about, kept))
        for kind in KINDS:
            findings += _check_kind(export, kind)
        findings += _check_gone(export, _sealed(export, about, kept))
        findings += _check_told(export.leaves)
        findings += _check_parts(export)
        findings += _check_rewritten(export, findings)
    except (KeyError, TypeError, ValueError, AttributeError, zipfile.BadZipFile) as error:
        raise NotABundleError(f"{type(error).__name__}: {error}") from None
    return findings, export


def is_export(data: bytes) -> bool:
    """Return whether a file is the export of a log."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return LEAVES in archive.namelist()
    except (zipfile.BadZipFile, ValueError):
        return False


def _check_tree(export: Export, about: Mapping[str, Any], kept: Kept) -> Iterator[Finding]:
    checkpoints = [read_checkpoint(note) for note in about["checkpoints"]]
    earlier = [read_checkpoint(note) for note in kept.checkpoints]
    roots: dict[int, bytes] = {0: EMPTY_ROOT}
    wanted = {each.size for each in (*checkpoints, *earlier)}
    known: dict[Subtree, bytes] = {}
    size = 0
    for size, row in enumerate(export.rows(LEAVES), start=1):
        leaf = None if row is None else _told_leaf(row)
        if leaf is None:
            yield Finding(f"position {size - 1}", "", "leaf_gone")
        else:
            export.take(leaf, size - 1)
            if leaf.kind not in LEAF_KINDS:
                yield Finding(f"{leaf.kind} {leaf.record}", "", "leaf_unknown")
        known |= appended(size - 1, [_hash(leaf)], known)
        if size in wanted:
            roots[size] = root(size, known)
    for row in export.rows(UNSEALED):
        leaf = _told_leaf(row)
        export.take(leaf, None)
        yield Finding(f"{leaf.kind} {leaf.record}", "", "not_sealed")
    export.roots = roots
    tree = Tree(size, roots)
    yield from _check_checkpoints(tree, (checkpoints, earlier), kept)


def _check_checkpoints(
    tree: Tree, told: tuple[Sequence[Checkpoint], Sequence[Checkpoint]], kept: Kept
) -> Iterator[Finding]:
    """Hold the newest checkpoint and those kept from before to a key, and all to the leaves."""
    checkpoints, earlier = told
    newest = checkpoints[-1:]
    for each in (*newest, *earlier):
        if not has_signature(each, kept.keys):
            yield Finding(f"checkpoint {each.size}", "", "signature")
    for each in (*checkpoints, *earlier):
        if tree.roots.get(each.size) != each.root:
            yield Finding(f"checkpoint {each.size}", "", "root")
    if not newest or newest[0].size != tree.size:
        yield Finding(f"checkpoint {tree.size}", "", "root")


def _told_leaf(row: Sequence[Any]) -> Told:
    kind, record, xid, salt, commitment = row
    salted = None if salt is None else base64.b64decode(salt)
    return Told(kind, record, int(xid), salted, base64.b64decode(commitment))


def _hash(leaf: Told | None) -> bytes:
    if leaf is None:
        return EMPTY_ROOT
    return leaf_hash(leaf_content(leaf.kind, leaf.record, leaf.commitment))


def _check_kind(export: Export, kind: Kind) -> Iterator[Finding]:
    """Compare the records of a kind with the newest leaves about them."""
    for record, *fields in export.rows(f"records/{kind.name}.jsonl"):
        export.records += 1
        told = dict(zip(kind.names, fields, strict=True))
        if kind.name == EVENT:
            export.story.take(told)
        if export.has_twice(kind, record):
            export.rewritten[record] = told | {"": kind.name}
        leaf = export.newest.pop((kind.name, record), None)
        content = canonical(kind.name, fields)
        named = "/".join(str(fields[kind.names.index(column)]) for column in kind.key)
        if leaf is not None and leaf.kind == kind.name and named == record:
            if _fits(leaf, content):
                continue
            before = export.earlier.get((kind.name, record), [])
            how = "put_back" if any(_fits(each, content) for each in before) else "not_in_log"
            yield Finding(f"{kind.name} {record}", "", how)
            continue
        yield Finding(f"{kind.name} {record}", "", "no_leaf")


def _fits(leaf: Told, content: bytes) -> bool:
    return leaf.salt is not None and commitment_of(leaf.salt, content) == leaf.commitment


def _check_gone(export: Export, sealed: Mapping[datetime, int]) -> Iterator[Finding]:
    """Name what leaves tell of and is not there, but for what the log itself explains."""
    for (kind, record), leaf in export.newest.items():
        if leaf.kind.endswith(REMOVED):
            continue
        leaves = export.counts[kind, record] - export.counts[kind + REMOVED, record]
        place = export.first[kind, record]
        gone = GoneRecord(kind, record, place, leaves, leaf.salt, leaf.commitment)
        how = export.story.explains_gone(gone, sealed)
        if how == "removed":
            export.removed += 1
        elif how == "erased":
            export.erased += 1
        else:
            yield Finding(f"{kind} {record}", "", "gone")


def _sealed(export: Export, about: Mapping[str, Any], kept: Kept) -> Mapping[datetime, int]:
    """Return for each limit of forgetting how many leaves were sealed by then."""

    def is_good(each: Checkpoint) -> bool:
        return export.roots.get(each.size) == each.root and has_signature(each, kept.keys)

    checkpoints = [read_checkpoint(note) for note in about["checkpoints"]]
    return {until: sealed_by(checkpoints, until, is_good) for until in export.story.limits()}


def _check_rewritten(export: Export, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Name what was sealed a second time, but for events from which a name was erased."""
    names = (each.where.partition(" ") for each in findings)
    differing = ((kind, record) for kind, _, record in names)
    accounts = believed(_accounts(export), differing) if export.rewritten else {}
    for record, told in export.rewritten.items():
        kind = str(told[""])
        leaves = export.counts[kind, record]
        if kind != EVENT or not export.story.explains_rewritten(told, leaves, accounts):
            yield Finding(f"{kind} {record}", "", "rewritten")


def _accounts(export: Export) -> dict[str, Account]:
    """Return what records show of the people whose accounts are said to be closed."""
    roles: dict[str, list[str]] = {}
    for told in _of_kind(export, MEMBERSHIP):
        if told["ended_at"] is None:
            until = told["valid_to"] or "9999-12-31"
            roles.setdefault(str(told["person_id"]), []).append(until)
    return {
        person: Account(_is_shut(export, person), tuple(roles.get(person, ())))
        for person in export.story.people()
    }


def _is_shut(export: Export, person: str) -> bool:
    newest = export.newest.get((CREDENTIAL, person))
    return newest is not None and newest.kind.endswith(REMOVED)


def _of_kind(export: Export, kind: str) -> Iterator[dict[str, str | None]]:
    for _, *fields in export.rows(f"records/{kind}.jsonl"):
        yield dict(zip(BY_NAME[kind].names, fields, strict=True))


def _check_told(leaves: Sequence[Told]) -> Iterator[Finding]:
    """Name what was changed, the triggers standing, in a transaction that left no event."""
    told = {leaf.xid for leaf in leaves if leaf.kind == EVENT}
    begun = min((leaf.xid for leaf in leaves), default=0)
    named = {
        (leaf.kind.removesuffix(REMOVED), leaf.record)
        for leaf in leaves
        if leaf.kind in ALWAYS_TOLD and leaf.xid > begun and leaf.xid not in told
    }
    for kind, record in sorted(named):
        yield Finding(f"{kind} {record}", "", "without_event")


def _check_parts(export: Export) -> Iterator[Finding]:
    """Compare lines and rows with the digests that runs and submissions keep of them."""
    digests = dict(_digests(export, "run", "lines_digest"))
    for run_id, texts in export.rows(LINES):
        expected = digests.pop(run_id, "")
        if expected is not None and lines_digest(texts) != expected:
            yield Finding(f"run {run_id}", "lines", "not_in_log")
    for run_id, expected in digests.items():
        if expected not in (None, lines_digest(())):
            yield Finding(f"run {run_id}", "lines", "not_in_log")
    hashes = dict(_digests(export, "submission", "rows_hash"))
    for submission_id, rows in export.rows(ROWS):
        if fingerprint(rows) != hashes.get(submission_id):
            yield Finding(f"submission {submission_id}", "rows", "not_in_log")


def _digests(export: Export, kind: str, name: str) -> Iterator[tuple[str, str | None]]:
    (found,) = (each for each in KINDS if each.name == kind)
    place = found.names.index(name)
    for record, *fields in export.rows(f"records/{kind}.jsonl"):
        yield record, fields[place]


# ── tools/verifier/balance.py ───────────────────────────────────────────────────
DEDUCTED = {"direct": "deduct"}


@dataclass
class Balanced:
    """A record's inputs as its formula takes them: the amount as if stated, without the terms.

    `counting` is scope and sign of its lines; what is sold beyond what is bought counts against.
    """

    inputs: dict[str, Any]
    counting: dict[str, Any]
    findings: list[Finding] = field(default_factory=list)


def balanced_inputs(
    source: Mapping[str, Any], item: str, inputs: Mapping[str, Any], place: str
) -> Balanced:
    """Return the inputs with the amount recomputed, and what of the balance differs."""
    counting = {name: source[name] for name in ("emission_scope", "sign")}
    terms = {n.removeprefix(PREFIX): g for n, g in inputs.items() if n.startswith(PREFIX)}
    plain = {name: given for name, given in inputs.items() if not name.startswith(PREFIX)}
    found = Balanced(plain, counting)
    if not terms:
        return found
    form = _form_of(source, item)
    own_use = terms.pop(OWN_USE.removeprefix(PREFIX), None)
    if form is None or not {*terms} <= {*form["counts"]}:
        found.findings.append(Finding(place, "balance", "method", sorted(terms)))
        return found
    _recompute(found, form, terms, place)
    uses = weighed_sum({name: given["value"] for name, given in terms.items()}, form["uses"])
    stated = own_use["value"] if own_use else None
    expected = uses if form["uses"] != form["counts"] else None
    if uses < 0 or not same(stated, expected):
        found.findings.append(Finding(place, f"inputs.{OWN_USE}", "recomputed", stated, expected))
    return found


def _recompute(
    found: Balanced, form: Mapping[str, Any], terms: Mapping[str, Any], place: str
) -> None:
    """Put the recomputed amount in place of the stated one."""
    symbol = next(s for s in form["symbols"] if s in found.inputs)
    amount = found.inputs[symbol]
    counted = weighed_sum({name: given["value"] for name, given in terms.items()}, form["counts"])
    units = [given["unit"] for given in terms.values()]
    if any(unit != amount["unit"] for unit in units):
        found.findings.append(Finding(place, "balance", "method", units, amount["unit"]))
    is_possible = counted >= 0 or form["is_net"]
    if amount["origin"] != "derived" or not is_possible or not same(amount["value"], abs(counted)):
        where = f"inputs.{symbol}"
        found.findings.append(Finding(place, where, "recomputed", amount["value"], abs(counted)))
    found.inputs[symbol] = {**amount, "value": abs(counted), "origin": "measured"}
    if counted < 0:
        scope, sign = found.counting["emission_scope"], found.counting["sign"]
        found.counting = {"emission_scope": DEDUCTED.get(scope, scope), "sign": -sign}


def _form_of(source: Mapping[str, Any], item: str) -> Mapping[str, Any] | None:
    """Return the form that an item takes; one made for it goes before."""
    known = source.get("balances") or []
    fitting = [form for form in known if not form["items"] or item in form["items"]]
    named = [form for form in fitting if form["items"]]
    return next(iter([*named, *fitting]), None)


# ── tools/verifier/heat_power.py ────────────────────────────────────────────────
SPLIT_BY = ("heat_supplied", "heat_generated", "power_supplied")


def check_split(documents: Mapping[str, Any]) -> Iterator[Finding]:
    """Recompute every figure of the split from what was supplied, and the total of the result."""
    stated, method = documents[HEAT_POWER], documents[MANIFEST]["method"]
    if stated["method"] != method:
        yield Finding(HEAT_POWER, "method", "unlike", stated["method"], method)
    supplied, generated, power = (float(stated[name]) for name in SPLIT_BY)
    # Not a comparison of the opposite, so that what is no number is refused too.
    if not (0 <= supplied <= generated and generated > 0 and power >= 0):
        yield Finding(HEAT_POWER, "heat_supplied", "method", supplied, generated)
        return
    total_t = documents["result.json"]["totals"]["total_t"]
    found = heat_power_figures(supplied, generated, power, total_t)
    for name, value in found.items():
        if not same(stated[name], value):
            yield Finding(HEAT_POWER, name, "recomputed", stated[name], value)


# ── tools/verifier/recompute.py ─────────────────────────────────────────────────
RESULT, REQUEST = "result.json", "request.json"
GIVEN = ("measured", "estimated")
SIGNS = {"in": 1.0, "out": -1.0}
STATUSES = ("verified", "secondary", "recalled")
BALANCE = "CARBON_BALANCE"
Given = dict[str, Any]


@dataclass
class Bundle:
    """The documents of a bundle, by what they hold."""

    request: dict[str, Any]
    sources: dict[str, Any]
    scopes: dict[str, str]
    factors: dict[str, Any]
    lines: list[dict[str, Any]]
    gwp_set: str
    last_day: date
    defaults_on: date
    known_on: date
    first_day: date
    counted: list[Any] = field(default_factory=list)
    biomass_co2_t: list[float] = field(default_factory=list)


def bundle_from(documents: Mapping[str, Any]) -> Bundle:
    """Return the documents as a bundle."""
    request, method = documents[REQUEST], documents["method.json"]
    whole = [f"{request['year']}-01-01", f"{request['year']}-12-31"]
    first, last = map(date.fromisoformat, request.get("period") or whole)
    return Bundle(
        request=request,
        sources={source["code"]: source for source in method["sources"]},
        scopes={source["code"]: source["emission_scope"] for source in method["sources"]},
        factors={factor["code"]: factor for factor in documents["factors.json"]["factors"]},
        lines=documents[RESULT]["lines"],
        gwp_set=request.get("gwp_set") or method["gwp_set"],
        last_day=last,
        # Before a method's first day, for comparison, its defaults are those of that day.
        defaults_on=max(last, date.fromisoformat(method["valid_from"])),
        known_on=date.fromisoformat(request["known_on"]),
        first_day=first,
    )


class RecordValues:
    """The quantities of a record as a formula asks for them; a balance has one row a stream."""

    def __init__(self, source: Mapping[str, Any], streams: Sequence[Mapping[str, Given]]) -> None:
        self._entries = {entry["symbol"]: entry for entry in source["inputs"]}
        self._streams = streams
        self.gases = tuple(source["gases"])
        self.symbols = tuple(self._entries)

    def __getitem__(self, symbol: str) -> Array:
        return Array(self._value(stream.get(symbol)) for stream in self._streams)

    def gives(self, symbol: str) -> bool:
        """Return whether the record itself states a quantity."""
        return any(s[symbol]["origin"] in GIVEN for s in self._streams if symbol in s)

    def unit(self, symbol: str) -> str:
        """Return the unit of a quantity as the method has it."""
        unit: str = self._entries[symbol]["unit"]
        return unit

    def _value(self, given: Given | None) -> float:
        if given is None or given["origin"] == "derived":
            return math.nan
        return float(given["value"])


def check_lines(bundle: Bundle) -> Iterator[Finding]:
    """Recompute every record, and keep what its lines count for the totals."""
    by_record: dict[int, list[int]] = {}
    for number, line in enumerate(bundle.lines):
        by_record.setdefault(line["record"], []).append(number)
    if list(by_record) != sorted(by_record):
        yield Finding(RESULT, "lines", "shape")
    for record, numbers in by_record.items():
        yield from _check_record(bundle, record, numbers)
    behind = {n for record in by_record for n in _records_behind(bundle, record)}
    for number, raw in enumerate(bundle.request["records"]):
        if number in behind or raw.get("missing"):
            continue
        yield Finding(REQUEST, f"records[{number}]", "no_line")


def _check_record(bundle: Bundle, record: int, numbers: Sequence[int]) -> Iterator[Finding]:
    lines = [bundle.lines[number] for number in numbers]
    source = bundle.sources[lines[0]["source"]]
    place = f"{RESULT} lines[{numbers[0]}]"
    inputs, unlike = _together(lines, place)
    yield from unlike
    yield from _check_activity(bundle, record, lines, inputs)
    yield from _check_origins(bundle, source, inputs, place)
    balanced = balanced_inputs(source, lines[0]["item"], inputs, place)
    yield from balanced.findings
    inputs = balanced.inputs
    streams = _streams(inputs) if source["kind"] == BALANCE else {"": inputs}
    formula: Any = FORMULAS[source["kind"]]
    outcome = formula.compute(RecordValues(source, list(streams.values())))
    gas_t = {gas: _gas_tonnes(column, streams, formula) for gas, column in outcome.gas_t.items()}
    yield from _check_derived(outcome, inputs, place)
    if [line["gas"] for line in lines] != list(gas_t):
        yield Finding(place, "gas", "method", [line["gas"] for line in lines], list(gas_t))
        return
    used = frozenset(s for s, given in inputs.items() if given["origin"] != "derived")
    for number, line in zip(numbers, lines, strict=True):
        symbols = tuple(entry["symbol"] for entry in source["inputs"])
        written = Written(symbols, frozenset() if "" not in streams else used, line["gas"])
        expected = {"gas_t": gas_t[line["gas"]], "formula": formula.write(written)}
        yield from _check_line(bundle, number, balanced.counting, expected)
    if outcome.biomass_co2_t is not None:
        stated = _first(outcome.biomass_co2_t)
        # Of a fuel without its carbon content the CO2 beside the total is unknown.
        bundle.biomass_co2_t += [] if math.isnan(stated) else [stated]


def _together(
    lines: Sequence[Mapping[str, Any]], place: str
) -> tuple[dict[str, Given], list[Finding]]:
    """Return the inputs of all lines of a record; each line leaves out those of other gases."""
    inputs: dict[str, Given] = {}
    unlike = []
    for line in lines:
        for given in line["inputs"]:
            known = inputs.setdefault(given["symbol"], given)
            if not (same(given["value"], known["value"]) and given["unit"] == known["unit"]):
                unlike.append(Finding(place, given["symbol"], "unlike", given, known))
    return inputs, unlike


def _streams(inputs: Mapping[str, Given]) -> dict[str, dict[str, Given]]:
    """Return the inputs of a balance by stream, in[0] or out[3], in the order of the line."""
    streams: dict[str, dict[str, Given]] = {}
    for name, given in inputs.items():
        stream, _, symbol = name.partition(".")
        streams.setdefault(stream, {})[symbol] = given
    return streams


def _gas_tonnes(column: Any, streams: Mapping[str, Any], formula: Any) -> float:
    """Return tonnes of gas; the streams of a balance are added in their order, with signs."""
    if "" in streams:
        return _first(column)
    total = 0.0
    for stream, amount in zip(streams, column, strict=True):
        total += SIGNS[stream.partition("[")[0]] * amount
    return float(formula.of_sum(total))


def _first(column: Any) -> float:
    return float(column[0]) if isinstance(column, Array) else float(column)


def _check_derived(outcome: Any, inputs: Mapping[str, Given], place: str) -> Iterator[Finding]:
    for symbol, given in inputs.items():
        if given["origin"] != "derived":
            continue
        if symbol not in outcome.derived:
            yield Finding(place, f"inputs.{symbol}", "method")
            continue
        value = _first(outcome.derived[symbol])
        if not same(given["value"], value):
            yield Finding(place, f"inputs.{symbol}", "recomputed", given["value"], value)


def _check_line(
    bundle: Bundle, number: int, counting: Mapping[str, Any], expected: dict[str, Any]
) -> Iterator[Finding]:
    line, place = bundle.lines[number], f"{RESULT} lines[{number}]"
    own = {given["symbol"]: given for given in line["inputs"]}
    stated = own.get(f"GWP_{line['gas']}") or own.get("GWP")
    code = f"GWP.{bundle.gwp_set}.{line['gas']}"
    if not stated and code not in bundle.factors:
        yield Finding(place, code, "no_factor")
        return
    expected["gwp"] = stated["value"] if stated else bundle.factors[code]["value"]
    expected["co2e_t"] = expected["gas_t"] * expected["gwp"]
    for name in ("formula", "gas_t", "gwp", "co2e_t"):
        if not same(line[name], expected[name]):
            yield Finding(place, name, "recomputed", line[name], expected[name])
    for name in ("emission_scope", "sign"):
        if not same(line[name], counting[name]):
            yield Finding(place, name, "method", line[name], counting[name])
    told = {**counting, **{name: line[name] for name in ("source", "item", "record")}}
    told["co2e_t"] = expected["co2e_t"]
    told["month"] = month_of(bundle.request["records"][line["record"]])
    if not same(line.get("month"), told["month"]):
        yield Finding(place, "month", "activity", line.get("month"), told["month"])
    inputs = {symbol: SimpleNamespace(origin=given["origin"]) for symbol, given in own.items()}
    bundle.counted.append(SimpleNamespace(inputs=inputs, **told))


def month_of(raw: Mapping[str, Any]) -> int | None:
    """Return the month of a record: 3, or 2023-03; None for the whole year."""
    value = raw.get("month")
    return int(str(value).rpartition("-")[2]) if value else None


def _records_behind(bundle: Bundle, record: int) -> list[int]:
    """Return the records of a line: several where each is a stream of one balance."""
    records = bundle.request["records"]
    if not records[record].get("direction"):
        return [record]
    code = records[record]["source"]
    return [n for n, r in enumerate(records) if r.get("direction") and r["source"] == code]


def _cells(bundle: Bundle, record: int) -> dict[str, Any]:
    """Return what the records behind a line state, named as on the line."""
    raw = bundle.request["records"][record]
    source = bundle.sources[raw["source"]]
    symbols = {n: e["symbol"] for e in source["inputs"] for n in (e["symbol"], *e["aliases"])}
    terms = {f"{PREFIX}{term}": cell for term, cell in (raw.get("balance") or {}).items()}
    streams: list[tuple[str, Mapping[str, Any]]] = [("", (raw.get("inputs") or {}) | terms)]
    if raw.get("direction"):
        behind = [bundle.request["records"][n] for n in _records_behind(bundle, record)]
        streams = _numbered((r["direction"].lower(), r["inputs"]) for r in behind)
    elif source["kind"] == BALANCE:
        sides = ((side, s) for side in SIGNS for s in raw["inputs"].get(side, ()))
        streams = _numbered(sides)
    return {
        f"{stream}.{symbols.get(name, name)}".lstrip("."): cell
        for stream, cells in streams
        for name, cell in cells.items()
        if name != "item"
    }


def _numbered(sides: Any) -> list[tuple[str, Mapping[str, Any]]]:
    counts = dict.fromkeys(SIGNS, 0)
    streams = []
    for side, cells in sides:
        streams.append((f"{side}[{counts[side]}]", cells))
        counts[side] += 1
    return streams


def _check_activity(
    bundle: Bundle,
    record: int,
    lines: Sequence[Mapping[str, Any]],
    inputs: Mapping[str, Given],
) -> Iterator[Finding]:
    """Compare what a line says was stated with the records, unit by unit."""
    raw, place = bundle.request["records"][record], f"{RESULT} record {record}"
    is_balance = bundle.sources[lines[0]["source"]]["kind"] == BALANCE
    item = "" if is_balance else (raw.get("item") or "").lower()
    for line in lines:
        for name, value in (("source", raw["source"]), ("item", item)):
            if line[name] != value:
                yield Finding(place, name, "activity", line[name], value)
    cells = _cells(bundle, record)
    unused = [s for s in cells if s not in inputs or inputs[s]["origin"] not in GIVEN]
    for symbol in set(unused) - _ignored(lines):
        yield Finding(f"{REQUEST} records[{record}]", symbol, "unused")
    for symbol, given in inputs.items():
        if given["origin"] in GIVEN:
            yield from _check_given(given, cells.get(symbol), place)


def _check_given(given: Given, cell: Any, place: str) -> Iterator[Finding]:
    where = f"inputs.{given['symbol']}"
    if cell is None:
        yield Finding(place, where, "no_record", given["value"])
        return
    value, origin = _stated(cell, given["unit"])
    if not same(given["value"], value):
        yield Finding(place, where, "activity", given["value"], value)
    if given["origin"] != origin:
        yield Finding(place, where, "activity", given["origin"], origin)


def _stated(cell: Any, unit: str) -> tuple[float, str]:
    """Return the value of a cell in the unit of the line, and how it was found."""
    if not isinstance(cell, dict):
        return abs(float(cell)), GIVEN[0]
    own = cell.get("unit", unit)
    return abs(convert(float(cell["value"]), own, unit)), cell.get("origin", GIVEN[0])


def _ignored(lines: Sequence[Mapping[str, Any]]) -> set[str]:
    """Return the quantities of which a remark says that another went before them."""
    notices = (n for line in lines for n in line["notices"] if n["key"] == "ignored")
    return {symbol for notice in notices for symbol in notice["values"]["symbols"].split(", ")}


def _check_origins(
    bundle: Bundle, source: Mapping[str, Any], inputs: Mapping[str, Given], place: str
) -> Iterator[Finding]:
    """Trace every quantity that the record does not state to the method or a factor."""
    entries = {entry["symbol"]: entry for entry in source["inputs"]}
    for name, given in inputs.items():
        entry, where = entries.get(name.rpartition(".")[2]), f"inputs.{name}"
        if name.startswith(PREFIX):
            # The terms of a balance have no entry of their own; they are checked as a whole.
            continue
        if entry is None:
            if given["origin"] != "derived":
                yield Finding(place, where, "method", given["origin"])
            continue
        if given["unit"] not in entry["unit"].split(" or "):
            yield Finding(place, where, "method", given["unit"], entry["unit"])
        yield from _check_origin(bundle, entry, given, (place, where))


def _check_origin(
    bundle: Bundle, entry: Mapping[str, Any], given: Given, place: tuple[str, str]
) -> Iterator[Finding]:
    origin = given["origin"]
    if origin == "constant":
        if not any(same(given["value"], value) for value in _constants(entry)):
            yield Finding(*place, "method", given["value"], _constants(entry))
    elif origin in ("default", "policy"):
        yield from _check_factor(bundle, given, *place)
    elif origin not in (*GIVEN, "derived"):
        yield Finding(*place, "method", origin)


def _constants(entry: Mapping[str, Any]) -> list[float]:
    """Return the constants that a method itself sets for a quantity."""
    own = [] if entry["constant"] is None else [float(entry["constant"])]
    written = (entry["default"] or "").split("|")
    return own + [float(part[1:]) for part in written if part.startswith("=")]


def _check_factor(bundle: Bundle, given: Given, place: str, where: str) -> Iterator[Finding]:
    parts = [bundle.factors.get(code) for code in given["factor"].split("*")]
    factors = [factor for factor in parts if factor is not None]
    if len(factors) < len(parts):
        yield Finding(place, where, "no_factor", given["factor"])
        return
    value = math.prod(factor["value"] for factor in factors)
    if not same(given["value"], value):
        yield Finding(place, where, "factor", given["value"], value)
    status = max((factor["status"] for factor in factors), key=STATUSES.index)
    if given["status"] != status:
        yield Finding(place, where, "factor", given["status"], status)
    for factor in factors:
        if not _in_force(bundle, factor):
            yield Finding(place, where, "not_in_force", factor["code"])


def _in_force(bundle: Bundle, factor: Mapping[str, Any]) -> bool:
    if factor["code"].startswith("GWP."):
        # The set of warming potentials is chosen by the method or the order, not by the day.
        return True
    applies_from = date.fromisoformat(factor["applies_from"])
    known_from = date.fromisoformat(factor["published"] or factor["applies_from"])
    return applies_from <= bundle.defaults_on and known_from <= bundle.known_on


# ── tools/verifier/verdict.py ───────────────────────────────────────────────────
ACTIVITY = "activity.json"
OPTIONS = ("--key", "--checkpoint", "--growth")
OK, DIFFERS, UNUSABLE = 0, 1, 2
USAGE = """\
用法 · usage: python3 carbon_verify.py 证据包.zip
  [--key 日志公钥 log key]... [--checkpoint 以前的检查点 kept checkpoint]...
  [--growth 增长证明 proof of growth]...
python3 carbon_verify.py --key … proof.json [文件 document]
python3 carbon_verify.py --key … [--checkpoint …] 日志导出 export.zip"""
NOT_PROVED = """\
本核验不证明 · what this does not prove:
  - 活动数据真实、完整，原始凭证属实 · that the activity is true and complete
  - 因子与公布的文件一致，没有更新的因子 · that factors are those of the documents, or the newest
  - 方法适用于该单位 · that the method is the right one for the organization
  - 所填文字读成的数是填报人的本意 · that a typed text was read as it was meant
  - 证据包出自该平台且未被整体重做 · that nobody made the whole bundle anew: compare the
    input hash below with the one on the platform's result page and report"""
# With keys to trust, a bundle made anew does show: its records are not in the log.
LOGGED = "透明日志 · in the transparency log, signed by the trusted key"


def verify(data: bytes, kept: Kept | None = None) -> tuple[list[Finding], Mapping[str, Any]]:
    """Return everything that differs in a bundle, and its documents.

    Without keys to trust, proofs of the transparency log are not looked at.
    """
    members, findings = members_of(data)
    documents, unreadable = documents_of(members)
    broken = list(check_seal(data, members))
    if not broken:
        check_schema(documents)
    findings += [*broken, *unreadable]
    if MANIFEST in documents:
        findings += _guarded(MANIFEST, check_hashes, members, documents[MANIFEST])
    if not unreadable:
        told = documents[ACTIVITY], documents[REQUEST]
        findings += _guarded(ACTIVITY, check_enclosures, members, *told)
        findings += _guarded(RESULT, _check_documents, documents)
    if kept is not None and not unreadable:
        findings += _guarded(LOG, _check_log, documents, members, kept)
    return list({str(finding): finding for finding in findings}.values()), documents


def verify_proofs(data: bytes, document: bytes | None, kept: Kept) -> list[Finding]:
    """Return what differs in a file of proofs, and in the document that it is about."""
    try:
        proofs = json.loads(data.decode())
    except ValueError:
        raise NotABundleError("不是证明文件 · no file of proofs") from None
    if not isinstance(proofs, dict) or proofs.get("form") != PROOFS:
        raise NotABundleError("不是证明文件 · no file of proofs")
    findings = _guarded(LOG, check_proofs, proofs, kept)
    if document is not None:
        findings += _guarded(LOG, check_document, proofs, document)
    return findings


def _check_log(
    documents: Mapping[str, Any], members: Mapping[str, bytes], kept: Kept
) -> Iterator[Finding]:
    if LOG not in documents:
        yield Finding(LOG, "", "no_proof")
        return
    yield from check_proofs(documents[LOG], kept)
    yield from check_run(documents, members, documents[LOG])


def _guarded(where: str, check: Any, *arguments: Any) -> list[Finding]:
    """Return what a check finds; where it cannot go on, the structure was changed."""
    findings: list[Finding] = []
    try:
        findings.extend(check(*arguments))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        told = f"{type(error).__name__}: {error}"
        findings.append(Finding(where, told, "shape"))
    return findings


def _check_documents(documents: Mapping[str, Any]) -> Iterator[Finding]:
    yield from _check_links(documents)
    bundle = bundle_from(documents)
    yield from check_lines(bundle)
    yield from _check_totals(documents, bundle)
    if HEAT_POWER in documents:
        yield from check_split(documents)


def _check_totals(documents: Mapping[str, Any], bundle: Bundle) -> Iterator[Finding]:
    found = totals_of(bundle.counted, bundle.biomass_co2_t)
    result = documents[RESULT]
    for name, value in result["totals"].items():
        if not same(value, getattr(found, name)):
            yield Finding(RESULT, name, "recomputed", value, getattr(found, name))
        if not same(documents[MANIFEST]["totals"].get(name), value):
            yield Finding(MANIFEST, name, "unlike", documents[MANIFEST]["totals"].get(name), value)
    sectors = {code: source["sector"] for code, source in bundle.sources.items()}
    parts = {
        "memo": found.memo,
        "sectors": sector_totals(bundle.counted, sectors),
        "by_month": parts_by_month(bundle.counted, found.total_t),
    }
    beside = {f"{p}.{name}": value for p, group in parts.items() for name, value in group.items()}
    stated = {f"{p}.{name}": value for p in parts for name, value in result.get(p, {}).items()}
    missing: Any = list(_missing(bundle))
    period = bundle.first_day, bundle.last_day
    yield from _check_months(result, missing_months(bundle.counted, missing, period))
    quality = quality_of(bundle.counted, missing, period)
    for name in ("completeness", "estimated_share"):
        beside[name], stated[name] = getattr(quality, name), result[name]
    for name in dict.fromkeys([*beside, *stated]):
        if not same(stated.get(name), beside.get(name)):
            yield Finding(RESULT, name, "recomputed", stated.get(name), beside.get(name))


def _missing(bundle: Bundle) -> Iterator[SimpleNamespace]:
    """Yield what the records without a number are about."""
    for raw in bundle.request["records"]:
        if raw.get("missing"):
            scope, item = bundle.scopes[raw["source"]], (raw.get("item") or "").lower()
            told = {"source": raw["source"], "item": item, "month": month_of(raw)}
            yield SimpleNamespace(emission_scope=scope, notation=raw["missing"], **told)


def _check_months(result: Mapping[str, Any], found: Iterable[MissingMonths]) -> Iterator[Finding]:
    """Compare the months that nothing is said of."""
    stated, unsaid = result.get("missing_months", []), [each.as_json() for each in found]
    if stated != unsaid:
        yield Finding(RESULT, "missing_months", "recomputed", stated, unsaid)


def _check_links(documents: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare what several files say of the same, and the hashes that the platform recorded."""
    manifest, request = documents[MANIFEST], documents["request.json"]
    method, activity = documents["method.json"], documents[ACTIVITY]
    pairs = (
        ("year", manifest["year"], request["year"]),
        ("known_on", manifest["known_on"], request["known_on"]),
        ("gwp_set", manifest["gwp_set"], request.get("gwp_set") or method["gwp_set"]),
        ("method", manifest["method"], method["designation"]),
        ("method", request["method"], method["designation"]),
    )
    for name, stated, found in pairs:
        if not same(stated, found):
            yield Finding(MANIFEST, name, "unlike", stated, found)
    run, submission = manifest["run"], activity["submission"]
    if submission:
        rows = [[r["source"], r["item"], r["cells"], r["note"]] for r in activity["rows"]]
        if fingerprint(rows) != submission["rows_sha256"]:
            yield Finding(ACTIVITY, "rows", "hash")
    if run and not run["restates"]:
        names = ("method", "year", "region", "records", "known_on", "purpose")
        if fingerprint({name: request[name] for name in names}) != run["input_hash"]:
            yield Finding("request.json", "records", "hash")


def main(arguments: list[str]) -> int:
    """Verify the bundle named on the command line and return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        options, files = _options(arguments)
        kept = _kept(options)
        if len(files) not in (1, 2):
            raise NotABundleError("…")
        contents = [Path(name).read_bytes() for name in files]
        if is_export(contents[0]):
            findings, export = verify_export(contents[0], kept or Kept())
            told = list(_told_export(findings, export))
        elif contents[0].startswith(b"PK"):
            findings, documents = verify(contents[0], kept)
            logged = [] if kept is None or findings else [f"  {LOGGED}"]
            told = [*_told(findings, documents), *logged, "", NOT_PROVED]
        else:
            beside = contents[1] if len(contents) > 1 else None
            findings = verify_proofs(contents[0], beside, kept or Kept())
            told = list(_told_proofs(findings))
    except (OSError, NotABundleError, NoteError) as error:
        sys.stderr.write(f"无法核验 · cannot verify: {error}\n{USAGE}\n")
        return UNUSABLE
    sys.stdout.write("\n".join([*told, ""]))
    return DIFFERS if findings else OK


def _options(arguments: list[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the options with their values, and the names of files."""
    options, files, rest = [], [], list(arguments)
    while rest:
        word = rest.pop(0)
        if word in OPTIONS and rest:
            options.append((word, rest.pop(0)))
        elif word.startswith("-"):
            raise NotABundleError(word)
        else:
            files.append(word)
    return options, files


def _kept(options: list[tuple[str, str]]) -> Kept | None:
    """Return what an auditor brings along; None where nothing was named."""
    if not options:
        return None
    keys, checkpoints, growth = (
        [value for name, value in options if name == wanted] for wanted in OPTIONS
    )
    texts = [[Path(name).read_text(encoding="utf-8") for name in p] for p in (checkpoints, growth)]
    return Kept([read_key(key) for key in keys], *texts)


def _told_proofs(findings: list[Finding]) -> Iterator[str]:
    if findings:
        yield f"不一致 · DIFFERS: {len(findings)}"
        yield from map(str, findings)
    else:
        yield "一致 · OK: 记录在透明日志中 · every record is in the transparency log"


def _told_export(findings: list[Finding], export: Export) -> Iterator[str]:
    yield f"不一致 · DIFFERS: {len(findings)}" if findings else "一致 · OK"
    yield from map(str, findings)
    yield f"  记录 · records: {export.records}"
    if export.removed:
        yield f"  随示例数据公开移除 · removed openly with the sample: {export.removed}"
    if export.erased:
        yield f"  到期清除的审计事件 · events of the trail erased after their time: {export.erased}"


def _told(findings: list[Finding], documents: Mapping[str, Any]) -> Iterator[str]:
    if findings:
        yield f"不一致 · DIFFERS: {len(findings)}"
        yield from map(str, findings)
        return
    manifest, result = documents[MANIFEST], documents[RESULT]
    yield "一致 · OK"
    yield f"  {manifest['method']}, {manifest['year']}, known_on {manifest['known_on']}"
    if manifest["run"]:
        yield f"  input_hash {manifest['run']['input_hash']}"
    yield f"  结果行 · lines: {len(result['lines'])}"
    for name, value in result["totals"].items():
        yield f"  {name} = {value!r} tCO2e"
    for name, value in documents.get(HEAT_POWER, {}).items():
        if name in ("heat_t", "power_t"):
            yield f"  {name} = {value!r} tCO2e"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
