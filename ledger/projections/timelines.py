"""How an actor's state and the relation of two actors change from day to day."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ledger.domain.corrections import Record
from ledger.domain.dates import EVER, FOREVER
from ledger.domain.events import answered, kind_of
from ledger.domain.intervals import Intervals, common, united
from ledger.domain.vocabulary import LIVE
from ledger.projections.actors import Summary, named_targets, reached
from ledger.projections.asof import Knowledge
from ledger.projections.facets import facet
from ledger.projections.lists import When
from ledger.projections.reach import Days, ever_leading_to, read_as
from ledger.projections.states import Held, first_days, timelines_of
from ledger.store.events import told_of
from ledger.store.session import Session


def _subjects_naming(
    session: Session, roles: Sequence[str], actors: Collection[str], knowledge: Knowledge
) -> list[str]:
    """The subjects that have one of `actors` in one of `roles` on any day, as was known."""
    rows = session.rows(
        f"""
        SELECT DISTINCT f.subject FROM facets AS f
        WHERE f.facet IN {session.listed("facets")} AND f.known_from <= :sequence AND f.known_to > :sequence
        """,
        facets=session.listing(facet(role, actor) for role in roles for actor in actors),
        sequence=knowledge.sequence,
    )
    return [subject for (subject,) in rows]


class _Surroundings:
    """Everything that concerns one actor on any day, as was known."""

    def __init__(self, session: Session, actor: str, knowledge: Knowledge) -> None:
        at_last = read_as(session, actor, When(FOREVER - 1, knowledge))
        leading = ever_leading_to(session, at_last.subject if at_last else actor, knowledge)
        self.days = Days(session, actor, knowledge, leading)
        named = list(self.days.named)
        self.subjects = set(_subjects_naming(session, ["imposed_by", "parties"], named, knowledge))
        self.subjects |= set(_subjects_naming(session, ["targets", "related_to"], leading, knowledge))


def summaries(session: Session, actor: str, knowledge: Knowledge) -> list[tuple[int, Summary]]:
    """The days on which the state of `actor` changes, the first being EVER, each with the counts from then on.

    Every day on which its own state, a state that it has part in, or how that reaches it, becomes another.
    """
    around = _Surroundings(session, actor, knowledge)
    entering: dict[int, list[tuple[str, str]]] = {}
    leaving: dict[int, list[tuple[str, str]]] = {}
    changes: dict[int, Counter[object]] = {}

    def holds(start: int, end: int, where: str, status: str, what: object) -> None:
        entering.setdefault(start, []).append((where, status))
        leaving.setdefault(end, []).append((where, status))
        changes.setdefault(start, Counter())[what] += 1
        changes.setdefault(end, Counter())[what] -= 1

    for name, start, end in around.days.reading_as:
        for held in timelines_of(session, [name], knowledge):
            if start < held.valid_to and held.valid_from < end:
                changes.setdefault(max(start, held.valid_from), Counter())[held] += 1
    for held in timelines_of(session, around.subjects, knowledge):
        if held.status == "none":
            continue
        for where, start, end, through in _parts(held, around.days):
            holds(start, end, where, held.status, (held, where, through))
    counts = {where: Counter[str]() for where in ("imposing", "direct", "affiliates", "agreements")}
    found = []
    for day in sorted({EVER, *changes} - {FOREVER}):
        for where, status in leaving.get(day, ()):
            counts[where][status] -= 1
        for where, status in entering.get(day, ()):
            counts[where][status] += 1
        if day == EVER or any(changes[day].values()):
            found.append((day, Summary(*(Counter(counts[where]) for where in counts))))
    return found


def _parts(held: Held, days: Days) -> Iterable[tuple[str, int, int, object]]:
    """In which lists of the actor's state a span is, on which days, and through whom."""
    span = (held.valid_from, held.valid_to)
    terms = held.state.known_terms()
    if kind_of(held.subject) == "agreement":
        yield from (("agreements", *days_, None) for days_ in _any(terms["parties"], span, days.named))
        return
    yield from (("imposing", *days_, None) for days_ in _any(terms["imposed_by"], span, days.named))
    direct = _any([target["actor"] for target in terms["targets"] if "actor" in target], span, days.named)
    yield from (("direct", *days_, None) for days_ in direct)
    cuts = sorted({*span, *(day for name in named_targets(held.state) for i in days.leading.get(name, ()) for day in i),
                   *(day for interval in direct for day in interval)})  # fmt: skip
    for start, end in pairwise(cuts):
        if span[0] <= start < span[1] and not any(a <= start < b for a, b in direct):
            through = frozenset(
                days.counting_as(name, start)
                for name in named_targets(held.state)
                if any(a <= start < b for a, b in days.leading.get(name, ()))
            )
            if through:
                yield "affiliates", start, end, through


def _any(names: Iterable[str], span: tuple[int, int], days: dict[str, Intervals]) -> Intervals:
    return united(interval for name in names for interval in common(span, days.get(name, ())))


