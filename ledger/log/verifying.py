"""Whether the ledger is what it was: every leaf, the whole tree and all that stands beside them, reckoned anew.

What was recorded up to the newest event when this begins never changes. So no snapshot has to last for as long as it
takes: the parts of the log are each read in a transaction of their own, one after the other or by several processes,
and nothing is held of a part but its root and what was found.
"""

import signal
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from ledger.audit.checkpoint import Checkpoint
from ledger.audit.checks import CheckFailed
from ledger.audit.note import Note, NoteKey
from ledger.audit.tree import Edge, TreeRefused, edge_at, interior_nodes, root_of
from ledger.errors import Refused, Unsigned
from ledger.log.custody import Custody, Retired
from ledger.log.findings import OF_CHECKPOINTS, Fault, Finding, Findings, Holding, Verification
from ledger.log.heads import verify_heads, verify_heads_after
from ledger.log.nodes import reading_nodes
from ledger.log.reckoning import PART_LEAVES, Joined, NotTheLogs, Part, Reckoned, Stated, open_signed, reckon
from ledger.log.reckoning import tell_not_later as _tell_not_later
from ledger.store.database import Database
from ledger.store.session import Session

WORTH_PROCESSES = 20_000
"""From how many events on it takes less time to begin further processes than they save."""
_SHOWN = 20

Advance = Callable[[int, int], None]
"""Is told how many events have been verified, and how many are to be."""


def verify(
    database: Database,
    custody: Custody,
    *,
    since: bytes | None = None,
    processes: int = 1,
    advance: Advance = lambda _done, _all: None,
) -> Verification:
    """Verify the ledger, or what came after the checkpoint in the note `since`.

    Raises Refused where that is no checkpoint of this ledger's logs. All else that is wrong is a finding.
    """
    findings = Findings()
    outside = _read_outside(custody, findings)
    after = None if since is None else _opened_since(since, outside)
    with database.reading() as session:
        bounds = _bounds_of(session, after, outside, findings)
    if bounds is None:
        assert after, "without one there is nothing that bars the way"
        return Verification(after.size, after, after.root_hash, [], outside.kept_checkpoint, _in_order(findings))
    logs = _Logs(outside, bounds)
    joined, edge, later_than = bounds.joined(), Edge(bounds.start, bounds.edge), bounds.recorded_at
    with _working(database, processes if bounds.last - bounds.start >= WORTH_PROCESSES else 1) as work:
        heads = work.heads(outside.covered, bounds) if bounds.whole else None
        for reckoned in work.reckoned(bounds.parts(logs.sizes), bounds.keys):
            findings.extend(reckoned.findings)
            logs.judge(reckoned, joined)
            later_than = _require_later(reckoned, later_than, findings)
            edge = joined.with_part(reckoned.part.last, reckoned.edge.hashes)
            joined.join(reckoned, findings)
            advance(reckoned.part.last - bounds.start, bounds.last - bounds.start)
        if heads is not None:
            findings.extend(heads())
    if bounds.last == bounds.start:
        logs.judge_edge(edge)
    logs.tell(findings)
    root = root_of(edge)
    return Verification(bounds.last, after, root, logs.holdings, outside.kept_checkpoint, _in_order(findings))


# ------------------------------------------------------------------------------------------- what is kept outside


@dataclass(slots=True)
class _Outside:
    """What the folder outside the database says."""

    key: NoteKey | None = None
    """None where the folder is gone: then no signature can be verified."""
    place: Path = Path()
    kept: Stated | None = None
    is_there: bool = False
    """Whether a file of the newest checkpoint is there."""
    retired: list[tuple[Retired, NoteKey | None, Stated | None]] = field(default_factory=list)

    @property
    def covered(self) -> int:
        """How many events the newest checkpoint covers."""
        return self.kept.size if self.kept else 0

    @property
    def kept_checkpoint(self) -> Checkpoint | None:
        return Checkpoint(self.kept.origin, self.kept.size, self.kept.root_hash) if self.kept else None

    def keys(self) -> dict[str, NoteKey | None]:
        """The key of each log, by its origin; None for one that was lost."""
        keys = {retired.origin: key for retired, key, _ in self.retired}
        return keys | ({self.key.name: self.key} if self.key else {})


