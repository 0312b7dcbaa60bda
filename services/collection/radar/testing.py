"""Each test over a round: its chance for every submission, and what it would say of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.algorithms import forensics_digits as digits
from services.algorithms import forensics_edits as edits
from services.algorithms import forensics_ratios as ratios
from services.algorithms import forensics_series as alone
from services.algorithms import forensics_twins as twins
from services.algorithms.forensics import (
    Floats,
    Monthly,
    least_by_owner,
    levels_of,
    scatter_of_peers,
)
from services.collection.radar.bands import default_of, ratios_of
from services.collection.radar.reading import Measured, Panel, Place, Reading
from services.standards.catalog import Catalog

# What no process does is told however many others there are; it weighs as one in a million.
CHANCE_OF_A_FACT = 1e-6
Why = tuple[tuple[Place, ...], tuple[int, ...], Mapping[str, float | str], int]


@dataclass(frozen=True, slots=True)
class Tested:
    """One test: a chance for each submission, NaN where it cannot judge, and why for one."""

    kind: str
    chance: Floats
    why: Callable[[int], Why]
    is_fact: bool = False


def all_tests(catalog: Catalog, reading: Reading) -> tuple[Tested, ...]:
    """Return every test over all submissions of a round."""
    owners = len(reading.filed)
    return (
        *_of_series(reading.quantities, owners),
        _locked(reading.quantities, owners),
        _digits(reading, owners),
        _benford(reading, owners),
        *_twins(reading, owners),
        _last_year(reading.quantities, owners),
        _edits(reading),
        _consumption(reading, owners),
        _bands(catalog, reading, owners),
        _defaults(catalog, reading, owners),
    )


def _of_series(panel: Panel, owners: int) -> tuple[Tested, ...]:
    series = panel.series
    found = (
        ("repeated", alone.repeated(series), _months_again),
        ("flat", alone.flat(series), _months_in_run),
        ("smooth", alone.smooth(series), _all_months),
    )
    return tuple(
        _by_series(kind, panel, (chance, number), owners, months)
        for kind, (chance, number), months in found
    )


def _by_series(
    kind: str,
    panel: Panel,
    found: tuple[Floats, Any],
    owners: int,
    months: Callable[[Floats], tuple[int, ...]],
) -> Tested:
    chance, number = found
    least, row = least_by_owner(chance, panel.series.owner, owners)

    def why(owner: int) -> Why:
        place = int(row[owner])
        shown = panel.series.shown[place]
        told = {"number": float(number[place]), "level": float(np.nanmedian(shown))}
        return (panel.places[place],), months(shown), told, -1

    return Tested(kind, least, why)


def _months_again(shown: Floats) -> tuple[int, ...]:
    counts = {value: int((shown == value).sum()) for value in shown[np.isfinite(shown)]}
    return tuple(m + 1 for m, value in enumerate(shown) if counts.get(value, 0) > 1)


def _months_in_run(shown: Floats) -> tuple[int, ...]:
    best: tuple[int, ...] = ()
    run: list[int] = []
    for month, value in enumerate(shown, 1):
        run = [*run, month] if run and value == shown[run[-1] - 1] else [month]
        best = tuple(run) if len(run) > len(best) else best
    return best


def _all_months(shown: Floats) -> tuple[int, ...]:
    return tuple(int(m) + 1 for m in np.flatnonzero(np.isfinite(shown)))


def _locked(panel: Panel, owners: int) -> Tested:
    first, second = alone.pairs_within(panel.series)
    chance, spread = alone.locked(panel.series, first, second)
    least, row = least_by_owner(chance, panel.series.owner[first], owners)

    def why(owner: int) -> Why:
        pair = int(row[owner])
        one, other = int(first[pair]), int(second[pair])
        ratio = panel.series.shown[one] / panel.series.shown[other]
        told = {"number": float(spread[pair]), "ratio": float(np.nanmedian(ratio))}
        return (panel.places[one], panel.places[other]), _all_months(ratio), told, -1

    return Tested("locked", least, why)


def _digits(reading: Reading, owners: int) -> Tested:
    counts = digits.last_digits(reading.quantities.series, owners)
    counts = counts + digits.last_digits(reading.coefficients.series, owners)
    chance, heaped = digits.preferred(counts)

    def why(owner: int) -> Why:
        often = int(np.argmax(counts[owner]))
        told: dict[str, float | str] = {
            "number": float(counts[owner].sum()),
            "heaped": float(heaped[owner]),
            "digit": str(often),
            "times": float(counts[owner, often]),
        }
        return (), (), told, -1

    return Tested("digits", chance, why)


def _benford(reading: Reading, owners: int) -> Tested:
    """Test first digits: of one value a row, in the few submissions with very many rows."""
    values: list[list[float]] = [[] for _ in range(owners)]
    for (owner, _place), total in reading.totals.items():
        if total > 0:
            values[owner].append(total)
    chance = np.array([digits.benford(np.array(each)) for each in values])
    return Tested(
        "benford", chance, lambda owner: ((), (), {"number": float(len(values[owner]))}, -1)
    )


def _twins(reading: Reading, owners: int) -> tuple[Tested, Tested]:
    panel = reading.quantities
    found = twins.nearest(panel.series)
    least, row = least_by_owner(found.chance, panel.series.owner, owners)

    def why(owner: int) -> Why:
        place = int(row[owner])
        partner = int(found.partner[place])
        told = {"ratio": float(found.ratio[place])}
        months = _all_months(panel.series.shown[place])
        return (panel.places[place],), months, told, int(panel.series.owner[partner])

    return Tested("twin", least, why), _copies(reading, owners)


def _copies(reading: Reading, owners: int) -> Tested:
    """Test equal values in equal places, of months and of whole years alike."""
    chance = np.where(_any_of(reading, owners), 1.0, np.nan)
    partner, count = np.full(owners, -1), np.zeros(owners)
    for panel in (reading.quantities, reading.yearly):
        if not len(panel.series):
            continue
        levels = np.log(levels_of(panel.series.shown))
        spread = scatter_of_peers(levels, panel.series.group)
        pairs = twins.equal_values(panel.series, spread, owners)
        for one, other, number, p in zip(
            pairs.one, pairs.other, pairs.count, pairs.chance, strict=True
        ):
            for owner, twin in ((one, other), (other, one)):
                if not p >= chance[owner]:
                    chance[owner], partner[owner], count[owner] = p, twin, number

    def why(owner: int) -> Why:
        return (), (), {"number": float(count[owner])}, int(partner[owner])

    return Tested("copy", chance, why)


def _any_of(reading: Reading, owners: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return who has peers to be equal to, in months or in whole years."""
    found = np.zeros(owners, dtype=bool)
    for panel in (reading.quantities, reading.yearly):
        if len(panel.series):
            known = np.isfinite(
                scatter_of_peers(np.log(levels_of(panel.series.shown)), panel.series.group)
            )
            found[panel.series.owner[known]] = True
    return found


