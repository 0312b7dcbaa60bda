"""Ratios beyond a process or far from those of peers, and measured values that are defaults."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from services.algorithms.forensics import (
    LEAST_PEERS,
    MAD_TO_SD,
    Bools,
    Floats,
    Integers,
    bounded,
    rows_of_groups,
)

# Peers differ with heavy tails: products, ages and sizes. Student's t with few degrees of freedom
# asks for about eight robust deviations where a normal law would ask for four.
FREEDOM = 5


def outside(ratio: Floats, low: Floats, high: Floats) -> Floats:
    """Return by which factor a ratio lies outside its band; 1 inside, NaN without a ratio."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.fmax(np.fmax(low / ratio, ratio / high), np.where(np.isnan(ratio), np.nan, 1.0))


def far_from_peers(ratio: Floats, group: Integers) -> tuple[Floats, Floats]:
    """Return the chance to lie so far from the peers' median, and that median.

    Logarithms, their median and median absolute deviation, two-sided.
    """
    chance, middle = np.full(len(ratio), np.nan), np.full(len(ratio), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(ratio > 0, np.log(ratio), np.nan)
    for rows in rows_of_groups(group):
        known = rows[np.isfinite(logs[rows])]
        if len(known) < LEAST_PEERS:
            continue
        centre = np.median(logs[known])
        scale = np.median(np.abs(logs[known] - centre)) * MAD_TO_SD
        middle[known] = np.exp(centre)
        if scale > 0:
            chance[known] = 2 * stats.t.sf(np.abs(logs[known] - centre) / scale, FREEDOM)
    return bounded(chance), middle


@dataclass(frozen=True, slots=True)
class Measurements:
    """Coefficients said to be measured: whose, of which peers, and which are the default."""

    owner: Integers
    group: Integers
    value: Floats
    step: Floats
    is_default: Bools


def chance_of_default(measured: Measurements) -> Floats:
    """Return for each measured value how likely a measurement gives the default to the digit.

    At most step / (√(2π) σ), where σ is what measurements scatter by that are no default: those of
    peers, or of the owner itself where it has several and they scatter less.
    """
    chance = np.full(len(measured.value), np.nan)
    for rows in rows_of_groups(measured.group):
        own = _scatter(measured, rows, least=LEAST_PEERS)
        if not own > 0:
            continue
        scatter = np.full(len(rows), own)
        for alike in rows_of_groups(measured.owner[rows]):
            if len(alike) > 1:
                scatter[alike] = np.fmin(_scatter(measured, rows[alike], least=3), own)
        with np.errstate(divide="ignore"):
            chance[rows] = np.minimum(measured.step[rows] / (np.sqrt(2 * np.pi) * scatter), 1)
    return chance


def _scatter(measured: Measurements, rows: Integers, least: int) -> float:
    """Return the robust standard deviation of what is no default, NaN of too few."""
    others = measured.value[rows[~measured.is_default[rows]]]
    if len(others) < least:
        return float("nan")
    return float(np.median(np.abs(others - np.median(others))) * MAD_TO_SD)


def filled_by_experience(
    chance: Floats, is_default: Bools, owner: Integers, owners: int
) -> tuple[Floats, Integers]:
    """Return for each owner the chance of so many defaults among its measurements, and how many."""
    known = np.isfinite(chance)
    expected = np.bincount(owner[known], chance[known], owners)
    found = np.bincount(owner[known & is_default], minlength=owners)
    judged = np.bincount(owner[known], minlength=owners) > 0
    told = stats.poisson.sf(found - 1, expected)
    return bounded(np.where(judged, told, np.nan)), found
