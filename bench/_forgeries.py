"""A simulated population of firms for the radar, and figures planted among them that are invented.

Everything here is made by a seed; no firm exists. The honest ones have what real ones have: a
season, noise of their own, outages, meters behind transformers, scales that round, trucks that
bring whole tonnes, laboratories that give one value a year, people who type a default as measured,
months estimated in round figures, corrections in both directions, and neighbours that move alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np

from services.collection.radar.reading import Edits, Filed
from services.data.submissions import StoredRow

YEAR = 2022
MONTHS = 12
Key = tuple[str, str, str]
STRENGTHS = ("weak", "medium", "strong")
COAL, DIESEL = ("fuel", "bituminous", "FC"), ("fuel", "diesel", "FC")
GAS, POWER, HEAT = ("fuel", "ng", "FC"), ("el_buy", "", "MWh"), ("ht_buy", "", "GJ")
CLINKER, STONE = ("clinker", "", "Q_clinker"), ("desulph", "caco3", "Q")
FEED, NCV = ("feedstock", "methanol", "Q"), ("fuel", "bituminous", "NCV")


# Tonnes of CO2 for a unit, to tell large rows from small ones.
TONNES = {COAL: 1.9, DIESEL: 3.1, GAS: 21.6, POWER: 0.58, HEAT: 0.11, CLINKER: 0.52, STONE: 0.44,
          FEED: 0.5}  # fmt: skip
SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Sector:
    """A method, what a firm of it makes, and what it takes for each unit of that."""

    method: str
    output: Key
    median: float
    needs: Mapping[Key, float]
    season: float
    default_ncv: float


SECTORS = (
    Sector("GB/T 32151.8-2015", CLINKER, 90_000.0,
           {COAL: 0.155, POWER: 0.062, DIESEL: 0.0004}, 0.10, 19.57),
    Sector("GB/T 32151.1-2015", COAL, 45_000.0,
           {STONE: 0.02, POWER: 0.006, DIESEL: 0.0008}, 0.15, 20.304),
    Sector("GB/T 32151.10-2015", FEED, 12_000.0,
           {COAL: 0.6, GAS: 0.004, POWER: 0.9, HEAT: 3.2, DIESEL: 0.002}, 0.05, 20.304),
)  # fmt: skip


@dataclass(slots=True)
class Line:
    """One quantity: this year and last, and the step in which it is read and typed."""

    now: np.ndarray
    then: np.ndarray
    step: float
    decimals: int


@dataclass(slots=True)
class Firm:
    """A simulated firm; `planted` is empty for an honest one, else kind and strength.

    From whom somebody copied is honest, and yet one of two that are alike: kind `source`.
    """

    sector: int
    lines: dict[Key, Line]
    edits: Edits | None = None
    planted: tuple[str, str] = ("", "")
    load: np.ndarray = field(default_factory=lambda: np.ones(MONTHS))
    moves_with: bool = False


def population(seed: int, firms: int, planted: int) -> list[Firm]:
    """Return so many firms, of which `planted` for each kind and strength are no longer honest."""
    rng = np.random.default_rng(seed)
    found: list[Firm] = []
    for number in range(firms):
        beside = found[number - len(SECTORS)] if number >= len(SECTORS) else None
        found.append(_honest(rng, number % len(SECTORS), beside))
    order = iter(rng.permutation(firms))
    for kind, plant in PLANTS.items():
        for level, strength in enumerate(STRENGTHS):
            done = 0
            while done < planted:
                number = int(next(order))
                if found[number].planted[0] == SOURCE:
                    continue
                if plant(rng, found, number, level):
                    found[number].planted = (kind, strength)
                    done += 1
    return found


def filed(firms: list[Firm]) -> list[Filed]:
    """Return the firms' submissions, as texts that somebody typed."""
    return [
        Filed(
            organization_id=number,
            submission_id=UUID(int=number),
            year=YEAR,
            method=SECTORS[firm.sector].method,
            rows=_rows(firm, "now"),
            before=_rows(firm, "then"),
            edits=firm.edits,
            shares=_shares(firm),
        )
        for number, firm in enumerate(firms)
    ]