def _last_year(panel: Panel, owners: int) -> Tested:
    chance, scale = twins.same_as_before(panel.series, panel.before)
    least, row = least_by_owner(chance, panel.series.owner, owners)

    def why(owner: int) -> Why:
        place = int(row[owner])
        told = {"ratio": float(scale[place])}
        return (panel.places[place],), _all_months(panel.series.shown[place]), told, -1

    return Tested("last_year", least, why)


def _edits(reading: Reading) -> Tested:
    made = [filed.edits for filed in reading.filed]
    changed = np.array([e.changed if e else 0 for e in made], dtype=np.int64)
    lowered = np.array([e.lowered if e else 0 for e in made], dtype=np.int64)
    shift = np.array(
        [np.log(e.last_t / e.first_t) if e and min(e.first_t, e.last_t) > 0 else 0.0 for e in made]
    )
    chance = edits.one_sided(changed, lowered, shift)

    def why(owner: int) -> Why:
        edit = made[owner]
        told: dict[str, float | str] = {}
        if edit is not None:
            told = {
                "number": float(edit.changed),
                "lowered": float(edit.lowered),
                "share": float(edit.last_t / edit.first_t - 1),
                "versions": float(edit.versions),
                "at": edit.last_at,
            }
        return (), (), told, -1

    return Tested("edits", chance, why)


