"""The one way in: drafts become events, or nothing is stored.

A batch is judged as a whole, after its last event. What it meets is what the ledger holds when its turn comes: one
writer at a time, so that sequence, time and log have one order.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from ledger.audit.leaves import LEAF_LIMIT, leaf_hash, leaf_of
from ledger.domain.corrections import Told
from ledger.domain.dates import day_text
from ledger.domain.events import AFTERTHOUGHTS, Draft, corrected_data_problems, kind_of, references
from ledger.domain.timeline import Clash
from ledger.domain.values import Problem, Problems
from ledger.domain.vocabulary import KINDS
from ledger.errors import Invalid, KeyReused, TimelineConflict, VersionConflict
from ledger.log.nodes import add_leaves
from ledger.log.publishing import Log
from ledger.projections.batch import Batch, Writing
from ledger.projections.rectangles import merged_into
from ledger.projections.words import store_words, texts_in
from ledger.store.events import Event, Head, Stored, head_of, held_head, store_events, stored_between, told_of
from ledger.store.session import Session
from ledger.store.tables import idempotency_keys
from ledger.times import time_text


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """What makes a request that is sent twice one request. A key belongs to the token that sent it."""

    token: str
    key: str
    body_hash: bytes

    @classmethod
    def of(cls, token: str, key: str, form: str, body: bytes) -> "IdempotencyKey":
        """The key of a request with that `body`, read as `form`."""
        return cls(token, key, sha256(form.encode() + b"\n" + body).digest())


@dataclass(frozen=True, slots=True)
class Appended:
    """The events of a request, as they were stored; and whether that was an earlier time."""

    events: list[Stored]
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """Events to be appended as one batch."""

    drafts: Sequence[Draft]
    by: str
    key: IdempotencyKey | None = None
    single: bool = False
    """Whether pointers lead into one event, not into an array."""
    if_match: int | None = None
    """The version that the writer saw of the subject of a single event."""

    def at(self, index: int) -> str:
        """The pointer to the draft with that index."""
        return "" if self.single else f"/{index}"

    def placed(self, newest: int, place: Callable[[int, Sequence[Draft]], Sequence[Draft]]) -> "Request":
        """The same with what `place` makes of its drafts, which are to come after the event `newest`."""
        return replace(self, drafts=place(newest, self.drafts))


class Appending:
    """Appends within one transaction: each as if it were alone, but written together where none depends on another."""

    def __init__(self, session: Session, clock: Callable[[], int], log: Log) -> None:
        """Nobody else appends until the transaction ends. Raises BehindCheckpoint, Unsigned."""
        self._session, self._clock = session, clock
        self._head, self._edge, self._words_to = held_head(session)
        log.require_whole(session, self._head.sequence)
        self._begin()
        session.before_commit = self._write

    def append(self, request: Request) -> Appended:
        """Store the drafts of `request` as one batch, all or none; before the commit at the latest they are written.

        Returns the stored events, or those that the same key got before. Raises Invalid, TimelineConflict,
        VersionConflict, KeyReused: then nothing of it is stored.
        """
        if not self._is_apart(request):
            self._write()
        if (earlier := _answered(self._session, request.key)) is not None:
            return earlier
        batch, events = _judged(self._session, request, self._head, self._clock)
        self._writing.add(batch, events[-1].sequence)
        self._events += events
        self._keys += _kept_keys(request.key, events)
        self._head = Head(events[-1].sequence, events[-1].recorded_at)
        return Appended([Stored(event.sequence, event.leaf, event.leaf_hash) for event in events])

    def newest(self) -> Head:
        """The newest event, once all that was appended before is written."""
        self._write()
        return self._head

    def _is_apart(self, request: Request) -> bool:
        """Whether it asks for nothing that is yet to be written: only for what is sure to be so at a glance."""
        if not self._events:
            return True
        named = {request.drafts[0].subject, *_mentioned(request.drafts[0])} if len(request.drafts) == 1 else set()
        types = {draft.type for draft in request.drafts}
        return (
            bool(named)
            and named.isdisjoint(self._writing.subjects)
            and types.isdisjoint({"merged", *AFTERTHOUGHTS})
            and not (request.key and self._keys)
        )

    def _begin(self) -> None:
        self._writing = Writing(self._session)
        self._events: list[Event] = []
        self._keys: list[tuple[object, ...]] = []

    def _write(self) -> None:
        """Write what was appended and is not written yet."""
        if not self._events:
            return
        events, first = self._events, self._events[0].sequence
        with self._session.together(len(events)):
            self._edge = add_leaves(self._session, first - 1, self._edge, [event.leaf_hash for event in events])
            store_events(self._session, events, self._edge)
            self._writing.write()
            self._session.insert(idempotency_keys, self._keys)
        self._words_to = store_words(self._session, self._words_to, events[-1].sequence)
        self._begin()


def judge(session: Session, request: Request, clock: Callable[[], int]) -> tuple[Batch, list[Event]]:
    """What would be stored, if nothing came between. Raises as `Appending.append` does."""
    return _judged(session, request, head_of(session), clock)


def _judged(session: Session, request: Request, head: Head, clock: Callable[[], int]) -> tuple[Batch, list[Event]]:
    batch = Batch(session, lambda subjects: told_of(session, subjects, head.sequence + 1))
    batch.look_up(
        [draft.subject for draft in request.drafts],
        [subject for draft in request.drafts for subject in _mentioned(draft)],
    )
    _require_versions(batch, request)
    events = _numbered(batch, request, head, clock)
    batch.read_records()
    _require_sound(batch, request, events)
    clashes = batch.fold()
    if clashes:
        raise _conflict(clashes, head, request, events)
    _require_no_circle(session, batch, request)
    return batch, events


def _answered(session: Session, key: IdempotencyKey | None) -> Appended | None:
    if key is None:
        return None
    found = session.row(
        "SELECT body_hash, first_sequence, last_sequence FROM idempotency_keys WHERE token = :token AND key = :key",
        token=key.token,
        key=key.key,
    )
    if found is None:
        return None
    body_hash, first, last = found
    if bytes(body_hash) != key.body_hash:
        raise KeyReused(key.key)
    return Appended(stored_between(session, first, last), replayed=True)


def _kept_keys(key: IdempotencyKey | None, events: Sequence[Event]) -> list[tuple[object, ...]]:
    return [(key.token, key.key, key.body_hash, events[0].sequence, events[-1].sequence)] if key else []


def _require_versions(batch: Batch, request: Request) -> None:
    for draft in request.drafts:
        version = batch.subjects[draft.subject].version
        for expected in (draft.expected_version, request.if_match):
            if expected is not None and expected != version:
                raise VersionConflict(draft.subject, expected, version)


def _numbered(batch: Batch, request: Request, head: Head, clock: Callable[[], int]) -> list[Event]:
    """The drafts as events: sequence without a gap, the subject's version, one time for all, and the leaf."""
    recorded_at = max(clock(), head.recorded_at + 1)
    recorded = time_text(recorded_at)
    events: list[Event] = []
    problems: Problems = []
    for sequence, draft in enumerate(request.drafts, head.sequence + 1):
        subject = batch.subjects[draft.subject]
        version = subject.version + len(subject.told) + 1
        leaf = leaf_of(
            {
                "comment": draft.comment,
                "data": draft.data,
                "effective_on": draft.effective_on,
                "recorded_at": recorded,
                "recorded_by": request.by,
                "sequence": sequence,
                "sources": draft.sources,
                "subject": draft.subject,
                "type": draft.type,
                "version": version,
            }
        )
        if len(leaf) > LEAF_LIMIT:
            problems.append(_too_large(request.at(len(events)), len(leaf)))
        told = Told(sequence, draft.type, draft.effective_on, draft.given)
        subject.told.append((told, draft.day))
        events.append(
            Event(
                sequence,
                draft.subject,
                version,
                draft.type,
                draft.day if draft.effective_on else None,
                recorded_at,
                leaf,
                leaf_hash(leaf),
                told,
            )
        )
    if problems:
        raise Invalid(problems)
    return events


