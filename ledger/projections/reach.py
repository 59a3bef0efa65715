"""Who counts as whom, and who leads to whom: merged actors, countries and parts (domain.md, Projections).

An actor merged into another one counts as that other one. An actor whose `countries` or `part_of` lead to another, over
any number of steps, is its affiliate.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ledger.domain.dates import EVER, FOREVER
from ledger.domain.intervals import Intervals, common, united
from ledger.domain.vocabulary import LIVE
from ledger.projections.asof import Knowledge
from ledger.projections.facets import STATUS_CODES, facet
from ledger.projections.lists import When
from ledger.projections.states import Held, held_on, timelines_of
from ledger.store.session import Session


def _facet_of_actor(role: str) -> str:
    """SQL for the facet that has `r.actor` in that role."""
    return f"'{facet(role, '')}' || substr(r.actor, {len('actor:') + 1})"


_LEADING = ", ".join(map(_facet_of_actor, ("countries", "part_of", "merged_into")))


@dataclass(frozen=True, slots=True)
class Reach:
    """The actors that lead to one actor on a day, each with the actor it counts as and since when at the latest."""

    actor: str
    counts_as: dict[str, str]
    since: dict[str, int]
    """A day from which on, at the latest, each has led to the actor without a break."""

    @property
    def names(self) -> list[str]:
        """The actor itself, and those merged into it."""
        return [name for name, other in self.counts_as.items() if other == self.actor]

    @property
    def affiliates(self) -> list[str]:
        """All the others."""
        return [name for name, other in self.counts_as.items() if other != self.actor]


def read_as(session: Session, actor: str, when: When) -> Held | None:
    """The state of the actor as which `actor` reads: its own, or that of the last one it was merged into."""
    held = held_on(session, actor, when.day, when.knowledge)
    while held is not None and held.status == "merged":
        into = held.state.merged_into
        assert into, "a merged actor is merged into one"
        held = held_on(session, into, when.day, when.knowledge)
    return held


def reach_of(session: Session, actor: str, when: When) -> Reach:
    """All actors that lead to `actor`. Circles are harmless: nothing is visited twice."""
    merged = _facet_of_actor("merged_into")
    rows = session.rows(
        f"""
        WITH RECURSIVE reach (actor, counts_as, since) AS (
            SELECT {session.name("actor")}, {session.name("actor")}, 0
            UNION
            SELECT f.subject, CASE WHEN f.facet = {merged} THEN r.counts_as ELSE f.subject END,
                   CASE WHEN f.valid_from > r.since THEN f.valid_from ELSE r.since END
            FROM reach AS r JOIN facets AS f ON f.facet IN ({_LEADING}) AND {when.holding("f")}
            WHERE f.subject <> :actor
        )
        SELECT actor, counts_as, min(since) FROM reach GROUP BY actor, counts_as
        """,
        actor=actor,
        **when.bound,
    )
    return Reach(actor, {name: other for name, other, _ in rows}, {name: since for name, _, since in rows})


def ever_leading_to(session: Session, actor: str, knowledge: Knowledge) -> list[str]:
    """All actors that lead to `actor` on any day, itself among them."""
    rows = session.rows(
        f"""
        WITH RECURSIVE reach (actor) AS (
            SELECT {session.name("actor")}
            UNION
            SELECT f.subject FROM reach AS r JOIN facets AS f
              ON f.facet IN ({_LEADING}) AND f.known_from <= :sequence AND f.known_to > :sequence
        )
        SELECT actor FROM reach
        """,
        actor=actor,
        sequence=knowledge.sequence,
    )
    return [name for (name,) in rows]


class Days:
    """On which days actors count as `actor`, and on which they lead to it, as was known.

    From the day on which it is itself merged, `actor` reads as another one.
    """

    def __init__(self, session: Session, actor: str, knowledge: Knowledge, actors: Iterable[str]) -> None:
        self._spans: dict[str, list[Held]] = {}
        waiting = {actor, *actors}
        while waiting := waiting - set(self._spans):
            self._spans.update({name: [] for name in waiting})
            above: set[str] = set()
            for held in timelines_of(session, waiting, knowledge):
                self._spans[held.subject].append(held)
                above.update(name for name, _ in _parents(held))
            waiting = above
        self.reading_as = list(self._reading_as(actor))
        """(actor, from, to): as which actor it reads, on which days, from the first to the last."""
        self.named = self._spread(merged_only=True)
        self.leading = self._spread(merged_only=False)

    def counting_as(self, name: str, day: int) -> str:
        """The actor as which `name` counts on `day`."""
        while into := next(
            (held.state.merged_into for held in self._spans.get(name, ()) if held.valid_from <= day < held.valid_to),
            None,
        ):
            name = into
        return name

    def _reading_as(self, actor: str) -> Iterator[tuple[str, int, int]]:
        start = EVER
        while merged := next((held for held in self._spans[actor] if held.status == "merged"), None):
            if start < merged.valid_from:
                yield actor, start, merged.valid_from
            start, into = max(start, merged.valid_from), merged.state.merged_into
            assert into, "a merged actor is merged into one"
            actor = into
        yield actor, start, FOREVER

    def _spread(self, *, merged_only: bool) -> dict[str, Intervals]:
        """Day by day from the actor down, until nothing is added."""
        days: dict[str, Intervals] = {name: ((start, end),) for name, start, end in self.reading_as}
        changed = True
        while changed:
            changed = False
            for name, spans in self._spans.items():
                found = united(
                    [
                        *days.get(name, ()),
                        *(
                            interval
                            for held in spans
                            for parent, merged in _parents(held)
                            if merged or not merged_only
                            for interval in common((held.valid_from, held.valid_to), days.get(parent, ()))
                        ),
                    ]
                )
                if found and found != days.get(name, ()):
                    days[name] = found
                    changed = True
        return days


def _parents(held: Held) -> list[tuple[str, bool]]:
    """The actors that an actor leads to by one step, and whether that is by being merged."""
    state = held.state
    if state.merged_into:
        return [(state.merged_into, True)]
    terms = state.terms or {"countries": [], "part_of": []}
    return [(name, False) for name in dict.fromkeys([*terms["countries"], *terms["part_of"]])]


def names_of(session: Session, actor: str, when: When) -> list[str]:
    """The names under which the actor that `actor` reads as is recorded: its own, and of those merged into it."""
    held = read_as(session, actor, when)
    return reach_of(session, held.subject, when).names if held else [actor]


def merged_into_each(session: Session, actors: Iterable[str], when: When) -> dict[str, list[str]]:
    """For each of `actors` that has any, the actors that are merged into it, by any number of steps."""
    found: dict[str, list[str]] = {}
    counts_as = {actor: actor for actor in actors}
    waiting = list(counts_as)
    while waiting:
        rows = session.rows(
            f"""
            SELECT f.facet, f.subject FROM facets AS f
            WHERE f.facet IN {session.listed("into")} AND {when.holding("f")} ORDER BY f.subject
            """,
            into=session.listing(facet("merged_into", actor) for actor in waiting),
            **when.bound,
        )
        into = {facet("merged_into", actor): actor for actor in waiting}
        waiting = []
        for merged, name in rows:
            actor = counts_as[name] = counts_as[into[merged]]
            found.setdefault(actor, []).append(name)
            waiting.append(name)
    return found


def targets_among(session: Session, actors: Iterable[str], when: When) -> dict[str, bool]:
    """Those of `actors` that measures are on, under the names given, each with whether one of these is live."""
    by_facet = {facet("targets", actor): actor for actor in actors}
    live = ", ".join(str(STATUS_CODES[status]) for status in LIVE)
    rows = session.rows(
        f"""
        SELECT f.facet, max(CASE WHEN f.status IN ({live}) THEN 1 ELSE 0 END) FROM facets AS f
        WHERE f.facet IN {session.listed("facets")} AND {when.holding("f")} GROUP BY f.facet
        """,
        facets=session.listing(by_facet),
        **when.bound,
    )
    return {by_facet[named]: bool(one_is_live) for named, one_is_live in rows}


def subjects_naming(session: Session, roles: Iterable[str], actors: Iterable[str], when: When) -> set[str]:
    """The subjects whose states name one of `actors` in one of `roles`."""
    actors = list(actors)
    rows = session.rows(
        f"""
        SELECT DISTINCT f.subject FROM facets AS f
        WHERE f.facet IN {session.listed("facets")} AND {when.holding("f")}
        """,
        facets=session.listing(facet(role, actor) for role in roles for actor in actors),
        **when.bound,
    )
    return {subject for (subject,) in rows}
