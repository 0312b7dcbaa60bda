"""Plausible records of any source, so that a rule can be tried on every method."""

from typing import NamedTuple

from services.standards.catalog import load_catalog
from services.standards.model import Method, Source

# What is left over after a balance or a part of a whole must stay positive.
AMOUNTS = {
    "NCV": 20.0, "CC": 0.025, "C": 0.5, "C_ar": 0.5, "MWh_nonfossil": 0.0, "recovered_kg": 10.0,
    "in_grid": 500.0, "sold": 400.0, "FR1": 0.65, "FR2": 0.02, "FR10": 0.01, "FR20": 0.001,
    "share_CaCO3": 0.5, "share_MgCO3": 0.1, "S": 0.02, "A": 0.004, "days": 300.0,
    "COD_in": 2.0, "COD_out": 0.1, "W": 100_000.0, "FR0": 0.001, "T": 90.0, "P": 1000.0,
    "Q_steel": 900.0, "B_before": 90.0, "B_after": 10.0, "GR": 0.05, "CR": 0.05, "Pr": 30.0,
    "DOC": 0.15,
}  # fmt: skip
SHARE, AMOUNT = 0.9, 1000.0


class Case(NamedTuple):
    """A source of a method; its repr is short, as hypothesis warns of long ones."""

    method: Method
    source: Source

    def __repr__(self):
        return f"{self.method.designation} {self.source.code}"


def every_source():
    """Yield method and source of everything that is loaded."""
    for method in load_catalog().methods.values():
        for source in method.sources.values():
            yield Case(method, source)


def year_of(method):
    """Return a whole year in which a method is valid, and its factors are known."""
    return method.valid_to.year - 1 if method.valid_to else max(method.valid_from.year, 2024)


def used_symbols(source, item_index=-1):
    """Return the symbols of one option of each choice, and those of no choice."""
    by_heat = item_index >= 0 and source.items[item_index].is_by_heat
    chosen = {s for c in source.choices for o in c.options for s in o}
    used = [s for s in source.inputs if s not in chosen]
    for choice in source.choices:
        first = choice.options[0]
        option = next((o for o in choice.options if by_heat and "AD" in o), first)
        used += [s for s in option if s not in used]
    return used


def amount(source, symbol):
    """Return a plausible amount of a quantity in its unit."""
    is_share = source.inputs[symbol].unit == "0..1"
    return AMOUNTS.get(symbol, SHARE if is_share else AMOUNT)


def stated(source, item_index=-1):
    """Return every quantity that a record has to state, as no default fills it."""
    slot = source.slot(item_index)
    return {
        symbol: amount(source, symbol)
        for symbol in used_symbols(source, item_index)
        if source.default_of(symbol, slot) is None and not source.inputs[symbol].policy
    }


def record_of(source, item_index=-1, **changes):
    """Return a record of a source for one of its items, or for none."""
    item = source.items[item_index].code if item_index >= 0 else ""
    inputs = stated(source, item_index)
    if source.is_balance:
        stream = {"item": item, "Q": 100.0, "CC": 0.5}
        inputs = {"in": [stream], "out": [stream | {"Q": 10.0}]}
    return {"source": source.code, "item": "" if source.is_balance else item,
            "inputs": inputs | changes}  # fmt: skip
