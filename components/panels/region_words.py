"""Words and units that the pieces of the region's page share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dash import dcc, html

from components.ids import government_accounting as ids
from components.panels.badge import badge
from components.tables.table import Cell
from services.accounting.region_results import SeriesNote
from services.formatting import change, date_text, mass_co2, mass_scale, mass_unit, number, percent
from services.i18n.texts import DEFAULT_LANGUAGE, language, t
from services.standards.descriptions import MethodDescription

SUBSTANCE = "CO₂"
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
# The token of each source's colour, the same on every page.
COLOURS = {"coal": "fuel-coal", "oil": "fuel-oil", "gas": "fuel-gas", "process": "fuel-process"}


def mass(tonnes: float | None) -> tuple[str, str]:
    """Return a mass of CO2 with three significant digits, and its unit."""
    return mass_co2(tonnes, SUBSTANCE)


def scale_of(values: Iterable[float | None]) -> tuple[float, str]:
    """Return the tonnes in one axis unit and its name, fitting the largest value."""
    return mass_scale(max((v for v in values if v is not None), default=None), SUBSTANCE)


def gas_name(gas: str) -> str:
    """Return a gas as people write it, its numbers as subscripts: CO₂, CH₄, SF₆."""
    return gas.translate(SUBSCRIPTS) if "-" not in gas else gas


def scaled(values: Iterable[float | None], size: float) -> list[float | None]:
    """Return the values in axis units; unknown ones stay unknown."""
    return [None if value is None else value / size for value in values]


def tonnes_unit() -> str:
    """Return the unit of the exact columns: tonnes of CO2."""
    return mass_unit("t", SUBSTANCE)


def tonnes_cell(tonnes: float | None, reason: str = "") -> Cell | None:
    """Return a cell that shows whole tonnes and sorts and exports by every digit."""
    if tonnes is None:
        return Cell("—", None, reason or t("region.charts.no_data"))
    return Cell(number(tonnes, 0), tonnes)


def percent_cell(share: float | None, digits: int = 1) -> Cell | None:
    """Return a cell of a signed difference in per cent."""
    return None if share is None else Cell(signed_percent(share, digits), share * 100)


def change_cell(growth: float | None) -> Cell | None:
    """Return a cell of a growth with its direction."""
    return None if growth is None else Cell(change(growth), growth * 100)


def share_cell(share: float | None) -> Cell | None:
    """Return a cell of a share."""
    return None if share is None else Cell(percent(share), share * 100)


def signed_percent(share: float | None, digits: int = 1) -> str:
    """Return a difference in per cent with its sign, so that its direction cannot be missed."""
    shown = percent(share, digits)
    return f"+{shown}" if share is not None and share > 0 else shown


def name_of(names: Mapping[str, str]) -> str:
    """Return a place's name in the language in use."""
    return names.get(language()) or t("region.country")


def place_link(region_code: str, names: Mapping[str, str], year: int) -> dcc.Link:
    """Return a link that drills to a place, keeping the year."""
    return dcc.Link(name_of(names), href=ids.address(region_code, year), className="region-link")


def source_text(note: SeriesNote) -> str:
    """Return whose figures these are and when they were taken; the chain tells the rest."""
    return t(
        "region.source.retrieved",
        publisher=note.text("publisher"),
        day=date_text(note.retrieved_on),
    )


def published_badge() -> html.Span:
    """Return the mark of figures that others published and we did not compute."""
    return badge(t("region.charts.published_mark"), "accent")


def method_text(method: MethodDescription | None) -> str:
    """Return a method as people call it: by designation in Chinese, by its name in English."""
    if method is None:
        return ""
    return method.designation if language() == DEFAULT_LANGUAGE else method.names[language()]
