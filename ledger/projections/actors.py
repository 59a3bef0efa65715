"""The state of an actor: what it imposes, what is imposed on it and its affiliates, and its agreements."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.domain.intervals import Intervals, common, run_at, united
from ledger.domain.states import State
from ledger.domain.vocabulary import LIVE
from ledger.projections.facets import facet
from ledger.projections.lists import Place, Selection, When, counted, counted_by, having, page
from ledger.projections.reach import Days, Reach, reach_of, read_as
from ledger.projections.states import Held, timelines_of
from ledger.store.session import Session

LISTS = ("imposing", "targeted", "agreements")


@dataclass(frozen=True, slots=True)
class Targeting:
    """How a measure reaches an actor: directly, or through affiliates or groups; and since when, while it is live."""

    direct: bool
    through: list[str]
    since: int | None


@dataclass(frozen=True, slots=True)
class Summary:
    """How many states there are of each status, in each list."""

    imposing: Counter[str]
    direct: Counter[str]
    affiliates: Counter[str]
    agreements: Counter[str]


class ActorState:
    """The state of one actor as of a day and a knowledge. What it consists of is read when it is asked for."""

    def __init__(self, session: Session, actor: str, when: When) -> None:
        self._session = session
        self._when = when
        self.actor: Held | None = read_as(session, actor, when)
        """The actor it reads as; None where it was not known."""
        self._reach = reach_of(session, self.actor.subject, when) if self.actor else Reach(actor, {}, {})

    def summary(self) -> Summary:
        """The counts of all statuses."""
        of = {name: counted(self._session, selection) for name, selection in self._selections().items()}
        return Summary(of["imposing"], of["direct"], of["affiliates"], of["agreements"])

    def imposing(self, statuses: Sequence[str], after: Place | None, limit: int) -> list[Held]:
        """The measures that it imposes."""
        return self._page("imposing", statuses, after, limit)

    def agreements(self, statuses: Sequence[str], after: Place | None, limit: int) -> list[Held]:
        """The agreements that it is party to."""
        return self._page("agreements", statuses, after, limit)

    def targeted(self, statuses: Sequence[str], after: Place | None, limit: int) -> list[tuple[Held, Targeting]]:
        """The measures that reach it, directly or through others."""
        direct = [(held, True) for held in self._page("direct", statuses, after, limit)]
        affiliates = [(held, False) for held in self._page("affiliates", statuses, after, limit)]
        together = sorted([*direct, *affiliates], key=lambda pair: (-pair[0].valid_from, pair[0].subject))[:limit]
        return self._targetings(together)

    def counted_by(self, name: str, member: str, statuses: Sequence[str]) -> list[tuple[Any, int]]:
        """What the states of a list have in a member of their terms, and how many of them have that."""
        return counted_by(self._session, self._selections()[name], statuses, member)

    def _page(self, name: str, statuses: Sequence[str], after: Place | None, limit: int) -> list[Held]:
        return page(self._session, self._selections()[name], statuses, after=after, limit=limit)

    def _selections(self) -> dict[str, Selection]:
        session, when, names = self._session, self._when, self._reach.names
        direct = having(session, when, "targets", names)
        return {
            "imposing": having(session, when, "imposed_by", names),
            "direct": direct,
            "affiliates": _affiliated(session, when, self._reach),
            "agreements": having(session, when, "parties", names),
        }

    def _targetings(self, together: Sequence[tuple[Held, bool]]) -> list[tuple[Held, Targeting]]:
        live = [held for held, _ in together if held.status in LIVE]
        glanced = {held.subject for held in live if self._reached_at_once(held)}
        unsure = [held for held in live if held.subject not in glanced]
        since = {held.subject: held.valid_from for held in live if held.subject in glanced}
        since |= self._since(unsure) if unsure else {}
        return [
            (held, Targeting(direct, [] if direct else sorted(self._through(held)), since.get(held.subject)))
            for held, direct in together
        ]

    def _through(self, held: Held) -> set[str]:
        counts_as = self._reach.counts_as
        return {counts_as[name] for name in named_targets(held.state) if name in counts_as}

    def _reached_at_once(self, held: Held) -> bool:
        """Whether the measure became live on the first day of the span, and its targets led here by then."""
        since = self._reach.since
        return held.live_since == held.valid_from and (
            len(since) == 1
            or any(since.get(name, held.valid_to) <= held.valid_from for name in named_targets(held.state))
        )

    def _since(self, measures: Sequence[Held]) -> dict[str, int]:
        """The first day of the unbroken run of days in which each is live and reaches the actor, for those that do."""
        actor, targets = self._reach.actor, _Targets()
        timelines: dict[str, list[Held]] = {}
        names: set[str] = set()
        for held in timelines_of(self._session, [measure.subject for measure in measures], self._when.knowledge):
            if held.status in LIVE:
                timelines.setdefault(held.subject, []).append(held)
                names |= targets.of(held)
        days = Days(self._session, actor, self._when.knowledge, names).leading
        since = {}
        for subject, spans in timelines.items():
            run = run_at(self._when.day, reached(spans, days, targets))
            if run:
                since[subject] = run[0]
        return since


class _Targets:
    """The actors that the terms of spans name as targets: spans that share their terms are looked at once."""

    def __init__(self) -> None:
        self._found: dict[bytes | None, set[str]] = {}

    def of(self, held: Held) -> set[str]:
        """Those of one span."""
        if (found := self._found.get(held.terms)) is None:
            found = self._found[held.terms] = named_targets(held.state)
        return found


def reached(spans: Sequence[Held], days: dict[str, Intervals], targets: _Targets | None = None) -> Intervals:
    """The days on which a measure with those live spans reaches the actor to which others lead on `days`."""
    targets = targets or _Targets()
    return united(
        interval
        for held in spans
        for name in targets.of(held)
        for interval in common((held.valid_from, held.valid_to), days.get(name, ()))
    )


def _affiliated(session: Session, when: When, reach: Reach) -> Selection:
    """The measures on its affiliates, and on groups related to it or them, that are not on the actor directly."""
    sql = f"""
        SELECT f.subject, f.valid_from, f.status FROM facets AS f
        WHERE f.facet IN {session.listed("reaching")} AND {when.holding("f")}
    """
    sql = f"""
        SELECT DISTINCT c.* FROM ({sql}) AS c WHERE NOT EXISTS (
            SELECT 1 FROM facets AS g WHERE g.facet IN {session.listed("names")}
            AND g.valid_from = c.valid_from AND g.subject = c.subject AND {when.holding("g")})
    """
    groups = [facet("related_to", name) for name in reach.counts_as]
    bound = {
        "reaching": session.listing([*groups, *(facet("targets", name) for name in reach.affiliates)]),
        "names": session.listing(facet("targets", name) for name in reach.names),
    }
    return Selection(sql, bound | when.bound, when)


def named_targets(state: State) -> set[str]:
    """The actors on which a measure is, by name or through a group that is related to them."""
    return actors_in(state.known_terms()["targets"])


def actors_in(targets: Iterable[Any]) -> set[str]:
    """The actors among targets, and those that groups are related to."""
    named: set[str] = set()
    for target in targets:
        named |= {target["actor"]} if "actor" in target else set(target.get("related_to") or ())
    return named
