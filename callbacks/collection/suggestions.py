"""What a person can do about a cell: words for the screen, and a value probably meant (4.2 a)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.collection.cells import CellProblem, parse_cell
from services.collection.checks.suspicion import SuspectValueError
from services.collection.typed_units import UnitInCellError
from services.collection.unusual import UnitSlipError
from services.errors import PlatformError
from services.formatting import exact
from services.i18n.texts import t
from services.standards.problems import AboveCeilingError, ShareTooLargeError, UnusualValueError

# kg for t, kWh for MWh, kJ for MJ; then percentages.
SLIPS = (1e-3, 1e3, 1e-2)
CHOICES = ("source", "item", "key", "origin")


def suggestion(problem: CellProblem, row: Mapping[str, str]) -> str:
    """Return the text to put into the cell, or nothing when there is no safe guess."""
    if isinstance(problem.error, UnitInCellError):
        return problem.error.number
    typed = str(row.get(problem.field, ""))
    value = parse_cell(typed)
    # 120% is read as 1.2: whatever is made of that number is not what the person meant.
    if not isinstance(value, float) or any(sign in typed for sign in "%％"):
        return ""
    return next(_guesses(problem.error, value), "")


def advice(problem: CellProblem) -> str:
    """Return what to do on screen; the standards' own advice is for those who write JSON."""
    if problem.field in CHOICES and problem.severity == "error":
        return t("entry.problems.choose_listed")
    if isinstance(problem.error, ShareTooLargeError | AboveCeilingError):
        return t("entry.problems.write_share")
    return problem.error.explain().do


def _guesses(error: PlatformError, value: float) -> Iterator[str]:
    if isinstance(error, UnitSlipError):
        is_too_large = float(str(error.values["ratio"])) > 1
        yield exact(value * (SLIPS[0] if is_too_large else SLIPS[1]))
    if isinstance(error, SuspectValueError) and "meant" in error.values:
        yield exact(float(f"{float(str(error.values['meant'])):.12g}"))
    if isinstance(error, UnusualValueError):
        usual = _range(error)
        yield from (exact(value * slip) for slip in SLIPS if usual[0] <= value * slip <= usual[1])
    if isinstance(error, ShareTooLargeError | AboveCeilingError) and 1 < value <= 100:
        yield f"{exact(value)}%"


def _range(error: PlatformError) -> tuple[float, float]:
    low, high = error.values.get("low"), error.values.get("high")
    return (
        float(low) if isinstance(low, int | float) else 0.0,
        float(high) if isinstance(high, int | float) else float("inf"),
    )