def _read_outside(custody: Custody, findings: Findings) -> _Outside:
    found = _Outside()
    try:
        found.key = custody.vkey()
        found.retired = [_retired(each, findings) for each in custody.retired()]
    except (Unsigned, OSError, ValueError, TypeError) as error:
        findings.add(Fault.FOLDER_MISSING, None, f"what is kept outside the database cannot be read: {error}")
        return found
    found.place, note = custody.newest_unopened()
    found.is_there = note is not None
    if note is not None:
        found.kept = _stated_outside(note, found.key.name, found.key, f"the checkpoint kept at {found.place}", findings)
    return found


def _retired(retired: Retired, findings: Findings) -> tuple[Retired, NoteKey | None, Stated | None]:
    where = f"the last checkpoint of the retired log {retired.origin}"
    try:
        key = NoteKey.parse(retired.vkey) if retired.vkey else None
    except CheckFailed as error:
        findings.add(Fault.FOLDER_MISSING, None, f"the key of the retired log {retired.origin} is damaged: {error}")
        key = None
    note = retired.checkpoint.encode()
    return retired, key, _stated_outside(note, retired.origin, key, where, findings) if note else None


def _stated_outside(note: bytes, origin: str, key: NoteKey | None, where: str, findings: Findings) -> Stated | None:
    try:
        return open_signed(note, origin, key)
    except NotTheLogs as error:
        findings.add(error.fault, None, f"{where}: {error}")
        return None


def _opened_since(note: bytes, outside: _Outside) -> Checkpoint:
    if not outside.keys():
        raise Refused("no checkpoint can be relied upon: the verifier key of the log is gone; verify without --since")
    try:
        text = Note.parse(note).text
        origin = text.partition("\n")[0]
        if (key := outside.keys().get(origin)) is None:
            raise Refused(f"the checkpoint is of the log {origin[:80]!r}, of which there is no key here")
        stated = open_signed(note, origin, key)
    except (CheckFailed, NotTheLogs) as error:
        raise Refused(f"it is not a checkpoint of this log: {error}") from None
    return Checkpoint(stated.origin, stated.size, stated.root_hash)


# ---------------------------------------------------------------------------------------------------- what is verified


@dataclass(frozen=True, slots=True)
class _Bounds:
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


def _bounds_of(session: Session, since: Checkpoint | None, outside: _Outside, findings: Findings) -> _Bounds | None:
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
    stored: dict[str, int] = dict(session.rows("SELECT origin, count(*) FROM checkpoints GROUP BY origin"))
    keys = _keys_of(stored, outside, findings)
    beyond: dict[str, int] = dict(
        session.rows("SELECT origin, max(size) FROM checkpoints WHERE size > :newest GROUP BY origin", newest=newest)
    )
    recorded_at = session.value("SELECT recorded_at FROM events WHERE sequence = :start", start=start)
    return _Bounds(start, last, last == newest, edge, recorded_at, keys, stored, beyond)


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
    count = session.value("SELECT count(*) FROM events WHERE sequence > :start", start=start)
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
        f"SELECT position FROM tree WHERE position >= :end OR position < 0 ORDER BY position LIMIT {_SHOWN}",
        end=interior_nodes(newest),
    )
    for (position,) in extra:
        detail = f"position {position} of the tree is stored, which {newest} events do not have"
        findings.add(Fault.NODE_EXTRA, None, detail)
    words_to = session.value("SELECT words_to FROM appending")
    if words_to is None or words_to > newest:
        findings.add(Fault.WORDS, None, f"the index of words is said to go to event {words_to}, the newest is {newest}")


def _keys_of(stored: Mapping[str, int], outside: _Outside, findings: Findings) -> dict[str, NoteKey | None]:
    """The keys of the logs that have checkpoints stored; those of logs that nobody knows are refused."""
    known = outside.keys()
    if outside.key is None:
        return dict.fromkeys(stored)
    for origin in sorted(set(stored) - set(known)):
        detail = f"{stored[origin]} stored checkpoints are of {origin[:80]!r}, which is no log of this ledger"
        findings.add(Fault.CHECKPOINT_ORIGIN, None, detail)
    return {origin: known[origin] for origin in stored if origin in known}


