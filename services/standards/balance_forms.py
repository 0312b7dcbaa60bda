"""Forms of a balance as data: which terms a consumed quantity follows from, and for what (4.5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from services.i18n.words import Words

Names = Mapping[str, str]
# How terms stand among the inputs of a line, and what is used inside, where it is not what counts.
PREFIX = "balance."
OWN_USE = f"{PREFIX}own_use"
# How an energy that is sold stands in a method: as a source of its own.
SOLD_AS: Mapping[str, str] = {"el_buy": "el_sell", "ht_buy": "ht_sell"}


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a balance; `counts` is its sign in the result, `uses` that in what is used."""

    code: str
    names: Names
    counts: float
    uses: float
    is_required: bool


@dataclass(frozen=True, slots=True)
class BalanceForm:
    """A form of a balance, and which sources it fits; empty collections mean any.

    `not_sources` are counted by what is made, not by what is used up.

    `is_net` lets the result be negative, as where more is sold than bought: it then counts against.
    """

    code: str
    names: Names
    used_names: Names
    kinds: frozenset[str]
    symbols: tuple[str, ...]
    emission_scope: str
    not_sources: frozenset[str]
    items: frozenset[str]
    methods: frozenset[str]
    is_sold_elsewhere: bool | None
    is_net: bool
    terms: Mapping[str, Term]
    reference: Words
    status: str

    def fits(self, method: str, source: Mapping[str, object], codes: Collection[str]) -> bool:
        """Return whether a source of a method, whose sources have some codes, may use the form.

        A region is accounted from statistics, which hold no stocks of its own.
        """
        sold_as = SOLD_AS.get(str(source["code"]), "")
        return (
            not source.get("sector")
            and source["code"] not in self.not_sources
            and source["kind"] in self.kinds
            and source["emission_scope"] == self.emission_scope
            and (not self.methods or method in self.methods)
            and (self.is_sold_elsewhere is None or self._fits_sale(sold_as, codes))
        )

    def _fits_sale(self, sold_as: str, codes: Collection[str]) -> bool:
        return bool(sold_as) and (sold_as in codes) == self.is_sold_elsewhere

    def takes(self, item: str) -> bool:
        """Return whether an item may stand in the form."""
        return not self.items or item in self.items

    @property
    def counts(self) -> dict[str, float]:
        """Return the sign of each term in what counts."""
        return {code: term.counts for code, term in self.terms.items()}

    @property
    def uses(self) -> dict[str, float]:
        """Return the sign of each term in what is used inside."""
        return {code: term.uses for code, term in self.terms.items()}


def form_for(forms: Iterable[BalanceForm], item: str) -> BalanceForm | None:
    """Return the form an item may stand in; one made for it goes before."""
    fitting = [form for form in forms if form.takes(item)]
    return next((form for form in fitting if form.items), next(iter(fitting), None))


def names_behind(forms: Iterable[BalanceForm], symbol: str) -> Names:
    """Return the names of a term as a line has it, balance.opening; nothing for other symbols."""
    if not symbol.startswith(PREFIX):
        return {}
    code = symbol.removeprefix(PREFIX)
    for form in forms:
        if symbol == OWN_USE and form.counts != form.uses:
            return form.used_names
        if code in form.terms:
            return form.terms[code].names
    return {}
