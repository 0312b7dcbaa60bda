"""What the entry grid shows: the method's sources with their quantities, and the draft (4.2 a)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from components.ids import collection_manual as ids

GROUPS = ("fuel", "process", "electricity", "heat")
ORIGINS = ("measured", "estimated", "device")


@dataclass(frozen=True, slots=True)
class GridStores:
    """The ids by which a page's grid asks and is answered; `kind` tells copies of pages apart."""

    entry: str = ids.ENTRY
    check: str = ids.CHECK
    save: str = ids.SAVE
    submit: str = ids.SUBMIT
    method: str = ids.METHOD
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose, by its code; `names` are all the ways people write it."""

    code: str
    name: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GridSymbol:
    """A quantity of a source with its unit; a primary one is asked for first.

    A term of a balance is told by its name alone.
    """

    symbol: str
    name: str
    unit: str
    is_primary: bool
    is_term: bool = False

    @property
    def label(self) -> str:
        """Return the name with the symbol, unless the unit says the same: 电量 in MWh."""
        return (
            self.name if self.is_term or self.symbol == self.unit else f"{self.name} {self.symbol}"
        )


@dataclass(frozen=True, slots=True)
class GridSource:
    """A source of the method: what can be chosen, what is asked, what is filled when empty.

    `defaults` and `units` are texts by item code (empty where there is no item) and symbol.
    `options` are those of its key: kind of boiler, kind of abatement, direction of a stream.
    `terms` are those of the balances from which its amount may follow. `monthly` are the defaults
    that hold for a month alone, by the month.
    """

    choice: Choice
    group: str
    items: tuple[str, ...]
    symbols: tuple[GridSymbol, ...]
    defaults: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    units: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    options: tuple[Choice, ...] = ()
    terms: tuple[GridSymbol, ...] = ()
    monthly: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GridFile:
    """An evidence file kept for the year, by the SHA-256 that a row names it by; size in bytes."""

    sha256: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class EntryState:
    """Whether the visitor may write and submit, or the reason why not."""

    is_editable: bool
    may_submit: bool
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class EntryView:
    """One organization and year in the grid; `rows` hold text as typed.

    `files` are those that rows can name, `file_mb` is how large one more may be. Without evidence
    a row has quantities alone: no origin, no note, no files.
    """

    organization_id: int
    year: int
    visitor: int
    revision: int
    rows: tuple[Mapping[str, str], ...]
    sources: tuple[GridSource, ...]
    items: tuple[Choice, ...]
    state: EntryState
    files: tuple[GridFile, ...] = ()
    file_mb: int = 0
    stores: GridStores = GridStores()
    has_evidence: bool = True

    @property
    def symbols(self) -> tuple[str, ...]:
        """Return every symbol of the method in the order of its sources, each once."""
        found = (quantity.symbol for source in self.sources for quantity in source.symbols)
        return tuple(dict.fromkeys(found))

    @property
    def terms(self) -> tuple[str, ...]:
        """Return every term of the balances of the method, each once."""
        found = (term.symbol for source in self.sources for term in source.terms)
        return tuple(dict.fromkeys(found))

    @property
    def has_options(self) -> bool:
        """Return whether any source lets one choose an option beside the item."""
        return any(source.options for source in self.sources)

    @property
    def key(self) -> str:
        """Return what tells this entry from others in the same browser."""
        return f"{self.stores.kind}{self.visitor}:{self.organization_id}:{self.year}"
