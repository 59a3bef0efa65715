"""The tree in the database: its nodes, read by what they are, and added as events are appended."""

from collections.abc import Iterable, Sequence

from ledger.audit.tree import HASH_BYTES, Edge, Node, Read, TreeRefused, append_leaves, interior_nodes, node_position
from ledger.errors import Unsigned
from ledger.store.session import Session
from ledger.store.tables import tree

_AT_ONCE = 64
"""How many nodes are read by one statement: more than any proof has in a ledger of 2^30 events."""
_HASH = "SELECT hash FROM tree WHERE position = ?"
_LEAF_HASH = "SELECT leaf_hash FROM events WHERE sequence = ?"


def reading_nodes(session: Session) -> Read:
    """What `ledger.audit.tree` reads nodes with: an index probe for each, many in one statement."""

    def read(nodes: Sequence[Node]) -> Sequence[bytes]:
        found: list[bytes | None] = []
        for start in range(0, len(nodes), _AT_ONCE):
            found += session.values(
                [
                    (_HASH, node_position(level, index)) if level else (_LEAF_HASH, index + 1)
                    for level, index in nodes[start : start + _AT_ONCE]
                ]
            )
        return [hash_ for hash_ in found if hash_ is not None]

    return read


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
        nodes, grown = append_leaves(Edge(size, hashes), leaf_hashes)
    except TreeRefused as error:
        raise damaged(str(error)) from None
    session.insert(tree, list(enumerate(nodes, interior_nodes(size))))
    return b"".join(grown.hashes)
