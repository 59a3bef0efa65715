"""Events held against their leaves: what stands beside a leaf has to be what its bytes say.

Nothing here believes the database: a value of any type may stand in any column.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any

import orjson

from ledger.audit.leaves import LEAF_MEMBERS, leaf_hash, leaf_of
from ledger.domain.dates import parse_dating
from ledger.log.findings import Fault, Findings
from ledger.log.parts import Part
from ledger.store.session import Row, Session
from ledger.times import time_text

_PAGE = 64
"""So many leaves are held at a time: few, which stay in the processor's cache; 64 KiB each if it comes to the worst."""
_MEMBERS = tuple(sorted(LEAF_MEMBERS))
_NEVER = object()

_COLUMNS = "sequence, subject, version, type, day, recorded_at, leaf, leaf_hash"


def pages(session: Session, part: Part) -> Iterator[list[Row]]:
    return session.pages(
        _PAGE,
        f"SELECT {_COLUMNS} FROM events WHERE sequence BETWEEN :first AND :last ORDER BY sequence",
        first=part.start + 1,
        last=part.last,
    )


class Leaves:
    """The leaves of a part, one after the other; only their hashes and times are kept."""

    def __init__(self, part: Part) -> None:
        self.hashes: list[bytes] = []
        self.times: list[Any] = []
        self.suspect: set[int] = set()
        """The sequences of events that do not agree in themselves."""
        self._days = _FirstDays()

    def take(self, rows: Iterable[Row], findings: Findings) -> None:
        """Hash each leaf, and hold its columns against it.

        A leaf has to be the canonical JSON of an event of which the columns say what they can. The rest is taken from
        the leaf itself, from where it should stand: if it stood elsewhere, or under another name, or twice, or if
        there were more of it, that JSON would not be the leaf.
        """
        loads, dumps, sort_keys = orjson.loads, orjson.dumps, orjson.OPT_SORT_KEYS
        hashes, times, days = self.hashes, self.times, self._days
        batch_recorded_at, batch_text = _NEVER, _NEVER
        for row in rows:  # written out, not called: once for every event there is
            sequence, subject, version, type_, day, recorded_at, leaf, hash_ = row
            times.append(recorded_at)
            try:
                if recorded_at != batch_recorded_at:
                    batch_recorded_at, batch_text = recorded_at, _time_text(recorded_at) or _NEVER
                computed = sha256(b"\x00" + leaf).digest()  # leaf_hash
                comment, data, effective_on, _, recorded_by, _, sources, _, _, _ = loads(leaf).values()
                event = {
                    "comment": comment, "data": data, "effective_on": effective_on, "recorded_at": batch_text,
                    "recorded_by": recorded_by, "sequence": sequence, "sources": sources, "subject": subject,
                    "type": type_, "version": version,
                }  # fmt: skip
                if (
                    computed == hash_ and day == days[effective_on] and dumps(event, None, sort_keys) == leaf  # leaf_of
                ):
                    hashes.append(computed)
                    continue
            except (ValueError, TypeError, AttributeError, OverflowError):
                pass  # told apart below
            hashes.append(leaf_hash(bytes_of(leaf)))
            self.suspect.add(sequence)
            _tell_apart(row, findings)


def _time_text(recorded_at: Any) -> str | None:
    if not isinstance(recorded_at, int):
        return None
    try:
        return time_text(recorded_at)
    except OverflowError:
        return None


class _FirstDays(dict[Any, int | None]):
    """Of each `effective_on` its first day, reckoned once. Raises ValueError or TypeError where it names none."""

    def __missing__(self, effective_on: Any) -> int | None:
        self[effective_on] = day = None if effective_on is None else parse_dating(effective_on).first_day
        return day


def bytes_of(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")


def _tell_apart(row: Row, findings: Findings) -> None:
    """What of an event does not agree with what."""
    sequence, subject, version, type_, day, recorded_at, leaf, hash_ = row
    leaf = bytes_of(leaf)
    if hash_ != leaf_hash(leaf):
        findings.add(Fault.LEAF_HASH, sequence, f"its leaf hashes to {leaf_hash(leaf).hex()}, stored is {shown(hash_)}")
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
    text = _time_text(recorded_at)
    if text is None or event["recorded_at"] != text:
        findings.add(Fault.RECORDED_AT, sequence, _unlike("recorded_at", text or recorded_at, event["recorded_at"]))
    try:
        of_day = _FirstDays()[event["effective_on"]]
    except (ValueError, TypeError):
        findings.add(Fault.NOT_AN_EVENT, sequence, f"effective_on in its leaf is {shown(event['effective_on'])}")
    else:
        if of_day != day:
            findings.add(Fault.DAY, sequence, _unlike("day", day, of_day))


def _is_canonical(leaf: bytes, event: Any) -> bool:
    try:
        return leaf_of(event) == leaf
    except TypeError:  # nested deeper than can be written
        return False


def _unlike(name: str, column: Any, in_leaf: Any) -> str:
    return f"{name} is {shown(column)} in its column, {shown(in_leaf)} in its leaf"


def shown(value: Any) -> str:
    text = value.hex() if isinstance(value, bytes) else repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def require_rising(part: Part, times: Sequence[Any], boundaries: Iterable[int], findings: Findings) -> None:
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
