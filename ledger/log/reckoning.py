"""A part of the log reckoned anew from the bytes of its leaves, and held against all that is stored beside them.

A part is at most a complete subtree of the tree, so that parts can be reckoned in any order, in several processes, and
then be joined by their roots.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.audit.note import NoteKey
from ledger.audit.tree import HASH_BYTES, Edge, Node, node_hash
from ledger.log.columns import Leaves, pages, require_rising
from ledger.log.findings import Findings
from ledger.log.parts import PART_LEAVES, PART_LEVEL, Part
from ledger.log.stated import Stated, stated_of
from ledger.log.subtrees import compare, stored_nodes, subtree, tell_extra, tell_node
from ledger.store.session import Session


@dataclass(slots=True)
class Reckoned:
    """What a part was found to be."""

    part: Part
    edge: Edge
    """Of its subtree alone, up to the last leaf."""
    edges: dict[int, tuple[bytes, ...]]
    """The same at every size that was asked for, and at those of the stored checkpoints."""
    above: bytes
    """The hashes that are stored for nodes above the subtree that its last leaf completes."""
    first_recorded_at: Any
    last_recorded_at: Any
    stated: list[Stated]
    amiss: bool
    """Whether a leaf or node in it is wrong, so that those above it are bound to be."""
    findings: Findings


def reckon(session: Session, part: Part, keys: Mapping[str, NoteKey | None]) -> Reckoned:
    """Reckon a part. `keys` are those of the logs whose stored checkpoints are looked at; None for one that was lost.

    Every event of the part has to be there.
    """
    findings = Findings()
    stated = list(stated_of(session, part, keys, findings))
    boundaries = sorted({each.size for each in stated})
    leaves = Leaves(part)
    for rows in pages(session, part):
        leaves.take(rows, findings)
    require_rising(part, leaves.times, boundaries, findings)
    tree = subtree(part, leaves.hashes, {*boundaries, *part.sizes})
    stored, above = stored_nodes(session, part)
    amiss = compare(session, tree, stored, leaves.suspect, findings) or bool(leaves.suspect)
    first, last = (leaves.times[0], leaves.times[-1]) if leaves.times else (None, None)
    return Reckoned(part, tree.edge, tree.edges, above, first, last, stated, amiss, findings)


@dataclass(slots=True)
class Joined:
    """The whole tree, as parts are joined to it one after the other."""

    hashes: list[bytes]
    """The right edge where the next part's subtree begins."""
    amiss: list[bool] = field(default_factory=list)
    """For each of them, whether something in it is wrong."""

    def with_part(self, size: int, edge: Sequence[bytes]) -> Edge:
        """The right edge of the first `size` leaves, where the next part's subtree has `edge` at that size."""
        hashes, parts = list(self.hashes), size // PART_LEAVES
        if size % PART_LEAVES or not edge:
            return Edge(size, (*hashes, *edge))
        (hash_,) = edge  # the subtree is complete, and with it those above it that it ends
        while parts % 2 == 0:
            hash_, parts = node_hash(hashes.pop(), hash_), parts // 2
        return Edge(size, (*hashes, hash_))

    def join(self, reckoned: Reckoned, findings: Findings) -> None:
        """Add a part, and hold the nodes above it that it completes against their rows."""
        if reckoned.edge.size < PART_LEAVES:
            return
        node, hash_, amiss = (
            Node(PART_LEVEL, reckoned.part.base // PART_LEAVES),
            reckoned.edge.hashes[0],
            reckoned.amiss,
        )
        at = 0
        while node.index % 2:
            node = Node(node.level + 1, node.index // 2)
            hash_, below_amiss = node_hash(self.hashes.pop(), hash_), self.amiss.pop() or amiss
            found = reckoned.above[at : at + HASH_BYTES]
            amiss, at = found != hash_, at + HASH_BYTES
            if amiss and not (found and below_amiss):
                tell_node(node, found, hash_, findings)
        if len(reckoned.above) > at:
            tell_extra(reckoned.part.last, findings)
        self.hashes.append(hash_)
        self.amiss.append(amiss)
