"""The Merkle tree over the leaf hashes: RFC 6962, 2.1 and RFC 9162, 2.1.

A tree of `size` leaves has the leaf hashes D[0] … D[size - 1]. A *node* is a complete subtree: the one at `level` and
`index` is over the 2^level leaves D[index * 2^level : (index + 1) * 2^level]; at level 0 it is a leaf. A complete
subtree never changes once its last leaf is there, so that interior nodes are stored once and for all: with the last
leaf of theirs, which completes them, one row for all that it completes. Those below STORED_LEVEL are not stored, but
made from their few leaves, whose hashes stand beside each other.

Proofs are made from nodes. `*_nodes` says which are needed, so that they can be read all at once; `*_proof` and
`root_at` read them through a callable, once, and hash together what is not a complete subtree. To make several things
of one reading, read all their nodes first and answer from a dict.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import NamedTuple

from ledger.audit.checks import CheckFailed

HASH_BYTES = 32
LARGEST_SIZE = 2**63 - 1
"""The most leaves: what Go's x/mod/sumdb/tlog and a BIGINT hold. A proof then has at most 63 hashes (tlog-witness)."""
STORED_LEVEL = 3
"""From this level up nodes are stored. To hash the four leaves of one below costs less than a row of it would."""
BLOCK_LEAVES = 1 << STORED_LEVEL
"""The leaves of the lowest node that is stored."""
EMPTY_ROOT = sha256(b"").digest()
"""RFC 6962, 2.1: the hash of an empty list is the hash of an empty string."""


class TreeRefused(CheckFailed):
    """No such leaf, tree or node, or the hashes of the tree that were given cannot be those of a tree."""


class Node(NamedTuple):
    """A complete subtree: the `index`-th from the left, counted from 0, of those with 2^`level` leaves."""

    level: int
    index: int  # type: ignore[assignment]  # tuple.index is not missed: the word is that of the field


_node: Callable[[tuple[int, int]], Node] = partial(tuple.__new__, Node)
"""The same in half the time: a proof has some twenty."""

Read = Callable[[Sequence[Node]], Sequence[bytes]]
"""Gives the hash of each node, in the order in which they are asked for."""


def _check_size(size: int) -> None:
    if not 0 <= size <= LARGEST_SIZE:
        raise TreeRefused("tree size", f"{size} is not between 0 and 2^63 - 1")


def _check_hashes(check: str, hashes: Sequence[bytes]) -> None:
    if not set(map(len, hashes)) <= {HASH_BYTES}:
        raise TreeRefused(check, f"a hash is {HASH_BYTES} bytes long")


@dataclass(frozen=True, slots=True)
class Edge:
    """The right edge of a tree of `size` leaves: the hashes of the complete subtrees it consists of, largest first.

    There is one for each bit that is set in `size`: all that has to be known of a tree to append to it.
    """

    size: int
    hashes: tuple[bytes, ...]

    def __post_init__(self) -> None:
        _check_size(self.size)
        if len(self.hashes) != self.size.bit_count():
            raise TreeRefused(
                "right edge", f"{self.size} leaves have {self.size.bit_count()} hashes there, not {len(self.hashes)}"
            )
        _check_hashes("right edge", self.hashes)


