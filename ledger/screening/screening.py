"""Screening in one process: the registers, which follow the ledger, and the days for which they were asked."""

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock

from ledger.domain.events import kind_of
from ledger.domain.vocabulary import KINDS
from ledger.projections.lists import When
from ledger.screening.actors import Actors
from ledger.screening.matching import Matches, matches
from ledger.screening.queries import Query
from ledger.screening.searching import Found, Named, named, ranked
from ledger.screening.titles import Titles
from ledger.screening.view import View
from ledger.store.session import Session

_VIEWS = 8
"""How many days, knowledges and feeds are remembered: a batch asks for one of them again and again."""


class Screening:
    """Whom names may mean. Nothing is read until somebody asks; one question is answered at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._actors = Actors()
        self._titles = Titles()
        self._views: OrderedDict[tuple[int, int, str | None, bool], View] = OrderedDict()

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
        found = {}
        for name, query in queries.items():
            with self._lock:
                view = self._view(session, when, feed, targets_only=True)
                found[name] = matches(view, query, limit=limit, cutoff=cutoff)
        return found

    def named(self, session: Session, when: When, kind: str, text: str) -> dict[str, Named]:
        """The subjects of a kind that have such a name, or title, as of a day and a knowledge."""
        register = self._actors if kind == "actor" else self._titles
        with self._lock:
            if register.follow(session) and kind == "actor":
                self._views.clear()
            found = named(register, when, text)
        return {subject: each for subject, each in found.items() if kind_of(subject) == kind}

    def search(self, session: Session, when: When, text: str, limit: int) -> list[Found]:
        """The first `limit` subjects of all kinds that `text` may mean, as of a day and a knowledge, the best first."""
        by_name = {subject: each for kind in KINDS for subject, each in self.named(session, when, kind, text).items()}
        return ranked(session, when, text, by_name, limit)

    def _view(self, session: Session, when: When, feed: str | None, *, targets_only: bool) -> View:
        if self._actors.follow(session):
            self._views.clear()
        key = (when.day, when.knowledge.sequence, feed, targets_only)
        view = self._views.get(key)
        if view is None:
            view = self._views[key] = View(self._actors, when, feed=feed, targets_only=targets_only)
            if len(self._views) > _VIEWS:
                self._views.popitem(last=False)
        self._views.move_to_end(key)
        return view
