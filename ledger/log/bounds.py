"""From where to where a ledger is verified, and the rows of which no event is the reason."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.audit.checkpoint import Checkpoint
from ledger.audit.note import NoteKey
from ledger.audit.tree import TreeRefused, edge_at, root_of
from ledger.log.columns import bytes_of
from ledger.log.findings import Fault, Findings
from ledger.log.nodes import reading_nodes
from ledger.log.outside import Outside
from ledger.log.parts import PART_LEAVES, Part
from ledger.log.reckoning import Joined
from ledger.log.subtrees import tell_extra
from ledger.store.session import Session

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Bounds:
    """The events after the first `start` and up to `last`, and what is known where they begin."""

    start: int
    last: int
    whole: bool
    """Whether `last` is the newest event, and not one before another that is missing."""
    edge: tuple[bytes, ...]
    recorded_at: Any
    keys: Mapping[str, NoteKey | None]
    """Of every log of which a checkpoint is stored."""
    stored: Mapping[str, int]
    """How many checkpoints of each are stored."""
    beyond: Mapping[str, int]
    """The largest stored checkpoint of each that is of more events than there are."""
    appending_edge: bytes | None
    """The right edge from which appending goes on; None where there is none, which was told."""

    def joined(self) -> Joined:
        """The tree of complete parts before `start`."""
        complete = (self.start // PART_LEAVES).bit_count()
        return Joined(list(self.edge[:complete]), [False] * complete)

    def parts(self, sizes: Sequence[int]) -> Iterator[Part]:
        """What is verified, cut at every multiple of PART_LEAVES."""
        start, edge = self.start, self.edge[(self.start // PART_LEAVES).bit_count() :]
        while start < self.last:
            last = min(self.last, start - start % PART_LEAVES + PART_LEAVES)
            yield Part(start, last, edge, tuple(size for size in sizes if start <= size <= last))
            start, edge = last, ()


def bounds_of(session: Session, since: Checkpoint | None, outside: Outside, findings: Findings) -> Bounds | None:
    """None where the ledger does not go on from `since`, so that nothing after it can be verified."""
    newest = session.value("SELECT max(sequence) FROM events") or 0
    start = since.size if since else 0
    if since and newest < start:
        findings.add(Fault.BEHIND, None, f"the ledger has {newest} events, the given checkpoint {start}")
        return None
    edge = _edge_of(session, since, findings) if since else ()
    if edge is None:
        return None
    last = _last_before_a_gap(session, start, newest, findings)
    _refuse_strays(session, newest, findings)
    appending_edge = _appending_edge(session, newest, findings)
    stored: dict[str, int] = dict(session.rows("SELECT origin, count(*) FROM checkpoints GROUP BY origin"))
    keys = _keys_of(stored, outside, findings)
    beyond: dict[str, int] = dict(
        session.rows("SELECT origin, max(size) FROM checkpoints WHERE size > :newest GROUP BY origin", newest=newest)
    )
    recorded_at = session.value("SELECT recorded_at FROM events WHERE sequence = :start", start=start)
    return Bounds(start, last, last == newest, edge, recorded_at, keys, stored, beyond, appending_edge)


def _edge_of(session: Session, since: Checkpoint, findings: Findings) -> tuple[bytes, ...] | None:
    """The right edge at the given checkpoint, from the stored nodes: its root has to be the one that was signed."""
    try:
        edge = edge_at(since.size, reading_nodes(session))
    except TreeRefused as error:
        findings.add(Fault.NODE_MISSING, None, f"the tree of {since.size} events cannot be read: {error}")
        return None
    if root_of(edge) != since.root_hash:
        detail = f"the tree of the first {since.size} events is not that of the given checkpoint: they were rewritten"
        findings.add(Fault.REWRITTEN, 1, detail)
        return None
    return edge.hashes


def _last_before_a_gap(session: Session, start: int, newest: int, findings: Findings) -> int:
    """The newest event, unless one is missing: then the one before it, since no tree can be made beyond."""
    if start:
        count = session.value("SELECT count(*) FROM events WHERE sequence > :start", start=start)
    else:  # along a short index, which a condition would bar
        strays = session.value("SELECT count(*) FROM events WHERE sequence < 1")
        count = session.value("SELECT count(*) FROM events") - strays
    if count == newest - start:
        return newest
    last: int = session.value(
        "SELECT min(sequence) FROM (SELECT :start AS sequence UNION ALL SELECT sequence FROM events"
        " WHERE sequence > :start) AS e WHERE NOT EXISTS (SELECT 1 FROM events AS n WHERE n.sequence = e.sequence + 1)",
        start=start,
    )
    there = session.value("SELECT min(sequence) FROM events WHERE sequence > :last", last=last)
    which = f"event {last + 1}" if there == last + 2 else f"events {last + 1} to {there - 1}"
    is_ = "is" if there == last + 2 else "are"
    findings.add(Fault.MISSING, last + 1, f"{which} {is_} missing, so that what follows could not be verified")
    return last


def _refuse_strays(session: Session, newest: int, findings: Findings) -> None:
    """Rows that no event explains."""
    for (sequence,) in session.rows(f"SELECT sequence FROM events WHERE sequence < 1 LIMIT {_SHOWN}"):
        findings.add(Fault.ADDED, sequence, "events begin with 1")
    extra = session.rows(
        f"SELECT last_leaf FROM tree WHERE last_leaf > :newest OR last_leaf < 1 ORDER BY last_leaf LIMIT {_SHOWN}",
        newest=newest,
    )
    for (last_leaf,) in extra:
        tell_extra(last_leaf, findings)
    words_to = session.value("SELECT words_to FROM appending")
    if words_to is None or words_to > newest:
        findings.add(Fault.WORDS, None, f"the index of words is said to go to event {words_to}, the newest is {newest}")


def _appending_edge(session: Session, newest: int, findings: Findings) -> bytes | None:
    """The right edge in the row from which appending goes on, whose newest event has to be that of the events."""
    rows = session.rows("SELECT sequence, recorded_at, edge FROM appending")
    if len(rows) != 1:
        findings.add(Fault.APPENDING, None, f"appending goes on from one row, of which there are {len(rows)}")
        return None
    sequence, recorded_at, edge = rows[0]
    recorded = session.value("SELECT recorded_at FROM events WHERE sequence = :newest", newest=newest) or 0
    if (sequence, recorded_at) != (newest, recorded):
        detail = f"appending would go on from event {sequence}, recorded at {recorded_at}; the newest is {newest},"
        findings.add(Fault.APPENDING, None, f"{detail} recorded at {recorded}")
        return None
    return bytes_of(edge)


def _keys_of(stored: Mapping[str, int], outside: Outside, findings: Findings) -> dict[str, NoteKey | None]:
    """The keys of the logs that have checkpoints stored; those of logs that nobody knows are refused."""
    known = outside.keys()
    if outside.key is None:
        return dict.fromkeys(stored)
    for origin in sorted(set(stored) - set(known)):
        detail = f"{stored[origin]} stored checkpoints are of {origin[:80]!r}, which is no log of this ledger"
        findings.add(Fault.CHECKPOINT_ORIGIN, None, detail)
    return {origin: known[origin] for origin in stored if origin in known}
