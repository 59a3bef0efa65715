"""The rectangles of subjects in the database: reading those that a batch may change, closing and opening them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import orjson

from ledger.domain.events import kind_of
from ledger.domain.rectangles import OPEN, fork, turned
from ledger.domain.states import State
from ledger.domain.timeline import LastDay, Span
from ledger.projections.facets import facets_of
from ledger.store.session import Session
from ledger.store.tables import STILL_KNOWN, facets, states


@dataclass(frozen=True, slots=True)
class Known:
    """A span, and since which sequence it has been known."""

    span: Span
    known_from: int


def open_spans(session: Session, since: Mapping[str, int]) -> dict[str, list[Known]]:
    """For each subject the spans that are known now, from the one on the day before `since` on, in their order."""
    found: dict[str, list[Known]] = {subject: [] for subject in since}
    rows = session.rows(
        f"""
        SELECT s.subject, s.known_from, s.valid_from, s.valid_to, s.status_since, s.live_since, s.exact, s.status,
               s.content
        FROM {_wanted(session)} AS wanted JOIN states AS s
          ON s.subject = wanted.subject AND s.node = 0 AND s.valid_from >= coalesce((
            SELECT max(valid_from) FROM states
            WHERE subject = wanted.subject AND node = 0 AND valid_from < wanted.day), 0)
        ORDER BY s.subject, s.valid_from
        """,
        **_bound(session, since),
    )
    for subject, known_from, valid_from, valid_to, status_since, live_since, exact, status, content in rows:
        state = State.of(status, orjson.loads(content))
        found[subject].append(
            Known(Span(valid_from, valid_to, status_since, live_since, bool(exact), state), known_from)
        )
    return found


def _wanted(session: Session) -> str:
    if session.dialect == "sqlite":
        return "(SELECT key AS subject, value AS day FROM json_each(:since))"
    return "(SELECT unnest(CAST(:subjects AS text[])) AS subject, unnest(CAST(:days AS integer[])) AS day)"


def _bound(session: Session, since: Mapping[str, int]) -> dict[str, Any]:
    if session.dialect == "sqlite":
        return {"since": orjson.dumps(dict(since)).decode()}
    return {"subjects": list(since), "days": list(since.values())}


_PLACE = itemgetter(0, 2)
_FACET_PLACE = itemgetter(0, 1, 4)


class Turn:
    """What a batch does to the rectangles of its subjects, gathered to be written at once."""

    def __init__(self, sequence: int) -> None:
        self.sequence = sequence
        """The last sequence of the batch: from it on the new rectangles are known, and the old ones no more."""
        self._closed_states: list[dict[str, Any]] = []
        self._closed_facets: list[dict[str, Any]] = []
        self._states: list[tuple[Any, ...]] = []
        self._facets: list[tuple[Any, ...]] = []

    def add(self, subject: str, before: Sequence[Known], after: Sequence[Span]) -> None:
        """The spans of `subject` were those of `before`, and are those of `after`."""
        closing, opening = turned([known.span for known in before], after)
        known_from = {known.span.valid_from: known.known_from for known in before}
        for span in closing:
            self._close(subject, span, known_from[span.valid_from])
        for span in opening:
            self._open(subject, span)

    def write(self, session: Session) -> None:
        """Close what is known no more, then open what is known now."""
        session.run_each(
            "UPDATE states SET node = :node, known_to = :known_to"
            " WHERE subject = :subject AND node = 0 AND valid_from = :valid_from",
            self._closed_states,
        )
        session.run_each(
            "UPDATE facets SET node = :node, known_to = :known_to WHERE role = :role AND value = :value"
            " AND node = 0 AND valid_from = :valid_from AND subject = :subject",
            self._closed_facets,
        )
        session.insert(states, sorted(self._states, key=_PLACE))  # in the order of the index: far fewer pages change
        session.insert(facets, sorted(self._facets, key=_FACET_PLACE))

    def _close(self, subject: str, span: Span, known_from: int) -> None:
        closed = {
            "node": fork(known_from, self.sequence - 1),
            "known_to": self.sequence,
            "subject": subject,
            "valid_from": span.valid_from,
        }
        self._closed_states.append(closed)
        for role, value in facets_of(kind_of(subject), span.state):
            self._closed_facets.append({**closed, "role": role, "value": value})

    def _open(self, subject: str, span: Span) -> None:
        state = span.state
        self._states.append(
            (
                subject,
                OPEN,
                span.valid_from,
                span.valid_to,
                self.sequence,
                STILL_KNOWN,
                state.status,
                span.status_since,
                span.live_since,
                span.exact,
                orjson.dumps(state.content()),
            )
        )
        self._facets.extend(
            (role, value, OPEN, span.valid_from, subject, span.valid_to, self.sequence, STILL_KNOWN, state.status)
            for role, value in facets_of(kind_of(subject), state)
        )


def merged_into(session: Session, actor: str) -> str | None:
    """The actor into which `actor` is merged on the last of its days, as known now."""
    content = session.value(
        "SELECT content FROM states WHERE subject = :actor AND node = 0 ORDER BY valid_from DESC LIMIT 1", actor=actor
    )
    return orjson.loads(content).get("merged_into") if content else None


def subjects_known(session: Session, subjects: Iterable[str]) -> dict[str, tuple[int, LastDay]]:
    """Of `subjects` those that the ledger knows, each with its version and its last day."""
    rows = session.rows(
        "SELECT subject, version, last_day, last_day_exact FROM subjects"
        f" WHERE subject IN {session.listed('subjects')}",
        subjects=session.listing(subjects),
    )
    return {subject: (version, LastDay(day, bool(exact))) for subject, version, day, exact in rows}
