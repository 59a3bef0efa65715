"""What each event changed, and which event set each member of a subject's terms."""

from collections.abc import Collection, Sequence
from typing import Any, TypedDict

from ledger.domain.corrections import Record, Told
from ledger.domain.events import AFTERTHOUGHTS
from ledger.domain.states import Entry, State
from ledger.domain.terms import given_terms, identity
from ledger.domain.timeline import Timeline
from ledger.domain.values import without_nulls


class Change(TypedDict):
    """A field of a subject's state, before and after an event."""

    field: str
    before: Any
    after: Any


def changes_of(kind: str, record: Record) -> dict[int, list[Change]]:
    """What each event of `record`, by its sequence, changes: in the state, or in the event that it speaks of.

    An event changes what the fold makes of it now, with its corrections; a retracted one changes nothing.
    """
    changes: dict[int, list[Change]] = {sequence: [] for sequence in record.standings}
    timeline = Timeline(kind)
    for entry in record.entries():
        timeline.add(entry)
        changes[entry.sequence] = _state_changes(kind, timeline.met, timeline.state)
    earlier = Record()
    for sequence, standing in record.standings.items():
        if standing.told.type in AFTERTHOUGHTS:
            changes[sequence] = _event_changes(earlier, standing.told)
        earlier.add(standing.told)
    return changes


def _state_changes(kind: str, before: State, after: State) -> list[Change]:
    nothing = given_terms(kind, {})
    was, now = before.terms or nothing, after.terms or nothing
    pairs: list[tuple[str, Any, Any]] = [("status", before.status, after.status)]
    pairs += [(name, was[name], now[name]) for name in nothing]
    pairs += [
        ("suspension", before.suspension, after.suspension),
        ("suspensions", list(before.suspensions), list(after.suspensions)),
        ("merged_into", before.merged_into, after.merged_into),
    ]
    return [Change(field=name, before=old, after=new) for name, old, new in pairs if old != new]


def _event_changes(earlier: Record, told: Told) -> list[Change]:
    named = earlier.standings[told.data["of"]]
    if told.type == "retracted":
        return [Change(field="retracted", before=False, after=True)]
    effective_on, data = named.told.effective_on, named.told.data
    for correction in named.corrections:
        effective_on = correction.data.get("effective_on") or effective_on
        data = correction.data.get("data") or data
    pairs: list[tuple[str, Any, Any]] = [("effective_on", effective_on, told.data.get("effective_on") or effective_on)]
    corrected = told.data.get("data")
    if corrected is not None:
        names = dict.fromkeys([*data, *corrected])
        pairs += [(f"data.{name}", data.get(name), corrected.get(name)) for name in names]
    return [Change(field=name, before=old, after=new) for name, old, new in pairs if old != new]


def trace_of(kind: str, entries: Sequence[Entry], day: int) -> dict[str, Any] | None:
    """For each member of the terms as they are on `day`, which event set it: its sequence; for a list, of each element.

    None where nothing was set, and altogether where the subject has not begun.
    """
    timeline = Timeline(kind)
    trace = dict(given_terms(kind, {}))
    for entry in entries:
        if entry.day > day:
            break
        timeline.add(entry)
        before, after = timeline.met, timeline.state
        if before.terms is None or (before.status != "announced" and entry.type in _BEGINNINGS):
            trace = dict(given_terms(kind, {}))
        named = _set_by(entry)
        was, now = before.terms or given_terms(kind, {}), after.known_terms()
        for name, value in now.items():
            if isinstance(value, list):
                kept = {} if name in named else dict(zip(map(identity, was[name]), trace[name], strict=False))
                trace[name] = [kept.get(identity(element), entry.sequence) for element in value]
            elif name in named or value != was[name]:
                trace[name] = entry.sequence
    return trace if timeline.state.terms is not None else None


def _set_by(entry: Entry) -> Collection[str]:
    """The members of the terms that an event sets as a whole, even to what they were."""
    if entry.type in _BEGINNINGS:
        return without_nulls(entry.data)
    return ("expires_on",) if entry.type == "renewed" else entry.data.get("set") or ()


_BEGINNINGS = frozenset({"announced", "imposed", "reciprocated", "concluded", "reported", "registered"})
