"""What the radar says of a submission, in words: rows, months, expectations, how seldom."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.collection.radar.bands import band_named
from services.formatting import change, datetime_text, exact, months_text, percent, significant
from services.i18n.texts import language, t

Names = Mapping[str, str]
Reason = Mapping[str, Any]
# As many rows of one reason as anybody reads.
MOST_ROWS = 4
# The tests rest on models: below one in a million they would claim more than models know.
LEAST_CHANCE = 1e-6
SHARES = ("heaped",)
WHOLE = ("number", "times", "lowered", "versions")


def reason_words(reason: Reason, names: Names, other: str) -> str:
    """Return a reason as a sentence; `names` are those of the method's codes, as names_of_rows."""
    told = dict(reason["told"])
    values: dict[str, object] = {
        "row": row_words(reason, names),
        "months": months_text(reason["months"]),
        "other": other or t("radar.elsewhere"),
        # Of what varies the number is a spread of logarithms, which for small ones is a share.
        "spread": percent(told.get("number"), 2),
        **{name: _value(name, value) for name, value in told.items()},
    }
    if reason["kind"] == "band":
        values |= _band_words(str(told["band"]))
    return t(f"radar.reasons.{reason['kind']}", **values)


def row_words(reason: Reason, names: Names) -> str:
    """Return which rows a reason is about, by source, item and symbol."""
    rows = []
    for place in reason["places"][:MOST_ROWS]:
        parts = [names.get(place[part], place[part]) for part in ("source", "item") if place[part]]
        symbol = str(place["symbol"])
        rows.append(" · ".join([*parts, names.get(f"{place['source']}.{symbol}", symbol)]))
    return t("radar.list_comma").join(rows)


def seldom_words(chance: float | None) -> str:
    """Return how seldom an honest submission shows a reason; None is beyond the process."""
    if chance is None:
        return t("radar.fact")
    if chance <= LEAST_CHANCE:
        return t("radar.chance_is_least")
    return t("radar.chance_is", n=one_in(chance))


def chance_words(chance: float) -> str:
    """Return how seldom an honest submission looks so as a whole."""
    if chance <= LEAST_CHANCE:
        return t("radar.chance_least")
    return t("radar.chance", n=one_in(chance))


def one_in(chance: float) -> str:
    """Return a chance as one in so many, to two digits.

    >>> one_in(0.00037), one_in(1.0)
    ('2,700', '1')
    """
    number = 1 / chance
    step = 10 ** max(math.floor(math.log10(number)) - 1, 0)
    return exact(round(number / step) * step)


def _value(name: str, value: Any) -> str:
    if name == "at":
        return datetime_text(datetime.fromisoformat(value)) if value else "—"
    if name == "share":
        return change(float(value))
    if name in SHARES:
        return percent(float(value), 0)
    if isinstance(value, str):
        return value
    return exact(round(value)) if name in WHOLE else significant(value)


def _band_words(name: str) -> dict[str, object]:
    band = band_named(name)
    return {"band": t(f"radar.bands.{name}"), "unit": band.unit, "source": band.source[language()]}
