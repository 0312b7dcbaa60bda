"""Ten million fuel rows through the function `calculate` uses, against hand-written NumPy.

Run: .venv/bin/python bench/evaluate.py [rows]
"""

from __future__ import annotations

import math
import resource
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
from numpy.typing import NDArray

from services.standards.catalog import load_catalog
from services.standards.evaluation import Columns, default_values, evaluate_columns
from services.standards.model import AsOf, Source

ROWS = 10_000_000
REPEATS = 5
TARGET = 0.8
AS_OF = AsOf(date(2023, 12, 31), date(2024, 3, 31))
Floats = NDArray[np.float64]


def fuel_rows(source: Source, count: int) -> Columns:
    """Return rows of all fuels; half the calorific values and oxidation rates are not given."""
    random = np.random.default_rng(20230101)
    items = random.integers(0, len(source.items), count, dtype=np.int16)
    amount = random.uniform(1, 1e5, count)
    heat = random.uniform(15, 30, count)
    oxidation = random.uniform(0.9, 1, count)
    heat[random.random(count) < 0.5] = np.nan
    oxidation[random.random(count) < 0.5] = np.nan
    return Columns(items, {"FC": amount, "NCV": heat, "OF": oxidation})


def by_hand(columns: Columns, tables: dict[str, Floats]) -> Floats:
    """Return the same tonnes as one would write them at a prompt, without origins."""
    given, items = columns.given, columns.slots
    ncv = np.where(np.isnan(given["NCV"]), tables["NCV"][items], given["NCV"])
    oxidation = np.where(np.isnan(given["OF"]), tables["OF"][items], given["OF"])
    return given["FC"] * (ncv * tables["CC"][items]) * oxidation * 44 / 12


def formula_only(full: Mapping[str, Floats]) -> Floats:
    """Return the tonnes from columns in which nothing is missing: the least work there is."""
    return full["FC"] * full["NCV"] * full["CC"] * full["OF"] * 44 / 12


def complete(columns: Columns, tables: dict[str, Floats]) -> Columns:
    """Return the rows with every quantity given."""
    filled = {s: np.where(np.isnan(c), tables[s][columns.slots], c) for s, c in _gaps(columns)}
    filled["CC"] = tables["CC"][columns.slots]
    return Columns(columns.slots, {"FC": columns.given["FC"], **filled})


def _gaps(columns: Columns) -> list[tuple[str, Floats]]:
    return [(symbol, columns.given[symbol]) for symbol in ("NCV", "OF")]


def best_of(*works: Callable[[], Any]) -> tuple[list[float], list[Any]]:
    """Return the shortest time of several runs of each work, taken in turns, and its result."""
    times, results = [math.inf] * len(works), [None] * len(works)
    for _ in range(REPEATS):
        for number, work in enumerate(works):
            start = time.perf_counter()
            results[number] = work()
            times[number] = min(times[number], time.perf_counter() - start)
    return times, results


def main() -> int:
    """Print both times, the ratio and the memory."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    source = load_catalog().method("GB/T 32151.8-2015").sources["fuel"]
    columns = fuel_rows(source, count)
    tables = {s: default_values(source, s, AS_OF)[0] for s in ("NCV", "CC", "OF")}
    full = complete(columns, tables)
    compare("defaults filled in", lambda: by_hand(columns, tables), source, columns)
    compare("nothing missing", lambda: formula_only(full.given), source, full)
    memory_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"rows {count:,}; most memory of the process {memory_gb:.2f} GB")
    return 0


def compare(name: str, hand: Callable[[], Floats], source: Source, columns: Columns) -> None:
    """Print the times of both on the same arrays and the ratio of their speeds."""
    both = best_of(hand, lambda: evaluate_columns(source, columns, AS_OF))
    (hand_s, ours_s), (expected, result) = both
    np.testing.assert_allclose(result.gas_t["CO2"], expected, rtol=1e-12)
    ratio = hand_s / ours_s
    times = f"hand-written NumPy {hand_s:.3f} s, evaluate_columns with origins {ours_s:.3f} s"
    verdict = "reached" if ratio >= TARGET else "MISSED"
    print(f"{name}: {times}, ratio {ratio:.2f} (goal ≥ {TARGET}) {verdict}")


if __name__ == "__main__":
    raise SystemExit(main())
