"""A part of the log reckoned anew from the bytes of its leaves, and held against all that is stored beside them.

A part is at most a complete subtree of the tree, so that parts can be reckoned in any order, in several processes, and
then be joined by their roots. Nothing here believes the database: a value of any type may stand in any column.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from operator import itemgetter
from typing import Any

import orjson

from ledger.audit.checkpoint import CheckpointRefused, checkpoint_of, open_checkpoint
from ledger.audit.checks import CheckFailed
from ledger.audit.leaves import LEAF_MEMBERS, leaf_hash, leaf_of
from ledger.audit.note import Note, NoteKey
from ledger.audit.tree import Edge, Node, append_leaves, edge_at, interior_nodes, node_hash, node_position, root_nodes
from ledger.domain.dates import parse_dating
from ledger.log.findings import Fault, Findings
from ledger.store.session import Row, Session
from ledger.times import time_text

PART_LEVEL = 12
PART_LEAVES = 1 << PART_LEVEL
_PAGE = 128
"""So many leaves are held at a time: 64 KiB each, if it comes to the worst."""
_MEMBERS = tuple(sorted(LEAF_MEMBERS))
_NEVER = object()


@dataclass(frozen=True, slots=True)
class Part:
    """The events after `start`, up to `last`: all in one aligned subtree of PART_LEAVES leaves."""

    start: int
    last: int
    edge: tuple[bytes, ...] = ()
    """Where `start` is within that subtree: the hashes of its right edge there."""
    sizes: tuple[int, ...] = ()
    """Tree sizes from `start` to `last` at which the right edge is asked for."""

    @property
    def offset(self) -> int:
        """How many leaves the subtree has before `start`."""
        return self.start % PART_LEAVES

    @property
    def base(self) -> int:
        """How many leaves come before the subtree."""
        return self.start - self.offset


@dataclass(frozen=True, slots=True)
class Stated:
    """What a stored checkpoint says."""

    origin: str
    size: int
    root_hash: bytes


@dataclass(slots=True)
class Reckoned:
    """What a part was found to be."""

    part: Part
    edge: Edge
    """Of its subtree alone, up to the last leaf."""
    edges: dict[int, tuple[bytes, ...]]
    """The same at every size that was asked for, and at those of the stored checkpoints."""
    above: dict[int, bytes]
    """What is stored for nodes above the subtree that its last leaf completes, by position."""
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
    stated = list(_stated(session, part, keys, findings))
    boundaries = sorted({each.size for each in stated})
    leaves = _Leaves(part)
    for rows in _pages(session, part):
        leaves.take(rows, findings)
    _require_rising(part, leaves.times, boundaries, findings)
    tree = _Subtree(part, leaves.hashes)
    stored = _stored_nodes(session, part)
    above = {position: stored.pop(position) for position in list(stored) if position >= tree.end}
    amiss = _compare(tree, stored, leaves.suspect, findings) or bool(leaves.suspect)
    edges = {size: tree.edge_at(size - part.base) for size in {*boundaries, *part.sizes}}
    first, last = (leaves.times[0], leaves.times[-1]) if leaves.times else (None, None)
    return Reckoned(part, tree.edge, edges, above, first, last, stated, amiss, findings)


# ------------------------------------------------------------------------------------------------------------- leaves

_COLUMNS = "sequence, subject, version, type, day, recorded_at, leaf, leaf_hash"


def _pages(session: Session, part: Part) -> Iterator[list[Row]]:
    for start in range(part.start, part.last, _PAGE):
        yield session.rows(
            f"SELECT {_COLUMNS} FROM events WHERE sequence BETWEEN :first AND :last ORDER BY sequence",
            first=start + 1,
            last=min(start + _PAGE, part.last),
        )


class _Leaves:
    """The leaves of a part, one after the other; only their hashes and times are kept."""

    def __init__(self, part: Part) -> None:
        self.hashes: list[bytes] = []
        self.times: list[Any] = []
        self.suspect: set[int] = set()
        """The sequences of events that do not agree in themselves."""

    def take(self, rows: Iterable[Row], findings: Findings) -> None:
        """Hash each leaf, and hold its columns against it."""
        loads, dumps, sort_keys = orjson.loads, orjson.dumps, orjson.OPT_SORT_KEYS
        hashes, times = self.hashes, self.times
        batch_recorded_at, batch_text = _NEVER, None
        for row in rows:  # written out, not called: once for every event there is
            sequence, subject, version, type_, day, recorded_at, leaf, hash_ = row
            try:
                if recorded_at != batch_recorded_at:
                    batch_recorded_at, batch_text = recorded_at, _time_text(recorded_at)
                computed = sha256(b"\x00" + leaf).digest()  # leaf_hash
                event = loads(leaf)
                _, _, effective_on, recorded, _, of_sequence, _, of_subject, of_type, of_version = event.values()
                if (
                    computed == hash_
                    and tuple(event) == _MEMBERS
                    and of_sequence == sequence
                    and of_subject == subject
                    and of_version == version
                    and of_version.__class__ is of_sequence.__class__ is int
                    and of_type == type_
                    and recorded == batch_text
                    and day == (None if effective_on is None else parse_dating(effective_on)[0])
                    and dumps(event, None, sort_keys) == leaf  # leaf_of
                ):
                    hashes.append(computed)
                    times.append(recorded_at)
                    continue
            except (ValueError, TypeError, AttributeError, OverflowError):
                pass  # told apart below
            hashes.append(leaf_hash(_bytes(leaf)))
            times.append(recorded_at)
            self.suspect.add(sequence)
            _tell_apart(row, findings)


def _time_text(recorded_at: Any) -> str | None:
    if not isinstance(recorded_at, int):
        return None
    try:
        return time_text(recorded_at)
    except OverflowError:
        return None


def _first_day(effective_on: Any) -> int | None:
    return None if effective_on is None else parse_dating(effective_on).first_day


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")


def _tell_apart(row: Row, findings: Findings) -> None:
    """What of an event does not agree with what."""
    sequence, subject, version, type_, day, recorded_at, leaf, hash_ = row
    leaf = _bytes(leaf)
    if hash_ != leaf_hash(leaf):
        findings.add(
            Fault.LEAF_HASH, sequence, f"its leaf hashes to {leaf_hash(leaf).hex()}, stored is {_shown(hash_)}"
        )
    try:
        event = orjson.loads(leaf)
    except ValueError as error:
        findings.add(Fault.NOT_JSON, sequence, f"its leaf is not JSON: {error}")
        return
    if not isinstance(event, dict) or tuple(sorted(event)) != _MEMBERS:
        findings.add(Fault.NOT_AN_EVENT, sequence, f"its leaf is not an object with {', '.join(_MEMBERS)}")
        return
    if not _is_canonical(leaf, event):
        findings.add(Fault.NOT_CANONICAL, sequence, "its leaf is not the canonical JSON (RFC 8785) of what it says")
    for fault, name, column in (
        (Fault.SEQUENCE, "sequence", sequence),
        (Fault.SUBJECT, "subject", subject),
        (Fault.VERSION, "version", version),
        (Fault.TYPE, "type", type_),
    ):
        if event[name] != column or event[name].__class__ is not column.__class__:
            other = event[name] if fault is Fault.SEQUENCE and isinstance(event[name], int) else None
            findings.add(fault, sequence, _unlike(name, column, event[name]), other)
    if event["recorded_at"] != (text := _time_text(recorded_at)):
        findings.add(Fault.RECORDED_AT, sequence, _unlike("recorded_at", text or recorded_at, event["recorded_at"]))
    try:
        of_day = _first_day(event["effective_on"])
    except (ValueError, TypeError):
        findings.add(Fault.NOT_AN_EVENT, sequence, f"effective_on in its leaf is {_shown(event['effective_on'])}")
    else:
        if of_day != day:
            findings.add(Fault.DAY, sequence, _unlike("day", day, of_day))


def _is_canonical(leaf: bytes, event: Any) -> bool:
    try:
        return leaf_of(event) == leaf
    except TypeError:  # nested deeper than can be written
        return False


def _unlike(name: str, column: Any, in_leaf: Any) -> str:
    return f"{name} is {_shown(column)} in its column, {_shown(in_leaf)} in its leaf"


def _shown(value: Any) -> str:
    text = value.hex() if isinstance(value, bytes) else repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def _require_rising(part: Part, times: Sequence[Any], boundaries: Iterable[int], findings: Findings) -> None:
    """domain.md, recorded_at: it never falls, and strictly increases from batch to batch.

    Where batches end the leaves do not say; but a checkpoint is over whole ones.
    """
    times = [time if isinstance(time, int) else 0 for time in times]
    if times != sorted(times):
        for place in range(1, len(times)):
            if times[place] < times[place - 1]:
                tell_not_later(part.start + place + 1, findings)
    for size in boundaries:
        if part.start < size < part.last and times[size - part.start] == times[size - part.start - 1]:
            tell_not_later(size + 1, findings)


def tell_not_later(sequence: int, findings: Findings) -> None:
    """An event that was recorded before the one that precedes it, or at once with one of an earlier batch."""
    findings.add(Fault.TIME_FALLS, sequence, f"it was not recorded later than event {sequence - 1}")


# --------------------------------------------------------------------------------------------------------------- tree


class _Subtree:
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


def _stored_nodes(session: Session, part: Part) -> dict[int, bytes]:
    """What is stored for the nodes that the part's leaves complete, those above its subtree too."""
    rows = session.rows(
        "SELECT position, hash FROM tree WHERE position >= :start AND position < :end",
        start=interior_nodes(part.start),
        end=interior_nodes(part.last),
    )
    return dict(rows)


