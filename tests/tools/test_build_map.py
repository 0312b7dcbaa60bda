"""The tool that builds the map: neighbours keep one border, small land is not lost."""

import json
import math

import pytest

from tools.build_map import INSET, albers, build, thin

SQUARE = [[100, 30], [104, 30], [104, 34], [100, 34], [100, 30]]
# The same border at 104 E, drawn with a little noise and with more points.
NEIGHBOUR = [
    [104.01, 34.01], [104, 33], [104.004, 32], [104, 31], [104.01, 30], [108, 30], [108, 34],
    [104.01, 34.01],
]  # fmt: skip
ISLET = [[110, 20], [110.01, 20], [110.01, 20.01], [110, 20]]
BOX = [[126, 18], [132, 18], [132, 25], [126, 25], [126, 18]]


def feature(code, *rings):
    polygons = [[ring] for ring in rings]
    properties = {"adcode": code, "cp": rings[0][0]}
    return {"properties": properties, "geometry": {"coordinates": polygons}}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    source = tmp_path_factory.mktemp("map") / "source.geojson"
    features = [
        feature("1", SQUARE, ISLET),
        feature("2", NEIGHBOUR),
        {"properties": {"adcode": INSET}, "geometry": {"coordinates": [[BOX]]}},
    ]
    source.write_text(json.dumps({"features": features}), encoding="utf-8")
    return build(source)


def points(built, code):
    return {tuple(p) for ring in built["provinces"][code]["rings"] for p in ring}


def test_the_centre_of_the_projection_is_its_origin():
    assert albers(105, 35) == pytest.approx((0, 0), abs=1e-9)


def test_a_degree_of_latitude_is_about_111_km_in_the_middle():
    assert math.dist(albers(105, 35), albers(105, 36)) == pytest.approx(111, rel=0.03)


def test_neighbours_meet_at_the_ends_of_their_border(built):
    assert len(points(built, "1") & points(built, "2")) >= 2


def test_an_islet_smaller_than_the_tolerance_stays(built):
    assert len(built["provinces"]["1"]["rings"]) == 2


def test_every_ring_stays_closed(built):
    for province in built["provinces"].values():
        assert all(ring[0] == ring[-1] for ring in province["rings"])


def test_the_south_china_sea_stands_upright(built):
    (box,) = built["inset"]
    assert {x for x, _ in box} == {min(x for x, _ in box), max(x for x, _ in box)}


def test_a_point_that_stands_out_is_kept_and_one_on_the_line_is_not():
    assert thin([(0, 0), (5, 0.1), (10, 0)], 1.0) == [(0, 0), (10, 0)]
    assert thin([(0, 0), (5, 3), (10, 0)], 1.0) == [(0, 0), (5, 3), (10, 0)]