def _require_later(reckoned: Reckoned, before: Any, findings: Findings) -> Any:
    """From one part to the next; where a checkpoint ends between them, it has to be later, else not earlier."""
    part, first = reckoned.part, reckoned.first_recorded_at
    if isinstance(before, int) and isinstance(first, int):
        batch_ended = any(each.size == part.start for each in reckoned.stated)
        if first < before or (batch_ended and first == before):
            _tell_not_later(part.start + 1, findings)
    return reckoned.last_recorded_at


# --------------------------------------------------------------------------------------------------------- checkpoints


class _Logs:
    """The log, and those before it: which of their checkpoints hold."""

    def __init__(self, outside: _Outside, bounds: _Bounds) -> None:
        self._outside, self._bounds = outside, bounds
        retired = {each.origin: each for each, _, _ in outside.retired}
        current = [outside.key.name] if outside.key else []
        self._by_origin = {
            origin: Holding(origin, retired.get(origin)) for origin in [*retired, *current, *bounds.keys]
        }
        outside_stated = [stated for _, _, stated in outside.retired] + [outside.kept]
        self._outside_stated = [stated for stated in outside_stated if stated]
        self._failed_outside: set[str] = set()

    @property
    def holdings(self) -> list[Holding]:
        return list(self._by_origin.values())

    @property
    def sizes(self) -> list[int]:
        """The sizes of the checkpoints that are kept outside."""
        return sorted({stated.size for stated in self._outside_stated})

    def judge(self, reckoned: Reckoned, joined: Joined) -> None:
        """Hold the checkpoints of a part's sizes, stored or kept outside, against the tree as it was reckoned."""
        part = reckoned.part
        roots = {size: root_of(joined.with_part(size, edge)) for size, edge in reckoned.edges.items()}
        self._judge(reckoned.stated, roots, part.start if part.start > self._bounds.start else -1)

    def judge_edge(self, edge: Edge) -> None:
        """The same where there are no events to verify."""
        self._judge([], {edge.size: root_of(edge)}, -1)

    def _judge(self, stored: Sequence[Stated], roots: Mapping[int, bytes], above: int) -> None:
        outside = [stated for stated in self._outside_stated if stated.size in roots and stated.size > above]
        for stated in stored:
            self._by_origin[stated.origin].checked += 1
        for stated in sorted([*stored, *outside], key=lambda each: each.size):
            holding = self._by_origin[stated.origin]
            if roots[stated.size] != stated.root_hash:
                if stated in outside:
                    self._failed_outside.add(stated.origin)
                holding.first_that_fails = min(stated.size, holding.first_that_fails or stated.size)
            elif holding.first_that_fails is None:
                holding.last_that_holds = stated.size

    def tell(self, findings: Findings) -> None:
        """What does not hold and should."""
        for holding in self.holdings:
            if holding.first_that_fails is not None and not self._is_declared(holding):
                self._tell_rewritten(holding, findings)
        if self._bounds.whole:
            self._tell_behind(findings)
        self._tell_missing(findings)

    def _is_declared(self, holding: Holding) -> bool:
        """A log that was retired because the ledger is not what its last checkpoint says: that was declared."""
        if holding.retired is None:
            return False
        lasts = [stated for each, _, stated in self._outside.retired if each.origin == holding.origin]
        return any(
            last is None or last.size > self._bounds.last or last.origin in self._failed_outside for last in lasts
        )

    def _tell_rewritten(self, holding: Holding, findings: Findings) -> None:
        first, last = (holding.last_that_holds or self._bounds.start) + 1, holding.first_that_fails
        assert last is not None, "one fails"
        if any(
            found.fault not in OF_CHECKPOINTS and first <= (found.sequence or 0) <= last for found in findings.first
        ):
            return  # the event is known that makes it fail
        holds = f"that of {first - 1} events holds, " if first > 1 else "none before it holds, "
        detail = (
            f"events {first} to {last} agree with each other, but not with the checkpoint of {last} events; {holds}"
            "so between these two something was rewritten"
        )
        findings.add(Fault.REWRITTEN, first, detail)

    def _tell_behind(self, findings: Findings) -> None:
        if self._outside.key is None:
            beyond = max(self._bounds.beyond.values(), default=0)
        else:
            beyond = max(self._bounds.beyond.get(self._outside.key.name, 0), self._outside.covered)
        if beyond > self._bounds.last:
            detail = (
                f"the newest event is {self._bounds.last}, the newest checkpoint is of {beyond}: the end was cut off,"
                " or an old backup restored"
            )
            findings.add(Fault.BEHIND, self._bounds.last + 1, detail)

    def _tell_missing(self, findings: Findings) -> None:
        """The first checkpoint of all may be stored and not yet kept: a crash between the two leaves it so."""
        if self._outside.key is None or self._outside.is_there:
            return
        stored = self._bounds.stored.get(self._outside.key.name, 0)
        if stored > 1:
            detail = f"the newest checkpoint is not at {self._outside.place}, and {stored} were given out"
            findings.add(Fault.KEPT_MISSING, None, detail)


