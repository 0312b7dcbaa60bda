"""One emission line as a chain: formula with its numbers, inputs, printed rows, activity."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from services.accounting.results import ActivityRow
from services.data.evidence_files import FILES, Attachment, files_in
from services.i18n.words import Words
from services.reports.formulas import (
    FormulaNotReadableError,
    Fraction,
    Node,
    Product,
    Sum,
    Symbol,
    Value,
    as_data,
    as_text,
    filled,
    read_formula,
)
from services.standards.balance_forms import PREFIX, names_behind
from services.standards.catalog import Catalog
from services.standards.loading import DIRECTION
from services.standards.model import Input, Source
from services.standards.own_values import own_files
from services.standards.provenance import Provenance, provenance_of
from services.standards.request import Record
from services.standards.results import Calculation, EmissionLine, InputValue, of_month

DERIVED = "derived"
_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Explained:
    """A calculation with what it was made from: records as understood, and rows as typed.

    `about` says whose and which run it is, for one that is stored, and `files` are the evidence
    files that its rows name, by their SHA-256. `heat_power` is the split kept with its year.
    """

    calculation: Calculation
    records: Sequence[Record]
    typed: Sequence[ActivityRow] = ()
    about: Mapping[str, object] = field(default_factory=dict)
    files: Mapping[str, Attachment] = field(default_factory=dict)
    heat_power: Mapping[str, object] | None = None


def line_json(catalog: Catalog, explained: Explained, number: int) -> dict[str, object]:
    """Return everything behind one line, down to the activity and the printed rows."""
    line = explained.calculation.lines[number]
    source = catalog.method(explained.calculation.method).sources[line.source]
    return {
        "line": number,
        "source": _source_json(source),
        "item": _item_json(source, line.item),
        **of_month(line.month),
        "gas": line.gas,
        "gas_t": line.gas_t,
        "gwp": _gwp_json(catalog, explained.calculation, line),
        "co2e_t": line.co2e_t,
        "emission_scope": line.emission_scope,
        "sign": line.sign,
        "formula": _formula_json(_node_of(line), line.inputs),
        "inputs": [_input_json(catalog, source, line.inputs, s) for s in line.inputs],
        "activity": list(_activity(explained, line)),
        "notices": [{"key": notice.key, "text": notice.text()} for notice in line.warnings],
    }


def records_behind(records: Sequence[Record], line: EmissionLine) -> list[int]:
    """Return the records a line was made from: several where each is a stream of one balance."""
    if not records[line.record].get(DIRECTION):
        return [line.record]
    return [
        number
        for number, record in enumerate(records)
        if record.get("source") == line.source and record.get(DIRECTION)
    ]


def rows_json(rows: Sequence[Provenance]) -> list[dict[str, object]]:
    """Return printed rows with code, value, unit, document, dates and status."""
    return [
        {
            "code": row.code,
            "value": row.value,
            "unit": row.unit,
            "status": row.status,
            "is_doubtful": row.is_doubtful,
            "document": {"code": row.document.code, "names": dict(row.document.names)},
            "published": row.published and row.published.isoformat(),
            "applies_from": row.applies_from.isoformat(),
            "known_from": row.known_from.isoformat(),
            "reference": words_json(row.reference),
        }
        for row in rows
    ]


def words_json(words: Words) -> dict[str, str]:
    """Return a phrase by language."""
    return {"zh-CN": words.zh, "en": words.en}


def _source_json(source: Source) -> dict[str, object]:
    return {
        "code": source.code,
        "names": dict(source.names),
        "kind": source.kind,
        "reference": words_json(source.reference),
        "status": source.status,
    }


def _item_json(source: Source, code: str) -> dict[str, object] | None:
    index = source.item_index.get(code)
    if not code:
        return None
    return {"code": code, "names": {} if index is None else dict(source.items[index].names)}


def _gwp_json(catalog: Catalog, calculation: Calculation, line: EmissionLine) -> dict[str, object]:
    """Return the warming potential and its row; one that the record states has none."""
    stated = line.inputs.get(f"GWP_{line.gas}") or line.inputs.get("GWP")
    code = stated.factor if stated else f"GWP.{calculation.gwp_set}.{line.gas}"
    return {"value": line.gwp, "factor": rows_json(provenance_of(catalog, code))}


def _node_of(line: EmissionLine) -> Node:
    streams = [name.partition(".")[0] for name in line.inputs if "]." in name]
    return _balance(dict.fromkeys(streams)) if streams else _read(line.formula)


def _balance(streams: Iterable[str]) -> Node:
    """Return the carbon of every stream written out: what enters less what leaves."""
    terms = tuple(
        (
            1 if stream.startswith("in") else -1,
            Product((Symbol(f"{stream}.Q"), Symbol(f"{stream}.CC"))),
        )
        for stream in streams
    )
    return Product((Sum(terms), Fraction(Value("44"), Value("12"))))


def _read(text: str) -> Node:
    try:
        return read_formula(text)
    except FormulaNotReadableError:
        return Value(text)


def _formula_json(node: Node, inputs: Mapping[str, InputValue]) -> dict[str, object]:
    """Return a formula as text and tree, and both again with the exact numbers put in."""
    numbers = _put_in(node, {symbol: exact(value.value) for symbol, value in inputs.items()})
    return {
        "text": as_text(node),
        "filled": as_text(numbers),
        "tree": as_data(node),
        "filled_tree": as_data(numbers),
    }


def _put_in(node: Node, numbers: Mapping[str, str]) -> Node:
    if isinstance(node, Value):
        # A function of a table, such as h(P, T), is no tree.
        return Value(_NAME.sub(lambda found: numbers.get(found[0], found[0]), node.text))
    return filled(node, numbers)


def exact(value: float) -> str:
    """Return a number with every digit it needs, and none more.

    >>> exact(1000.0), exact(0.1)
    ('1000', '0.1')
    """
    return repr(value).removesuffix(".0")


def _input_json(
    catalog: Catalog, source: Source, inputs: Mapping[str, InputValue], symbol: str
) -> dict[str, object]:
    value = inputs[symbol]
    entry: Input | None = source.inputs.get(symbol.rpartition(".")[2])
    # A balance is written with its terms alone: opening + purchased − closing.
    others = {n.removeprefix(PREFIX): v for n, v in inputs.items() if n != symbol}
    is_derived = value.origin == DERIVED
    return {
        "symbol": symbol,
        "names": dict(entry.names if entry else names_behind(source.balances, symbol)),
        "value": value.value,
        "unit": value.unit,
        "origin": value.origin,
        "status": value.status,
        "reference": words_json(value.reference),
        "formula": _formula_json(_read(value.reference.en), others) if is_derived else None,
        "factor": rows_json(provenance_of(catalog, value.factor)),
    }


def _activity(explained: Explained, line: EmissionLine) -> Iterator[dict[str, object]]:
    typed = {row.record: row for row in explained.typed}
    known = explained.records
    for number in records_behind(known, line) if known else [line.record]:
        row, own = typed.get(number), own_files(known[number]) if known else ()
        yield {
            "record": number,
            "understood": known[number] if known else None,
            "typed": row and {"cells": typed_cells(row.cells), "note": row.note},
            "files": [_file_json(explained.files[f]) for f in _files(explained, row, own)],
        }


def typed_cells(cells: Mapping[str, str]) -> dict[str, str]:
    """Return what a person typed into a row, without the names of its files."""
    return {name: text for name, text in cells.items() if name != FILES}


def _files(explained: Explained, row: ActivityRow | None, own: Sequence[str]) -> list[str]:
    """Return the files that a row names, and those of the own values that fill it."""
    named = dict.fromkeys((*(files_in(row.cells) if row else ()), *own))
    return [name for name in named if name in explained.files]


def _file_json(file: Attachment) -> dict[str, object]:
    return {
        **{name: getattr(file, name) for name in ("sha256", "name", "kind", "size")},
        "added_by": file.added_by_name,
        "added_at": file.added_at.isoformat(),
    }
