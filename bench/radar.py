"""Recall and precision of the radar on figures invented and planted among simulated firms.

3,000 firms of three methods with twelve months and two years each, all simulated by the seed: with
a season, outages, transformers, rounding, estimated months, corrections, and honest ones that look
odd (a default typed as measured, neighbours that move alike). Among them eight of each kind and
strength are invented as somebody might; bench/_forgeries.py says how. Listed are those that the
radar calls worth a look at a rate of false discoveries of 5 %. From whom somebody copied stands on
the list too and is counted apart: which of two is the copy, no figure says.

Run: python3 run.py bench radar
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bench._forgeries import PLANTS, SOURCE, STRENGTHS, Firm, filed, population
from services.collection.radar.judging import Judgement, judge
from services.collection.radar.reading import read
from services.standards.catalog import Catalog, load_catalog

SEED, FIRMS, EACH = 20261127, 3_000, 8
TOPS = (50, 100, 200)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Firms as they were made, what the radar says of them, and the seconds that it took."""

    firms: Sequence[Firm]
    judged: Sequence[Judgement]
    read_s: float
    judge_s: float

    def kind(self, judgement: Judgement) -> str:
        """Return what was planted in a firm: a kind, source, or nothing."""
        return self.firms[judgement.owner].planted[0]

    def recall(self, kind: str, strength: str) -> tuple[int, int]:
        """Return how many of a kind and strength are listed, of how many."""
        made = [j for j in self.judged if self.firms[j.owner].planted == (kind, strength)]
        return sum(j.is_listed for j in made), len(made)

    def precision(self, listed: Sequence[Judgement]) -> float:
        """Return the share of planted ones, without those from whom somebody copied."""
        kinds = [self.kind(j) for j in listed if self.kind(j) != SOURCE]
        return sum(bool(kind) for kind in kinds) / max(len(kinds), 1)

    @property
    def listed(self) -> list[Judgement]:
        """Return those that are worth a look, the least likely first."""
        return [j for j in self.judged if j.is_listed]


def run_radar(catalog: Catalog, seed: int, firms: int, each: int) -> Outcome:
    """Make a population, and run every test over it."""
    made = population(seed, firms, each)
    every = filed(made)
    begun = time.perf_counter()
    reading = read(catalog, every)
    between = time.perf_counter()
    judged = judge(catalog, reading)
    ended = time.perf_counter()
    return Outcome(made, judged, between - begun, ended - between)


def main(arguments: Sequence[str]) -> int:
    """Print recall by kind and strength, precision of the list, and the time."""
    firms = int(arguments[0]) if arguments else FIRMS
    catalog = load_catalog()
    found = run_radar(catalog, SEED, firms, EACH)
    print(f"seed {SEED}: {firms:,} simulated firms, {EACH} planted of each kind and strength")
    print(f"{'kind':12}{'weak':>8}{'medium':>8}{'strong':>8}   listed of planted")
    for kind in PLANTS:
        cells = ("{}/{}".format(*found.recall(kind, strength)) for strength in STRENGTHS)
        print(f"{kind:12}" + "".join(f"{cell:>8}" for cell in cells))
    for strength in STRENGTHS:
        counts = [found.recall(kind, strength) for kind in PLANTS]
        listed, made = (sum(part) for part in zip(*counts, strict=True))
        print(f"recall {strength:7} {listed / made:.2f}")
    print_list(found)
    honest = run_radar(catalog, SEED, firms, 0)
    print(f"the same without anything planted: {len(honest.listed)} of {firms:,} listed")
    print(f"rows read {found.read_s:.1f} s, all tests {found.judge_s:.1f} s")
    return 0


def print_list(found: Outcome) -> None:
    """Print how good the list and its first places are, and why honest ones stand on it."""
    listed = found.listed
    sources = sum(found.kind(j) == SOURCE for j in listed)
    print(f"listed {len(listed)}, of these copied from {sources}")
    print(f"precision of the list {found.precision(listed):.2f}")
    for top in TOPS:
        print(f"precision of the first {top:3} {found.precision(found.judged[:top]):.2f}")
    why = Counter(j.reasons[0].kind for j in listed if not found.kind(j))
    told = ", ".join(f"{kind} {count}" for kind, count in why.most_common())
    print(f"honest on the list by first reason: {told or 'none'}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
