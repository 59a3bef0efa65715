"""The state of a subject on a day, and what each kind of subject must offer to be folded."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from ledger.domain.conflicts import Conflict
from ledger.domain.dates import day_text, parse_day
from ledger.domain.terms import Terms

Suspension = dict[str, Any]
"""`{"scope", "since", "until", "by", "in_response_to", "reason"}`; of an agreement with `party` for `by`."""


class State(NamedTuple):
    """What holds of a subject on a day: what an answer shows, and all that the next event needs to know."""

    status: str
    terms: Terms | None = None
    suspension: Suspension | None = None
    suspensions: Sequence[Suspension] = ()
    merged_into: str | None = None

    def beside(self) -> dict[str, Any]:
        """What there is beside the status and the terms."""
        beside: dict[str, Any] = {}
        if self.suspension:
            beside["suspension"] = self.suspension
        if self.suspensions:
            beside["suspensions"] = self.suspensions
        if self.merged_into:
            beside["merged_into"] = self.merged_into
        return beside

    def known_terms(self) -> Terms:
        """The terms of a state that has begun."""
        assert self.terms is not None, "a state that has begun has terms"
        return self.terms


NONE = State("none")
"""Before anything was said to hold."""


class Entry(NamedTuple):
    """An event as it is folded: with its corrections."""

    sequence: int
    type: str
    day: int
    exact: bool
    data: Mapping[str, Any]


class Rules(Protocol):
    """How subjects of one kind are folded: the rows of domain.md's table, and what happens without an event."""

    def apply(self, state: State, entry: Entry) -> State:
        """The state after `entry`. Raises Conflict where it cannot stand in `state`."""

    def due(self, state: State) -> int:
        """The day on which `state` changes by itself; FOREVER if it does not."""

    def lapse(self, state: State, day: int) -> State:
        """What `state` becomes by itself on `day`, on which it is due."""


def require(state: State, *statuses: str) -> None:
    """Raise Conflict unless `state` has one of `statuses`."""
    if state.status not in statuses:
        wanted = " or ".join(("not begun" if status == "none" else status) for status in statuses)
        raise Conflict(f"it must be {wanted} on that day")


def require_later(name: str, text: str | None, entry: Entry) -> None:
    """Raise Conflict unless the day `text`, if there is one, is later than the day of `entry`."""
    if text is not None and parse_day(text) <= entry.day:
        raise Conflict(f"its {name} {text} must be later than the day on which it takes effect, {day_text(entry.day)}")