EMPTY_EDGE = Edge(0, ())


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962, 2.1: SHA-256 of 0x01 and the hashes of both children."""
    return sha256(b"\x01" + left + right).digest()


def hash_among_stored(level: int, completed: bytes) -> bytes:
    """The hash of the node at `level` among all that its last leaf completes, as they are stored; empty without it."""
    start = HASH_BYTES * (level - STORED_LEVEL)
    return completed[start : start + HASH_BYTES]


def hash_among_leaves(level: int, index: int, block: bytes) -> bytes:
    """The hash of a node below STORED_LEVEL, of the leaf hashes of its block; empty without all of its own."""
    start = HASH_BYTES * ((index << level) % BLOCK_LEAVES)
    end = start + (HASH_BYTES << level)
    return _over(block[start:end]) if end <= len(block) else b""


def _over(hashes: bytes) -> bytes:
    """RFC 6962, 2.1, MTH over 1, 2, 4 … leaf hashes."""
    if len(hashes) == HASH_BYTES:
        return hashes
    half = len(hashes) // 2
    return node_hash(_over(hashes[:half]), _over(hashes[half:]))


Completed = tuple[int, bytes]
"""A leaf, counted from 1, and the hashes of the nodes that it completes, from STORED_LEVEL up: what is stored."""


def append_leaves(edge: Edge, leaf_hashes: Sequence[bytes]) -> tuple[list[Completed], Edge]:
    """The nodes that `leaf_hashes` complete, as they are stored, and the right edge with them.

    Level by level, which costs two thirds of going from leaf to leaf.
    """
    _check_size(edge.size + len(leaf_hashes))
    _check_hashes("leaf hash", leaf_hashes)
    before, after = list(edge.hashes), list[bytes]()
    completed: dict[int, bytes] = {}
    level, index, hashes = 0, edge.size, leaf_hashes
    while hashes:  # those that are new at this level, from that index on
        if index & 1:  # the one on their left ends the right edge
            index, hashes = index - 1, [before.pop(), *hashes]
        if len(hashes) & 1:  # the last one has no sibling yet
            after.append(hashes[-1])
        each = iter(hashes)
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in zip(each, each, strict=False)]  # node_hash
        level, index = level + 1, index >> 1
        if level == STORED_LEVEL:
            completed = {number << level: hash_ for number, hash_ in enumerate(hashes, index + 1)}
        elif level > STORED_LEVEL:
            for number, hash_ in enumerate(hashes, index + 1):
                completed[number << level] += hash_
    return list(completed.items()), Edge(edge.size + len(leaf_hashes), (*before, *reversed(after)))


def root_of(edge: Edge) -> bytes:
    """The root hash of the tree with that right edge (RFC 6962, 2.1, MTH)."""
    return _root_over(edge.hashes) if edge.hashes else EMPTY_ROOT


def root_nodes(size: int) -> list[Node]:
    """The nodes whose hashes are the right edge of the first `size` leaves, largest first."""
    _check_size(size)
    return _nodes_of([(0, size)])


def inclusion_nodes(index: int, size: int) -> list[Node]:
    """The nodes needed to prove that leaf `index`, counted from 0, is in the tree of the first `size` leaves."""
    return _nodes_of(_inclusion_path(index, size))


def consistency_nodes(first: int, second: int) -> list[Node]:
    """The nodes needed to prove that the tree of `first` leaves is the beginning of that of `second`."""
    return _nodes_of(_consistency_path(first, second))


def edge_at(size: int, read: Read) -> Edge:
    """The right edge of the first `size` leaves."""
    return Edge(size, tuple(_hashes_of(root_nodes(size), read)))


def root_at(size: int, read: Read) -> bytes:
    """The root hash of the first `size` leaves."""
    return root_of(edge_at(size, read))


def inclusion_proof(index: int, size: int, read: Read) -> list[bytes]:
    """RFC 6962, 2.1.1, PATH(index, D[size]): that leaf `index` is in the tree of the first `size` leaves."""
    return _proof_of(_inclusion_path(index, size), read)


def consistency_proof(first: int, second: int, read: Read) -> list[bytes]:
    """RFC 6962, 2.1.2, PROOF(first, D[second]): that the tree of `first` leaves is the beginning of that of `second`.

    It is empty where both are equal, and where `first` is 0, since no proof is necessary there (C2SP tlog-witness,
    add-checkpoint).
    """
    return _proof_of(_consistency_path(first, second), read)


Span = tuple[int, int]
"""The leaves D[start:end], whose MTH is one hash of a proof."""


def _inclusion_path(index: int, size: int) -> list[Span]:
    """RFC 6962, 2.1.1: from the leaf up to the root, the half that it is not in; where it is in both, none.

    As RFC 9162, 2.1.3.2 walks up the tree: `index` is the leaf's subtree at each level, `last` the rightmost one.
    """
    _check_size(size)
    if not 0 <= index < size:
        raise TreeRefused("leaf index", f"a tree of {size} leaves has none with index {index}")
    path: list[Span] = []
    last, width = size - 1, 1
    while last:
        if index & 1:
            path.append(((index - 1) * width, index * width))
        elif index < last:
            path.append(((index + 1) * width, min((index + 2) * width, size)))
        index, last, width = index >> 1, last >> 1, width << 1
    return path


def _consistency_path(first: int, second: int) -> list[Span]:
    """RFC 6962, 2.1.2, SUBPROOF; b is true there as long as the subtree begins at the first leaf."""
    _check_size(first)
    _check_size(second)
    if first > second:
        raise TreeRefused("tree size", f"a tree of {first} leaves is not the beginning of one of {second}")
    if first == 0:
        return []
    path: list[Span] = []
    start, end = 0, second
    while first < end:
        split = start + _split(end - start)
        if first <= split:
            path.append((split, end))
            end = split
        else:
            path.append((start, split))
            start = split
    if start > 0:
        path.append((start, end))
    return path[::-1]


def _split(count: int) -> int:
    """RFC 6962, 2.1: the largest power of two smaller than `count`, which is at least 2."""
    return 1 << ((count - 1).bit_length() - 1)


def _nodes_of(path: Iterable[Span]) -> list[Node]:
    """The complete subtrees that each D[start:end] consists of, largest first.

    A `start` is a multiple of the size of the largest, since the path halves the tree at powers of two.
    """
    nodes: list[Node] = []
    for start, end in path:
        at = start
        while at < end:
            level = (end - at).bit_length() - 1
            nodes.append(_node((level, at >> level)))
            at += 1 << level
    return nodes


def _proof_of(path: Sequence[Span], read: Read) -> list[bytes]:
    hashes = _hashes_of(_nodes_of(path), read)
    proof: list[bytes] = []
    at = 0
    for start, end in path:
        after = at + (end - start).bit_count()
        proof.append(hashes[at] if after == at + 1 else _root_over(hashes[at:after]))
        at = after
    return proof


def _root_over(subtrees: Sequence[bytes]) -> bytes:
    """The MTH over adjacent complete subtrees, largest first: each is the left child of all that follows it."""
    root = subtrees[-1]
    for left in subtrees[-2::-1]:
        root = node_hash(left, root)
    return root


def _hashes_of(nodes: Sequence[Node], read: Read) -> Sequence[bytes]:
    hashes = read(nodes)
    if len(hashes) != len(nodes):
        raise TreeRefused("nodes read", f"{len(nodes)} nodes are needed, {len(hashes)} are there")
    _check_hashes("nodes read", hashes)
    return hashes