def _too_large(at: str, size: int) -> Problem:
    advice = "split it: record it with a part, and the rest with `amended` in the same array"
    return Problem(at, f"an event has {LEAF_LIMIT} bytes at most, and this one {size}; {advice}")


def _require_sound(batch: Batch, request: Request, events: Sequence[Event]) -> None:
    """What is named exists by now, earlier events of the batch counted; corrections name events and fit them."""
    problems: Problems = []
    known = set(batch.known)
    for index, (draft, event) in enumerate(zip(request.drafts, events, strict=True)):
        if event.type in AFTERTHOUGHTS or not known.issuperset(draft.named):
            at = f"{request.at(index)}/data"
            problems += _afterthought_problems(batch, event, at) or [
                Problem(at + pointer, f"the ledger does not know {subject}: record it first")
                for pointer, subject in _references(batch, event)
                if subject not in known
            ]
        known.add(draft.subject)
    if problems:
        raise Invalid(problems)


def _afterthought_problems(batch: Batch, event: Event, at: str) -> Problems:
    if event.type not in AFTERTHOUGHTS:
        return []
    named = _type_of(batch, event)
    if named is None:
        return [Problem(f"{at}/of", f"is no event of {event.subject} that was recorded before")]
    data = event.told.data.get("data")
    if data is None or named in AFTERTHOUGHTS:
        return []
    return corrected_data_problems(event.subject, named, data, f"{at}/data")


