"""The standards' data as objects: factors, items, inputs, sources, methods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from services.i18n.words import Words
from services.standards.balance_forms import BalanceForm, form_for
from services.standards.descriptions import Choice, Key, Names

DEFAULT = "default"
CONSTANT = "constant"
BALANCE = "CARBON_BALANCE"


@lru_cache(maxsize=1024)
def _unit_for(unit: str, activity_unit: str) -> str:
    units = unit.split(" or ")
    fitting = [u for u in units if u.rpartition("/")[2] == activity_unit]
    return fitting[0] if fitting else units[0]


@dataclass(frozen=True, slots=True)
class AsOf:
    """The last day the activity is about, and the day up to which things were known.

    For a comparison before a method's first day, its defaults are those of that first day.
    """

    last_day: date
    known_on: date
    defaults_on: date | None = None


@dataclass(frozen=True, slots=True)
class Factor:
    """A value set by an authority, with the table row it stands in.

    An unknown day of publication counts as the first day it applies from.
    """

    code: str
    value: float
    unit: str
    status: str
    applies_from: date
    published: date | None
    reference: Words
    origin: str = DEFAULT
    document: str = ""
    is_doubtful: bool = False

    @property
    def known_from(self) -> date:
        """Return the day since which the value can be used."""
        return self.published or self.applies_from

    def in_force(self, as_of: AsOf) -> bool:
        """Return whether the value applied and was known."""
        day = as_of.defaults_on or as_of.last_day
        return self.applies_from <= day and self.known_from <= as_of.known_on


@dataclass(frozen=True, slots=True)
class Item:
    """A fuel, material or product as a source uses it; gases are counted in 10^4 Nm3."""

    code: str
    names: Names
    kind: str
    activity_unit: str
    ncv_range: tuple[float, float] | None = None

    @property
    def is_by_heat(self) -> bool:
        """Return whether statistics give this item as heat only."""
        return self.activity_unit == "TJ"


@dataclass(frozen=True, slots=True)
class Kind:
    """A family of items: what they are counted in, and the range printed values of it span."""

    code: str
    names: Names
    activity_unit: str
    ranges: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Limit:
    """What a quantity may not exceed, and what is usual for it."""

    ceiling: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Input:
    """One quantity of a source: required, or filled by a default, a constant or a policy."""

    symbol: str
    names: Names
    unit: str
    aliases: tuple[str, ...]
    default: str
    constant: float | None
    policy: bool
    status: str

    @property
    def fills_itself(self) -> bool:
        """Return whether somebody else may give the value."""
        return bool(self.default) or self.policy or self.constant is not None

    def unit_for(self, activity_unit: str) -> str:
        """Return the unit for an item counted in a unit: GJ/t or GJ/10^4 Nm3."""
        return _unit_for(self.unit, activity_unit)


@dataclass(frozen=True, slots=True)
class Source:
    """One emission source of a method with everything needed to compute it.

    `sector` is that of a regional inventory, empty for an enterprise. `editions` are the groups
    of its factors, the method's own first, then older ones that stand in for what it lacks.

    `defaults` holds, for each symbol, one factor for each slot: an item, or none, together with
    an option of the source's key (kind of boiler, kind of abatement), if it has one.
    """

    method: str
    code: str
    names: Names
    kind: str
    gases: tuple[str, ...]
    emission_scope: str
    sign: int
    status: str
    reference: Words
    policy: str
    inputs: Mapping[str, Input]
    items: tuple[Item, ...]
    item_index: Mapping[str, int]
    choices: tuple[Choice, ...]
    key: Key | None
    defaults: Mapping[str, tuple[Factor | None, ...]]
    symbol_by_name: Mapping[str, str]
    sector: str = ""
    editions: tuple[str, ...] = ()
    balances: tuple[BalanceForm, ...] = ()

    def balance_form(self, item: str) -> BalanceForm | None:
        """Return the form an amount of an item may follow from; one made for it goes before."""
        return form_for(self.balances, item)

    @property
    def is_balance(self) -> bool:
        """Return whether a record of it is two lists of streams, in and out."""
        return self.kind == BALANCE

    @property
    def variants(self) -> tuple[str, ...]:
        """Return the options of the key that defaults depend on, in the order of the slots."""
        return self.key.variants if self.key and not self.is_balance else ("",)

    def slot(self, item: int, variant: str = "") -> int:
        """Return where the defaults of an item (-1 is no item) and an option stand."""
        number = item if item >= 0 else len(self.items)
        variants = self.variants
        return number * len(variants) + (variants.index(variant) if variant else self._usual())

    def default_of(self, symbol: str, slot: int) -> Factor | None:
        """Return the default of a symbol in a slot."""
        column = self.defaults.get(symbol)
        return column[slot] if column else None

    def _usual(self) -> int:
        return self.variants.index(self.key.usual) if self.key and not self.is_balance else 0


@dataclass(frozen=True, slots=True)
class Method:
    """A method version; `is_loaded` is false where its text is not here."""

    designation: str
    names: Names
    purpose: str
    subject: str
    industry: str
    gwp_set: str
    published: date | None
    valid_from: date
    valid_to: date | None
    reference: Words
    is_loaded: bool
    sources: Mapping[str, Source]
