"""What a method asks for: sources, symbols, units, items and defaults, as the screen shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DefaultValue:
    """A value that fills a quantity nobody gave; `reference` names the table row and document."""

    value: float
    unit: str
    origin: str
    reference: str
    status: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Groups of symbols of which a record uses exactly one, for example NCV and CC, or C."""

    name: str
    options: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class SymbolDescription:
    """One quantity of a source; `choice` names the alternative group it belongs to, if any."""

    symbol: str
    names: Names
    unit: str
    required: bool
    choice: str
    policy: str
    default: DefaultValue | None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemDescription:
    """A fuel, material or product with the unit of each symbol and the defaults it brings."""

    item: str
    names: Names
    kind: str
    status: str
    units: Mapping[str, str]
    defaults: Mapping[str, DefaultValue]


@dataclass(frozen=True, slots=True)
class SourceDescription:
    """One emission source of a method."""

    source: str
    names: Names
    kind: str
    gases: tuple[str, ...]
    emission_scope: str
    sign: int
    status: str
    reference: str
    choices: tuple[Choice, ...]
    symbols: tuple[SymbolDescription, ...]
    items: tuple[ItemDescription, ...]


@dataclass(frozen=True, slots=True)
class MethodDescription:
    """A method with its dates; `status` is loaded or not_loaded."""

    designation: str
    names: Names
    status: str
    purpose: str
    subject: str
    gwp_set: str
    published: date | None
    valid_from: date
    valid_to: date | None
    reference: str
    sources: tuple[SourceDescription, ...] = field(default=())
