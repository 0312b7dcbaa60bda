"""The balance of a record: its terms, and the amount that follows from them (4.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.errors import PlatformError
from services.i18n.words import Words
from services.standards.balance_forms import OWN_USE, PREFIX, BalanceForm
from services.standards.formulas.balances import weighed_sum
from services.standards.model import Source
from services.standards.problems import (
    MissingQuantityError,
    UnknownSymbolError,
    WrongTypeError,
    shown,
)
from services.standards.quantities import Quantity, read_quantity, read_unit
from services.standards.results import InputValue, Notice

BALANCE = "balance"
DERIVED, EXACT, USER = "derived", "exact", "user"
TRANSFERS = ("transfer_in", "transfer_out")


class NoBalanceError(PlatformError):
    """A source gives no amount that follows from a balance, or none for this item."""

    text_key = "no_balance"


class BalanceWithAmountError(PlatformError):
    """A record gives an amount, and a balance that it follows from."""

    text_key = "balance_with_amount"


class NegativeUseError(PlatformError):
    """More leaves a balance than enters it."""

    text_key = "negative_use"


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance that was understood: its terms, what it counts as, and what is used inside.

    What is sold beyond what is bought counts against: `counted` is negative then.
    """

    form: BalanceForm
    symbol: str
    unit: str
    terms: Mapping[str, Quantity]
    counted: float
    used: float

    @property
    def is_against(self) -> bool:
        """Return whether the amount is taken off."""
        return self.counted < 0

    def amount(self) -> Quantity:
        """Return the quantity that the formula takes, never negative."""
        return Quantity(abs(self.counted), DERIVED)

    def result(self) -> InputValue:
        """Return the quantity with how it was derived."""
        weights = self.form.counts
        if self.is_against:
            weights = {code: -weight for code, weight in weights.items()}
        written = _sum_of(self.terms, weights)
        return InputValue(abs(self.counted), self.unit, DERIVED, written, EXACT)

    def inputs(self) -> dict[str, InputValue]:
        """Return the terms as inputs of a line, and what is used inside where it differs."""
        found = {
            f"{PREFIX}{code}": InputValue(
                given.value, self.unit, given.origin, Words(), USER, given.half_width
            )
            for code, given in self.terms.items()
        }
        if self.form.counts != self.form.uses:
            how = _sum_of(self.terms, self.form.uses)
            found[OWN_USE] = InputValue(self.used, self.unit, DERIVED, how, EXACT)
        return found

    def notices(self) -> list[Notice]:
        """Return what is to be said: transfers inside a firm are flagged."""
        moved = [code for code in TRANSFERS if code in self.terms and self.terms[code].value]
        return [Notice("internal_transfer", {"terms": ", ".join(moved)})] if moved else []


@dataclass(slots=True)
class TermReader:
    """Reads the terms of a record's balance and keeps every problem, each at its cell."""

    source: Source
    item: str
    basis: str
    where: str
    problems: list[tuple[str, PlatformError]] = field(default_factory=list)

    def read(self, raw: object) -> Balance | None:
        """Return the balance, or nothing when it cannot be used."""
        form = self.source.balance_form(self.item)
        if form is None:
            self._refuse(NoBalanceError(self.where, value=self.source.code))
            return None
        if not isinstance(raw, Mapping):
            expected = {"expected_zh": "对象", "expected_en": "an object"}
            self._refuse(WrongTypeError(self.where, value=shown(raw), **expected))
            return None
        symbol = next(s for s in form.symbols if s in self.source.inputs)
        unit = self.source.inputs[symbol].unit_for(self.basis)
        terms = self._terms(raw, form, unit)
        if self.problems:
            return None
        amounts = {code: given.value for code, given in terms.items()}
        counted, used = weighed_sum(amounts, form.counts), weighed_sum(amounts, form.uses)
        if used < 0:
            self._refuse(self._negative(form, amounts, form.uses))
            return None
        if counted < 0 and not form.is_net:
            self._refuse(self._negative(form, amounts, form.counts))
            return None
        return Balance(form, symbol, unit, terms, counted, used)

    def results(self) -> frozenset[str]:
        """Return the amounts that follow from a balance of the source."""
        form = self.source.balance_form(self.item)
        return (
            frozenset(s for s in form.symbols if s in self.source.inputs) if form else frozenset()
        )

    def _refuse(self, error: PlatformError) -> None:
        self.problems.append((BALANCE, error))

    def _terms(
        self, raw: Mapping[object, object], form: BalanceForm, unit: str
    ) -> dict[str, Quantity]:
        known = ", ".join(form.terms)
        for name in raw:
            if name not in form.terms:
                told, where = shown(name), f"{self.where}.{shown(name)}"
                error = UnknownSymbolError(where, value=told, source=self.source.code, known=known)
                self.problems.append((f"{PREFIX}{told}", error))
        found = {}
        for code, term in form.terms.items():
            where = f"{self.where}.{code}"
            try:
                if raw.get(code) is not None:
                    read_unit(raw[code], unit, where)
                    found[code] = read_quantity(raw[code], unit, where)
                elif term.is_required:
                    raise _missing(where, code, unit, term.names)
            except PlatformError as error:
                self.problems.append((f"{PREFIX}{code}", error))
        return found

    def _negative(
        self, form: BalanceForm, amounts: Mapping[str, float], weights: Mapping[str, float]
    ) -> PlatformError:
        told, total = _told(amounts, weights), weighed_sum(amounts, weights)
        named = {"name_zh": form.names["zh-CN"], "name_en": form.names["en"]}
        return NegativeUseError(self.where, value=total, terms=told, **named)


def balanced(inputs: Mapping[str, InputValue]) -> tuple[str, dict[str, InputValue]]:
    """Return the input of a line that follows from a balance, and its terms; "" for none.

    The amount stands first of what is derived.
    """
    terms = {
        name.removeprefix(PREFIX): value
        for name, value in inputs.items()
        if name.startswith(PREFIX) and name != OWN_USE
    }
    derived = (name for name, value in inputs.items() if value.origin == DERIVED)
    return (next(derived), terms) if terms else ("", {})


def _missing(where: str, code: str, unit: str, names: Mapping[str, str]) -> MissingQuantityError:
    named = {"name_zh": names["zh-CN"], "name_en": names["en"]}
    return MissingQuantityError(where, symbol=code, unit=unit, alternatives=code, **named)


def _sum_of(terms: Mapping[str, object], weights: Mapping[str, float]) -> Words:
    """Return a sum as it is written, of the terms that stand there: opening − closing."""
    text = _told(dict.fromkeys(terms, None), weights)
    return Words(text, text)


def _told(values: Mapping[str, float | None], weights: Mapping[str, float]) -> str:
    """Return a sum in words, what adds first: purchased 5 − sold 7."""
    ordered = sorted((code for code in values if weights[code]), key=lambda code: weights[code] < 0)
    parts: list[str] = []
    for code in ordered:
        value = values[code]
        plus, minus = ("+ ", "− ") if parts else ("", "0 − ")
        sign = minus if weights[code] < 0 else plus
        parts.append(f"{sign}{code}" + ("" if value is None else f" {value:.15g}"))
    return " ".join(parts) or "0"
