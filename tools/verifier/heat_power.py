"""The split of a power plant's total into heat and power, once more from its quantities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from services.accounting.bundle import HEAT_POWER, MANIFEST
from services.standards.formulas.heat_power import heat_power_figures
from tools.verifier.findings import Finding, same

SPLIT_BY = ("heat_supplied", "heat_generated", "power_supplied")


def check_split(documents: Mapping[str, Any]) -> Iterator[Finding]:
    """Recompute every figure of the split from what was supplied, and the total of the result."""
    stated, method = documents[HEAT_POWER], documents[MANIFEST]["method"]
    if stated["method"] != method:
        yield Finding(HEAT_POWER, "method", "unlike", stated["method"], method)
    supplied, generated, power = (float(stated[name]) for name in SPLIT_BY)
    # Not a comparison of the opposite, so that what is no number is refused too.
    if not (0 <= supplied <= generated and generated > 0 and power >= 0):
        yield Finding(HEAT_POWER, "heat_supplied", "method", supplied, generated)
        return
    total_t = documents["result.json"]["totals"]["total_t"]
    found = heat_power_figures(supplied, generated, power, total_t)
    for name, value in found.items():
        if not same(stated[name], value):
            yield Finding(HEAT_POWER, name, "recomputed", stated[name], value)
