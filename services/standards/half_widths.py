"""How far off a quantity may be: half-widths of 95 % intervals by the kind of quantity (4.5)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from services.i18n.words import Words, words_of
from services.standards.data_checks import STATUSES
from services.standards.descriptions import Names
from services.standards.formulas.registry import FORMULAS
from services.standards.model import AsOf
from services.standards.shelf import Document, document_of
from services.standards.tables import Row, StandardDataError, day, names_of, read_rows, unique

FILE = "uncertainty.csv"
ORIGINS = ("measured", "estimated", "default", "policy", "constant")
SHAPES = ("", "normal", "lognormal", "triangular")
ANY = "*"
# Wider than this, nothing is known; no guideline prints more.
LARGEST_PERCENT = 1000.0


@dataclass(frozen=True, slots=True)
class HalfWidthRule:
    """The half-width of some quantities, as a fraction; empty collections mean any.

    `shape` is empty where the usual one is meant: normal, or lognormal when wide.
    """

    rule: str
    names: Names
    symbols: frozenset[str]
    origins: frozenset[str]
    kinds: frozenset[str]
    formulas: frozenset[str]
    subjects: frozenset[str]
    units: frozenset[str]
    half_width: float
    shape: str
    applies_from: date
    published: date | None
    reference: Words
    status: str

    @property
    def is_last_resort(self) -> bool:
        """Return whether it fits whatever has its origin, whenever it was known."""
        narrow = (self.symbols, self.kinds, self.formulas, self.subjects, self.units)
        return self.published is None and not any(narrow)

    def in_force(self, as_of: AsOf) -> bool:
        """Return whether the rule applied and was known."""
        known_from = self.published or self.applies_from
        return self.applies_from <= as_of.last_day and known_from <= as_of.known_on


@dataclass(frozen=True, slots=True)
class Traits:
    """What rules look at: the quantity, where its value is from, and in which formula it stands.

    `kind` is that of the item, empty without one; `subject` is enterprise or region.
    """

    symbol: str
    origin: str
    kind: str
    formula: str
    subject: str
    unit: str


def rule_for(rules: Sequence[HalfWidthRule], traits: Traits, as_of: AsOf) -> HalfWidthRule:
    """Return the first rule that fits a quantity and was known."""
    for rule in rules:
        if rule.in_force(as_of) and _fits(rule, traits):
            return rule
    raise StandardDataError(FILE, f"no rule for {traits.symbol} ({traits.origin})")


def load_half_widths(folder: Path, documents: Mapping[str, Document]) -> tuple[HalfWidthRule, ...]:
    """Return the rules in the order in which they are tried."""
    return tuple(_rule(row, documents) for row in unique(read_rows(FILE, folder), ("rule",), FILE))


def check_half_widths(
    rules: Sequence[HalfWidthRule], symbols: Collection[str], kinds: Collection[str]
) -> None:
    """Raise unless names, values and shapes make sense and every origin has a last resort."""
    for rule in rules:
        _check_names(rule, symbols, kinds)
        if not 0 <= rule.half_width * 100 <= LARGEST_PERCENT:
            raise StandardDataError(FILE, f"{rule.rule}: impossible value {rule.half_width}")
        if rule.shape not in SHAPES or rule.status not in STATUSES:
            raise StandardDataError(FILE, f"{rule.rule}: unknown shape or status")
    open_ = set(ORIGINS).difference(*(rule.origins for rule in rules if rule.is_last_resort))
    if open_:
        raise StandardDataError(FILE, f"no last resort for {sorted(open_)}")


def _check_names(rule: HalfWidthRule, symbols: Collection[str], kinds: Collection[str]) -> None:
    unknown = (
        rule.symbols.difference(symbols)
        | rule.kinds.difference(kinds)
        | rule.formulas.difference(FORMULAS)
        | rule.origins.difference(ORIGINS)
        | rule.subjects.difference(("enterprise", "region"))
    )
    if unknown:
        raise StandardDataError(FILE, f"{rule.rule}: unknown {sorted(unknown)}")


def _rule(row: Row, documents: Mapping[str, Document]) -> HalfWidthRule:
    document = document_of(row["document"], documents, f"{FILE} {row['rule']}")
    applies_from = day(row["applies_from"])
    if applies_from is None:
        raise StandardDataError(FILE, f"{row['rule']}: no first day")
    return HalfWidthRule(
        rule=row["rule"],
        names=names_of(row),
        symbols=_words(row["symbols"]),
        origins=_words(row["origins"]),
        kinds=_words(row["kinds"]),
        formulas=_words(row["formulas"]),
        subjects=_words(row["subjects"]),
        units=frozenset(filter(None, row["units"].split("|"))),
        half_width=float(row["half_width"]) / 100,
        shape=row["shape"],
        applies_from=applies_from,
        published=document.published,
        reference=_reference(row, document),
        status=row["status"],
    )


def _reference(row: Row, document: Document) -> Words:
    title = words_of(document.names)
    reference = Words(f"{row['name_zh']}：{title.zh}", f"{row['name_en']}: {title.en}")
    return reference.with_note(row["note_zh"], row["note_en"])


def _words(text: str) -> frozenset[str]:
    return frozenset() if text == ANY else frozenset(text.split())


def _fits(rule: HalfWidthRule, traits: Traits) -> bool:
    wanted = (
        (rule.symbols, traits.symbol),
        (rule.origins, traits.origin),
        (rule.kinds, traits.kind),
        (rule.formulas, traits.formula),
        (rule.subjects, traits.subject),
        (rule.units, traits.unit),
    )
    return all(not allowed or value in allowed for allowed, value in wanted)
