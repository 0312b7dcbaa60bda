"""Ids of the region's accounting page (5.1.1) and its address."""

from __future__ import annotations

PATH = "/government/accounting"

REGION = "government-accounting-region"
YEAR = "government-accounting-year"
ASKED = "government-accounting-asked"
SHOWN = "government-accounting-shown"
CONTENT = "government-accounting-content"
FUELS = "government-accounting-fuels"
COMPARISON = "government-accounting-comparison"
DIFFERENCE = "government-accounting-difference"
MAP = "government-accounting-map"
RANKING = "government-accounting-ranking"
EDITION = "government-accounting-edition"
SECTORS = "government-accounting-sectors"
PARTS = "government-accounting-parts"
BESIDE = "government-accounting-beside"
REFERENCE = "government-accounting-reference"
SUBREGIONS = "government-accounting-subregions"
COVERAGE = "government-accounting-coverage"
CHAIN = "government-accounting-chain"


def address(region_code: str, year: int) -> str:
    """Return the address of the page for a place and year."""
    return f"{PATH}?region={region_code}&year={year}"


def here(part: str) -> str:
    """Return the address of a part of the page that is open."""
    return f"#{part}"