def _honest(rng: np.random.Generator, sector: int, beside: Firm | None) -> Firm:
    made = SECTORS[sector]
    level = made.median * rng.lognormal(0, 0.6)
    season = made.season * rng.lognormal(0, 0.3) * np.cos(np.arange(MONTHS) * np.pi / 6)
    season = season + rng.normal(0, 0.03, MONTHS)
    noise = 0.06 * rng.lognormal(0, 0.4)
    then = _load(rng, season, noise)
    now = _load(rng, season, noise)
    alike = beside if rng.random() < 0.05 else None
    if alike is not None:
        now = now**0.3 * alike.load**0.7
    growth = np.exp(rng.normal(0.02, 0.08))
    output = level * now * growth, level * then
    lines = {made.output: _line(output, *_reading(rng, made.output))}
    for key, need in made.needs.items():
        used = tuple(_used(rng, key, need * rng_level, out, level) for rng_level, out in zip(
            (rng.lognormal(0, 0.12),) * 2, output, strict=True))  # fmt: skip
        lines[key] = _line(used, *_reading(rng, key))
        if rng.random() < 0.05:
            _estimate(rng, lines[key].now)
    if COAL in lines and rng.random() < 0.5:
        lines[NCV] = _calorific(rng, made.default_ncv)
    return Firm(sector, lines, _corrected(rng), load=now, moves_with=alike is not None)


def _load(rng: np.random.Generator, season: np.ndarray, noise: float) -> np.ndarray:
    steps, course = rng.normal(0, noise, MONTHS), np.zeros(MONTHS)
    for month in range(MONTHS):
        course[month] = 0.5 * (course[month - 1] if month else 0) + steps[month]
    load = np.exp(season + course)
    if rng.random() < 0.25:
        load[rng.integers(MONTHS)] *= rng.uniform(0.1, 0.7)
    if rng.random() < 0.08:
        first = rng.integers(MONTHS)
        load[first : first + rng.integers(1, 3)] = 0
    return load


def _used(
    rng: np.random.Generator, key: Key, need: float, output: np.ndarray, level: float
) -> np.ndarray:
    if key == DIESEL:
        # Bought by the tank, whatever is made; one in thirty has a contract of a fixed amount.
        mean = need * level
        if rng.random() < 0.03:
            return np.full(MONTHS, mean)
        return mean * rng.lognormal(0, 0.25 * rng.lognormal(0, 0.3), MONTHS)
    fixed = {POWER: 0.2, HEAT: 0.3}.get(key, 0.03)
    noise = rng.normal(1, 0.03 * rng.lognormal(0, 0.4), MONTHS)
    return need * (fixed * level + (1 - fixed) * output) * np.maximum(noise, 0.5)


def _reading(rng: np.random.Generator, key: Key) -> tuple[float, int]:
    """Return the step in which a quantity is read, and the decimals with which it is typed."""
    if key == POWER:
        # Kilowatt-hours behind transformers.
        ratio = rng.choice([0.001, 0.04, 0.06, 0.4, 2.0, 6.0], p=[0.5, 0.1, 0.1, 0.1, 0.1, 0.1])
        return float(ratio), 3 if ratio == 0.001 else 2
    if key == DIESEL:
        step = rng.choice([0.01, 0.1, 1.0, 5.0], p=[0.5, 0.2, 0.2, 0.1])
        return float(step), 2
    step = rng.choice([0.01, 0.1, 1.0, 10.0], p=[0.4, 0.1, 0.42, 0.08])
    return float(step), max(0, -int(np.floor(np.log10(step))))


def _line(values: tuple[np.ndarray, ...], step: float, decimals: int) -> Line:
    now, then = (np.rint(part / step) * step for part in values)
    return Line(now, then, step, decimals)


