"""`/v1/actors/{slug}/state` and `/v1/dyads`: what stands for and against an actor, and between two of them."""

from collections.abc import Sequence
from typing import Any

from flask import Response

from api.http import documents as doc
from api.http.answering import answer, cursor_of, link_to, next_header, not_a_cursor, place_of
from api.http.asof import AsOf, AsOfQuery, KnownQuery, as_of, known
from api.http.current import ledger, require_reading
from api.http.problems import invalid_parameters
from api.http.queries import Day, Listing, Resource, SeveralOf
from api.http.subjects import statuses_asked, subject_named, unknown
from ledger.domain.dates import FOREVER, day_text
from ledger.domain.vocabulary import ENDED, STATUSES
from ledger.projections.actors import LISTS, ActorState
from ledger.projections.lists import Place
from ledger.projections.states import Held, held_on, versions_at
from ledger.projections.timelines import dyad_of, summaries
from ledger.schemas.answers import (
    actor_state_json,
    dyad_json,
    list_json,
    state_json,
    states_json,
    summaries_json,
    targeted_json,
)
from ledger.store.session import Session

actors = Resource("actor states", __name__, url_prefix="/v1", description="The state of actors, and dyads")

_KIND_LISTED = {"imposing": "measure", "targeted": "measure", "agreements": "agreement"}
_ANY_STATUS = tuple(dict.fromkeys((*STATUSES["measure"], *STATUSES["agreement"])))


class ActorStateQuery(AsOfQuery, Listing):
    status = SeveralOf((*_ANY_STATUS, "all"), "Repeatable; the ended ones are left out of items unless asked for")


class DyadQuery(KnownQuery):
    from_ = Day("The first day; unless given, from the first change", data_key="from", example="2020-01-01")
    to = Day("The day before which it ends", example="2021-01-01")


class _Page:
    """One list of an actor's state, from a place on."""

    def __init__(self, session: Session, state: ActorState, asked: AsOf, path: str, query: dict[str, Any]) -> None:
        self._session, self._state, self._asked, self._path, self._query = session, state, asked, path, query

    def json(self, name: str, after: Place | None) -> tuple[bytes, str | None]:
        """`{"items", "next"}`, and `next` itself."""
        statuses = self._statuses(name)
        limit = self._query["limit"]
        if name == "targeted":
            targeted = self._state.targeted(statuses, after, limit + 1)
            items = targeted_json(targeted[:limit], self._asked.members, self._versions([held for held, _ in targeted]))
            helds = [held for held, _ in targeted]
        else:
            read = self._state.imposing if name == "imposing" else self._state.agreements
            helds = read(statuses, after, limit + 1)
            items = states_json(helds[:limit], self._asked.members, self._versions(helds))
        next_ = None
        if len(helds) > limit:
            last, sequence = helds[limit - 1], self._asked.when.knowledge.sequence
            cursor = cursor_of(sequence, LISTS.index(name), last.valid_from, last.subject)
            next_ = link_to(self._path, {**doc.asked(), **self._asked.pinned, "cursor": cursor})
        return list_json(items, next_), next_

    def _statuses(self, name: str) -> tuple[str, ...]:
        all_ = STATUSES[_KIND_LISTED[name]]
        usual = tuple(status for status in all_ if status not in ENDED)
        asked = statuses_asked(_KIND_LISTED[name], self._query.get("status"), usual)
        return tuple(status for status in asked if status in all_)

    def _versions(self, helds: Sequence[Held]) -> dict[str, int]:
        sequence = self._asked.when.knowledge.sequence
        return versions_at(self._session, [held.subject for held in helds], sequence)


@actors.get("/actors/<string:slug>/state")
@actors.arguments(ActorStateQuery, location="query")
@actors.response(
    200,
    doc.either(doc.ActorState, doc.LISTS["measure"], doc.TargetingList, doc.LISTS["agreement"]),
    headers=doc.LIST_HEADERS,
)
@doc.may_answer(actors, 302, 304, 400, 404)
def get_actor_state(query: dict[str, Any], slug: str) -> Response:
    """What an actor imposes, what is imposed on it and its affiliates, and its agreements, as of a day and a knowledge.

    Statuses are counted whole in `summary`; each list has its first page, and its own `next`.
    """
    require_reading()
    subject = subject_named("actors", slug)
    cursor = place_of(query["cursor"], int, int, int, str) if "cursor" in query else None
    if cursor and cursor[1] >= len(LISTS):
        raise not_a_cursor()
    with ledger().reading() as session:
        asked = as_of(session, query, pinned=cursor[0] if cursor else None)
        state = ActorState(session, subject, asked.when)
        if state.actor is None:
            raise unknown(subject, asked)
        page = _Page(session, state, asked, f"/v1/actors/{slug}/state", query)
        if cursor:
            body, next_ = page.json(LISTS[cursor[1]], Place(*cursor[2:]))
            return answer(body, immutable=asked.immutable, headers={**asked.headers, **next_header(next_)})
        lists = {name: page.json(name, None)[0] for name in LISTS}
        versions = versions_at(session, [state.actor.subject], asked.when.knowledge.sequence)
        actor = state_json(state.actor, asked.members, versions[state.actor.subject])
        body = actor_state_json(actor, asked.members, state.summary(), lists)
    return answer(body, immutable=asked.immutable, headers=asked.headers)


@actors.get("/actors/<string:slug>/state/timeline")
@actors.arguments(KnownQuery, location="query")
@actors.response(200, doc.Summaries, headers=doc.ANSWER_HEADERS)
@doc.may_answer(actors, 302, 304, 400, 404)
def get_actor_state_timeline(query: dict[str, Any], slug: str) -> Response:
    """The days on which the actor's state changes, with the counts of `summary` from then on; null is since ever."""
    require_reading()
    subject = subject_named("actors", slug)
    with ledger().reading() as session:
        asked = known(session, query)
        if held_on(session, subject, 1, asked.when.knowledge) is None:
            raise unknown(subject, asked)
        turns = summaries(session, subject, asked.when.knowledge)
    return answer(summaries_json(turns), immutable=asked.immutable, headers=asked.headers)


@actors.get("/dyads/<string:a>/<string:b>")
@actors.arguments(DyadQuery, location="query")
@actors.response(200, doc.Dyad, headers=doc.ANSWER_HEADERS)
@doc.may_answer(actors, 302, 304, 400, 404)
def get_dyad(query: dict[str, Any], a: str, b: str) -> Response:
    """What two actors did to each other, step by step, and how many live measures each held against the other."""
    require_reading()
    one, other, start, end = dyad_asked(query, a, b)
    with ledger().reading() as session:
        asked = known(session, query)
        for subject in (one, other):
            if held_on(session, subject, 1, asked.when.knowledge) is None:
                raise unknown(subject, asked)
        dyad = dyad_of(session, one, other, asked.when.knowledge, start, end)
    return answer(dyad_json(dyad), immutable=asked.immutable, headers=asked.headers)


def dyad_asked(query: dict[str, Any], a: str, b: str) -> tuple[str, str, int | None, int]:
    """The two actors, and the days from which and up to which, of a dyad that is asked for. Raises 404 and 422."""
    one, other = subject_named("actors", a), subject_named("actors", b)
    if one == other:
        raise invalid_parameters({"b": "a dyad has two actors"})
    start, end = query.get("from_"), query.get("to", FOREVER)
    if start is not None and end <= start:
        raise invalid_parameters({"to": f"must be later than from, {day_text(start)}"})
    return one, other, start, end
