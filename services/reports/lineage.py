"""From any total down to the printed row, as plain data: the chain behind every number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.errors import PlatformError
from services.reports.line_lineage import Explained, line_json, words_json
from services.standards.catalog import Catalog
from services.standards.results import Calculation, EmissionLine
from services.standards.totals import DEDUCT, DIRECT, INDIRECT, NET_IMPORT, WHOLE_YEAR

SCHEMA = "shuangtan.lineage/1"
SCOPES = {"direct_t": DIRECT, "indirect_t": INDIRECT, "deducted_t": DEDUCT}
TOTAL = "direct_t − deducted_t + indirect_t"
QUOTA = "direct_t − deducted_t"
SUM, SIGNED_SUM = "Σ co2e_t", "Σ sign × co2e_t"
MEMO_FORMULAS = {"el_net_import_t": SIGNED_SUM, "biomass_co2_t": "Σ biomass_co2_t"}
SPLIT = {
    "supply_ratio": "heat_supplied ÷ heat_generated",
    "heat_t": "supply_ratio × total_t",
    "power_t": "(1 − supply_ratio) × total_t",
    "heat_t_per_gj": "heat_t ÷ heat_supplied",
    "power_t_per_mwh": "power_t ÷ power_supplied",
}
BIOMASS_NOTICE = "biomass_memo"


class UnknownLineError(PlatformError):
    """A calculation has no line of that number."""

    text_key = "unknown_line"


def lineage(catalog: Catalog, explained: Explained, only: int | None = None) -> dict[str, object]:
    """Return totals, lines and everything behind them; `only` keeps one line, counted from 0."""
    calculation = explained.calculation
    numbers = _chosen(calculation.lines, only)
    return {
        "schema": SCHEMA,
        **explained.about,
        **_circumstances(catalog, calculation),
        "totals": dict(_totals(calculation)),
        "memo": dict(_memo(calculation)),
        **_by_month(calculation),
        **_heat_power(explained),
        "missing": list(_missing(explained)),
        **_missing_months(calculation),
        "lines": [line_json(catalog, explained, number) for number in numbers],
    }


def _chosen(lines: Sequence[EmissionLine], only: int | None) -> Sequence[int]:
    if only is None:
        return range(len(lines))
    if not 0 <= only < len(lines):
        raise UnknownLineError("line", value=only, last=len(lines) - 1)
    return [only]


def _circumstances(catalog: Catalog, calculation: Calculation) -> dict[str, object]:
    method = catalog.method(calculation.method)
    return {
        "method": {
            "designation": method.designation,
            "names": dict(method.names),
            "published": method.published and method.published.isoformat(),
            "valid_from": method.valid_from.isoformat(),
            "valid_to": method.valid_to and method.valid_to.isoformat(),
            "reference": words_json(method.reference),
        },
        "year": calculation.year,
        "period": [day.isoformat() for day in calculation.period],
        "region": calculation.region,
        "known_on": calculation.known_on.isoformat(),
        "purpose": calculation.purpose,
        "gwp_set": calculation.gwp_set,
    }


def _totals(calculation: Calculation) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield each total with what it is made of: other totals, or the numbers of lines."""
    yield (
        "total_t",
        {
            "value": calculation.total_t,
            "formula": TOTAL,
            "of": ["direct_t", "deducted_t", "indirect_t"],
        },
    )
    for name, scope in SCOPES.items():
        yield (
            name,
            {
                "value": getattr(calculation, name),
                "formula": SIGNED_SUM if scope == INDIRECT else SUM,
                "lines": [
                    number
                    for number, line in enumerate(calculation.lines)
                    if line.emission_scope == scope
                ],
            },
        )


def _memo(calculation: Calculation) -> Iterator[tuple[str, dict[str, object]]]:
    for name, value in calculation.memo.items():
        if name == "quota_t":
            made_of = {"formula": QUOTA, "of": ["direct_t", "deducted_t"]}
            yield name, {"value": value, **made_of}
            continue
        lines = [n for n, line in enumerate(calculation.lines) if _is_behind(name, line)]
        formula = MEMO_FORMULAS.get(name, SUM)
        yield name, {"value": value, "formula": formula, "lines": lines}


def _by_month(calculation: Calculation) -> dict[str, object]:
    """Return what the total consists of by month, with the lines; nothing without months."""
    parts = {
        part: {"value": value, "formula": SIGNED_SUM, "lines": _lines_of(calculation, part)}
        for part, value in calculation.by_month.items()
    }
    return {"by_month": parts} if parts else {}


def _lines_of(calculation: Calculation, part: str) -> list[int]:
    return [
        number
        for number, line in enumerate(calculation.lines)
        if line.emission_scope in SCOPES.values() and str(line.month or WHOLE_YEAR) == part
    ]


def _heat_power(explained: Explained) -> dict[str, object]:
    """Return the split of the total with its formulas, where one is kept."""
    if explained.heat_power is None:
        return {}
    return {"heat_power": {**explained.heat_power, "of": "total_t", "formulas": SPLIT}}


def _missing(explained: Explained) -> Iterator[dict[str, object]]:
    """Yield the records that say why they have no number."""
    for number, record in enumerate(explained.records):
        if record.get("missing"):
            yield {"record": number, **record}


def _missing_months(calculation: Calculation) -> dict[str, object]:
    """Return the months that nothing is said of, where something is entered by month."""
    unsaid = [each.as_json() for each in calculation.missing_months]
    return {"missing_months": unsaid} if unsaid else {}


def _is_behind(name: str, line: EmissionLine) -> bool:
    if name == "biomass_co2_t":
        return any(notice.key == BIOMASS_NOTICE for notice in line.warnings)
    return f"{line.source}_t" == name or (name == "el_net_import_t" and line.source in NET_IMPORT)
