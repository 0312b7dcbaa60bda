"""One number, three ways to read it: page, export and API must say the same (7.1)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from services.accounting.invariants import Inconsistency, same
from services.accounting.stored import RunMaterial
from services.reports.breakdown import by_gas, by_source
from services.reports.line_lineage import Explained
from services.reports.lineage import SCOPES, lineage
from services.standards.catalog import Catalog

API, EXPORT_SOURCES, EXPORT_GASES = "api", "export_sources", "export_gases"


def readings(catalog: Catalog, material: RunMaterial) -> Iterator[Inconsistency]:
    """Yield where the tables of files or the answer of the API differ from the run on the page."""
    done = material.calculation
    rows = {
        EXPORT_SOURCES: [row.co2e_t for row in by_source(done.lines)],
        EXPORT_GASES: [row.total_t for row in by_gas(done.lines)],
        API: _api(catalog, material),
    }
    for name, amounts in rows.items():
        total = math.fsum(amounts)
        if not same(done.total_t, total):
            yield Inconsistency(name, "", done.total_t, total)


def _api(catalog: Catalog, material: RunMaterial) -> list[float]:
    """Return what the lines add that the API names as parts of its three totals."""
    explained = Explained(material.calculation, material.records, material.typed, {})
    told: Mapping[str, Any] = lineage(catalog, explained)
    lines, totals = told["lines"], told["totals"]
    named = [lines[number] for name in SCOPES for number in totals[name]["lines"]]
    return [line["co2e_t"] * line["sign"] for line in named]
