"""The fold: a subject's events in order -> spans of days, each with the state that holds in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import NamedTuple, cast

from ledger.domain import actors, acts, agreements, measures
from ledger.domain.conflicts import Conflict
from ledger.domain.dates import EVER, FOREVER, day_text
from ledger.domain.states import NONE, Entry, Rules, State
from ledger.domain.vocabulary import LIVE

_RULES: dict[str, ModuleType] = {"measure": measures, "agreement": agreements, "act": acts, "actor": actors}


def rules_of(kind: str) -> Rules:
    """How subjects of that kind are folded."""
    return cast(Rules, _RULES[kind])


class Span(NamedTuple):
    """The longest run of days, from `valid_from` to before `valid_to`, over which `state` holds.

    `status_since` is the first day of the unbroken run with this status, `live_since` that of the run over which it is
    live (EVER where it is not); `exact` says how well `valid_from` is known.
    """

    valid_from: int
    valid_to: int
    status_since: int
    live_since: int
    exact: bool
    state: State


@dataclass(frozen=True, slots=True)
class Clash:
    """An event that cannot stand in the state that it meets, and why."""

    entry: Entry
    detail: str


_BEGINNING = Span(EVER, FOREVER, EVER, EVER, True, NONE)
"""Of a subject of which nothing is said yet."""


class LastDay(NamedTuple):
    """The last day on which an event takes effect; it is known exactly where every event of the day states it so."""

    day: int
    exact: bool

    def with_event(self, entry: Entry) -> "LastDay":
        """After `entry`, which is not earlier."""
        return LastDay(entry.day, entry.exact and (self.exact or self.day != entry.day))


NO_DAY = LastDay(EVER, exact=True)
"""Where no event takes effect yet."""


class Timeline:
    """A subject's spans, built event by event in their order.

    Starts from nothing, or goes on from spans built before: then the events added must not be earlier than any
    event that those were folded from, of which `day` is the last, and the first span given must not begin on the day of
    one added.
    """

    def __init__(self, kind: str, spans: Sequence[Span] = (), day: LastDay | None = None) -> None:
        self._rules = rules_of(kind)
        self._spans = list(spans) or [_BEGINNING]
        """In the order of days. Where one ends is only looked at in `spans`: it is where the next one begins."""
        self.last_day = day or NO_DAY
        self._status_event = 0
        self.met = self._spans[-1].state
        """The state that the event added last has met."""

    @property
    def state(self) -> State:
        """The state after the event added last."""
        return self._spans[-1].state

    def add(self, entry: Entry) -> Clash | None:
        """Fold `entry` in. Returns a Clash, and changes nothing, where it cannot stand."""
        while self._spans[-1].valid_from > entry.day:
            self._spans.pop()  # it changed by itself after that day, as it may do again
        self._lapse_until(entry.day)
        met = self._spans[-1]
        self.met = met.state
        try:
            state = self._rules.apply(met.state, entry)
        except Conflict as conflict:
            return Clash(entry, f"{conflict}; {self._met(met)}")
        if state.status != met.state.status:
            self._status_event = entry.sequence
        self.last_day = self.last_day.with_event(entry)
        self._turn(entry.day, state, self.last_day.exact)
        return None

    def spans(self) -> list[Span]:
        """All spans, to the end of days."""
        self._lapse_until(FOREVER - 1)
        ends = [span.valid_from for span in self._spans[1:]] + [FOREVER]
        return [
            span if span.valid_to == end else Span(span.valid_from, end, *span[2:])
            for span, end in zip(self._spans, ends, strict=True)
        ]

    def _lapse_until(self, day: int) -> None:
        while (due := self._rules.due(self._spans[-1].state)) <= day:
            self._turn(due, self._rules.lapse(self._spans[-1].state, due), exact=True)

    def _turn(self, day: int, state: State, exact: bool) -> None:
        last = self._spans[-1]
        if state == last.state:
            if last.valid_from == day:
                self._spans[-1] = last._replace(exact=exact)
            return
        if last.valid_from == day:
            self._spans.pop()
            if self._spans and state == self._spans[-1].state:
                return
            last = self._spans[-1] if self._spans else _BEGINNING
        since = last.status_since if state.status == last.state.status else day
        live_since = EVER
        if state.status in LIVE:
            live_since = last.live_since if last.state.status in LIVE else day
        self._spans.append(Span(day, FOREVER, since, live_since, exact, state))

    def _met(self, met: Span) -> str:
        status = "not begun" if met.state.status == "none" else met.state.status
        since = day_text(met.status_since)
        by = f" by event {self._status_event}" if self._status_event and status != "not begun" else ""
        return f"it is {status}{f' since {since}' if since else ''}{by}"


def fold(kind: str, entries: Iterable[Entry]) -> tuple[Timeline, list[Clash]]:
    """The timeline of a subject with those events, in their order, without those that cannot stand; and these."""
    timeline = Timeline(kind)
    clashes = [clash for entry in entries if (clash := timeline.add(entry))]
    return timeline, clashes
