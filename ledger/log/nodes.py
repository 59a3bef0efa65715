"""The tree in the database: its nodes, read by what they are, and added as events are appended."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ledger.audit.tree import (
    BLOCK_LEAVES,
    HASH_BYTES,
    STORED_LEVEL,
    Edge,
    Node,
    Read,
    TreeRefused,
    append_leaves,
    hash_among_leaves,
    hash_among_stored,
)
from ledger.errors import Unsigned
from ledger.store.session import Session
from ledger.store.tables import tree

_AT_ONCE = 64
"""How many nodes are read by one statement: more than any proof has in a ledger of 2^30 events."""
_STORED = "SELECT hashes FROM tree WHERE last_leaf = ?"
_LEAF_HASHES = (
    f"SELECT CASE WHEN ((max(sequence) - 1) & {BLOCK_LEAVES - 1}) + 1 = count(*)"
    f" AND min(length(leaf_hash)) = {HASH_BYTES} AND max(length(leaf_hash)) = {HASH_BYTES}"
    " THEN {} END FROM events WHERE sequence BETWEEN ? AND ?"
)
"""Of a block, from its first leaf on; of none where one is missing or no hash: others would stand in its place."""


def reading_nodes(session: Session) -> Read:
    """What `ledger.audit.tree` reads nodes with: an index probe for each that is stored, many in one statement.

    Those that are not are made from the leaves of their block, which one probe finds together.
    """
    leaf_hashes = _LEAF_HASHES.format(session.joined("leaf_hash", "sequence"))

    def read(nodes: Sequence[Node]) -> Sequence[bytes]:
        found: list[bytes] = []
        for start in range(0, len(nodes), _AT_ONCE):
            found += _read(session, leaf_hashes, nodes[start : start + _AT_ONCE])
        return [hash_ for hash_ in found if hash_]

    return read


def _read(session: Session, leaf_hashes: str, nodes: Sequence[Node]) -> Iterator[bytes]:
    """The hash of each node; empty where it is missing."""
    blocks: dict[int, Any] = {}
    of_blocks: list[int] = []
    stored: list[int] = []
    for level, index in nodes:
        if level >= STORED_LEVEL:
            stored.append((index + 1) << level)
        elif (first := (index << level) & -BLOCK_LEAVES) not in blocks:
            blocks[first] = None
            of_blocks += first + 1, first + BLOCK_LEAVES
    found = session.values([leaf_hashes] * len(blocks) + [_STORED] * len(stored), of_blocks + stored)
    blocks.update(zip(blocks, found, strict=False))
    completed = iter(found[len(blocks) :])
    for level, index in nodes:
        if level >= STORED_LEVEL:
            yield hash_among_stored(level, _bytes(next(completed)))
        else:
            yield hash_among_leaves(level, index, _bytes(blocks[(index << level) & -BLOCK_LEAVES]))


def _bytes(stored: Any) -> bytes:
    """What is stored; nothing where that is no bytes."""
    return stored if isinstance(stored, bytes) else b""


def reading_at_once(session: Session, nodes: Iterable[Node]) -> Read:
    """The same for `nodes` alone, which are all read now: several things are made of one reading.

    Raises Unsigned where one is missing.
    """
    wanted = list(dict.fromkeys(nodes))
    hashes = reading_nodes(session)(wanted)
    if len(hashes) < len(wanted):
        raise damaged(f"{len(wanted)} of its nodes are needed, {len(hashes)} are there")
    found = dict(zip(wanted, hashes, strict=True))
    return lambda asked: [found[node] for node in asked]


def damaged(detail: str) -> Unsigned:
    return Unsigned(f"the log's tree was damaged, `retorsion audit verify` says where: {detail}")


def add_leaves(session: Session, size: int, edge: bytes, leaf_hashes: Sequence[bytes]) -> bytes:
    """Let the tree of `size` leaves with that right edge grow by `leaf_hashes`; its right edge then.

    What becomes complete is stored, once and for all. Raises Unsigned where that cannot be the right edge.
    """
    hashes = tuple(edge[at : at + HASH_BYTES] for at in range(0, len(edge), HASH_BYTES))
    try:
        completed, grown = append_leaves(Edge(size, hashes), leaf_hashes)
    except TreeRefused as error:
        raise damaged(str(error)) from None
    session.insert(tree, completed)
    return b"".join(grown.hashes)