@dataclass(frozen=True, slots=True)
class Step:
    """An event by which one of two actors took a step towards the other."""

    on: int
    by: str
    subject: str
    event: int
    in_response_to: list[str]
    days: int | None
    """Days since the latest of what it answers began; None where it answers nothing that has begun."""


@dataclass(frozen=True, slots=True)
class Dyad:
    """What two actors did to each other: the steps, and how many live measures each held against the other."""

    steps: list[Step]
    series: list[tuple[int, int, int]]
    """(day, held by the first, held by the second), from each day on which something changes."""


def dyad_of(session: Session, a: str, b: str, knowledge: Knowledge, start: int | None, end: int) -> Dyad:
    """The dyad of `a` and `b` from `start` (None: from the first change) to before `end`."""
    one, other = (_Surroundings(session, actor, knowledge) for actor in (a, b))
    spans: dict[str, list[Held]] = {}
    for held in timelines_of(session, one.subjects & other.subjects, knowledge):
        if held.status != "none":
            spans.setdefault(held.subject, []).append(held)
    a_to_b = {s: _against(held, one.days, other.days) for s, held in spans.items() if kind_of(s) == "measure"}
    b_to_a = {s: _against(held, other.days, one.days) for s, held in spans.items() if kind_of(s) == "measure"}
    by = {
        subject: [actor for actor, held in ((a, a_to_b), (b, b_to_a)) if held.get(subject, ((), ()))[0]]
        for subject in spans
    }
    agreements = [
        subject for subject, held in spans.items()
        if kind_of(subject) == "agreement" and _both(held, one.days.named, other.days.named)
    ]  # fmt: skip
    wanted = [subject for subject in spans if by[subject]] + agreements
    parties = {a: one.days.named, b: other.days.named}
    steps = _steps(session, wanted, by, parties, knowledge, start if start is not None else EVER, end)
    series = _series([i for _, i in a_to_b.values()], [i for _, i in b_to_a.values()], start, end)
    return Dyad(steps, series)


def _against(spans: Sequence[Held], imposer: Days, target: Days) -> tuple[Intervals, Intervals]:
    """On which days a measure was the one's against the other: in any status, and while live."""
    ever, live = [], []
    for held in spans:
        reaching = reached([held], target.leading)
        imposing = _any(held.state.known_terms()["imposed_by"], (held.valid_from, held.valid_to), imposer.named)
        days = [interval for each in imposing for interval in common(each, reaching)]
        ever += days
        live += days if held.status in LIVE else []
    return united(ever), united(live)


def _both(spans: Sequence[Held], one: dict[str, Intervals], other: dict[str, Intervals]) -> bool:
    return any(
        common(interval, _any(held.state.known_terms()["parties"], (held.valid_from, held.valid_to), other))
        for held in spans
        for interval in _any(held.state.known_terms()["parties"], (held.valid_from, held.valid_to), one)
    )


def _steps(
    session: Session,
    subjects: Sequence[str],
    by: dict[str, list[str]],
    parties: dict[str, dict[str, Intervals]],
    knowledge: Knowledge,
    start: int,
    end: int,
) -> list[Step]:
    found = []
    for subject, told in told_of(session, subjects, knowledge.sequence + 1).items():
        for entry in Record(told).entries():
            if not start <= entry.day < end:
                continue
            actors = by[subject]
            if kind_of(subject) == "agreement":
                named = entry.data.get("by") or ()
                actors = [each for each, days in parties.items() if _any(named, (entry.day, entry.day + 1), days)]
            found += [Step(entry.day, actor, subject, entry.sequence, answered(entry.data), None) for actor in actors]
    begun = first_days(session, {name for step in found for name in step.in_response_to}, knowledge)
    return sorted(
        (
            Step(step.on, step.by, step.subject, step.event, step.in_response_to, _days_since(step, begun))
            for step in found
        ),
        key=lambda step: (step.on, step.event, step.by),
    )


def _days_since(step: Step, begun: dict[str, int]) -> int | None:
    days = [begun[name] for name in step.in_response_to if name in begun]
    return step.on - max(days) if days else None


def _series(
    a_to_b: Sequence[Intervals], b_to_a: Sequence[Intervals], start: int | None, end: int
) -> list[tuple[int, int, int]]:
    turns: dict[int, list[int]] = {}
    for side, held in enumerate((a_to_b, b_to_a)):
        for first, last in (interval for intervals in held for interval in intervals):
            turns.setdefault(first, [0, 0])[side] += 1
            turns.setdefault(last, [0, 0])[side] -= 1
    first_day = start if start is not None else min((day for day in turns), default=EVER)
    counts = [0, 0]
    series: list[tuple[int, int, int]] = []
    for day in sorted({*turns, *([first_day] if first_day > EVER else [])}):
        change = turns.get(day, [0, 0])
        counts = [counts[0] + change[0], counts[1] + change[1]]
        if first_day <= day < min(end, FOREVER) and (day == first_day or change != [0, 0]):
            series.append((day, counts[0], counts[1]))
    return series
