"""Lineage for a terminal: each total, then each line with its numbers and where they come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from services.i18n.texts import language, t
from services.reports.line_lineage import exact

Told = Mapping[str, Any]
INDENT = "    "


def lineage_text(told: Told) -> str:
    """Return the totals, then a paragraph for each line."""
    rows = [*_totals(told), "", *(row for line in told["lines"] for row in _line(line))]
    return "\n".join(rows).rstrip()


def _totals(told: Told) -> Iterator[str]:
    for name, total in {**told["totals"], **told["memo"]}.items():
        behind = ", ".join(str(part) for part in total.get("of") or total["lines"])
        yield f"{name} = {exact(total['value'])} tCO2e = {total['formula']}  [{behind}]"


def _line(line: Told) -> Iterator[str]:
    item = f" · {_named(line['item'])}" if line["item"] else ""
    yield f"[{line['line']}] {_named(line['source'])}{item} · {line['gas']}"
    yield f"{INDENT}  {line['formula']['text']}"
    yield f"{INDENT}= {line['formula']['filled']}"
    yield f"{INDENT}= {exact(line['gas_t'])} t {line['gas']}"
    sign = "−" if line["sign"] < 0 else ""
    yield (
        f"{INDENT}× {exact(line['gwp']['value'])} = {exact(line['co2e_t'])} tCO2e"
        f"  ({sign}{line['emission_scope']})"
    )
    for row in line["gwp"]["factor"]:
        yield f"{INDENT}  GWP ← {_row(row)}"
    for given in line["inputs"]:
        yield from _input(given)
    for activity in line["activity"]:
        yield f"{INDENT}{t('command.explain.record')} records[{activity['record']}]"
    yield from (f"{INDENT}! {notice['text']}" for notice in line["notices"])
    yield ""


def _input(given: Told) -> Iterator[str]:
    name = given["names"].get(language(), "")
    value = f"{exact(given['value'])} {given['unit']}"
    yield f"{INDENT}{given['symbol']} = {value} ({given['origin']}) {name}".rstrip()
    if given["formula"]:
        yield f"{INDENT}  = {given['formula']['text']} = {given['formula']['filled']}"
    for row in given["factor"]:
        yield f"{INDENT}  ← {_row(row)}"


def _row(row: Told) -> str:
    dates = t(
        "command.explain.dates",
        published=row["published"] or "—",
        applies_from=row["applies_from"],
    )
    value = f"{row['code']} = {exact(row['value'])} {row['unit']}"
    return " · ".join((value, row["document"]["names"][language()], dates, row["status"]))


def _named(thing: Told) -> str:
    return f"{thing['code']} {thing['names'].get(language(), '')}".strip()