def _calorific(rng: np.random.Generator, default: float) -> Line:
    """Return a measured calorific value: each month, or one a year for all of them."""
    mean, step = rng.normal(21, 1.5), float(rng.choice([0.01, 0.001]))
    if rng.random() < 0.03:
        # The default typed as if it were measured: an honest slip that is worth a look.
        return Line(np.full(MONTHS, default), np.full(MONTHS, default), step, 3)
    spread = mean * rng.uniform(0.01, 0.03)
    parts = tuple(mean + rng.normal(0, spread, MONTHS) for _ in range(2))
    if rng.random() < 0.2:
        parts = tuple(np.full(MONTHS, part[0]) for part in parts)
    return _line(parts, step, 3)


def _estimate(rng: np.random.Generator, values: np.ndarray) -> None:
    """Put a round figure where the bill had not come yet."""
    for month in rng.integers(0, MONTHS, rng.integers(1, 3)):
        if values[month] > 0:
            unit = 10.0 ** np.floor(np.log10(values[month]) - 1)
            values[month] = np.rint(values[month] / unit) * unit


def _corrected(rng: np.random.Generator) -> Edits | None:
    if rng.random() > 0.2:
        return None
    changed = int(rng.integers(1, 21))
    shift = 0.01 * rng.standard_t(3)
    return Edits(changed, int(rng.binomial(changed, 0.5)), 1e5, 1e5 * float(np.exp(shift)))


def _shares(firm: Firm) -> dict[tuple[str, str], float]:
    tonnes = {
        key[:2]: float(line.now.sum()) * TONNES[key]
        for key, line in firm.lines.items()
        if key in TONNES
    }
    whole = sum(tonnes.values()) or 1.0
    return {key: part / whole for key, part in tonnes.items()}


def _rows(firm: Firm, year: str) -> list[StoredRow]:
    cells: dict[tuple[str, str, int], dict[str, str]] = {}
    for (source, item, symbol), line in firm.lines.items():
        for month, value in enumerate(getattr(line, year), 1):
            row = cells.setdefault((source, item, month), {"month": str(month)})
            row[symbol] = f"{value:,.{line.decimals}f}"
    return [StoredRow(source, item, row, "") for (source, item, _), row in cells.items()]


# Each plants one kind in one firm and returns whether it could; `level` is 0 weak to 2 strong.
Plant = Callable[[np.random.Generator, list[Firm], int, int], bool]


def _main_lines(firm: Firm) -> list[Line]:
    """Return the quantities worth touching: those that make a part of the emission."""
    shares = _shares(firm)
    large = (key for key in firm.lines if shares.get(key[:2], 0) >= 0.02 and key != NCV)
    return [firm.lines[key] for key in large if key != DIESEL]


def _runs(line: Line) -> bool:
    return bool((line.now > 0).all()) and float(np.median(line.now)) / line.step >= 200


def _write(line: Line, values: np.ndarray) -> None:
    line.now = np.rint(values / line.step) * line.step


def _plant_repeated(rng: np.random.Generator, firms: list[Firm], n: int, level: int) -> bool:
    line = firms[n].lines[SECTORS[firms[n].sector].output]
    if not _runs(line):
        return False
    for copy in range((2, 3, 5)[level]):
        line.now[2 * copy + 1 if copy else 7] = line.now[2 * copy]
    return True


def _plant_flat(rng: np.random.Generator, firms: list[Firm], n: int, level: int) -> bool:
    line = _main_lines(firms[n])[-1]
    if not _runs(line):
        return False
    length = (3, 6, 12)[level]
    start = int(rng.integers(0, MONTHS - length + 1))
    line.now[start : start + length] = line.now[start]
    return True


def _plant_smooth(rng: np.random.Generator, firms: list[Firm], n: int, level: int) -> bool:
    line = _main_lines(firms[n])[-1]
    if not _runs(line):
        return False
    _write(line, line.now.mean() * rng.normal(1, (0.012, 0.005, 0.002)[level], MONTHS))
    return True


def _plant_locked(rng: np.random.Generator, firms: list[Firm], n: int, level: int) -> bool:
    made = SECTORS[firms[n].sector]
    key = next(iter(made.needs))
    output, line = firms[n].lines[made.output], firms[n].lines[key]
    shares = _shares(firms[n])
    if not (_runs(output) and _runs(line)) or shares[key[:2]] < 0.02:
        return False
    ratio = line.now.sum() / output.now.sum()
    _write(line, output.now * ratio * rng.normal(1, (0.006, 0.002, 0.0)[level], MONTHS))
    return True


