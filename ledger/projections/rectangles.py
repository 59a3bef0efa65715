"""The rectangles of subjects in the database: reading those that a batch may change, closing and opening them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

import orjson

from ledger.domain.dates import FOREVER
from ledger.domain.events import kind_of
from ledger.domain.rectangles import OPEN, fork, turned
from ledger.domain.states import State
from ledger.domain.terms import Terms
from ledger.domain.timeline import LastDay, Span
from ledger.projections.facets import STATUS_CODES, facets_of
from ledger.store.session import Row, Session
from ledger.store.tables import STILL_KNOWN, facets, states, terms


class Known(NamedTuple):
    """A span, since which sequence it has been known, and where its terms are kept, with their JSON."""

    span: Span
    known_from: int
    terms: int | None
    json: bytes | None


def open_spans(session: Session, since: Mapping[str, int]) -> dict[str, list[Known]]:
    """For each subject the spans that are known now, from the one on the day before `since` on, in their order."""
    found: dict[str, list[Known]] = {subject: [] for subject in since}
    if not since:
        return found
    rows = session.rows(
        f"""
        SELECT s.subject, s.known_from, s.valid_from, s.valid_to, s.status_since, s.live_since, s.exact, s.status,
               s.terms, t.terms, s.beside
        FROM {_wanted(session, since)} AS wanted CROSS JOIN states AS s LEFT JOIN terms AS t ON t.id = s.terms
        WHERE s.subject = wanted.subject AND s.node = 0 AND s.valid_from >= coalesce((
            SELECT max(valid_from) FROM states
            WHERE subject = wanted.subject AND node = 0 AND valid_from < wanted.day), 0)
        ORDER BY s.subject, s.valid_from
        """,
        **_bound(session, since),
    )
    read: dict[int, Terms] = {}
    for subject, known_from, valid_from, valid_to, status_since, live_since, exact, status, id_, json, beside in rows:
        if id_ is not None and id_ not in read:
            read[id_] = orjson.loads(json)
        state = State(status, read.get(id_), **(orjson.loads(beside) if beside else {}))
        span = Span(valid_from, valid_to, status_since, live_since, bool(exact), state)
        found[subject].append(Known(span, known_from, id_, json))
    return found


def _wanted(session: Session, since: Mapping[str, int]) -> str:
    if session.dialect == "sqlite":
        if len(since) == 1:  # as single events have it: to read JSON would cost more than all the rest
            return "(SELECT :subject AS subject, :day AS day)"
        return "(SELECT key AS subject, value AS day FROM json_each(:since))"
    return "(SELECT unnest(CAST(:subjects AS text[])) AS subject, unnest(CAST(:days AS integer[])) AS day)"


def _bound(session: Session, since: Mapping[str, int]) -> dict[str, Any]:
    if session.dialect == "sqlite":
        if len(since) == 1:
            ((subject, day),) = since.items()
            return {"subject": subject, "day": day}
        return {"since": orjson.dumps(dict(since)).decode()}
    return {"subjects": list(since), "days": list(since.values())}


class Turn:
    """What batches do to the rectangles of their subjects, gathered to be written at once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._closed_states: list[Row] = []
        self._closed_facets: list[Row] = []
        self._shortened_facets: list[Row] = []
        self._terms: list[Row] = []
        self._states: list[Row] = []
        self._facets: list[Row] = []
        self._newest_terms: int | None = None

    def add(self, subject: str, sequence: int, before: Sequence[Known], after: Sequence[Span]) -> None:
        """From `sequence` on, the last of its batch, the spans of `subject` are those of `after`, not of `before`."""
        closed: dict[int, Span] = {}
        opening = after
        if before:
            closing, opening = turned([known.span for known in before], after)
            known_from = {known.span.valid_from: known.known_from for known in before}
            for span in closing:
                node = fork(known_from[span.valid_from], sequence - 1)
                self._closed_states.append((node, sequence, subject, span.valid_from))
                closed[span.valid_from] = span
        kept, facets = _Kept(before), _Facets(kind_of(subject))
        for span in opening:
            self._open_state(subject, sequence, span, self._terms_of(span.state.terms, kept))
            self._turn_facets(subject, sequence, facets, closed.pop(span.valid_from, None), span)
        for span in closed.values():
            self._turn_facets(subject, sequence, facets, span, None)

    def write(self) -> None:
        """Close what is known no more, then open what is known now.

        All in the order of the keys: so the least pages change.
        """
        session = self._session
        session.run_each(
            "UPDATE states SET node = ?, known_to = ? WHERE subject = ? AND node = 0 AND valid_from = ?",
            sorted(self._closed_states, key=itemgetter(2, 3)),
        )
        still_known = f"WHERE facet = ? AND valid_from = ? AND subject = ? AND known_to = {STILL_KNOWN}"
        session.run_each(
            f"UPDATE facets SET known_to = ? {still_known}", sorted(self._closed_facets, key=itemgetter(1, 2))
        )
        session.run_each(
            f"UPDATE facets SET valid_to = ?, shortened_at = ? {still_known}",
            sorted(self._shortened_facets, key=itemgetter(2, 3)),
        )
        session.insert(terms, self._terms)
        session.insert(states, sorted(self._states))
        session.insert(facets, sorted(self._facets))

    def _open_state(self, subject: str, sequence: int, span: Span, terms_id: int | None) -> None:
        valid_from, valid_to, status_since, live_since, exact, state = span
        beside = orjson.dumps(more) if (more := state.beside()) else None
        self._states.append(
            (subject, OPEN, valid_from, valid_to, sequence, STILL_KNOWN, state.status, status_since, live_since,
             exact, terms_id, beside)
        )  # fmt: skip

    def _turn_facets(self, subject: str, sequence: int, facets: "_Facets", was: Span | None, now: Span | None) -> None:
        """Of two spans that begin on the same day, `was` is known no more, and `now` is.

        Where only its end changes, from open to a day, a facet stays with a new end: so goes most of what is told.
        """
        before, after = (facets.of(span.state) if span else _NONE for span in (was, now))
        staying: Collection[str] = _NONE
        if was and now and was.state.status == now.state.status and was.valid_to in (now.valid_to, FOREVER):
            staying = before if before is after else set(before).intersection(after)
            if was.valid_to != now.valid_to:
                self._shortened_facets += [
                    (now.valid_to, sequence, facet, now.valid_from, subject) for facet in staying
                ]
        if was and staying is not before:
            day = was.valid_from
            self._closed_facets += [(sequence, facet, day, subject) for facet in before if facet not in staying]
        if now and staying is not after:
            day, end, code = now.valid_from, now.valid_to, STATUS_CODES.get(now.state.status)
            self._facets += [
                (facet, day, subject, sequence, end, STILL_KNOWN, 0, code) for facet in after if facet not in staying
            ]

    def _terms_of(self, of: Terms | None, kept: "_Kept") -> int | None:
        """Where those terms are kept: with a span that has the same, else anew."""
        if of is None:
            return None
        found = kept.find(of)
        if found is None:
            json = orjson.dumps(of)
            found = kept.find_json(json)
            if found is None:
                found = self._next_terms()
                self._terms.append((found, json))
            kept.keep(of, json, found)
        return found

    def _next_terms(self) -> int:
        if self._newest_terms is None:
            self._newest_terms = self._session.value("SELECT max(id) FROM terms") or 0
        self._newest_terms += 1
        return self._newest_terms


