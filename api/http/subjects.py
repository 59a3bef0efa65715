"""`/v1/measures`, `/v1/agreements`, `/v1/acts`, `/v1/actors`: lists of states, and all there is of one subject."""

from typing import Any

import orjson
from flask import Response

from api.http import documents as doc
from api.http.answering import answer, cursor_of, link_to, next_header, place_of
from api.http.asof import AsOf, AsOfQuery, KnownQuery, as_of, known, question_in
from api.http.current import ledger, require_reading
from api.http.queries import ActorName, Flag, Listing, OneOf, Resource, SeveralOf, SlugName, Words
from ledger.domain.values import is_slug
from ledger.domain.vocabulary import (
    ACT_CATEGORIES,
    ACTOR_CATEGORIES,
    AGREEMENT_CATEGORIES,
    ATTRIBUTIONS,
    GROUNDS,
    INSTRUMENTS,
    LIVE,
    STATUSES,
)
from ledger.errors import NotFound
from ledger.projections.chains import chain_of
from ledger.projections.histories import history_of, traced
from ledger.projections.lists import (
    Place,
    Selection,
    accepting,
    having,
    page,
    with_facet,
    with_label,
    with_words,
)
from ledger.projections.reach import names_of
from ledger.projections.standing import standing_on
from ledger.projections.states import Held, held_of_each, timelines_of, versions_at
from ledger.projections.words import words_in
from ledger.schemas.answers import chain_json, list_json, recounted_json, state_json, states_json, timeline_json
from ledger.store.session import Session

COLLECTIONS = {"measures": "measure", "agreements": "agreement", "acts": "act", "actors": "actor"}
_SHOWN = {
    "measure": LIVE,
    "agreement": ("in_force", "suspended"),
    "act": STATUSES["act"],
    "actor": STATUSES["actor"],
}
"""The statuses that a list shows unless it is asked for others."""
_ACTORS = {
    "imposed_by": "imposed_by",
    "target": "targets",
    "party": "parties",
    "by": "by",
    "affects": "affects",
    "country": "countries",
}
"""The filters that name an actor, each with the role that it looks at: those merged into the actor count as it."""
_LABELS = {
    "instrument": "instruments",
    "ground": "grounds",
    "topic": "topics",
    "programme": "programmes",
    "category": "category",
    "attribution": "attribution",
}
"""The filters that name a label, each with its role."""

subjects = Resource("subjects", __name__, url_prefix="/v1", description="States, timelines and histories of subjects")


_EVERY_STATUS = "Repeatable; `all` is every status but none"


class ListQuery(AsOfQuery, Listing):
    q = Words("Words of the terms, each by its beginning", example="visa")


class MeasuresQuery(ListQuery):
    status = SeveralOf((*STATUSES["measure"], "all"), f"{_EVERY_STATUS}; live ones unless given")
    imposed_by = ActorName("Imposed by this actor", example="us")
    target = ActorName("With this actor among the targets", example="cn")
    instrument = OneOf(INSTRUMENTS, "With this instrument")
    ground = OneOf(GROUNDS, "On this ground, as stated by the imposer")
    topic = SlugName("On this topic", example="hong-kong")
    programme = SlugName("Of this programme", example="global-magnitsky")


class AgreementsQuery(ListQuery):
    status = SeveralOf((*STATUSES["agreement"], "all"), f"{_EVERY_STATUS}; in_force and suspended unless given")
    party = ActorName("With this actor among the parties", example="ca")
    category = OneOf(AGREEMENT_CATEGORIES, "Of this category")
    topic = SlugName("On this topic", example="hong-kong")


class ActsQuery(ListQuery):
    status = SeveralOf((*STATUSES["act"], "all"), f"{_EVERY_STATUS}, which is what is shown unless given")
    category = OneOf(ACT_CATEGORIES, "Of this category")
    by = ActorName("By this actor", example="cn")
    affects = ActorName("Affecting this actor", example="hk")
    attribution = OneOf(ATTRIBUTIONS, "Attributed in this way")
    topic = SlugName("On this topic", example="hong-kong")


class ActorsQuery(ListQuery):
    q = Words(
        "Words of the terms, each by its beginning; or of a name, in any script and order, with slips of the pen",
        example="Quangou Chen",
    )
    category = OneOf(ACTOR_CATEGORIES, "Of this category")
    country = ActorName("With this actor among its countries", example="cn")


class StateQuery(AsOfQuery):
    trace = Flag("Also `trace`: which event set each member, and each element of a list", load_default=False)


def statuses_asked(kind: str, asked: list[str] | None, usual: tuple[str, ...]) -> tuple[str, ...]:
    """The statuses that a list is to show."""
    if not asked:
        return usual
    return STATUSES[kind] if "all" in asked else tuple(dict.fromkeys(asked))


