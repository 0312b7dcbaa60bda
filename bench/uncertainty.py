"""Monte Carlo of 10,000 draws over 500 lines, beside a bare NumPy recurrence in the same run.

Run: .venv/bin/python bench/uncertainty.py
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
from numpy.typing import NDArray

from services.accounting.propagation import Propagation, RunLines
from services.accounting.uncertainty import simulate_lines
from services.algorithms.simulation import BLOCK_DRAWS, NORMAL_POINT, Plan
from services.standards.calculate import CalculationRequest, calculate
from services.standards.catalog import load_catalog
from services.standards.model import AsOf
from services.standards.results import EmissionLine

METHOD = "GB/T 32150-2015"
LINES, DRAWS, GOAL_S = 500, 10_000, 2.0
REPEATS = 3


def main() -> None:
    """Print the seconds of the simulation, of the recurrence, and their ratio."""
    catalog = load_catalog()
    run = _run()
    # The recurrence is given what is drawn, and multiplies by hand.
    propagation = Propagation(catalog, [run])
    simulated_s = _best(lambda: simulate_lines(catalog, [run], Plan(DRAWS)))
    bare_s = _best(lambda: _recurrence(run, propagation))
    print(f"lines {len(run.lines)}, draws {DRAWS}")
    print(f"simulation with model, bands and contributions: {simulated_s:.2f} s (goal {GOAL_S} s)")
    print(f"bare NumPy recurrence (draws and products only): {bare_s:.2f} s")
    print(f"ratio: {bare_s / simulated_s:.2f}")


def _run() -> RunLines:
    """Return fuel lines whose factors are shared by item, and whose activity is each its own."""
    items = ("bituminous", "ng", "diesel", "coke", "anthracite")
    records = [
        {"source": "fuel", "item": items[n % len(items)], "inputs": {"FC": 100.0 + n}}
        for n in range(LINES)
    ]
    known_on = date(2026, 6, 30)
    request = CalculationRequest(METHOD, 2023, "320000", records, known_on)
    catalog = load_catalog()
    lines = calculate(catalog, request).lines
    return RunLines(2023, catalog.method(METHOD), lines, AsOf(date(2023, 12, 31), known_on))


def _recurrence(run: RunLines, propagation: Propagation) -> NDArray[np.float64]:
    """Return the total of every draw: FC × NCV × CC × OF × 44/12, factors shared by item."""
    random = np.random.default_rng(1)
    width = propagation.half_widths[:, None] / NORMAL_POINT
    names = ("FC", "NCV", "CC", "OF")
    numbers = _numbers(propagation)
    values = {s: np.array([line.inputs[s].value for line in run.lines])[:, None] for s in names}
    index = {s: np.array([numbers[s, _key(line, s)] for line in run.lines]) for s in names}
    totals = np.empty(DRAWS)
    for start in range(0, DRAWS, BLOCK_DRAWS):
        count = min(BLOCK_DRAWS, DRAWS - start)
        drawn = 1 + width * random.standard_normal((len(width), count))
        product = values["FC"] * drawn[index["FC"]]
        for symbol in names[1:]:
            product *= values[symbol] * drawn[index[symbol]]
        totals[start : start + count] = product.sum(axis=0) * (44 / 12)
    return totals


def _numbers(propagation: Propagation) -> dict[tuple[str, object], int]:
    return {
        (q.cell.symbol, q.cell.record if q.is_own else q.cell.item): number
        for number, q in enumerate(propagation.quantities)
    }


def _key(line: EmissionLine, symbol: str) -> object:
    return line.record if symbol == "FC" else line.item


def _best(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


if __name__ == "__main__":
    main()