def _consumption(reading: Reading, owners: int) -> Tested:
    """Test the ratios of yearly totals against peers: energy by output, row by row."""
    rows = [(owner, place, total) for (owner, place), total in reading.totals.items() if total > 0]
    methods: dict[tuple[str, Place], int] = {}
    keys = [(reading.filed[owner].method, place) for owner, place, _ in rows]
    group = np.array([methods.setdefault(key, len(methods)) for key in keys], dtype=np.int64)
    owner = np.array([row[0] for row in rows], dtype=np.int64)
    total = np.array([row[2] for row in rows], dtype=np.float64)
    whole = Monthly(owner, group, total.reshape(-1, 1), np.ones(len(rows)))
    first, second = alone.pairs_within(whole)
    kind = group[first] * max(len(methods), 1) + group[second]
    ratio = total[first] / total[second]
    chance, middle = ratios.far_from_peers(ratio, kind)
    least, row = least_by_owner(chance, owner[first], owners)

    def why(one: int) -> Why:
        pair = int(row[one])
        told = {"ratio": float(ratio[pair]), "usual": float(middle[pair])}
        return (rows[first[pair]][1], rows[second[pair]][1]), (), told, -1

    return Tested("consumption", least, why)


def _bands(catalog: Catalog, reading: Reading, owners: int) -> Tested:
    found = ratios_of(catalog, reading)
    value, low, high = (
        np.array([getattr(r.band, name) if name != "value" else r.value for r in found])
        for name in ("value", "low", "high")
    )
    beyond = ratios.outside(value, low, high)
    chance, worst = np.full(owners, np.nan), np.full(owners, -1, dtype=np.int64)
    for number in np.argsort(beyond, kind="stable"):
        owner = found[number].owner
        chance[owner] = CHANCE_OF_A_FACT if beyond[number] > 1 else 1.0
        worst[owner] = number

    def why(owner: int) -> Why:
        ratio = found[worst[owner]]
        told = {"ratio": ratio.value, "band": ratio.band.name, "low": ratio.band.low,
                "high": ratio.band.high}  # fmt: skip
        return (ratio.place,), (), told, -1

    return Tested("band", chance, why, is_fact=True)


def _defaults(catalog: Catalog, reading: Reading, owners: int) -> Tested:
    """Test measured coefficients that are the method's default to the last digit."""
    described = {name: catalog.describe(name) for name in {f.method for f in reading.filed}}
    known: dict[tuple[str, Place], float | None] = {}
    numbers: dict[tuple[str, Place], int] = {}
    kept: list[tuple[Measured, int, bool]] = []
    for one in reading.measured:
        key = (reading.filed[one.owner].method, one.place)
        if key not in known:
            known[key] = default_of(described[key[0]], one.place, one.place.symbol)
        if (default := known[key]) is not None:
            equal = abs(one.value - default) <= one.step / 1e6
            kept.append((one, numbers.setdefault(key, len(numbers)), equal))
    owner = np.array([one.owner for one, _, _ in kept], dtype=np.int64)
    value = np.array([one.value for one, _, _ in kept], dtype=np.float64)
    step = np.array([one.step for one, _, _ in kept], dtype=np.float64)
    group = np.array([number for _, number, _ in kept], dtype=np.int64)
    same = np.array([is_same for _, _, is_same in kept], dtype=bool)
    each = ratios.chance_of_default(ratios.Measurements(owner, group, value, step, same))
    chance, count = ratios.filled_by_experience(each, same, owner, owners)

    def why(one: int) -> Why:
        places = (each.place for each, _, is_same in kept if each.owner == one and is_same)
        return tuple(dict.fromkeys(places)), (), {"number": float(count[one])}, -1

    return Tested("default", chance, why)
