"""RFC 6962: published roots and proofs, pymerkle as an oracle, and every proof of small trees."""

import hashlib
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from services.algorithms import merkle

# The inputs and roots of the reference implementation of Certificate Transparency
# (google/certificate-transparency, merkle_tree_test; also transparency-dev/merkle, testonly).
INPUTS = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# Of the same: (leaf, size) counted from 0, and the path.
PATHS = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
}
CONSISTENCY = {
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
SMALL = 40


class Tree:
    """Leaf hashes with all their complete subtrees."""

    def __init__(self, leaves):
        self.leaves = leaves
        self.known = merkle.appended(0, leaves, {})

    def root(self, size):
        return merkle.root(size, self.known)

    def path(self, index, size):
        return merkle.inclusion_path(index, size, self.known)

    def growth(self, first, second):
        return merkle.consistency_path(first, second, self.known)


def hexes(texts):
    return [bytes.fromhex(text) for text in texts]


@pytest.fixture(scope="module")
def published():
    return Tree([merkle.leaf_hash(content) for content in hexes(INPUTS)])


@pytest.fixture(scope="module")
def small():
    return Tree([merkle.leaf_hash(str(number).encode()) for number in range(SMALL)])


@pytest.fixture(scope="module")
def large():
    return Tree([hashlib.sha256(number.to_bytes(4)).digest() for number in range(1 << 15)])


def test_the_root_of_nothing_is_the_hash_of_nothing():
    nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.root(0, {}).hex() == nothing


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_published(published, size):
    assert published.root(size).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("place", "path"), PATHS.items())
def test_paths_are_those_published(published, place, path):
    assert published.path(*place) == hexes(path)


@pytest.mark.parametrize(("sizes", "path"), CONSISTENCY.items())
def test_proofs_of_growth_are_those_published(published, sizes, path):
    assert published.growth(*sizes) == hexes(path)


def test_every_leaf_of_small_trees_is_included_and_only_where_it_is(small):
    for size in range(1, SMALL + 1):
        top = small.root(size)
        for index in range(size):
            path, leaf = small.path(index, size), small.leaves[index]
            assert merkle.is_included(leaf, index, size, path, top)
            others = [(index + 1, size), (index - 1, size), (index, 2 * size + 1), (index, index)]
            assert not any(merkle.is_included(leaf, *place, path, top) for place in others)
            assert not merkle.is_included(top, index, size, path, leaf) or size == 1


def test_every_small_tree_grows_out_of_every_smaller_one(small):
    for second in range(SMALL + 1):
        for first in range(second + 1):
            roots = (small.root(first), small.root(second))
            path = small.growth(first, second)
            assert merkle.is_consistent((first, second), roots, path)
            changed = (merkle.leaf_hash(b"x"), roots[1])
            assert not merkle.is_consistent((first, second), changed, path)


def test_pymerkle_says_the_same_of_roots_and_proofs(small):
    oracle = InmemoryTree(algorithm="sha256")
    for number in range(SMALL):
        oracle.append_entry(str(number).encode())
    for size in range(1, SMALL + 1):
        assert oracle.get_root(size) == small.root(size)
        for index in range(size):
            stated = oracle.prove_inclusion(index + 1, size).serialize()["path"]
            # It names the leaf too, and orders the path by where it stands beside it.
            assert {*hexes(stated)} == {small.leaves[index], *small.path(index, size)}


@given(st.data())
def test_random_leaves_of_a_large_tree_are_included_and_it_grows(large, data):
    second = data.draw(st.integers(1, 1 << 15))
    first = data.draw(st.integers(0, second))
    index = data.draw(st.integers(0, second - 1))
    top = large.root(second)
    path, growth = large.path(index, second), large.growth(first, second)
    assert merkle.is_included(large.leaves[index], index, second, path, top)
    assert merkle.is_consistent((first, second), (large.root(first), top), growth)
    assert len(path) <= 15 + 1


@pytest.mark.slow
def test_ten_thousand_random_places_of_a_million_leaves():
    tree = Tree([hashlib.sha256(number.to_bytes(4)).digest() for number in range(1 << 20)])
    chosen = random.Random(20)
    for _ in range(10_000):
        size = chosen.randrange(1, (1 << 20) + 1)
        index, first = chosen.randrange(size), chosen.randrange(size + 1)
        top, path = tree.root(size), tree.path(index, size)
        assert merkle.is_included(tree.leaves[index], index, size, path, top)
        assert not merkle.is_included(tree.leaves[index ^ 1], index, size, path, top)
        growth = tree.growth(first, size)
        assert merkle.is_consistent((first, size), (tree.root(first), top), growth)


@given(st.data())
def test_a_proof_that_was_changed_in_any_way_proves_nothing(large, data):
    size = data.draw(st.integers(2, 1 << 15))
    index = data.draw(st.integers(0, size - 1))
    path = large.path(index, size)
    place = data.draw(st.integers(0, len(path) - 1))
    bit = data.draw(st.integers(0, 255))
    flipped = (int.from_bytes(path[place]) ^ (1 << bit)).to_bytes(32)
    wrong = [
        [*path[:place], flipped, *path[place + 1 :]],
        [*path[:place], *path[place + 1 :]],
        [*path, path[place]],
        [*path[:place], path[place][:31], *path[place + 1 :]],
        [*path[:place], None, *path[place + 1 :]],
        [],
    ]
    for each in wrong:
        assert not merkle.is_included(large.leaves[index], index, size, each, large.root(size))
        growth = large.growth(index + 1, size)
        assert each == growth or not merkle.is_consistent(
            (index + 1, size), (large.root(index + 1), large.root(size)), each
        )


@given(
    st.integers(-2, 70),
    st.integers(-2, 70),
    st.lists(st.one_of(st.binary(min_size=32, max_size=32), st.binary(), st.none()), max_size=8),
)
def test_whatever_is_no_proof_is_refused_and_breaks_nothing(first, second, path):
    leaf, top = b"\x01" * 32, b"\x02" * 32
    assert not merkle.is_included(leaf, first, second, path, top)
    assert not merkle.is_consistent((first, second), (leaf, top), path)


def test_a_tree_appended_to_in_any_steps_is_the_same(large):
    steps = random.Random(7)
    known, size = {}, 0
    while size < 3000:
        count = steps.randrange(1, 200)
        part = large.leaves[size : size + count]
        needed = {each: known[each] for each in merkle.subtrees(0, size)}
        known |= merkle.appended(size, part, needed)
        size += len(part)
        assert merkle.root(size, known) == large.root(size)


def test_the_library_under_the_gpl_is_used_by_tests_only():
    root = Path(__file__).parents[3]
    shipped = [p for d in ("services", "workers", "callbacks", "tools", "bench") for p in
               (root / d).rglob("*.py")]  # fmt: skip
    assert [path for path in shipped if "pymerkle" in path.read_text(encoding="utf-8")] == []
