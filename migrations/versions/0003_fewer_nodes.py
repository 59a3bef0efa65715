"""Nodes of the tree beside the leaf that completes them, and none over fewer than eight leaves."""

from collections.abc import Iterator
from hashlib import sha256

from alembic import op
from sqlalchemy import text

revision = "0003"
down_revision = "0002"

_AT_ONCE = 4096
"""So many leaves are gone over at a time."""


def upgrade() -> None:
    """One row for all nodes that a leaf completes, from the third level up; those below are made from leaves."""
    _replace({"position": "last_leaf", "hash": "hashes"}, _by_leaf())


def downgrade() -> None:
    """A row for each node again."""
    _replace({"last_leaf": "position", "hashes": "hash"}, _by_position())


Rows = Iterator[list[tuple[int, bytes]]]


def _replace(renamed: dict[str, str], rows: Rows) -> None:
    """The table stays the same one, with its key and whoever may read it."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:  # nobody appends meanwhile; on SQLite nobody does during any migration
        op.execute("LOCK TABLE appending IN EXCLUSIVE MODE")
    number, octets = ("INTEGER", "BLOB") if sqlite else ("BIGINT", "BYTEA")
    op.execute(f"CREATE TABLE tree_to_be (place {number} PRIMARY KEY, hashes {octets} NOT NULL)")
    inserting = text("INSERT INTO tree_to_be (place, hashes) VALUES (:place, :hashes)")
    for some in rows:
        if some:
            op.get_bind().execute(inserting, [{"place": place, "hashes": hashes} for place, hashes in some])
    op.execute("DELETE FROM tree")
    for before, after in renamed.items():
        op.execute(f"ALTER TABLE tree RENAME COLUMN {before} TO {after}")
    op.execute("INSERT INTO tree SELECT place, hashes FROM tree_to_be ORDER BY place")
    op.execute("DROP TABLE tree_to_be")


def _by_leaf() -> Rows:
    for start, last in _parts():
        at, end = _nodes_before(start), _nodes_before(last)
        hashes = dict(_rows("SELECT position, hash FROM tree WHERE position >= :a AND position < :b", at, end))
        rows = []
        for leaf in range(start + 1, last + 1):
            nodes = [hashes.get(position, b"") for position in range(at, at + _zeros(leaf))][2:]
            if nodes and all(len(each) == 32 for each in nodes):  # else `audit verify` tells of it
                rows.append((leaf, b"".join(nodes)))
            at += _zeros(leaf)
        yield rows


def _by_position() -> Rows:
    for start, last in _parts():
        leaves = dict(
            _rows("SELECT sequence, leaf_hash FROM events WHERE sequence > :a AND sequence <= :b", start, last)
        )
        stored = dict(_rows("SELECT last_leaf, hashes FROM tree WHERE last_leaf > :a AND last_leaf <= :b", start, last))
        twos = {leaf: _node(leaves[leaf - 1], leaves[leaf]) for leaf in leaves if leaf % 2 == 0}
        fours = {leaf: _node(twos[leaf - 2], twos[leaf]) for leaf in leaves if leaf % 4 == 0}
        hashes = []
        for leaf in sorted(twos):
            if leaf % 8 == 0 and len(stored.get(leaf, b"")) != 32 * (_zeros(leaf) - 2):
                raise RuntimeError("the log's tree was damaged: `retorsion audit verify` says where")
            above = stored.get(leaf, b"")
            hashes += [twos[leaf], *([fours[leaf]] if leaf in fours else [])]
            hashes += [above[at : at + 32] for at in range(0, len(above), 32)]
        yield list(enumerate(hashes, _nodes_before(start)))


def _parts() -> Iterator[tuple[int, int]]:
    newest = op.get_bind().execute(text("SELECT coalesce(max(sequence), 0) FROM events")).scalar_one()
    for start in range(0, newest, _AT_ONCE):
        yield start, min(newest, start + _AT_ONCE)


def _rows(sql: str, a: int, b: int) -> list[tuple[int, bytes]]:
    found = op.get_bind().execute(text(sql), {"a": a, "b": b})
    return [(number, bytes(hash_)) for number, hash_ in found if not isinstance(hash_, int | float | str)]


def _nodes_before(size: int) -> int:
    """How many nodes over more than one leaf are complete in a tree of so many leaves."""
    return size - size.bit_count()


def _zeros(leaf: int) -> int:
    """How many nodes that leaf completes."""
    return (leaf & -leaf).bit_length() - 1


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
