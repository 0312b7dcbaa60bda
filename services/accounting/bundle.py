"""Everything behind one calculation as files, for whoever recomputes it without the platform.

`tools/carbon_verify.py` reads these files; README.txt tells a person what they are.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.accounting.archive import archive_of
from services.accounting.results import ActivityRow
from services.i18n.words import Words
from services.standards.balance_forms import BalanceForm
from services.standards.catalog import Catalog
from services.standards.model import Input, Source
from services.standards.provenance import Provenance, provenance_of
from services.standards.request import CalculationRequest
from services.standards.results import Calculation, EmissionLine, InputValue, Notice, of_month

SCHEMA = "shuangtan.evidence/1"
MANIFEST, SEAL, VERIFIER = "manifest.json", "manifest.sha256", "carbon_verify.py"
TOTALS = ("total_t", "direct_t", "indirect_t", "deducted_t")
GWP = "GWP"
HEAT_POWER = "heat_power.json"
LOG = "log.json"
FILES_FOLDER = "files/"


@dataclass(frozen=True, slots=True)
class Enclosure:
    """An evidence file that a row names by the SHA-256 of its content; `told` says more of it."""

    kind: str
    content: bytes
    told: Mapping[str, object] = field(default_factory=dict)

    @property
    def member(self) -> str:
        """Return where it stands in the archive."""
        return f"{FILES_FOLDER}{_sha256(self.content)}.{self.kind}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A calculation with its order; all else is empty unless it is stored."""

    request: CalculationRequest
    calculation: Calculation
    typed: Sequence[ActivityRow] = ()
    about: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[Enclosure] = ()
    heat_power: Mapping[str, object] | None = None
    log: Mapping[str, object] | None = None


def bundle_of(catalog: Catalog, evidence: Evidence, readme: str, verifier: str) -> bytes:
    """Return the zip of a calculation; the same calculation gives the same bytes."""
    members = {
        "README.txt": readme.encode(),
        "request.json": _written(_request(evidence.request)),
        "activity.json": _written(_activity(evidence)),
        "method.json": _written(_method(catalog, evidence.calculation)),
        "factors.json": _written({"factors": list(_factors(catalog, evidence.calculation))}),
        "result.json": _written(_result(evidence.calculation)),
        VERIFIER: verifier.encode(),
        **({HEAT_POWER: _written(evidence.heat_power)} if evidence.heat_power else {}),
        **({LOG: _written(evidence.log)} if evidence.log else {}),
        **{file.member: file.content for file in sorted(evidence.files, key=lambda f: f.member)},
    }
    manifest = _written(_manifest(evidence, members))
    digest = _sha256(manifest)
    seal = f"{digest}  {MANIFEST}\n".encode()
    return archive_of({MANIFEST: manifest, SEAL: seal, **members}, digest.encode())


def _written(document: object) -> bytes:
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=1)
    return f"{text}\n".encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _manifest(evidence: Evidence, members: Mapping[str, bytes]) -> dict[str, object]:
    calculation = evidence.calculation
    return {
        "schema": SCHEMA,
        **{key: evidence.about.get(key) for key in ("organization", "run")},
        "year": calculation.year,
        "method": calculation.method,
        "known_on": calculation.known_on.isoformat(),
        "gwp_set": calculation.gwp_set,
        "totals": {name: getattr(calculation, name) for name in TOTALS},
        "members": {
            name: {"sha256": _sha256(content), "bytes": len(content)}
            for name, content in members.items()
        },
    }


def _request(request: CalculationRequest) -> dict[str, object]:
    """Return the order as `shuangtan calculate` takes it."""
    told: dict[str, object] = {
        "method": request.method,
        "year": request.year,
        "region": request.region,
        "known_on": request.known_on.isoformat(),
        "purpose": request.purpose,
        "records": [dict(record) for record in request.records],
    }
    if request.period:
        told["period"] = [day.isoformat() for day in request.period]
    if request.gwp_set:
        told["gwp_set"] = request.gwp_set
    if request.is_comparison:
        told["comparison"] = True
    return told


def _activity(evidence: Evidence) -> dict[str, object]:
    rows = [
        {"source": r.source, "item": r.item, "cells": dict(r.cells), "note": r.note}
        for r in evidence.typed
    ]
    files = [{"member": file.member, **file.told} for file in evidence.files]
    return {"submission": evidence.about.get("submission"), "rows": rows, "files": files}