def _plant_digits(rng: np.random.Generator, firms: list[Firm], n: int, level: int) -> bool:
    share = (0.3, 0.5, 0.75)[level]
    for line in _main_lines(firms[n]):
        steps = np.rint(line.now / line.step)
        asked = rng.random(MONTHS) < share
        ending = np.where(asked, rng.choice([0, 5], MONTHS), rng.choice([1, 2, 3, 4, 6, 7, 8, 9],
                          MONTHS))  # fmt: skip
        line.now = np.where(line.now > 0, (steps - steps % 10 + ending) * line.step, 0)
    return True


def _plant_edits(rng: np.random.Generator, firms: list[Firm], n: int, level: int) -> bool:
    changed, shift = ((6, -0.01), (10, -0.04), (16, -0.10))[level]
    firms[n].edits = Edits(changed, changed, 1e5, 1e5 * float(np.exp(shift)), 2, True)
    return True


def _plant_hidden(rng: np.random.Generator, firms: list[Firm], n: int, level: int) -> bool:
    """Hide a part of the main fuel of a cement works."""
    if firms[n].sector != 0:
        return False
    line = firms[n].lines[COAL]
    _write(line, line.now * (0.7, 0.5, 0.3)[level])
    return True


def _plant_twin(rng: np.random.Generator, firms: list[Firm], n: int, level: int) -> bool:
    """Take another firm's year at another scale, with a little noise over it."""
    other = _other(rng, firms, n)
    if other is None:
        return False
    scale = rng.uniform(0.4, 2.0)
    for key, line in firms[n].lines.items():
        if key in other.lines and key not in (DIESEL, NCV):
            noise = rng.normal(1, (0.01, 0.003, 0.0)[level], MONTHS)
            _write(line, other.lines[key].now * scale * noise)
    return True


def _plant_copy(rng: np.random.Generator, firms: list[Firm], n: int, level: int) -> bool:
    """Take values of another firm as they are: a month of each row, four, or the year."""
    other = _other(rng, firms, n)
    if other is None:
        return False
    months = rng.permutation(MONTHS)[: (1, 4, 12)[level]]
    for key, line in firms[n].lines.items():
        if key in other.lines and key not in (DIESEL, NCV):
            line.now[months] = other.lines[key].now[months]
            line.step, line.decimals = other.lines[key].step, other.lines[key].decimals
    return True


def _plant_last_year(rng: np.random.Generator, firms: list[Firm], n: int, level: int) -> bool:
    line = _main_lines(firms[n])[0]
    if not _runs(line) or not (line.then > 0).all():
        return False
    _write(line, line.then * 1.03 * rng.normal(1, (0.01, 0.003, 0.0)[level], MONTHS))
    return True


def _plant_default(rng: np.random.Generator, firms: list[Firm], n: int, level: int) -> bool:
    if NCV not in firms[n].lines:
        return False
    line = firms[n].lines[NCV]
    months = rng.permutation(MONTHS)[: (1, 6, 12)[level]]
    line.now[months] = SECTORS[firms[n].sector].default_ncv
    return True


def _other(rng: np.random.Generator, firms: list[Firm], n: int) -> Firm | None:
    other = firms[int(rng.integers(len(firms)))]
    fits = other.sector == firms[n].sector and other is not firms[n] and other.planted == ("", "")
    output = other.lines[SECTORS[other.sector].output]
    if not (fits and _runs(output)):
        return None
    other.planted = (SOURCE, "")
    return other


PLANTS: Mapping[str, Plant] = {
    "repeated": _plant_repeated,
    "flat": _plant_flat,
    "smooth": _plant_smooth,
    "locked": _plant_locked,
    "digits": _plant_digits,
    "edits": _plant_edits,
    "hidden": _plant_hidden,
    "twin": _plant_twin,
    "copy": _plant_copy,
    "last_year": _plant_last_year,
    "default": _plant_default,
}
