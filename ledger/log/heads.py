"""Versions and their heads: each subject's events are numbered 1, 2, 3 …, and its projection stands at the last one."""

from collections.abc import Iterator
from typing import Any

from ledger.log.findings import Fault, Findings
from ledger.store.session import Row, Session

_PAGE = 500


def verify_heads(session: Session, covered: int) -> Findings:
    """Hold the versions of every subject, and its head in the projection. An event after `covered` may be an addition.

    Whether there is anything to tell, the database says in less time than it takes to give out what it is asked of.
    """
    return Findings() if _all_agree(session) else _told(session, covered)


def _all_agree(session: Session) -> bool:
    """Whether each subject's versions are 1, 2, 3 …, and its head is the last of them.

    Where every event has version 1 or the one after that of the event before it, of its subject, each subject begins
    with version 1, but might begin again. It does not where there are no more events with version 1 than heads, each of
    another subject, and where each of these is of a subject with events; and then no subject is without a head either.
    """
    misnumbered = session.value(
        "SELECT EXISTS (SELECT 1 FROM events AS e WHERE e.version <> 1 AND e.version <> 1 + coalesce("
        "(SELECT b.version FROM events AS b WHERE b.subject = e.subject AND b.sequence < e.sequence"
        " ORDER BY b.sequence DESC LIMIT 1), 0))"
    )
    misplaced = session.value(
        "SELECT EXISTS (SELECT 1 FROM subjects AS s WHERE s.version < 1 OR s.version <> coalesce("
        "(SELECT e.version FROM events AS e WHERE e.subject = s.subject ORDER BY e.sequence DESC LIMIT 1), 0))"
    )
    if misnumbered or misplaced:
        return False
    begun = session.value("SELECT count(*) FROM events WHERE version = 1")
    return session.row("SELECT count(*), count(DISTINCT subject) FROM subjects") == (begun, begun)


def _told(session: Session, covered: int) -> Findings:
    """What is to be told of it: along the index, subject by subject, with the projection beside it."""
    findings, heads = Findings(), _Heads(session, covered)
    subject: Any = None
    version = 0
    for rows in _by_subject(session):
        for each, sequence, stated in rows:
            if each == subject:
                version += 1
            else:
                if subject is not None:
                    heads.hold(subject, version, findings)
                subject, version = each, 1
            if stated != version:
                _tell_gap(sequence, each, stated, version, findings)
    if subject is not None:
        heads.hold(subject, version, findings)
    heads.end(findings)
    return findings


def verify_heads_after(session: Session, size: int) -> Findings:
    """The same for the events after the first `size`, and the subjects that they are of."""
    findings = Findings()
    while rows := session.rows(
        "SELECT e.sequence, e.subject, e.version, coalesce((SELECT p.version FROM events AS p"
        " WHERE p.subject = e.subject AND p.sequence < e.sequence ORDER BY p.sequence DESC LIMIT 1), 0),"
        " (SELECT s.version FROM subjects AS s WHERE s.subject = e.subject),"
        " NOT EXISTS (SELECT 1 FROM events AS n WHERE n.subject = e.subject AND n.sequence > e.sequence)"
        f" FROM events AS e WHERE e.sequence > :size ORDER BY e.sequence LIMIT {_PAGE}",
        size=size,
    ):
        for sequence, subject, version, before, head, is_last in rows:
            if version != before + 1:
                _tell_gap(sequence, subject, version, before + 1, findings)
            if is_last and head != version:
                detail = f"{subject} has version {version}, its projection {'none' if head is None else head}"
                added = head is None or head < version
                findings.add(Fault.ADDED if added else Fault.SUBJECT_HEAD, sequence, detail)
        size = rows[-1][0]
    return findings


class _Heads:
    """The heads in the projection, in the order of their subjects, as they are held one by one."""

    def __init__(self, session: Session, covered: int) -> None:
        self._session, self._covered = session, covered
        self._coming = _heads(session)
        self._next = next(self._coming, None)

    def hold(self, subject: Any, events: int, findings: Findings) -> None:
        """The next subject of the events, which has so many."""
        while self._next is not None and self._next[0] != subject and _order(self._next[0]) < _order(subject):
            self._tell_without_events(findings)
        if self._next is None or self._next[0] != subject:
            self._tell(subject, events, None, findings)
            return
        if self._next[1] != events:
            self._tell(subject, events, self._next[1], findings)
        self._next = next(self._coming, None)

    def end(self, findings: Findings) -> None:
        """There are no more events."""
        while self._next is not None:
            self._tell_without_events(findings)

    def _tell_without_events(self, findings: Findings) -> None:
        assert self._next, "it is only told of what is there"
        subject, version = self._next
        findings.add(Fault.SUBJECT_HEAD, None, f"the projection has {subject} at version {version}, without events")
        self._next = next(self._coming, None)

    def _tell(self, subject: Any, events: int, head: Any, findings: Findings) -> None:
        known = head if isinstance(head, int) else 0
        detail = f"{subject} has {events} events, its projection is at {'none' if head is None else head}"
        if known > events:
            findings.add(Fault.SUBJECT_HEAD, None, detail)
            return
        beyond = self._session.value(
            "SELECT sequence FROM events WHERE subject = :subject ORDER BY sequence LIMIT 1 OFFSET :known",
            subject=subject,
            known=max(0, known),
        )
        added = beyond is not None and beyond > self._covered
        findings.add(Fault.ADDED if added else Fault.SUBJECT_HEAD, beyond, detail)


def _by_subject(session: Session) -> Iterator[list[Row]]:
    """Subject, sequence and version of every event, by subject and sequence: an index has just these."""
    columns = "SELECT subject, sequence, version FROM events"
    order = f"ORDER BY subject, sequence LIMIT {_PAGE}"
    rows = session.rows(f"{columns} {order}")
    while rows:
        yield rows
        subject, sequence, _ = rows[-1]
        rows = session.rows(
            f"{columns} WHERE (subject, sequence) > (:subject, :sequence) {order}", subject=subject, sequence=sequence
        )


def _heads(session: Session) -> Iterator[Row]:
    rows = session.rows(f"SELECT subject, version FROM subjects ORDER BY subject LIMIT {_PAGE}")
    while rows:
        yield from rows
        rows = session.rows(
            f"SELECT subject, version FROM subjects WHERE subject > :subject ORDER BY subject LIMIT {_PAGE}",
            subject=rows[-1][0],
        )


def _order(subject: Any) -> tuple[bool, bytes]:
    """As both databases order it; on SQLite bytes, which only a forger puts there, come after text."""
    return (False, subject.encode()) if isinstance(subject, str) else (True, bytes(subject))


def _tell_gap(sequence: int, subject: Any, stated: Any, version: int, findings: Findings) -> None:
    findings.add(Fault.VERSION_GAP, sequence, f"it says version {stated} of {subject}, of which it is the {version}.")
