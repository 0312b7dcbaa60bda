"""Results and methods as tables for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from services.formatting import UNKNOWN, month_text
from services.i18n.texts import language, t
from services.standards.descriptions import DefaultValue, MethodDescription, SourceDescription
from services.standards.heat_power import HeatPower
from services.standards.results import Calculation, EmissionLine

GAP = "  "
TOTALS = ("total", "direct", "indirect", "deducted")


def calculation_table(result: Calculation) -> str:
    """Return the totals, one line for each emission line, and the notices below."""
    head = [
        [t("command.table.method"), result.method],
        *[[t(f"command.table.{n}"), f"{_tonnes(getattr(result, f'{n}_t'))} tCO2e"] for n in TOTALS],
        *[[f"{t('command.table.memo')} {n}", _tonnes(v)] for n, v in result.memo.items()],
        *[[t(f"sectors.{n}"), _tonnes(v)] for n, v in result.sectors.items()],
        *[[_part(part), _tonnes(v)] for part, v in result.by_month.items()],
        *_heat_power(result.heat_power),
    ]
    columns = ("record", "source", "item", "gas", "co2e", "scope", "inputs")
    rows = [[t(f"command.table.{c}") for c in columns], *[_line(line) for line in result.lines]]
    notices = [
        f"[{line.record}] {notice.text()}" for line in result.lines for notice in line.warnings
    ]
    return "\n".join([*_aligned(head), "", *_aligned(rows), "", *notices]).rstrip()


def _part(part: str) -> str:
    return month_text(int(part)) if part.isdecimal() else t("months.whole_year")


def _heat_power(found: HeatPower | None) -> list[list[str]]:
    """Return the split of a power plant that supplies heat; nothing for any other."""
    if found is None:
        return []
    rates = ("heat_t_per_gj", "power_t_per_mwh")
    return [
        [t("heat_power.supply_ratio"), f"{found.supply_ratio:.4f}"],
        *[[t(f"heat_power.{n}"), _tonnes(getattr(found, n))] for n in ("heat_t", "power_t")],
        *[
            [t(f"heat_power.{n}"), UNKNOWN if rate is None else f"{rate:.6f}"]
            for n in rates
            for rate in [getattr(found, n)]
        ],
    ]


def methods_table(methods: Sequence[MethodDescription]) -> str:
    """Return one line for each method."""
    rows = [[t(f"command.table.{c}") for c in ("method", "status", "valid")]]
    for method in methods:
        valid = f"{method.valid_from} – {method.valid_to or ''}"
        rows.append([method.designation, method.status, valid, method.names[language()]])
    return "\n".join(_aligned(rows))


def method_table(method: MethodDescription) -> str:
    """Return sources, quantities and items of a method."""
    text = [f"{method.designation} {method.names[language()]}", method.status]
    for source in method.sources:
        text += ["", f"{source.source}: {source.names[language()]}", *_aligned(_symbols(source))]
        text += ["", *_aligned(_items(source))] if source.items else []
    return "\n".join(text)


def _line(line: EmissionLine) -> list[str]:
    inputs = " ".join(f"{s}={v.value!r} {v.unit} ({v.origin})" for s, v in line.inputs.items())
    sign = "-" if line.sign < 0 else ""
    return [
        str(line.record),
        line.source,
        f"{line.item} {month_text(line.month)}".strip() if line.month else line.item,
        line.gas,
        sign + _tonnes(line.co2e_t),
        line.emission_scope,
        inputs,
    ]


def _symbols(source: SourceDescription) -> list[list[str]]:
    rows = [[t(f"command.table.{c}") for c in ("symbol", "unit", "default", "status")]]
    for s in source.symbols:
        default = repr(s.default.value) if s.default else s.policy
        status = s.default.status if s.default else ""
        rows.append([s.symbol, s.unit, default, status, s.names[language()]])
    return rows


def _items(source: SourceDescription) -> list[list[str]]:
    rows = [[t("command.table.item"), t("command.table.default"), t("command.table.status")]]
    for item in source.items:
        values = ", ".join(_default(s, d) for s, d in item.defaults.items())
        rows.append([item.item, values, item.status, item.names[language()]])
    return rows


def _default(symbol: str, default: DefaultValue) -> str:
    return f"{symbol}={default.value!r} {default.unit}"


def _tonnes(value: float) -> str:
    return f"{value:,.2f}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    count = max(len(row) for row in rows)
    full = [[*row, *[""] * (count - len(row))] for row in rows]
    widths = [max(_width(row[i]) for row in full) for i in range(count)]
    return [
        GAP.join(c + " " * (w - _width(c)) for c, w in zip(row, widths, strict=True)).rstrip()
        for row in full
    ]
