"""The tree over the leaves as they were hashed anew, held node by node against the stored one (RFC 6962, 2.1)."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from operator import itemgetter

from ledger.audit.tree import Edge, Node, append_leaves, edge_at, interior_nodes, node_position, root_nodes
from ledger.log.columns import shown
from ledger.log.findings import Fault, Findings
from ledger.log.parts import PART_LEAVES, PART_LEVEL, Part
from ledger.store.session import Row, Session


class Subtree:
    """The tree of a part: RFC 6962, 2.1, over the leaves of its subtree."""

    def __init__(self, part: Part, hashes: list[bytes]) -> None:
        self.part, self._leaves = part, hashes
        self._edge = dict(zip(root_nodes(part.offset), part.edge, strict=True))
        if part.offset == 0 and len(hashes) == PART_LEAVES:
            self.nodes, self.edge = _complete(hashes)
        else:
            self.nodes, self.edge = append_leaves(Edge(part.offset, part.edge), hashes)
        self.start = interior_nodes(part.start)
        """The position of the first of `nodes`."""
        self.end = self.start + len(self.nodes)

    def edge_at(self, size: int) -> tuple[bytes, ...]:
        """The right edge of the first `size` leaves of the subtree."""
        return edge_at(size, lambda nodes: [self._hash_of(node) for node in nodes]).hashes

    def _hash_of(self, node: Node) -> bytes:
        if node in self._edge:
            return self._edge[node]
        if node.level == 0:
            return self._leaves[node.index - self.part.offset]
        return self.nodes[node_position(*node) - interior_nodes(self.part.offset)]


def _complete(hashes: Sequence[bytes]) -> tuple[list[bytes], Edge]:
    """What `append_leaves` gives for PART_LEAVES leaves after none, level by level: which costs half as much."""
    nodes: list[bytes] = []
    level: Sequence[bytes] = hashes
    while len(level) > 1:
        pairs = iter(level)
        level = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
        nodes += level
    return list(_BY_POSITION(nodes)), Edge(PART_LEAVES, (nodes[-1],))


def _places_by_level() -> list[int]:
    """Of each position in a complete subtree: where its node is when they are listed level by level."""
    nodes = [Node(level, index) for level in range(1, PART_LEVEL + 1) for index in range(PART_LEAVES >> level)]
    return sorted(range(len(nodes)), key=lambda place: node_position(*nodes[place]))


_BY_POSITION = itemgetter(*_places_by_level())


def stored_nodes(session: Session, part: Part) -> list[Row]:
    """Position and hash of what is stored for the nodes that the part's leaves complete, those above its subtree too.

    In the order of their positions, so that those above come last.
    """
    return session.rows(
        "SELECT position, hash FROM tree WHERE position >= :start AND position < :end ORDER BY position",
        start=interior_nodes(part.start),
        end=interior_nodes(part.last),
    )


def compare(tree: Subtree, rows: list[Row], suspect: set[int], findings: Findings) -> bool:
    """Hold every node of the part against its row. Whether one is wrong.

    Told are those that no wrong leaf or node below them explains.
    """
    if rows == list(enumerate(tree.nodes, tree.start)):
        return False
    stored: dict[int, bytes] = dict(rows)
    wrong: set[Node] = {Node(0, sequence - 1) for sequence in suspect}
    for node in _nodes_completed(tree.part):
        position = node_position(*node)
        found, reckoned = stored.get(position), tree.nodes[position - tree.start]
        if found == reckoned:
            continue
        if found is None or not wrong.intersection(_children(node)):
            tell_node(node, found, reckoned, findings)
        wrong.add(node)
    return True


def _nodes_completed(part: Part) -> Iterator[Node]:
    for last_leaf in range(part.start + 1, part.last + 1):
        level = 1
        while level <= PART_LEVEL and last_leaf % (1 << level) == 0:
            yield Node(level, (last_leaf >> level) - 1)
            level += 1


def _children(node: Node) -> tuple[Node, Node]:
    return Node(node.level - 1, 2 * node.index), Node(node.level - 1, 2 * node.index + 1)


def tell_node(node: Node, found: bytes | None, reckoned: bytes, findings: Findings) -> None:
    """A node whose row is not what the leaves below it make."""
    first, last = (node.index << node.level) + 1, (node.index + 1) << node.level
    over = f"position {node_position(*node)} of the tree, over events {first} to {last},"
    if found is None:
        findings.add(Fault.NODE_MISSING, first, f"{over} is not stored")
    else:
        detail = f"{over} is stored as {shown(found)}, its leaves make {reckoned.hex()}"
        findings.add(Fault.NODE_WRONG, first, detail)
