"""One record at a time in exact fractions: the expected side of the golden files."""

from fractions import Fraction

from tests.services.standards.slow.balances import amount_of
from tests.services.standards.slow.defaults import (
    default_of,
    electricity_factor,
    inputs_of,
    key_of,
    option_in,
)
from tests.services.standards.slow.kinds import CARBON, KINDS
from tests.services.standards.slow.tables import factors, methods

BALANCE = "CARBON_BALANCE"


class Circumstances:
    """Method, year, place and day of knowledge of a set of records."""

    def __init__(self, designation, year, region, known_on):
        self.method = methods()[designation]
        self.sources = {source["code"]: source for source in self.method["source"]}
        self.year, self.region, self.known_on = year, region, known_on


def exact(value):
    """Return a number of a record as the decimal that stands there."""
    return Fraction(str(value))


def emissions(circumstances, record):
    """Return {gas: (tonnes, tCO2e)} of a record."""
    source = circumstances.sources[record["source"]]
    if source["kind"] == BALANCE:
        tonnes = {"CO2": _balance(source, record)}
        return _weighed(circumstances, tonnes, lambda symbol: None)
    stated = {symbol: exact(value) for symbol, value in record["inputs"].items()}
    if "balance" in record:
        symbol, amount = amount_of(circumstances.method, source, record)
        stated[symbol] = abs(amount)
    key, _, _ = key_of(source)
    option = record.get(key) or option_in(source, circumstances.region)

    def quantity(symbol):
        if symbol in stated:
            return stated[symbol]
        cell = inputs_of(source).get(symbol, {})
        if cell.get("policy"):
            place = record["item"] or circumstances.region
            return electricity_factor(
                source["policy"], place, circumstances.year, circumstances.known_on
            )
        found = default_of(source, symbol, record["item"], option) if cell else None
        if found is None:
            raise KeyError(f"{record} leaves {symbol} open")
        return found

    known = {"symbols": inputs_of(source), "gases": source["gases"]}
    tonnes = KINDS[source["kind"]](quantity, lambda symbol: symbol in stated, known)
    return _weighed(circumstances, tonnes, lambda s: quantity(s) if s in known["symbols"] else None)


def _balance(source, record):
    carbon = Fraction(0)
    for side, sign in (("in", 1), ("out", -1)):
        for stream in record["inputs"].get(side, []):
            content = stream.get("CC")
            content = (
                default_of(source, "CC", stream["item"]) if content is None else exact(content)
            )
            carbon += sign * exact(stream["Q"]) * content
    return carbon * CARBON


def _weighed(circumstances, tonnes, stated):
    found = {}
    for gas, amount in tonnes.items():
        own = stated(f"GWP_{gas}")
        own = stated("GWP") if own is None else own
        default = factors()[f"GWP.{circumstances.method['gwp_set']}.{gas}"].value
        found[gas] = (amount, amount * (default if own is None else own))
    return found


def totals(circumstances, records):
    """Return direct, indirect, deducted and total of some records."""
    by_scope = {"direct": Fraction(0), "indirect": Fraction(0), "deduct": Fraction(0)}
    for record in records:
        source = circumstances.sources[record["source"]]
        is_sold = "balance" in record and amount_of(circumstances.method, source, record)[1] < 0
        for _, co2e in emissions(circumstances, record).values():
            if source["emission_scope"] == "indirect":
                by_scope["indirect"] += (-1 if is_sold else source["sign"]) * co2e
            elif is_sold:
                by_scope["deduct"] += co2e
            elif source["emission_scope"] in by_scope:
                by_scope[source["emission_scope"]] += co2e
    total = by_scope["direct"] - by_scope["deduct"] + by_scope["indirect"]
    return {
        "total_t": total,
        "direct_t": by_scope["direct"],
        "indirect_t": by_scope["indirect"],
        "deducted_t": by_scope["deduct"],
    }
