"""What a method asks for: sources, symbols, units, items and defaults, as the screen shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from services.i18n.words import Words
from services.standards.balance_forms import BalanceForm

Names = Mapping[str, str]
# The sectors of a regional inventory, in the order of the guideline.
LAND_USE = "land_use"
SECTORS = ("energy", "industry", "agriculture", LAND_USE, "waste")


@dataclass(frozen=True, slots=True)
class DefaultValue:
    """A value that fills a quantity nobody gave; `reference` names the table row and document."""

    value: float
    unit: str
    origin: str
    reference: Words
    status: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Groups of symbols of which a record uses exactly one, for example NCV and CC, or C.

    Giving more than one is an error if the choice is strict; else the first complete one is
    used, and the record says what was ignored.
    """

    name: str
    options: tuple[tuple[str, ...], ...]
    is_strict: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """A word beside the item on which defaults depend; an empty `usual` means it may be absent.

    `places` says which option holds for codes of administrative division that begin so.
    """

    name: str
    options: Mapping[str, Names]
    usual: str
    places: Mapping[str, str] = field(default_factory=dict)

    @property
    def variants(self) -> tuple[str, ...]:
        """Return every option, and none where none may be named."""
        return (*self.options, *(() if self.usual else ("",)))

    def option_of(self, region: str) -> str:
        """Return the option that holds in a place; nothing where the place decides none."""
        return next((o for prefix, o in self.places.items() if region.startswith(prefix)), "")


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
    reference: Words
    choices: tuple[Choice, ...]
    symbols: tuple[SymbolDescription, ...]
    items: tuple[ItemDescription, ...]
    key: Key | None = None
    is_balance: bool = False
    sector: str = ""
    balances: tuple[BalanceForm, ...] = ()


@dataclass(frozen=True, slots=True)
class MethodDescription:
    """A method with its dates; `status` is loaded or not_loaded."""

    designation: str
    names: Names
    status: str
    purpose: str
    subject: str
    industry: str
    gwp_set: str
    published: date | None
    valid_from: date
    valid_to: date | None
    reference: Words
    sources: tuple[SourceDescription, ...] = field(default=())
    brought_by: str = ""
