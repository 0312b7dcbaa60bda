"""From bands and simulations to what the page shows (5.2.1 b)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components.panels.uncertainty import (
    BandRow,
    MissingRow,
    ShareRow,
    SimulationView,
    TrendText,
    UncertaintyView,
)
from services.accounting.bands import (
    SOURCE,
    TOTAL,
    Band,
    Certainty,
    Contribution,
    Group,
    Simulation,
    Trend,
)
from services.formatting import change, months_text, number
from services.i18n.texts import t
from services.reports.material import Material
from services.standards.results import MissingRecord

MOST_SHARES = 10
# What rounds to 0.0 % says nothing.
SMALLEST_SHARE = 0.0005
SCOPES = ("direct", "indirect", "deduct")


def uncertainty_view(material: Material, certainty: Certainty) -> UncertaintyView:
    """Return what the card shows; without bands, why there are none."""
    run, found = material.summary, certainty.uncertainty
    return UncertaintyView(
        bands=_bands(material, found.bands, {}) if found else (),
        shares=_shares(material, found.contributions) if found else (),
        trend=_trend(material, found.trend) if found and found.trend else None,
        missing=tuple(_missing(material, record) for record in run.missing),
        completeness=run.completeness,
        why_unknown=certainty.why_unknown,
        months=[
            (_what(material, each.source, each.item), months_text(each.months))
            for each in material.result.missing_months
        ],
    )


def simulation_view(material: Material, found: Simulation) -> SimulationView:
    """Return what the page shows of a simulation."""
    trend = ""
    if found.trend:
        mean, low, high = (change(each / 100) for each in found.trend)
        trend = t("uncertainty.simulated_trend", mean=mean, low=low, high=high)
    return SimulationView(
        told=t("uncertainty.simulated", draws=number(found.draws, 0), seed=found.seed),
        bands=_bands(material, found.bands, found.means_t),
        shares=_shares(material, found.contributions),
        trend=trend,
    )


def _bands(
    material: Material, bands: Mapping[Group, Band], means: Mapping[Group, float]
) -> tuple[BandRow, ...]:
    """Return the total, the scopes that are not empty, and every source."""
    groups = [TOTAL, *((scope,) for scope in SCOPES if bands[scope,].value_t)]
    groups += [group for group in bands if group[0] == SOURCE]
    return tuple(BandRow(_label(material, g), bands[g], means.get(g)) for g in groups)


def _label(material: Material, group: Group) -> str:
    if group[0] == SOURCE:
        return material.source(group[1])
    return t(f"uncertainty.group.{group[0]}")


def _shares(material: Material, found: Sequence[Contribution]) -> tuple[ShareRow, ...]:
    told = (each for each in found[:MOST_SHARES] if each.share >= SMALLEST_SHARE)
    return tuple(_share(material, each) for each in told)


def _share(material: Material, found: Contribution) -> ShareRow:
    item = f" · {material.item(found.source, found.item)}" if found.item else ""
    return ShareRow(
        quantity=f"{material.symbol(found.source, found.symbol)} · "
        f"{material.source(found.source)}{item}",
        symbol=found.symbol,
        origin=found.origin,
        lines=found.lines,
        half_width=found.half_width,
        rule=str(found.rule),
        status=found.status,
        share=found.share,
    )


def _trend(material: Material, trend: Trend) -> TrendText:
    told = t(
        "uncertainty.trend_told",
        year=trend.base_year,
        change=change(trend.change_percent / 100),
        half_width=number(trend.half_width, 1),
    )
    largest = sorted(trend.rows, key=lambda row: -row.trend_share)[:MOST_SHARES]
    rows = tuple(
        (
            _what(material, row.source, row.item),
            row.base_t,
            row.current_t,
            row.level_share,
            row.trend_share,
        )
        for row in largest
    )
    return TrendText(told, rows)


def _missing(material: Material, record: MissingRecord) -> MissingRow:
    what = _what(material, record.source, record.item)
    return MissingRow(record.record + 1, what, record.notation, record.note)


def _what(material: Material, source: str, item: str) -> str:
    name = material.source(source)
    return f"{name} · {material.item(source, item)}" if item else name
