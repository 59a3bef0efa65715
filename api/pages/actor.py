"""`/actors/{slug}`: what stood for and against an actor on a day?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from api.http.actors import ActorStateQuery
from api.http.answering import cursor_of, link_to, not_a_cursor, place_of
from api.http.current import ledger
from api.http.subjects import subject_named
from api.pages.answered import answered, not_known
from api.pages.called import Called, name_in, subjects_in
from api.pages.counterparts import counterparts_of, live_in
from api.pages.drawings.counterparts import MOST_BARS, MOST_MARKS, counterparts
from api.pages.house import pages
from api.pages.inline import element
from api.pages.kept import kept
from api.pages.rows import rows_of, targeted_rows
from api.pages.when import dates_carried, linked, query_of, when_asked
from api.pages.wording import words
from ledger.domain.dates import day_text
from ledger.domain.vocabulary import ENDED, LIVE, STATUSES
from ledger.projections.actors import LISTS, ActorState
from ledger.projections.concerning import turning_days
from ledger.projections.events import Filters, feed
from ledger.projections.lists import Place
from ledger.projections.states import held_on
from ledger.schemas.answers import summary_of

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping

    from flask import Response

    from api.http.asof import AsOf
    from api.pages.rows import Row
    from ledger.projections.actors import Summary
    from ledger.projections.states import Held
    from ledger.store.session import Session

ROWS = 50
MOST_ENDED = 10
MOST_LEARNED = 1000
MOST_OTHERS = 200
"""In the table of counterparts: each is a link, and persons without a country are there one by one."""
_SHOWN = {"imposing": LIVE, "targeted": LIVE, "agreements": ("in_force", "suspended")}
_QUERY = ActorStateQuery(exclude=("limit", "status"))
_TERMS = (
    "aliases",
    "weak_aliases",
    "category",
    "countries",
    "part_of",
    "positions",
    "birth_dates",
    "identifiers",
    "description",
)


@pages.get("/actors/<string:slug>")
def get_actor(slug: str) -> Response:
    """The sentence, the others, what it imposes, what it is subject to, its agreements; or the rest of one of these."""
    query = query_of(_QUERY)
    subject = subject_named("actors", slug)
    cursor = place_of(query["cursor"], int, int, int, str) if "cursor" in query else None
    if cursor and cursor[1] >= len(LISTS):
        raise not_a_cursor()
    with ledger().reading() as session:
        asked = when_asked(session, query, pinned=cursor[0] if cursor else None)
        state = ActorState(session, subject, asked.when)
        if state.actor is None:
            return not_known(session, subject, asked)
        return _Shown(session, subject, asked, state).page(cursor)


def _numbers(counted: Summary) -> dict[str, Counter[str]]:
    """How many there are of each status, by list."""
    return {
        "imposing": counted.imposing,
        "targeted": counted.direct + counted.affiliates,
        "agreements": counted.agreements,
    }


class _Shown:
    """What is shown of an actor."""

    def __init__(self, session: Session, subject: str, asked: AsOf, state: ActorState) -> None:
        self.session, self.subject, self.asked, self.state = session, subject, asked, state
        self.path = f"/actors/{subject.partition(':')[2]}"
        self.called = Called(session, asked.when)

    def page(self, cursor: Any) -> Response:
        """The page, or the rest of one list."""
        actor = self.state.actor
        assert actor is not None, "what is not known was answered"
        wanted = LISTS if cursor is None else (LISTS[cursor[1]],)
        lists = {name: self._list(name, Place(*cursor[2:]) if cursor else None) for name in wanted}
        counted = self.state.summary()
        numbers = _numbers(counted)
        whole = {name: sum(numbers[name][status] for status in _SHOWN[name]) for name in LISTS}
        name = name_in(actor.subject, actor.state.terms)
        live = sum(live_in(each) for each in (counted.imposing, counted.direct, counted.affiliates))
        sequence = self.asked.when.knowledge.sequence
        others = (
            []
            if cursor
            else kept(
                ("counterparts", self.subject, self.asked.when.day, sequence, linked("")),
                lambda: counterparts_of(self.state, self.called, live),
            )
        )
        turns = kept(
            ("turns", self.subject, sequence),
            lambda: turning_days(self.session, self.subject, self.asked.when.knowledge),
        )
        learned = feed(self.session, Filters(actor=self.subject), sequence, MOST_LEARNED + 1)
        asked_as = self.subject if actor.subject != self.subject else None
        return answered(
            self.session, "actor.html", self.asked,
            api_path=f"/v1{self.path}/state", more={"limit": ROWS}, turns=turns, subject=self.subject,
            since=(len(learned), link_to("/events", {"actor": self.subject, "after": sequence})),
            name=name, actor=actor, terms=self._terms(actor), called=self.called,
            asked_as=asked_as, merged_on=self._merged_on() if asked_as else None,
            summary=summary_of(counted), lists=lists, whole=whole, others=others, MOST_BARS=MOST_BARS,
            MOST_OTHERS=MOST_OTHERS,
            ended_statuses=ENDED, rest_of=wanted[0] if cursor else None,
            drawn=counterparts(name, others, one_by_one=live <= MOST_MARKS) if others else None,
            one_by_one=live <= MOST_MARKS, ended=self._ended(numbers) if cursor is None else {},
        )  # fmt: skip

    def _list(self, name: str, after: Place | None) -> tuple[list[Row], str | None]:
        """The first rows of a list after a place, and where the next ones are."""
        rows, helds = self._rows(name, _SHOWN[name], after, ROWS + 1)
        next_ = None
        if len(helds) > ROWS:
            last = helds[ROWS - 1]
            cursor = cursor_of(self.asked.when.knowledge.sequence, LISTS.index(name), last.valid_from, last.subject)
            next_ = link_to(self.path, {**dates_carried(), **self.asked.pinned, "cursor": cursor})
        return rows[:ROWS], next_

    def _rows(self, name: str, statuses: Any, after: Place | None, limit: int) -> tuple[list[Row], list[Held]]:
        if name == "targeted":
            targeted = self.state.targeted(statuses, after, limit)
            assert self.state.actor is not None, "what is not known was answered"
            return targeted_rows(targeted, self.called, self.state.actor.subject), [held for held, _ in targeted]
        read = self.state.imposing if name == "imposing" else self.state.agreements
        helds = read(statuses, after, limit)
        return rows_of(helds, self.called), helds

    def _ended(self, numbers: Mapping[str, Counter[str]]) -> dict[str, tuple[list[Row], int, str]]:
        """The newest of those that have ended, by list; how many there are, and where the API has all."""
        found = {}
        pinned = {"at": day_text(self.asked.when.day), "known_at_sequence": self.asked.when.knowledge.sequence}
        for name in LISTS:
            statuses = [s for s in STATUSES["agreement" if name == "agreements" else "measure"] if s in ENDED]
            if number := sum(numbers[name][status] for status in statuses):
                address = link_to(f"/v1{self.path}/state", {**pinned, "status": statuses})
                found[name] = (self._rows(name, statuses, None, MOST_ENDED)[0], number, address)
        return found

    def _terms(self, actor: Held) -> list[tuple[str, list[Markup]]]:
        """What is recorded of the actor itself: each member with its values."""
        terms = actor.state.terms or {}
        self.called.add(subjects_in(terms))
        found = []
        for member in _TERMS:
            if value := terms.get(member):
                values = value if isinstance(value, list) else [value]
                found.append((words("members")[member], [element(member, each, self.called) for each in values]))
        return found

    def _merged_on(self) -> int:
        held = held_on(self.session, self.subject, self.asked.when.day, self.asked.when.knowledge)
        assert held is not None, "it was read as another one"
        return held.status_since