def _method(catalog: Catalog, calculation: Calculation) -> dict[str, object]:
    """Return what the method says of the sources that were used."""
    method = catalog.method(calculation.method)
    used = dict.fromkeys(line.source for line in calculation.lines)
    used |= dict.fromkeys(record.source for record in calculation.missing)
    return {
        "designation": method.designation,
        "names": dict(method.names),
        "purpose": method.purpose,
        "gwp_set": method.gwp_set,
        "published": _day(method.published),
        "valid_from": _day(method.valid_from),
        "valid_to": _day(method.valid_to),
        "reference": _words(method.reference),
        "sources": [_source(method.sources[code]) for code in used],
    }


def _source(source: Source) -> dict[str, object]:
    same = ("code", "kind", "emission_scope", "sign", "status", "policy", "sector")
    return {
        **{name: getattr(source, name) for name in same},
        "names": dict(source.names),
        "gases": list(source.gases),
        "reference": _words(source.reference),
        "inputs": [_input(entry) for entry in source.inputs.values()],
        "balances": [_balance(form) for form in source.balances],
    }


def _balance(form: BalanceForm) -> dict[str, object]:
    same = ("code", "counts", "uses", "is_net", "status")
    told = {name: getattr(form, name) for name in same}
    symbols, items = list(form.symbols), sorted(form.items)
    return {**told, "symbols": symbols, "items": items, "reference": _words(form.reference)}


def _input(entry: Input) -> dict[str, object]:
    same = ("symbol", "unit", "default", "constant", "policy", "status")
    names = {"names": dict(entry.names), "aliases": list(entry.aliases)}
    return {**{name: getattr(entry, name) for name in same}, **names}


def _factors(catalog: Catalog, calculation: Calculation) -> Iterator[dict[str, object]]:
    """Yield every printed row that a line names, each once, in the order of codes."""
    found: dict[str, Provenance] = {}
    for line in calculation.lines:
        codes = [given.factor for given in line.inputs.values()]
        for code in (*codes, f"{GWP}.{calculation.gwp_set}.{line.gas}"):
            found |= {row.code: row for row in provenance_of(catalog, code)}
    for code in sorted(found):
        yield _factor(found[code])


def _factor(row: Provenance) -> dict[str, object]:
    return {
        "code": row.code,
        "value": row.value,
        "unit": row.unit,
        "status": row.status,
        "is_doubtful": row.is_doubtful,
        "document": {"code": row.document.code, "names": dict(row.document.names)},
        "published": _day(row.published),
        "applies_from": _day(row.applies_from),
        "reference": _words(row.reference),
    }


def _result(calculation: Calculation) -> dict[str, object]:
    unsaid = [each.as_json() for each in calculation.missing_months]
    return {
        "totals": {name: getattr(calculation, name) for name in TOTALS},
        "memo": dict(calculation.memo),
        "sectors": dict(calculation.sectors),
        **({"by_month": dict(calculation.by_month)} if calculation.by_month else {}),
        "completeness": calculation.completeness,
        "estimated_share": calculation.estimated_share,
        "missing": [record.as_json() for record in calculation.missing],
        **({"missing_months": unsaid} if unsaid else {}),
        "notices": [_notice(notice) for notice in calculation.warnings],
        "lines": [_line(line) for line in calculation.lines],
    }


def _line(line: EmissionLine) -> dict[str, object]:
    same = (
        "record", "source", "item", "gas", "gas_t", "gwp", "co2e_t", "emission_scope", "sign",
        "formula",
    )  # fmt: skip
    return {
        **{name: getattr(line, name) for name in same},
        **of_month(line.month),
        # A list, because sorted keys would put the symbols of a formula in another order.
        "inputs": [_given(symbol, given) for symbol, given in line.inputs.items()],
        "notices": [_notice(notice) for notice in line.warnings],
    }


def _given(symbol: str, given: InputValue) -> dict[str, object]:
    same = ("value", "unit", "origin", "status", "factor")
    told = {name: getattr(given, name) for name in same}
    if given.half_width is not None:
        told["half_width"] = given.half_width
    return {"symbol": symbol, **told, "reference": _words(given.reference)}


def _notice(notice: Notice) -> dict[str, object]:
    values = {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in notice.values.items()
    }
    return {"key": notice.key, "values": values}


def _words(words: Words) -> dict[str, str]:
    return {"zh-CN": words.zh, "en": words.en}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
