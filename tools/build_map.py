"""Build assets/maps/provinces.json from a province GeoJSON: project, simplify, keep borders shared.

Run again to swap the base map: python tools/build_map.py SOURCE.geojson [TARGET.json]
"""

from __future__ import annotations

import json
import math
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import pairwise, product
from pathlib import Path

Point = tuple[float, float]
Ring = list[Point]
Seen = defaultdict[tuple[int, int], list[tuple[str, Point]]]

TARGET = Path(__file__).parents[1] / "assets" / "maps" / "provinces.json"
INSET = "100000_NH"
TOLERANCE_KM = 4.0
SNAP_DEGREES = 0.03
EARTH_KM = 6371.0
# Albers equal-area conic as usual for maps of China: standard parallels 25° and 47° N, 105° E.
PARALLELS, ORIGIN, MERIDIAN = (25.0, 47.0), 35.0, 105.0
# Where the South China Sea box is put, upright: its lower right corner and its height.
INSET_CORNER, INSET_HEIGHT_KM = (2210.0, -2010.0), 600.0


def albers(longitude: float, latitude: float) -> Point:
    """Return kilometres east and north of 105° E, 35° N on an equal-area cone."""
    first, second = (math.radians(p) for p in PARALLELS)
    n = (math.sin(first) + math.sin(second)) / 2
    c = math.cos(first) ** 2 + 2 * n * math.sin(first)

    def radius(degrees: float) -> float:
        return EARTH_KM * math.sqrt(c - 2 * n * math.sin(math.radians(degrees))) / n

    angle = n * math.radians(longitude - MERIDIAN)
    return (
        radius(latitude) * math.sin(angle),
        radius(ORIGIN) - radius(latitude) * math.cos(angle),
    )


def rings_of(feature: dict[str, dict[str, list[list[list[list[float]]]]]]) -> list[Ring]:
    """Return the closed rings of a feature."""
    return [
        [(x, y) for x, y in ring]
        for polygon in feature["geometry"]["coordinates"]
        for ring in polygon
    ]


def snap(rings: dict[str, list[Ring]]) -> dict[str, list[Ring]]:
    """Let neighbours meet exactly: a point close to one of another province becomes that one."""
    seen: Seen = defaultdict(list)
    return {
        code: [_snap_ring(ring, code, seen) for ring in outlines]
        for code, outlines in rings.items()
    }


def _snap_ring(ring: Ring, code: str, seen: Seen) -> Ring:
    snapped = _without_repeats([_snap(point, code, seen) for point in ring])
    # A tiny exclave may fall onto its neighbour's border: then it stays as it was.
    return snapped if len(snapped) > 3 else ring


def _snap(point: Point, code: str, seen: Seen) -> Point:
    column, row = int(point[0] / SNAP_DEGREES), int(point[1] / SNAP_DEGREES)
    near = [
        earlier
        for cell in product((column - 1, column, column + 1), (row - 1, row, row + 1))
        for owner, earlier in seen[cell]
        if owner != code
    ]
    best = min(near, key=lambda earlier: math.dist(earlier, point), default=point)
    if best != point and math.dist(best, point) <= SNAP_DEGREES:
        return best
    seen[column, row].append((code, point))
    return point


def simplify_all(rings: dict[str, list[Ring]]) -> dict[str, list[Ring]]:
    """Simplify every province; a border of two provinces keeps the same points in both."""
    owners: dict[Point, frozenset[str]] = _owners(rings)
    return {
        code: [_simplify_ring(ring, owners) for ring in outlines]
        for code, outlines in rings.items()
    }


def thin(points: Ring, tolerance: float) -> Ring:
    """Keep the points that stand out by more than the tolerance (Douglas and Peucker)."""
    if len(points) < 3:
        return points
    first, last = points[0], points[-1]
    distances = [_distance(p, first, last) for p in points[1:-1]]
    farthest = max(range(len(distances)), key=distances.__getitem__) + 1
    if distances[farthest - 1] <= tolerance:
        return [first, last]
    return thin(points[: farthest + 1], tolerance)[:-1] + thin(points[farthest:], tolerance)