def _in_order(findings: Findings) -> Findings:
    """By the event that each is about; two events that each say the other's sequence were swapped."""
    says = {found.sequence: found.other for found in findings.first if found.fault is Fault.SEQUENCE}
    swapped = {one: other for one, other in says.items() if one and other and one != other and says.get(other) == one}
    told = [found for found in findings.first if found.sequence not in swapped]
    told += [
        Finding(Fault.SWAPPED, one, f"event {one} stands in the place of {other}, and {other} in that of {one}")
        for one, other in swapped.items()
        if one < other
    ]
    hidden = len(findings.first) - len(told)
    told.sort(key=lambda found: (found.sequence is None, found.sequence or 0))
    return Findings(told, findings.count - hidden)


# ----------------------------------------------------------------------------------------------------------- processes


class _Alone:
    """Does it in this process."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def heads(self, covered: int, bounds: _Bounds) -> Callable[[], Findings]:
        """What gives the findings on versions and heads."""
        return lambda: _verified_heads(self._database, covered, bounds.start)

    def reckoned(self, parts: Iterator[Part], keys: Mapping[str, NoteKey | None]) -> Iterator[Reckoned]:
        """Every part, in order."""
        for part in parts:
            with self._database.reading() as session:
                yield reckon(session, part, keys)


class _Together:
    """Does it in this process and in others, each with its own connection."""

    def __init__(self, database: Database, pool: ProcessPoolExecutor, others: int) -> None:
        self._database, self._pool, self._at_once = database, pool, 2 * others

    def heads(self, covered: int, bounds: _Bounds) -> Callable[[], Findings]:
        """What gives the findings on versions and heads."""
        return self._pool.submit(_heads_here, covered, bounds.start).result

    def reckoned(self, parts: Iterator[Part], keys: Mapping[str, NoteKey | None]) -> Iterator[Reckoned]:
        """Every part, in order. A few wait for the others at a time; when they have enough to do, one is done here."""
        under_way: deque[Future[Reckoned]] = deque()
        for part in parts:
            if sum(not each.done() for each in under_way) < self._at_once:
                under_way.append(self._pool.submit(_reckon_here, part, keys))
            else:
                under_way.append(self._reckoned_by_me(part, keys))
            while under_way and (under_way[0].done() or len(under_way) > 4 * self._at_once):
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()

    def _reckoned_by_me(self, part: Part, keys: Mapping[str, NoteKey | None]) -> Future[Reckoned]:
        done: Future[Reckoned] = Future()
        with self._database.reading() as session:
            done.set_result(reckon(session, part, keys))
        return done


@contextmanager
def _working(database: Database, processes: int) -> Iterator[_Alone | _Together]:
    if processes == 1:
        yield _Alone(database)
        return
    url = database.url.render_as_string(hide_password=False)
    pool = ProcessPoolExecutor(processes - 1, get_context("spawn"), _open_here, (url,))
    try:
        yield _Together(database, pool, processes - 1)
    finally:
        pool.shutdown(cancel_futures=True)


_here: list[Database] = []
"""The database of a process that works for another."""


def _open_here(url: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks
    _here.append(Database(url))


def _reckon_here(part: Part, keys: Mapping[str, NoteKey | None]) -> Reckoned:
    with _here[0].reading() as session:
        return reckon(session, part, keys)


def _heads_here(covered: int, start: int) -> Findings:
    return _verified_heads(_here[0], covered, start)


def _verified_heads(database: Database, covered: int, start: int) -> Findings:
    with database.reading() as session:
        return verify_heads_after(session, start) if start else verify_heads(session, covered)