_NONE: list[str] = []


class _Facets:
    """The facets of a subject's states, found once for states that have the same."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._found: dict[int, list[str]] = {}

    def of(self, state: State) -> list[str]:
        """Those of one state, which lives as long as this."""
        if state.terms is None:
            return _NONE
        key = id(state if state.merged_into else state.terms)
        if (found := self._found.get(key)) is None:
            found = self._found[key] = facets_of(self._kind, state)
        return found


class _Kept:
    """Where the terms of a subject's spans are kept."""

    def __init__(self, spans: Sequence[Known]) -> None:
        self._objects = [(known.span.state.terms, known.terms) for known in spans if known.terms is not None]
        self._by_identity = {id(of): place for of, place in self._objects}
        self._by_json = {known.json: known.terms for known in spans}

    def find(self, of: Terms) -> int | None:
        """Where these very terms are kept."""
        return self._by_identity.get(id(of))

    def find_json(self, json: bytes) -> int | None:
        """Where terms with that JSON are kept."""
        return self._by_json.get(json)

    def keep(self, of: Terms, json: bytes, place: int) -> None:
        """They are kept there."""
        self._objects.append((of, place))  # so that no others come to have their identity
        self._by_identity[id(of)] = place
        self._by_json[json] = place


def merged_into(session: Session, actor: str) -> str | None:
    """The actor into which `actor` is merged on the last of its days, as known now."""
    beside = session.value(
        "SELECT beside FROM states WHERE subject = :actor AND node = 0 ORDER BY valid_from DESC LIMIT 1", actor=actor
    )
    return orjson.loads(beside).get("merged_into") if beside else None


def subjects_known(session: Session, subjects: Iterable[str]) -> dict[str, tuple[int, LastDay]]:
    """Of `subjects` those that the ledger knows, each with its version and its last day."""
    sql = "SELECT subject, version, last_day, last_day_exact FROM subjects WHERE subject"
    rows = session.rows_among(sql, list(subjects))
    return {subject: (version, LastDay(day, bool(exact))) for subject, version, day, exact in rows}
