"""The Merkle tree of a transparency log: RFC 6962, 2.1, with the verification of RFC 9162, 2.1.

Nothing here is invented: home-made proofs have let forgeries through elsewhere. A tree is asked
for the hashes of its complete subtrees only: who stores them appends and proves in O(log n).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

LEAF, NODE = b"\x00", b"\x01"
HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

# A complete subtree: over leaves index * 2^level up to, not including, (index + 1) * 2^level.
Subtree = tuple[int, int]
Hashes = Mapping[Subtree, bytes]


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(LEAF + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over two subtrees."""
    return hashlib.sha256(NODE + left + right).digest()


def subtrees(start: int, end: int) -> list[Subtree]:
    """Return the complete subtrees that a range of leaves is made of, from left to right."""
    found = []
    while start < end:
        room = (end - start).bit_length() - 1
        level = room if start == 0 else min(room, (start & -start).bit_length() - 1)
        found.append((level, start >> level))
        start += 1 << level
    return found


def appended(size: int, leaves: Sequence[bytes], known: Hashes) -> dict[Subtree, bytes]:
    """Return the hashes of every subtree that leaf hashes complete behind a tree of `size`.

    `known` holds the subtrees of the tree as it was: subtrees(0, size).
    """
    made: dict[Subtree, bytes] = {}
    for position, leaf in enumerate(leaves, start=size):
        made[0, position] = found = leaf
        level, index = 0, position
        while index & 1:
            left = (level, index - 1)
            found = node_hash(made[left] if left in made else known[left], found)
            level, index = level + 1, index >> 1
            made[level, index] = found
    return made


def root(size: int, known: Hashes) -> bytes:
    """Return the root of a tree from its complete subtrees: subtrees(0, size)."""
    return _over(0, size, known) if size else EMPTY_ROOT


def inclusion_needs(index: int, size: int) -> list[Subtree]:
    """Return the subtrees that inclusion_path() asks for."""
    return [each for start, end in _inclusion(index, 0, size) for each in subtrees(start, end)]


def inclusion_path(index: int, size: int, known: Hashes) -> list[bytes]:
    """Return the audit path of a leaf in the tree of the first `size` leaves."""
    return [_over(start, end, known) for start, end in _inclusion(index, 0, size)]


def consistency_needs(first: int, second: int) -> list[Subtree]:
    """Return the subtrees that consistency_path() asks for."""
    return [each for start, end in _consistency(first, second) for each in subtrees(start, end)]


def consistency_path(first: int, second: int, known: Hashes) -> list[bytes]:
    """Return the proof that the tree of `first` leaves is the beginning of that of `second`."""
    return [_over(start, end, known) for start, end in _consistency(first, second)]


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], top: bytes) -> bool:
    """Return whether a path leads from a leaf's hash at an index to the root (9162, 2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes([leaf, top, *path]):
        return False
    here, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = node_hash(step, found)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            found = node_hash(found, step)
        here, last = here >> 1, last >> 1
    return last == 0 and found == top


def is_consistent(
    sizes: tuple[int, int], roots: tuple[bytes, bytes], path: Sequence[bytes]
) -> bool:
    """Return whether a path shows that a tree grew out of another (RFC 9162, 2.1.4.2)."""
    first, second = sizes
    if not 0 <= first <= second or not _are_hashes([*roots, *path]):
        return False
    if first == second:
        return not path and roots[0] == roots[1]
    if first == 0:
        return not path and roots[0] == EMPTY_ROOT
    return _grows(sizes, roots, path)


def _grows(sizes: tuple[int, int], roots: tuple[bytes, bytes], path: Sequence[bytes]) -> bool:
    steps = [*path] if sizes[0] & (sizes[0] - 1) else [roots[0], *path]
    if not steps:
        return False
    here, last = sizes[0] - 1, sizes[1] - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            new = node_hash(new, step)
        here, last = here >> 1, last >> 1
    return last == 0 and (old, new) == roots


def _are_hashes(values: Sequence[object]) -> bool:
    return all(isinstance(value, bytes) and len(value) == HASH_BYTES for value in values)


def _split(start: int, end: int) -> int:
    """Return where the left subtree ends: the largest power of two below the number of leaves."""
    return start + (1 << ((end - start - 1).bit_length() - 1))


def _inclusion(index: int, start: int, end: int) -> list[tuple[int, int]]:
    """Return the ranges beside a leaf, from the leaf up to the root."""
    ranges = []
    while end - start > 1:
        middle = _split(start, end)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def _consistency(first: int, second: int) -> list[tuple[int, int]]:
    """Return the ranges of a proof of consistency: PROOF(m, D[n]) of RFC 6962, 2.1.2."""
    ranges: list[tuple[int, int]] = []
    start, end, is_known = 0, second, True
    if not 0 < first < second:
        return ranges
    while first != end:
        middle = _split(start, end)
        if first <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start, is_known = middle, False
    if not is_known:
        ranges.append((start, end))
    return ranges[::-1]


def _over(start: int, end: int, known: Hashes) -> bytes:
    """Return the hash over a range, from its complete subtrees."""
    parts: Iterator[bytes] = (known[each] for each in reversed(subtrees(start, end)))
    found = next(parts)
    for part in parts:
        found = node_hash(part, found)
    return found
