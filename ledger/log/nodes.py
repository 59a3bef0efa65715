"""The tree in the database: its nodes, read by what they are, and added as events are appended."""

from collections.abc import Iterable, Sequence

from ledger.audit.tree import Node, Read, append_leaves, edge_at, interior_nodes, node_position
from ledger.store.session import Session
from ledger.store.tables import tree


def reading_nodes(session: Session) -> Read:
    """What `ledger.audit.tree` reads nodes with: an index probe for each, in two statements at the most."""

    def read(nodes: Sequence[Node]) -> Sequence[bytes]:
        leaves = [node.index + 1 for node in nodes if node.level == 0]
        positions = [node_position(*node) for node in nodes if node.level]
        found = {
            **_hashes(session, "SELECT -sequence, leaf_hash FROM events WHERE sequence", leaves),
            **_hashes(session, "SELECT position, hash FROM tree WHERE position", positions),
        }
        wanted = [node_position(*node) if node.level else -node.index - 1 for node in nodes]
        return [found[key] for key in wanted if key in found]

    return read


def reading_at_once(session: Session, nodes: Iterable[Node]) -> Read:
    """The same for `nodes` alone, which are all read now: several things are made of one reading."""
    wanted = list(dict.fromkeys(nodes))
    hashes = reading_nodes(session)(wanted)
    found = dict(zip(wanted, hashes, strict=True)) if len(hashes) == len(wanted) else {}
    return lambda asked: [found[node] for node in asked if node in found]


def _hashes(session: Session, sql: str, keys: Sequence[int]) -> dict[int, bytes]:
    if not keys:
        return {}
    rows = session.rows(f"{sql} IN {session.listed_integers('keys')}", keys=session.listing(keys))
    return {key: bytes(hash_) for key, hash_ in rows}


def add_leaves(session: Session, size: int, leaf_hashes: Sequence[bytes]) -> None:
    """Let the tree of `size` leaves grow by `leaf_hashes`: what becomes complete is stored, once and for all."""
    nodes, _ = append_leaves(edge_at(size, reading_nodes(session)), leaf_hashes)
    session.insert(tree, list(enumerate(nodes, interior_nodes(size))))
