"""Balances by hand: the form that a source's item takes, and what its terms come to."""

from fractions import Fraction

from tests.services.standards.slow.defaults import inputs_of
from tests.services.standards.slow.tables import rows

AMOUNTS = {
    "stock": (
        {"opening": 100.25, "purchased": 500.5, "closing": 60.5},
        {"opening": 100.25, "purchased": 500.5, "produced": 40, "transfer_in": 12.75,
         "closing": 60.5, "sold": 30, "transfer_out": 5.5, "other_use": 7},
    ),
    "gas": (
        {"produced": 1000, "purchased": 25.5, "flared": 20, "sold": 10},
        {"produced": 1000, "flared": 20, "sold": 90.5},
        {"produced": 1000, "flared": 20, "sold": 0},
    ),
    "net": (
        {"purchased": 800.25, "generated": 300, "sold": 120.5},
        {"purchased": 800.25, "generated": 300, "sold": 900},
    ),
    "own": ({"purchased": 800.25, "generated": 300, "sold": 120.5},),
}  # fmt: skip
SALES = {"el_buy": "el_sell", "ht_buy": "ht_sell"}


def form_of(method, source, item):
    """Return the row of the form that an item of a source takes; one that names it goes first."""
    fitting = [row for row in rows("balance_forms.csv") if _fits(method, source, item, row)]
    named = [row for row in fitting if row["items"]]
    return (named + fitting + [None])[0]


def _fits(method, source, item, row):
    sold = SALES.get(source["code"])
    codes = [each["code"] for each in method["source"]]
    return (
        not source.get("sector")
        and source["code"] not in row["not_sources"].split()
        and source["kind"] in row["kinds"].split()
        and source["emission_scope"] == row["emission_scope"]
        and (not row["items"] or item.upper() in row["items"].split())
        and (not row["methods"] or method["designation"] in row["methods"].split("|"))
        and (
            not row["is_sold_elsewhere"]
            or (sold is not None and (sold in codes) == (row["is_sold_elsewhere"] == "1"))
        )
    )


def amount_of(method, source, record):
    """Return the symbol that follows from a record's balance, and its amount with its sign."""
    form = form_of(method, source, record["item"])
    symbol = next(s for s in form["symbols"].split() if s in inputs_of(source))
    signs = {
        row["term"]: Fraction(row["counts"])
        for row in rows("balance_terms.csv")
        if row["form"] == form["form"]
    }
    terms = record["balance"].items()
    return symbol, sum(signs[term] * Fraction(str(value)) for term, value in terms)
