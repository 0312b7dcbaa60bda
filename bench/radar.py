"""Recall and precision of the radar on figures invented and planted among simulated firms.

3,000 firms of three methods with twelve months and two years each, all simulated by the seed: with
a season, outages, transformers, rounding, estimated months, corrections, and honest ones that look
odd (a default typed as measured, neighbours that move alike). Among them eight of each kind and
strength are invented as somebody might; bench/_forgeries.py says how. Listed are those that the
radar calls worth a look at a rate of false discoveries of 5 %. From whom somebody copied stands on
the list too and is counted apart: which of two is the copy, no figure says. Five populations, each
judged alone; times are of one, by the clock and of the processor.

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

SEED, POPULATIONS, FIRMS, EACH = 20261127, 5, 3_000, 8
TOPS = (50, 100, 200)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Firms as they were made, what the radar says of them, and the seconds that it took."""

    firms: Sequence[Firm]
    judged: Sequence[Judgement]
    read_s: float
    judge_s: float
    processor_s: float

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
    begun, worked = time.perf_counter(), time.process_time()
    reading = read(catalog, every)
    between = time.perf_counter()
    judged = judge(catalog, reading)
    ended = time.perf_counter()
    return Outcome(made, judged, between - begun, ended - between, time.process_time() - worked)


def main(arguments: Sequence[str]) -> int:
    """Print recall by kind and strength, precision of the list, and the time."""
    firms = int(arguments[0]) if arguments else FIRMS
    catalog = load_catalog()
    seeds = range(SEED, SEED + POPULATIONS)
    found = [run_radar(catalog, seed, firms, EACH) for seed in seeds]
    print(
        f"seeds {seeds[0]} to {seeds[-1]}: {firms:,} simulated firms each, {EACH} planted of each"
    )
    print_recall(found)
    print_lists(found)
    honest = [len(run_radar(catalog, seed, firms, 0).listed) for seed in seeds]
    print(f"the same without anything planted, listed of {firms:,}: {honest}")
    first = found[0]
    print(
        f"rows read {first.read_s:.1f} s, all tests {first.judge_s:.1f} s,"
        f" processor {first.processor_s:.1f} s"
    )
    return 0


def print_recall(found: Sequence[Outcome]) -> None:
    """Print how many of each kind and strength are listed, of all populations together."""
    print(f"{'kind':12}{'weak':>8}{'medium':>8}{'strong':>8}   listed of planted")
    whole = dict.fromkeys(STRENGTHS, (0, 0))
    for kind in PLANTS:
        cells = []
        for strength in STRENGTHS:
            counts = [each.recall(kind, strength) for each in found]
            listed, made = (sum(part) for part in zip(*counts, strict=True))
            cells.append(f"{listed}/{made}")
            whole[strength] = whole[strength][0] + listed, whole[strength][1] + made
        print(f"{kind:12}" + "".join(f"{cell:>8}" for cell in cells))
    shares = (f"{listed / made:.2f}" for listed, made in whole.values())
    print(f"{'recall':12}" + "".join(f"{share:>8}" for share in shares))


def print_lists(found: Sequence[Outcome]) -> None:
    """Print how good the lists and their first places are, and why honest ones stand on them."""
    lists = [each.listed for each in found]
    sources = [
        sum(each.kind(j) == SOURCE for j in listed)
        for each, listed in zip(found, lists, strict=True)
    ]
    print(f"listed {[len(each) for each in lists]}, of these copied from {sources}")
    precise = [each.precision(listed) for each, listed in zip(found, lists, strict=True)]
    print("precision of the list " + " ".join(f"{share:.2f}" for share in precise))
    for top in TOPS:
        precise = [each.precision(each.judged[:top]) for each in found]
        print(f"precision of the first {top:3} " + " ".join(f"{share:.2f}" for share in precise))
    why = Counter(
        j.reasons[0].kind
        for each, listed in zip(found, lists, strict=True)
        for j in listed
        if not each.kind(j)
    )
    told = ", ".join(f"{kind} {count}" for kind, count in why.most_common())
    print(f"honest on the lists by first reason: {told or 'none'}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
