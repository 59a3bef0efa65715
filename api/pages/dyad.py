"""`/dyads/{a}/{b}`: who answered whom?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.http.actors import DyadQuery, dyad_asked
from api.http.asof import AsOfQuery
from api.http.current import ledger
from api.pages.answered import answered, not_known
from api.pages.called import Called, subjects_in
from api.pages.drawings.chain import days_in_words
from api.pages.drawings.ladder import MOST_STEPS, Rung, ladder, series
from api.pages.house import pages
from api.pages.inline import path_of
from api.pages.told import event_of
from api.pages.when import linked, query_of, when_asked
from api.pages.wording import words
from ledger.domain.dates import EVER, FOREVER, day_text
from ledger.projections.asof import known_now
from ledger.projections.states import held_on
from ledger.projections.timelines import Dyad, dyad_of
from ledger.store.events import head_of, stored_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Response

    from api.http.asof import AsOf
    from ledger.projections.lists import When
    from ledger.projections.timelines import Step
    from ledger.store.session import Session


class DyadPageQuery(AsOfQuery, DyadQuery):
    """The API's, and the day on which the reader stands."""


_QUERY = DyadPageQuery()


@pages.get("/dyads/<string:a>/<string:b>")
def get_dyad(a: str, b: str) -> Response:
    """Both names with counts, the ladder, the series."""
    query = query_of(_QUERY)
    one, other, start, end = dyad_asked(query, a, b)
    with ledger().reading() as session:
        asked = when_asked(session, query)
        for subject in (one, other):
            if held_on(session, subject, 1, asked.when.knowledge) is None:
                return not_known(session, subject, asked)
        sides = tuple(sorted([one, other]))
        dyad = dyad_of(session, sides[0], sides[1], asked.when.knowledge, start, end)
        return _page(session, asked, (a, b), sides, dyad, query, _learned(session, asked, sides, dyad, start, end))


def _learned(session: Session, asked: AsOf, sides: tuple[str, ...], dyad: Dyad, start: int | None, end: int) -> int:
    """How many of the steps that are known now were not known then, or not so."""
    known = asked.when.knowledge
    if known.sequence == known.newest:
        return 0
    now = dyad_of(session, sides[0], sides[1], known_now(head_of(session)), start, end)
    return sum(step not in dyad.steps for step in now.steps)


def _page(
    session: Session, asked: AsOf, slugs: tuple[str, str], sides: tuple[str, ...], dyad: Dyad, query: dict[str, Any],
    learned: int,
) -> Response:  # fmt: skip
    called = Called(session, asked.when).add({*sides, *(step.subject for step in dyad.steps)})
    names = (called(sides[0]), called(sides[1]))
    shown = dyad.steps[-MOST_STEPS:]
    rungs = _rungs(session, shown, sides, called, asked)
    held = _held(session, sides, dyad, query, asked.when)
    bounds = {name: day_text(query[key]) for name, key in (("from", "from_"), ("to", "to")) if key in query}
    return answered(
        session, "dyad.html", asked,
        api_path=f"/v1/dyads/{slugs[0]}/{slugs[1]}", more={**bounds, "at": None},
        since=(learned, None),
        turns=[*(step.on for step in dyad.steps), *(on for on, _, _ in dyad.series)],
        names=names, sides=sides, held=held, rungs=rungs, steps=shown, called=called, days=days_in_words,
        step_count=len(dyad.steps), before=_before(dyad.steps),
        points=dyad.series[-MOST_STEPS:], point_count=len(dyad.series), bounds=bounds,
        ladder=ladder(names, rungs) if rungs else None,
        series=series(names, dyad.series, asked.when.day) if dyad.series else None,
        addresses=[linked(path_of(side)) for side in sides],
    )  # fmt: skip


def _held(session: Session, sides: tuple[str, ...], dyad: Dyad, query: dict[str, Any], when: When) -> tuple[int, int]:
    """How many live measures each held against the other on the day, whichever days of the dyad are shown."""
    if when.day < query.get("from_", EVER) or when.day >= query.get("to", FOREVER):
        dyad = dyad_of(session, sides[0], sides[1], when.knowledge, None, FOREVER)
    return next(((a, b) for on, a, b in reversed(dyad.series) if on <= when.day), (0, 0))


def _before(steps: Sequence[Step]) -> str | None:
    """The day before which the steps are that were left out: the first that is shown, or the day after it.

    The day after, where there are more steps on that first day than fit, and later ones too; None where all are shown.
    """
    if len(steps) <= MOST_STEPS:
        return None
    first, last, left_out = steps[-MOST_STEPS].on, steps[-1].on, steps[-MOST_STEPS - 1].on
    return day_text(first + 1 if left_out == first < last else first)


def _rungs(session: Session, steps: Sequence[Step], sides: tuple[str, ...], called: Called, asked: AsOf) -> list[Rung]:
    events = stored_of(session, {step.event for step in steps})
    called.add({name for step in steps for name in subjects_in({"in_response_to": step.in_response_to})})
    return [
        Rung(
            step.on,
            "a" if step.by == sides[0] else "b",
            called(step.subject),
            words("types")[event_of(events[step.event])["type"]],
            step.days,
            linked(path_of(step.subject)),
            step.on > asked.when.day,
        )
        for step in steps
    ]
