"""Screening in one process: the registers, which follow the ledger, and the days for which they were asked.

numpy is imported when somebody asks, not before: a command that screens nothing starts without it, and so does the
parent of the server's processes, whose signals its threads would take.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

from ledger.domain.events import kind_of
from ledger.domain.vocabulary import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ledger.projections.lists import When
    from ledger.screening.actors import Actors
    from ledger.screening.matching import Matches
    from ledger.screening.queries import Query
    from ledger.screening.searching import Found, Named
    from ledger.screening.titles import Titles
    from ledger.screening.view import View
    from ledger.store.session import Session

_VIEWS = 8
"""How many days, knowledges and feeds are remembered: a batch asks for one of them again and again."""


class Screening:
    """Whom names may mean. Nothing is read until somebody asks; one question is answered at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._actors: Actors | None = None
        self._titles: Titles | None = None
        self._views: OrderedDict[tuple[int, int, str | None], View] = OrderedDict()

    def match(
        self,
        session: Session,
        when: When,
        queries: Mapping[str, Query],
        *,
        feed: str | None = None,
        limit: int,
        cutoff: float,
    ) -> dict[str, Matches]:
        """Whom each query may mean, of the targets of measures that are live, as of a day and a knowledge.

        With `feed`, of the targets of that feed's measures.
        """
        from ledger.screening.matching import matches

        found = {}
        for name, query in queries.items():
            with self._lock:
                found[name] = matches(self._view(session, when, feed), query, limit=limit, cutoff=cutoff)
        return found

    def named(self, session: Session, when: When, kind: str, text: str) -> dict[str, Named]:
        """The subjects of a kind that have such a name, or title, as of a day and a knowledge."""
        from ledger.screening.searching import named

        with self._lock:
            register = self._followed_actors(session) if kind == "actor" else self._followed_titles(session)
            found = named(register, when, text)
        return {subject: each for subject, each in found.items() if kind_of(subject) == kind}

    def search(self, session: Session, when: When, text: str, limit: int) -> list[Found]:
        """The first `limit` subjects of all kinds that `text` may mean, as of a day and a knowledge, the best first."""
        from ledger.screening.searching import ranked

        by_name = {subject: each for kind in KINDS for subject, each in self.named(session, when, kind, text).items()}
        return ranked(session, when, text, by_name, limit)

    def _view(self, session: Session, when: When, feed: str | None) -> View:
        from ledger.screening.view import View

        actors = self._followed_actors(session)
        key = (when.day, when.knowledge.sequence, feed)
        view = self._views.get(key)
        if view is None:
            view = self._views[key] = View(actors, when, feed)
            if len(self._views) > _VIEWS:
                self._views.popitem(last=False)
        self._views.move_to_end(key)
        return view

    def _followed_actors(self, session: Session) -> Actors:
        from ledger.screening.actors import Actors

        actors, self._actors = self._actors or Actors(), None  # so that one that fails half-way is begun anew
        if actors.follow(session):
            self._views.clear()
        self._actors = actors
        return actors

    def _followed_titles(self, session: Session) -> Titles:
        from ledger.screening.titles import Titles

        titles, self._titles = self._titles or Titles(), None
        titles.follow(session)
        self._titles = titles
        return titles
