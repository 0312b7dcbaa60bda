"""Which factor a default names: {table}.{item}.NCV, {edition}.EF, A*B, A|B and =n."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import prod

from services.i18n.words import Words
from services.standards.model import CONSTANT, Factor

_ITEM = re.compile(r"\{item(?::([A-Z0-9_,]+))?\}")
_TABLE = re.compile(r"([A-Z0-9_]+)(?:\{([A-Z0-9_,]+)\})?")
# From the surest to the least sure.
_STATUSES = ("verified", "secondary", "recalled")


@dataclass(frozen=True, slots=True)
class Slot:
    """What fills the places of a pattern: the item and the option of a key, empty for none."""

    item: str
    key: str = ""
    option: str = ""


def tables_of(chain: str) -> dict[str, frozenset[str] | None]:
    """Return the tables of a chain such as A>B{X,Y}, with the items each is limited to.

    >>> tables_of("A>B{X}")
    {'A': None, 'B': frozenset({'X'})}
    """
    found: dict[str, frozenset[str] | None] = {}
    for part in filter(None, chain.split(">")):
        match = _TABLE.fullmatch(part)
        if match is None:
            raise ValueError(f"{part} is no table")
        found[match[1]] = frozenset(match[2].split(",")) if match[2] else None
    return found


def written_out(pattern: str, chain: str) -> str:
    """Return a pattern with {table} replaced by each table of the chain in turn.

    >>> written_out("{table}.{item}.NCV|=1", "A>B{X}")
    'A.{item}.NCV|B.{item:X}.NCV|=1'
    """
    alternatives = []
    for alternative in filter(None, pattern.split("|")):
        if "{table}" not in alternative:
            alternatives.append(alternative)
            continue
        for table, only in tables_of(chain).items():
            item = f"{{item:{','.join(sorted(only))}}}" if only else "{item}"
            alternatives.append(alternative.replace("{table}", table).replace("{item}", item))
    return "|".join(alternatives)


def of_editions(pattern: str, editions: Sequence[str]) -> str:
    """Return a pattern with {edition} replaced by each edition in turn, the newest first.

    >>> of_editions("{edition}.EF.{item}|=1", ["NEW", "OLD"])
    'NEW.EF.{item}|OLD.EF.{item}|=1'
    """
    return "|".join(
        alternative.replace("{edition}", edition)
        for alternative in filter(None, pattern.split("|"))
        for edition in (editions if "{edition}" in alternative else ("",))
    )


def items_named(pattern: str, codes: Sequence[str]) -> Iterator[str]:
    """Return the items that a pattern without a fuel table lists or finds among the codes."""
    for alternative in pattern.split("|"):
        place = _ITEM.search(alternative)
        if place is None or "*" in alternative:
            continue
        if place[1]:
            yield from place[1].split(",")
            continue
        before, after = alternative[: place.start()], alternative[place.end() :]
        for code in codes:
            if code.startswith(before) and code.endswith(after):
                yield code[len(before) : len(code) - len(after)]


def resolve(
    pattern: str, slot: Slot, factors: Mapping[str, Factor], constant: Factor
) -> Factor | None:
    """Return the first factor of a pattern that exists; `constant` is what =n is made from."""
    for alternative in filter(None, pattern.split("|")):
        if alternative.startswith("="):
            return _with_value(constant, float(alternative[1:]))
        found = [factors.get(code) for code in _codes(alternative, slot)]
        existing = [factor for factor in found if factor is not None]
        if existing and len(existing) == len(found):
            return existing[0] if len(existing) == 1 else _product(existing)
    return None


def _codes(alternative: str, slot: Slot) -> list[str]:
    """Return the codes an alternative multiplies; an empty one where it does not fit the slot."""
    return [_code(part, slot) for part in alternative.split("*")]


def _code(part: str, slot: Slot) -> str:
    place = _ITEM.search(part)
    if place and (not slot.item or (place[1] and slot.item not in place[1].split(","))):
        return ""
    if slot.key and f"{{{slot.key}}}" in part:
        if not slot.option:
            return ""
        part = part.replace(f"{{{slot.key}}}", slot.option.upper())
    return _ITEM.sub(slot.item, part)


def _with_value(constant: Factor, value: float) -> Factor:
    return Factor(
        code="",
        value=value,
        unit=constant.unit,
        status=constant.status,
        applies_from=date.min,
        published=None,
        reference=constant.reference,
        origin=CONSTANT,
    )


def _product(factors: Sequence[Factor]) -> Factor:
    """Return the product of factors: as sure, as new and as doubtful as its weakest part."""
    known = [factor.published for factor in factors if factor.published]
    return Factor(
        code="*".join(factor.code for factor in factors),
        value=prod(factor.value for factor in factors),
        unit=product_unit([factor.unit for factor in factors]),
        status=max((factor.status for factor in factors), key=_STATUSES.index),
        applies_from=max(factor.applies_from for factor in factors),
        published=max(known) if len(known) == len(factors) else None,
        reference=Words(
            " × ".join(factor.reference.zh for factor in factors),
            " × ".join(factor.reference.en for factor in factors),
        ),
        document=factors[0].document,
        is_doubtful=any(factor.is_doubtful for factor in factors),
    )


def product_unit(units: Sequence[str]) -> str:
    """Return the unit of a product of quotients, with what stands above and below left out.

    >>> product_unit(["GJ/10^4 Nm3", "tC/GJ"])
    'tC/10^4 Nm3'
    """
    above, below = zip(*(unit.split("/") for unit in units), strict=True)
    left = [u for u in above if u not in below], [u for u in below if u not in above]
    return "/".join("·".join(part) for part in left)