def _references(batch: Batch, event: Event) -> list[tuple[str, str]]:
    """Every subject that the event's data name, in a correction its new data, each with the pointer to it."""
    data = event.told.data.get("data")
    if event.type != "corrected" or data is None:
        return references(event.kind, event.type, event.told.data)
    named = _type_of(batch, event)
    assert named, "a correction of what is no event was refused"
    found = [] if named in AFTERTHOUGHTS else references(event.kind, named, data)
    return [("/data" + pointer, subject) for pointer, subject in found]


def _type_of(batch: Batch, afterthought: Event) -> str | None:
    """The type of the event that a correction or retraction names; None where it names none of its subject's."""
    subject, of = batch.subjects[afterthought.subject], afterthought.told.data["of"]
    assert subject.record, "the record of a subject with an afterthought is read"
    if standing := subject.record.standings.get(of):
        return standing.told.type
    return next((told.type for told, _ in subject.told if told.sequence == of < afterthought.sequence), None)


def _mentioned(draft: Draft) -> Iterable[str]:
    """Every subject that `draft` may refer to; what a correction refers to depends on the event that it names."""
    if draft.type == "corrected":
        return (text for text in texts_in(draft.given.get("data")) if kind_of(text) in KINDS)
    return draft.named


def _conflict(clashes: Sequence[Clash], head: Head, request: Request, events: Sequence[Event]) -> TimelineConflict:
    """The refusal of what cannot stand, whether it was stored before or is posted now."""
    stored = sorted({clash.entry.sequence for clash in clashes if clash.entry.sequence <= head.sequence})
    problems, details = [], []
    for clash in sorted(clashes, key=lambda clash: clash.entry.sequence):
        entry = clash.entry
        day = f" of {day_text(entry.day)}" if day_text(entry.day) else ""
        if entry.sequence in stored:
            details.append(
                f"event {entry.sequence} ({entry.type}{day}) could not stand once this is in: {clash.detail}"
            )
            continue
        index = entry.sequence - head.sequence - 1
        detail = f"{events[index].subject}: {entry.type}{day} cannot stand: {clash.detail}"
        problems.append(Problem(request.at(index), detail))
        details.append(detail)
    return TimelineConflict("; ".join(details), stored, problems)


def _require_no_circle(session: Session, batch: Batch, request: Request) -> None:
    """domain.md, folding, 8: an actor is not merged into one that is itself merged into it, by any number of steps."""
    into = {
        subject.name: subject.after[-1].state.merged_into
        for subject in batch.subjects.values()
        if kind_of(subject.name) == "actor"
    }
    for actor in [name for name, other in into.items() if other]:
        seen, other = [actor], into[actor]
        while other:
            if other == actor:
                index = max(index for index, draft in enumerate(request.drafts) if draft.subject in seen)
                detail = f"{actor} would be merged into itself: {' into '.join([*seen, actor])}"
                raise TimelineConflict(detail, [], [Problem(request.at(index), detail)])
            seen.append(other)
            if other not in into:
                into[other] = merged_into(session, other)
            other = into[other]