def _compare(tree: _Subtree, stored: dict[int, bytes], suspect: set[int], findings: Findings) -> bool:
    """Hold every node of the part against its row. Whether one is wrong.

    Told are those that no wrong leaf or node below them explains.
    """
    if list(map(stored.get, range(tree.start, tree.end))) == tree.nodes:
        return False
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
        detail = f"{over} is stored as {_shown(found)}, its leaves make {reckoned.hex()}"
        findings.add(Fault.NODE_WRONG, first, detail)


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
        while node.index % 2:
            node = Node(node.level + 1, node.index // 2)
            hash_, below_amiss = node_hash(self.hashes.pop(), hash_), self.amiss.pop() or amiss
            found = reckoned.above.get(node_position(*node))
            amiss = found != hash_
            if amiss and (found is None or not below_amiss):
                tell_node(node, found, hash_, findings)
        self.hashes.append(hash_)
        self.amiss.append(amiss)


# -------------------------------------------------------------------------------------------------------- checkpoints


def _stated(session: Session, part: Part, keys: Mapping[str, NoteKey | None], findings: Findings) -> Iterator[Stated]:
    """The stored checkpoints of the sizes that the part leads to, each as its note says it."""
    for origin, key in keys.items():
        rows = session.rows(
            "SELECT size, note FROM checkpoints WHERE origin = :origin AND size > :start AND size <= :last",
            origin=origin,
            start=part.start or -1,
            last=part.last,
        )
        for size, note in sorted(rows):
            if (stated := stated_in(note, origin, size, key, findings)) is not None:
                yield stated


def stated_in(note: bytes, origin: str, size: int, key: NoteKey | None, findings: Findings) -> Stated | None:
    """What the checkpoint stored under `origin` and `size` says, if the log's key has signed just that."""
    where = f"the stored checkpoint of {size} events"
    try:
        checkpoint = open_signed(note, origin, key)
    except NotTheLogs as error:
        findings.add(error.fault, size, f"{where}: {error}")
        return None
    if checkpoint.size != size:
        findings.add(Fault.CHECKPOINT_MALFORMED, size, f"{where} is one of {checkpoint.size}")
        return None
    return checkpoint


class NotTheLogs(Exception):
    """A note that is no checkpoint which the log has signed."""

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(detail)
        self.fault = fault


def open_signed(note: Any, origin: str, key: NoteKey | None) -> Stated:
    """The checkpoint in a note of the log with that origin and key; of a key that was lost nothing is checked.

    C2SP tlog-checkpoint. Raises NotTheLogs, which says whether it is malformed, of another origin, or another key's.
    """
    try:
        parsed = Note.parse(_bytes(note))
    except CheckFailed as error:
        raise NotTheLogs(Fault.CHECKPOINT_MALFORMED, str(error)) from None
    try:
        checkpoint = checkpoint_of(parsed.text, origin)
    except CheckpointRefused as error:
        fault = Fault.CHECKPOINT_ORIGIN if error.check == "origin" else Fault.CHECKPOINT_MALFORMED
        raise NotTheLogs(fault, str(error)) from None
    if key is not None:
        try:
            open_checkpoint(parsed, key)
        except CheckFailed as error:
            raise NotTheLogs(Fault.CHECKPOINT_KEY, str(error)) from None
    return Stated(origin, checkpoint.size, checkpoint.root_hash)
