"""The tree in the database: its nodes, read by what they are, and added as events are appended."""

from collections.abc import Sequence

from ledger.audit.tree import Node, Read, append_leaves, edge_at, interior_nodes, node_position
from ledger.store.session import Session
from ledger.store.tables import tree


def reading_nodes(session: Session) -> Read:
    """What `ledger.audit.tree` reads nodes with: an index probe for each, in two statements at the most."""

    def read(nodes: Sequence[Node]) -> Sequence[bytes]:
        wanted = [node_position(level, index) if level else -index - 1 for level, index in nodes]
        found = {
            **_hashes(session, "SELECT -sequence, leaf_hash FROM events WHERE sequence", [-k for k in wanted if k < 0]),
            **_hashes(session, "SELECT position, hash FROM tree WHERE position", [k for k in wanted if k >= 0]),
        }
        return [found[key] for key in wanted if key in found]

    return read


def _hashes(session: Session, sql: str, keys: Sequence[int]) -> dict[int, bytes]:
    return dict(session.rows_among(sql, keys)) if keys else {}


def add_leaves(session: Session, size: int, leaf_hashes: Sequence[bytes]) -> None:
    """Let the tree of `size` leaves grow by `leaf_hashes`: what becomes complete is stored, once and for all."""
    nodes, _ = append_leaves(edge_at(size, reading_nodes(session)), leaf_hashes)
    session.insert(tree, list(enumerate(nodes, interior_nodes(size))))
