"""The tree over the leaves as they were hashed anew, held node by node against the stored one (RFC 6962, 2.1)."""

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ledger.audit.tree import BLOCK_LEAVES, HASH_BYTES, STORED_LEVEL, Completed, Edge, Node, append_leaves
from ledger.log.columns import bytes_of, shown
from ledger.log.findings import Fault, Findings
from ledger.log.parts import PART_LEAVES, PART_LEVEL, Part
from ledger.projections.words import WORDS_TO, indexed_with, matching, word_of
from ledger.store.session import Row, Session


@dataclass(frozen=True, slots=True)
class Subtree:
    """The tree of a part: RFC 6962, 2.1, over the leaves of its subtree."""

    completed: list[Completed]
    edge: Edge
    """Up to the last leaf of the part."""
    edges: dict[int, tuple[bytes, ...]]
    """The same at each size that was asked for."""


def subtree(part: Part, hashes: list[bytes], sizes: Collection[int]) -> Subtree:
    """The part's tree of those leaf hashes, and its right edge at `sizes`, each from `part.start` to `part.last`."""
    completed: list[Completed] = []
    edges: dict[int, tuple[bytes, ...]] = {}
    edge, at = Edge(part.offset, part.edge), part.start
    for size in sorted({*sizes, part.last}):
        rows, edge = append_leaves(edge, hashes[at - part.start : size - part.start])
        completed += [(part.base + last_leaf, nodes) for last_leaf, nodes in rows] if part.base else rows
        edges[size], at = edge.hashes, size
    if part.last not in sizes:
        del edges[part.last]
    return Subtree(completed, edge, edges)


def stored_nodes(session: Session, part: Part) -> tuple[list[Row], bytes]:
    """What is stored for the nodes that the part's leaves complete, by their last leaf; and above its subtree.

    The last leaf may complete nodes above the subtree too: their hashes are apart.
    """
    rows = session.rows(
        "SELECT last_leaf, hashes FROM tree WHERE last_leaf > :start AND last_leaf <= :last ORDER BY last_leaf",
        start=part.start,
        last=part.last,
    )
    above = b""
    if rows and rows[-1][0] % PART_LEAVES == 0:
        last_leaf, hashes = rows.pop()
        of_part = HASH_BYTES * (PART_LEVEL - STORED_LEVEL + 1)
        hashes, above = bytes_of(hashes)[:of_part], bytes_of(hashes)[of_part:]
        rows.append((last_leaf, hashes))
    return rows, above


def compare(session: Session, tree: Subtree, rows: list[Row], suspect: set[int], findings: Findings) -> bool:
    """Hold every node of the part against what is stored. Whether one is wrong.

    Told are those that no wrong leaf or node below them explains; of the lowest, which of its leaves is another one.
    """
    if rows == tree.completed:
        return False
    stored = {last_leaf: bytes_of(hashes) for last_leaf, hashes in rows}
    wrong = {Node(STORED_LEVEL - 1, (sequence - 1) >> (STORED_LEVEL - 1)) for sequence in suspect}
    for last_leaf, reckoned in tree.completed:
        found = stored.pop(last_leaf, b"")
        for at in range(0, len(reckoned), HASH_BYTES):
            level = STORED_LEVEL + at // HASH_BYTES
            node, end = Node(level, (last_leaf >> level) - 1), at + HASH_BYTES
            if found[at:end] != reckoned[at:end]:
                others: Sequence[int] = []
                if found[at:end] and level == STORED_LEVEL and not findings.is_full:
                    others = [each for each in _replaced(session, last_leaf) if each not in suspect]
                if others or not (found[at:end] and wrong.intersection(_children(node))):
                    tell_node(node, found[at:end], reckoned[at:end], findings, others)
                wrong.add(node)
        if len(found) > len(reckoned):
            tell_extra(last_leaf, findings)
    for last_leaf in stored:
        tell_extra(last_leaf, findings)
    return True


def _children(node: Node) -> tuple[Node, Node]:
    return Node(node.level - 1, 2 * node.index), Node(node.level - 1, 2 * node.index + 1)


def _replaced(session: Session, last_leaf: int) -> list[int]:
    """Which of the eight events up to that one the index of words does not know by the hash of their leaf.

    None where it knows none of them: then it is more likely that the index has lost them.
    """
    indexed = session.rows(
        f"SELECT sequence, leaf_hash FROM events WHERE sequence BETWEEN :first AND ({WORDS_TO}) AND sequence <= :last",
        first=last_leaf - BLOCK_LEAVES + 1,
        last=last_leaf,
    )
    known = f"SELECT count(*) FROM ({indexed_with(session, 'words')}) AS w WHERE sequence = :sequence"
    try:
        unknown = [
            sequence
            for sequence, hash_ in indexed
            if not session.value(known, words=matching(session, whole=[word_of(bytes_of(hash_))]), sequence=sequence)
        ]
    except sqlite3.DatabaseError:  # the index is damaged, or gone; it can be made anew, and is no part of the log
        return []
    return unknown if len(unknown) < len(indexed) else []


def tell_node(node: Node, found: bytes, reckoned: bytes, findings: Findings, others: Sequence[int] = ()) -> None:
    """A node for which not that is stored what the leaves below it make; nothing, where it is missing.

    `others` are those of its events that are not what they were, as far as is known.
    """
    first, last = (node.index << node.level) + 1, (node.index + 1) << node.level
    over = f"the tree's node over events {first} to {last}"
    if found:
        detail = f"{over} is stored as {shown(found)}, its leaves make {reckoned.hex()}"
        for sequence in others:
            known = f"the index of words does not know event {sequence} by the hash of its leaf"
            findings.add(Fault.NODE_WRONG, sequence, f"{detail}; {known}")
        if not others:
            findings.add(Fault.NODE_WRONG, first, detail, last=last)
    else:
        findings.add(Fault.NODE_MISSING, first, f"{over} is not stored")


def tell_extra(last_leaf: int, findings: Findings) -> None:
    """Something is stored that is no node, there or behind those that there are."""
    findings.add(
        Fault.NODE_EXTRA, None, f"what is stored in the tree for event {last_leaf} is more than what it completes"
    )