def _listed(collection: str, query: dict[str, Any]) -> Response:
    require_reading()
    cursor = place_of(query["cursor"], int, int, str) if "cursor" in query else None
    after, limit = Place(*cursor[1:]) if cursor else None, query["limit"]
    with ledger().reading() as session:
        asked = as_of(session, query, pinned=cursor[0] if cursor else None)
        found = states_asked(session, COLLECTIONS[collection], query, asked, after, limit + 1)
        versions = versions_at(session, [held.subject for held in found], asked.when.knowledge.sequence)
    shown = found[:limit]
    next_ = None
    if len(found) > limit:
        place = cursor_of(asked.when.knowledge.sequence, shown[-1].valid_from, shown[-1].subject)
        next_ = link_to(f"/v1/{collection}", {**doc.asked(), **asked.pinned, "cursor": place})
    body = list_json(states_json(shown, asked.members, versions), next_)
    return answer(body, immutable=asked.immutable, headers={**asked.headers, **next_header(next_)})


def states_asked(
    session: Session, kind: str, query: dict[str, Any], asked: AsOf, after: Place | None, limit: int
) -> list[Held]:
    """The first states of that kind after a place that pass the filters of a query."""
    statuses = statuses_asked(kind, query.get("status"), _SHOWN[kind])
    words = words_in(query.get("q", ""))
    labels = [(role, query[name]) for name, role in _LABELS.items() if name in query]
    selection = _selection(session, kind, query, asked, labels)
    named = ledger().screening.named(session, asked.when, kind, query["q"]) if kind == "actor" and words else {}
    if words:
        selection = with_words(session, selection, words, named)
    accepts = accepting(labels, words, named)
    return page(session, selection, statuses, after=after, limit=limit, accepts=accepts)


def _selection(
    session: Session, kind: str, query: dict[str, Any], asked: AsOf, labels: list[tuple[str, str]]
) -> Selection:
    """The states of that kind that may pass the filters: the first one finds them, the others look at what it found."""
    named = [(role, names_of(session, query[name], asked.when)) for name, role in _ACTORS.items() if name in query]
    first, *others = named or [("kind", [kind])]
    selection = having(session, asked.when, *first)
    for role, values in others:
        selection = with_facet(session, selection, role, values)
    for label in labels:
        selection = with_label(session, selection, *label)
    return selection


@subjects.get("/measures")
@subjects.arguments(MeasuresQuery, location="query")
@subjects.response(200, doc.LISTS["measure"], headers=doc.LIST_HEADERS)
@doc.may_answer(subjects, 302, 304, 400)
def get_measures(query: dict[str, Any]) -> Response:
    """Measures as of a day, as known at a time: live ones, unless `status` asks for others."""
    return _listed("measures", query)


@subjects.get("/agreements")
@subjects.arguments(AgreementsQuery, location="query")
@subjects.response(200, doc.LISTS["agreement"], headers=doc.LIST_HEADERS)
@doc.may_answer(subjects, 302, 304, 400)
def get_agreements(query: dict[str, Any]) -> Response:
    """Agreements as of a day, as known at a time: those in force and suspended, unless `status` asks for others."""
    return _listed("agreements", query)


@subjects.get("/acts")
@subjects.arguments(ActsQuery, location="query")
@subjects.response(200, doc.LISTS["act"], headers=doc.LIST_HEADERS)
@doc.may_answer(subjects, 302, 304, 400)
def get_acts(query: dict[str, Any]) -> Response:
    """Acts as of a day, as known at a time."""
    return _listed("acts", query)


@subjects.get("/actors")
@subjects.arguments(ActorsQuery, location="query")
@subjects.response(200, doc.LISTS["actor"], headers=doc.LIST_HEADERS)
@doc.may_answer(subjects, 302, 304, 400)
def get_actors(query: dict[str, Any]) -> Response:
    """Actors as of a day, as known at a time."""
    return _listed("actors", query)


def subject_named(collection: str, slug: str) -> str:
    """The subject at a path. Raises NotFound for what is no slug: nothing can have that name."""
    if not is_slug(slug):
        raise NotFound(f"{slug!r} is no slug, so there is no {COLLECTIONS[collection]} of that name")
    return f"{COLLECTIONS[collection]}:{slug}"


def unknown(subject: str, asked: AsOf | None = None) -> NotFound:
    """404: the ledger does not know the subject, or did not know it yet."""
    if asked is not None and asked.when.knowledge.sequence < asked.when.knowledge.newest:
        return NotFound(f"the ledger did not know {subject} at event {asked.when.knowledge.sequence}")
    return NotFound(f"the ledger does not know {subject}")


