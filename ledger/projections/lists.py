"""Lists of states: which subjects have some facets as of a day and a knowledge, counted and page by page.

The order is always the same: the newest `valid_from` first, then by subject.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import orjson

from ledger.domain.rectangles import OPEN
from ledger.domain.states import State
from ledger.projections.asof import Knowledge
from ledger.projections.facets import STATUS_CODES, facet
from ledger.projections.states import COLUMNS, WITH_TERMS, Held
from ledger.projections.words import found_by, matching, sequences_with, texts_in, words_in
from ledger.store.session import Session

_STATUSES = {code: status for status, code in STATUS_CODES.items()}


class Place(NamedTuple):
    """A place in a list: after the state of that subject that begins on that day."""

    valid_from: int
    subject: str


@dataclass(frozen=True, slots=True)
class When:
    """The day and the knowledge as of which a list is read."""

    day: int
    knowledge: Knowledge

    @property
    def bound(self) -> dict[str, Any]:
        """What `holding` has bound."""
        return {"day": self.day, "sequence": self.knowledge.sequence}

    def holding(self, facets: str) -> str:
        """SQL for the condition that a row of `facets` held on the day, as was known."""
        if self.knowledge.nodes == [OPEN]:
            return f"{facets}.valid_from <= :day AND {facets}.valid_to > :day AND {facets}.known_to > :sequence"
        return (
            f"{facets}.valid_from <= :day AND ({facets}.valid_to > :day OR {facets}.shortened_at > :sequence)"
            f" AND {facets}.known_from <= :sequence AND {facets}.known_to > :sequence"
        )


@dataclass(frozen=True, slots=True)
class Selection:
    """SQL for rows (subject, valid_from, status) of `facets`, none twice, and what it has bound."""

    sql: str
    bound: Mapping[str, Any]
    when: When


def having(session: Session, when: When, role: str, values: Sequence[str]) -> Selection:
    """The states that have one of `values` in that role."""
    several = len(values) != 1
    among, bound = _among(session, role, values)
    sql = (
        f"SELECT {'DISTINCT' if several else ''} f.subject, f.valid_from, f.status FROM facets AS f"
        f" WHERE f.facet {among} AND {when.holding('f')}"
    )
    return Selection(sql, {**bound, **when.bound}, when)


def with_facet(session: Session, selection: Selection, role: str, values: Sequence[str]) -> Selection:
    """Those of `selection` that also have one of `values` in that role."""
    among, bound = _among(session, role, values)
    sql = (
        f"SELECT c.* FROM ({selection.sql}) AS c WHERE EXISTS (SELECT 1 FROM facets AS g WHERE g.facet {among}"
        f" AND g.valid_from = c.valid_from AND g.subject = c.subject AND {selection.when.holding('g')})"
    )
    return replace(selection, sql=sql, bound={**selection.bound, **bound})


def _among(session: Session, role: str, values: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """SQL for the condition that a facet is one of `values` in that role, and what it has bound."""
    if len(values) == 1:
        return f"= :{role}", {role: facet(role, values[0])}
    return f"IN {session.listed(role)}", {role: session.listing(facet(role, value) for value in values)}


def with_label(session: Session, selection: Selection, role: str, value: str) -> Selection:
    """Those of `selection` in whose events `value` is said: all that can have it in that role, and some others."""
    match = {role: matching(session, whole=words_in(value))}
    return replace(selection, sql=_said(session, selection.sql, [role]), bound={**selection.bound, **match})


def with_words(session: Session, selection: Selection, words: Sequence[str], named: Collection[str] = ()) -> Selection:
    """Those of `selection` in whose events each of `words` begins a word: all that can have them, and few others.

    And those that are in `named`.
    """
    bound = {f"word{index}": matching(session, beginning=[word]) for index, word in enumerate(words)}
    sql = _said(session, selection.sql, bound)
    if named:
        sql += f" OR c.subject IN {session.listed('named')}"
        bound["named"] = session.listing(named)
    return replace(selection, sql=sql, bound={**selection.bound, **bound})


def _said(session: Session, sql: str, matches: Iterable[str]) -> str:
    conditions = (
        f"c.subject IN (SELECT subject FROM events WHERE sequence IN {sequences_with(session, match)})"
        for match in matches
    )
    return f"SELECT c.* FROM ({sql}) AS c WHERE {' AND '.join(conditions)}"


def counted(session: Session, selection: Selection) -> Counter[str]:
    """How many states of `selection` have each status."""
    if session.dialect == "sqlite":  # sorts what it groups: so they are counted here
        listed = session.value(f"SELECT json_group_array(status) FROM ({selection.sql})", **selection.bound)
        numbers = Counter(orjson.loads(listed))
    else:
        sql = f"SELECT status, count(*) FROM ({selection.sql}) AS c GROUP BY status"
        numbers = Counter(dict(session.rows(sql, **selection.bound)))
    return Counter({_STATUSES[code]: number for code, number in numbers.items()})


def counted_by(session: Session, selection: Selection, statuses: Iterable[str], member: str) -> list[tuple[Any, int]]:
    """What the states of `selection` have in a member of their terms, and how many have that. The database looks."""
    listed = ", ".join(str(STATUS_CODES[status]) for status in statuses)
    found = {
        "sqlite": f"json_extract(CAST(t.terms AS TEXT), '$.{member}')",
        "postgresql": f"CAST(convert_from(t.terms, 'UTF8') AS json) -> '{member}'",
    }[session.dialect]
    sql = f"""
        SELECT m.member, count(*) FROM (
            SELECT CAST({found} AS text) AS member FROM ({selection.sql}) AS c CROSS JOIN states AS s
            JOIN terms AS t ON t.id = s.terms
            WHERE c.status IN ({listed}) AND s.subject = c.subject AND s.valid_from = c.valid_from
              AND s.node IN {session.listed_integers("nodes")} AND s.known_from <= :sequence AND s.known_to > :sequence
        ) AS m GROUP BY m.member
    """
    rows = session.rows(sql, **_bound(session, selection, None))
    return [(orjson.loads(member), number) for member, number in rows]


def page(
    session: Session,
    selection: Selection,
    statuses: Iterable[str],
    *,
    after: Place | None,
    limit: int,
    accepts: Callable[[Held], bool] | None = None,
) -> list[Held]:
    """The first `limit` states of `selection` that come after that place, have one of `statuses` and are accepted."""
    found: list[Held] = []
    while True:
        sql = _ordered(session, selection, statuses, after)
        rows = session.rows(sql, limit=limit, **_bound(session, selection, after))
        read = [Held(*row) for row in rows]
        found += read if accepts is None else filter(accepts, read)
        if len(read) < limit or len(found) >= limit:
            return found[:limit]
        after = Place(read[-1].valid_from, read[-1].subject)


def accepting(
    labels: Sequence[tuple[str, str]], words: Sequence[str], named: Collection[str] = ()
) -> Callable[[Held], bool] | None:
    """Whether the terms of a state have all `labels`, and for each of `words` a word that begins with it.

    Those that are in `named` need not have the words.
    """
    if not labels and not words:
        return None

    def accepts(held: Held) -> bool:
        state = held.state
        return all(_has_label(state, *label) for label in labels) and (
            not words
            or held.subject in named
            or found_by(words, [held.subject.partition(":")[2], *texts_in(state.terms)])
        )

    return accepts


def _has_label(state: State, role: str, value: str) -> bool:
    found = (state.terms or {}).get(role) or ()
    return value == found if isinstance(found, str) else value in found


def _ordered(session: Session, selection: Selection, statuses: Iterable[str], after: Place | None) -> str:
    listed = ", ".join(str(STATUS_CODES[status]) for status in statuses) or "NULL"  # which is none: IN () is no SQL
    later = (
        "AND c.valid_from <= :after_day AND (c.valid_from < :after_day OR c.subject > :after_subject)" if after else ""
    )
    return f"""
        SELECT {COLUMNS} FROM (
            SELECT c.subject, c.valid_from FROM ({selection.sql}) AS c
            WHERE c.status IN ({listed}) {later} ORDER BY c.valid_from DESC, c.subject LIMIT :limit
        ) AS p CROSS JOIN states AS s {WITH_TERMS}
        WHERE s.subject = p.subject AND s.node IN {session.listed_integers("nodes")} AND s.valid_from = p.valid_from
          AND s.known_from <= :sequence AND s.known_to > :sequence
        ORDER BY s.valid_from DESC, s.subject
    """


def _bound(session: Session, selection: Selection, after: Place | None) -> dict[str, Any]:
    place = {"after_day": after.valid_from, "after_subject": after.subject} if after else {}
    return {**selection.bound, **place, "nodes": session.listing(selection.when.knowledge.nodes)}