def place_inset(rings: list[Ring]) -> list[Ring]:
    """Return the box of the South China Sea upright in the lower right of the map."""
    points = [p for ring in rings for p in ring]
    left, bottom = min(x for x, _ in points), min(y for _, y in points)
    right, top = max(x for x, _ in points), max(y for _, y in points)
    scale = INSET_HEIGHT_KM / (top - bottom)
    # A degree of longitude is shorter than one of latitude in the middle of the source box.
    squeeze = scale * math.cos(math.radians((top + bottom) / 2))
    x0, y0 = INSET_CORNER[0] - (right - left) * squeeze, INSET_CORNER[1]
    return [[(x0 + (x - left) * squeeze, y0 + (y - bottom) * scale) for x, y in r] for r in rings]


def build(source: Path) -> dict[str, object]:
    """Return the map as it is stored: whole kilometres, a ring is a list of x, y pairs."""
    features = json.loads(source.read_text(encoding="utf-8"))["features"]
    all_rings = {f["properties"]["adcode"]: rings_of(f) for f in features}
    inset = place_inset(all_rings.pop(INSET))
    provinces = simplify_all(_project(snap(all_rings), albers))
    points = {f["properties"]["adcode"]: f["properties"].get("cp") for f in features}
    return {
        "base_map": "Apache ECharts 4.9.0 map/json/china.json, Apache-2.0; projected, simplified",
        "provinces": {
            code: {"label": _whole(albers(*points[code])), "rings": [_flat(r) for r in rings]}
            for code, rings in sorted(provinces.items())
        },
        "inset": [_flat(ring) for ring in inset],
    }


def _simplify_ring(ring: Ring, owners: dict[Point, frozenset[str]]) -> Ring:
    runs = _runs(ring, owners)
    points: Ring = []
    for run in runs:
        # The same direction for both neighbours, so that both keep the same points.
        turned = run[0] > run[-1]
        kept = thin(run[::-1] if turned else run, TOLERANCE_KM)
        points += (kept[::-1] if turned else kept)[:-1]
    # An island smaller than the tolerance is still land: leave it as it was.
    return [*points, points[0]] if len(points) >= 3 else ring


def _runs(ring: Ring, owners: dict[Point, frozenset[str]]) -> list[Ring]:
    """Split a ring where its neighbour changes; a ring without neighbours in two halves."""
    cuts = [i for i, (a, b) in enumerate(pairwise(ring)) if owners[a] != owners[b]]
    if len(cuts) < 2:
        start = min(range(len(ring) - 1), key=lambda i: ring[i])
        opened = ring[start:-1] + ring[: start + 1]
        far = max(range(len(opened)), key=lambda i: math.dist(opened[0], opened[i]))
        return [opened[: far + 1], opened[far:]]
    opened = ring[cuts[0] : -1] + ring[: cuts[0] + 1]
    ends = sorted({0, *(c - cuts[0] for c in cuts[1:]), len(opened) - 1})
    return [opened[a : b + 1] for a, b in pairwise(ends)]


def _owners(rings: dict[str, list[Ring]]) -> dict[Point, frozenset[str]]:
    found: dict[Point, set[str]] = defaultdict(set)
    for code, outlines in rings.items():
        for point in (p for ring in outlines for p in ring):
            found[point].add(code)
    return {point: frozenset(codes) for point, codes in found.items()}


def _project(
    rings: dict[str, list[Ring]], projection: Callable[[float, float], Point]
) -> dict[str, list[Ring]]:
    return {c: [[projection(*p) for p in ring] for ring in rs] for c, rs in rings.items()}


def _distance(point: Point, first: Point, last: Point) -> float:
    length = math.dist(first, last)
    if length == 0:
        return math.dist(point, first)
    across = (last[0] - first[0]) * (first[1] - point[1])
    up = (first[0] - point[0]) * (last[1] - first[1])
    return abs(across - up) / length


def _without_repeats(ring: Ring) -> Ring:
    return [ring[0], *(b for a, b in pairwise(ring) if a != b)]


def _whole(point: Point) -> list[int]:
    return [round(point[0]), round(point[1])]


def _flat(ring: Iterable[Point]) -> list[list[int]]:
    return [_whole(point) for point in ring]


if __name__ == "__main__":
    target = Path(sys.argv[2]) if len(sys.argv) > 2 else TARGET
    text = json.dumps(build(Path(sys.argv[1])), ensure_ascii=False, separators=(",", ":"))
    target.write_text(text.replace('"rings"', '\n"rings"') + "\n", encoding="utf-8")
    print(f"{target}: {target.stat().st_size} bytes")
