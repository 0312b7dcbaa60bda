"""Text on paper: made harmless for every writer, with real sub- and superscripts."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Position = Literal["normal", "sub", "super"]

DIMENSIONLESS = frozenset({"", "1", "0..1", "%"})
# The embedded fonts lack ₂, so that small digits are written as digits, lowered or raised.
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789−", strict=True))
_SMALL = re.compile(f"([{''.join(_LOWERED)}]+|[{''.join(_RAISED)}]+)")
_SPACES = re.compile(r"[\t\r\n\v\f\u2028\u2029]+")
# Controls, surrogates, private and unassigned characters, and marks that turn the reading
# direction: no file format may hold the first, and the last can disguise a name.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text at one height."""

    text: str
    position: Position


def printable(text: str) -> str:
    """Return the text on one line, with characters that cannot be printed named: [U+0007]."""
    single = _SPACES.sub(" ", text)
    return "".join(_named(c) if unicodedata.category(c) in _HIDDEN else c for c in single)


def covered(text: str, characters: frozenset[int]) -> str:
    """Return the text with characters that no font holds named by their number."""
    return "".join(c if ord(c) in characters else _named(c) for c in text)


def runs(text: str) -> tuple[Run, ...]:
    """Return the text cut where it is lowered or raised: CO₂ is CO and a lowered 2."""
    return tuple(_run(piece) for piece in _SMALL.split(text) if piece)


def plain(text: str) -> str:
    """Return the text as it is read out of a file: small digits are digits."""
    return "".join(run.text for run in runs(text))


def unit_text(unit: str) -> str:
    """Return a unit as it is printed: tCO2/MWh is tCO₂/MWh, 10^4 Nm3 is 10⁴ Nm³."""
    if unit in DIMENSIONLESS:
        return "1"
    shown = unit.replace("CO2", "CO₂").replace("degC", "℃").replace("10^4", "10⁴")
    shown = re.sub(r"10\^3", "10³", shown)
    return re.sub(r"m3\b", "m³", shown)


def gas_text(gas: str) -> str:
    """Return a gas as it is printed: CO2 is CO₂."""
    return re.sub(r"\d", lambda found: "₀₁₂₃₄₅₆₇₈₉"[int(found[0])], gas)


def _run(piece: str) -> Run:
    if piece[0] in _LOWERED:
        return Run("".join(_LOWERED[c] for c in piece), "sub")
    if piece[0] in _RAISED:
        return Run("".join(_RAISED[c] for c in piece), "super")
    return Run(piece, "normal")


def _named(character: str) -> str:
    return f"[U+{ord(character):04X}]"
