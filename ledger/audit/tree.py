"""The Merkle tree over the leaf hashes: RFC 6962, 2.1 and RFC 9162, 2.1.

A tree of `size` leaves has the leaf hashes D[0] … D[size - 1]. A *node* is a complete subtree: the one at `level` and
`index` is over the 2^level leaves D[index * 2^level : (index + 1) * 2^level]; at level 0 it is a leaf. A complete
subtree never changes once its last leaf is there, so that interior nodes (level 1 and up) are stored once and for all,
in the order in which they come into being: by their last leaf, then by level. That gives each its position.

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
_HEIGHT = LARGEST_SIZE.bit_length()
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


def interior_nodes(size: int) -> int:
    """How many interior nodes are stored for a tree of `size` leaves, which is the position of the next one."""
    _check_size(size)
    return size - size.bit_count()


def node_position(level: int, index: int) -> int:
    """Where the interior node is stored, counted from 0; `level` is at least 1.

    Its last leaf, counted from 1, is the m-th, and ends the complete subtrees of levels 1, 2 … up to the number of
    zeros at the end of m. They follow all that were there with m - 1 leaves.
    """
    if level < 1:
        raise TreeRefused("node", f"level {level} has no interior nodes: a leaf is stored with its event")
    if index < 0 or level >= _HEIGHT or (last_leaf := (index + 1) << level) > LARGEST_SIZE:
        raise TreeRefused("node", f"there is none at level {level} with index {index}")
    before = last_leaf - 1
    return before - before.bit_count() + level - 1


def append_leaves(edge: Edge, leaf_hashes: Sequence[bytes]) -> tuple[list[bytes], Edge]:
    """The interior nodes that `leaf_hashes` bring into being, and the right edge with them.

    The nodes are in the order of their positions, the first at `interior_nodes(edge.size)`.
    """
    _check_size(edge.size + len(leaf_hashes))
    _check_hashes("leaf hash", leaf_hashes)
    size = edge.size
    subtrees = list(edge.hashes)
    nodes: list[bytes] = []
    for leaf_hash in leaf_hashes:
        size += 1
        node, last_leaf = leaf_hash, size
        while not last_leaf & 1:  # a subtree on the left is as large as the one that has just been completed
            node = sha256(b"\x01" + subtrees.pop() + node).digest()
            nodes.append(node)
            last_leaf >>= 1
        subtrees.append(node)
    return nodes, Edge(size, tuple(subtrees))


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
    if not nodes:
        return []
    hashes = read(nodes)
    if len(hashes) != len(nodes):
        raise TreeRefused("nodes read", f"{len(nodes)} nodes are needed, {len(hashes)} are there")
    _check_hashes("nodes read", hashes)
    return hashes
