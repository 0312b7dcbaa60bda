"""Reading the forms of balances from the standards' data."""

from __future__ import annotations

from pathlib import Path

from services.i18n.words import Words
from services.standards.balance_forms import BalanceForm, Term
from services.standards.tables import Row, StandardDataError, names_of, read_rows, unique

FORMS, TERMS = "balance_forms.csv", "balance_terms.csv"
WEIGHTS = (-1.0, 0.0, 1.0)


def load_forms(folder: Path) -> tuple[BalanceForm, ...]:
    """Return the forms of the data, the first that fits first."""
    rows = unique(read_rows(FORMS, folder), ("form",), FORMS)
    terms = unique(read_rows(TERMS, folder), ("form", "term"), TERMS)
    forms = tuple(_form(row, [t for t in terms if t["form"] == row["form"]]) for row in rows)
    unknown = {row["form"] for row in terms}.difference(form.code for form in forms)
    if unknown:
        raise StandardDataError(TERMS, f"unknown form {sorted(unknown)}")
    return forms


def _form(row: Row, terms: list[Row]) -> BalanceForm:
    if not terms:
        raise StandardDataError(FORMS, f"{row['form']}: no terms")
    return BalanceForm(
        code=row["form"],
        names=names_of(row),
        used_names={"zh-CN": row["used_zh"], "en": row["used_en"]},
        kinds=frozenset(row["kinds"].split()),
        symbols=tuple(row["symbols"].split()),
        emission_scope=row["emission_scope"],
        not_sources=frozenset(row["not_sources"].split()),
        items=frozenset(row["items"].lower().split()),
        methods=frozenset(filter(None, row["methods"].split("|"))),
        is_sold_elsewhere=_flag(row["is_sold_elsewhere"]),
        is_net=row["is_net"] == "1",
        terms={each["term"]: _term(each) for each in terms},
        reference=Words(row["reference_zh"], row["reference_en"]),
        status=row["status"],
    )


def _flag(text: str) -> bool | None:
    return text == "1" if text else None


def _term(row: Row) -> Term:
    counts, uses = float(row["counts"]), float(row["uses"])
    if counts not in WEIGHTS or uses not in WEIGHTS:
        raise StandardDataError(TERMS, f"{row['form']} {row['term']}: no sign")
    return Term(row["term"], names_of(row), counts, uses, row["is_required"] == "1")