def _state(collection: str, slug: str, query: dict[str, Any]) -> Response:
    require_reading()
    subject = subject_named(collection, slug)
    question = question_in(query)
    with ledger().reading(once=True) as session:
        standing = standing_on(session, subject, question.day, **question.known)
    if standing is None:
        raise _no_state(subject, query)
    asked = question.answered(standing.knowledge)
    more = b""
    if query["trace"]:
        with ledger().reading(once=True) as session:
            trace = traced(session, subject, question.day, standing.knowledge.sequence)
        more = b',"trace":' + orjson.dumps(trace)
    body = state_json(standing.held, asked.members, standing.version, more)
    return answer(body, immutable=asked.immutable, headers=asked.headers)


def _no_state(subject: str, query: dict[str, Any]) -> NotFound:
    """Why there is no state. Raises 422 where the ledger is not as far as was asked."""
    with ledger().reading() as session:
        return unknown(subject, as_of(session, query))


def _timeline(collection: str, slug: str, query: dict[str, Any]) -> Response:
    require_reading()
    subject = subject_named(collection, slug)
    with ledger().reading() as session:
        asked = known(session, query)
        spans = list(timelines_of(session, [subject], asked.when.knowledge))
    if not spans:
        raise unknown(subject, asked)
    return answer(timeline_json(spans), immutable=asked.immutable, headers=asked.headers)


def _history(collection: str, slug: str, query: dict[str, Any]) -> Response:
    require_reading()
    subject = subject_named(collection, slug)
    (after,) = place_of(query["cursor"], int) if "cursor" in query else (0,)
    limit = query["limit"]
    with ledger().reading() as session:
        recounted = history_of(session, subject)
    if not recounted:
        raise unknown(subject)
    found = [each for each in recounted if each.stored.sequence > after][: limit + 1]
    shown = found[:limit]
    next_ = None
    if len(found) > limit:
        next_ = link_to(
            f"/v1/{collection}/{slug}/history", {**doc.asked(), "cursor": cursor_of(shown[-1].stored.sequence)}
        )
    return answer(list_json(map(recounted_json, shown), next_), headers=next_header(next_))


def _chain(collection: str, slug: str, query: dict[str, Any]) -> Response:
    require_reading()
    subject = subject_named(collection, slug)
    with ledger().reading() as session:
        asked = as_of(session, query)
        when = asked.when
        names, answers = chain_of(session, subject, when)
        helds = held_of_each(session, names, when.day, when.knowledge)
        if subject not in helds:
            raise unknown(subject, asked)
        versions = versions_at(session, names, when.knowledge.sequence)
        nodes = states_json((helds[name] for name in names if name in helds), asked.members, versions)
    return answer(chain_json(nodes, answers), immutable=asked.immutable, headers=asked.headers)


def _add_subject_routes(collection: str) -> None:
    """The requests that are the same for a subject of each kind."""
    kind = COLLECTIONS[collection]

    @subjects.get(f"/{collection}/<string:slug>", endpoint=f"{kind}_state")
    @subjects.arguments(StateQuery, location="query")
    @subjects.response(200, doc.STATES[kind], headers=doc.ANSWER_HEADERS)
    @doc.may_answer(subjects, 302, 304, 400, 404)
    @doc.summary(f"The state of the {kind} as of a day, as known at a time.")
    def state(query: dict[str, Any], slug: str) -> Response:
        return _state(collection, slug, query)

    @subjects.get(f"/{collection}/<string:slug>/history", endpoint=f"{kind}_history")
    @subjects.arguments(Listing, location="query")
    @subjects.response(200, doc.History, headers=doc.FEED_HEADERS)
    @doc.may_answer(subjects, 304, 404)
    @doc.summary(
        f"Every event on the {kind}: what it changed, and whether it is corrected or retracted, by which event."
    )
    def history(query: dict[str, Any], slug: str) -> Response:
        return _history(collection, slug, query)

    @subjects.get(f"/{collection}/<string:slug>/timeline", endpoint=f"{kind}_timeline")
    @subjects.arguments(KnownQuery, location="query")
    @subjects.response(200, doc.TIMELINES[kind], headers=doc.ANSWER_HEADERS)
    @doc.may_answer(subjects, 302, 304, 400, 404)
    @doc.summary(f"All intervals of the {kind}'s timeline, as known at a time; what is `none` is left out.")
    def timeline(query: dict[str, Any], slug: str) -> Response:
        return _timeline(collection, slug, query)

    if kind != "actor":

        @subjects.get(f"/{collection}/<string:slug>/chain", endpoint=f"{kind}_chain")
        @subjects.arguments(AsOfQuery, location="query")
        @subjects.response(200, doc.Chain, headers=doc.ANSWER_HEADERS)
        @doc.may_answer(subjects, 302, 304, 400, 404)
        @doc.summary(f"All that led to the {kind} and all that answered it, as of a day, as known at a time.")
        def chain(query: dict[str, Any], slug: str) -> Response:
            return _chain(collection, slug, query)


for _collection in COLLECTIONS:
    _add_subject_routes(_collection)
