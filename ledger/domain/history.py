"""What each event changed, and which event set each member of a subject's terms."""

from collections.abc import Sequence
from typing import Any, TypedDict

from ledger.domain.corrections import Record, Told
from ledger.domain.events import AFTERTHOUGHTS
from ledger.domain.states import Entry, State
from ledger.domain.terms import TERMS, Terms, given_terms, identity
from ledger.domain.timeline import Timeline


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
    pairs = [("status", before.status, after.status)]
    pairs += [(name, was[name], now[name]) for name in nothing]
    pairs += [
        ("suspension", before.suspension, after.suspension),
        ("suspensions", before.suspensions, after.suspensions),
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
    pairs = [("effective_on", effective_on, told.data.get("effective_on") or effective_on)]
    corrected = told.data.get("data")
    if corrected is not None:
        names = dict.fromkeys([*data, *corrected])
        pairs += [(f"data.{name}", data.get(name), corrected.get(name)) for name in names]
    return [Change(field=name, before=old, after=new) for name, old, new in pairs if old != new]


def trace_of(kind: str, entries: Sequence[Entry], day: int) -> dict[str, Any] | None:
    """For each member of the terms as they are on `day`, the sequence of the event that set it; for a list, of each element.

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
        named = entry.data if entry.type in _BEGINNINGS else entry.data.get("set") or {}
        for name in TERMS[kind]:
            trace[name] = _traced(name in named and (named[name] is not None or entry.type not in _BEGINNINGS),
                                  trace[name], before.terms, after.known_terms(), name, entry.sequence)  # fmt: skip
    return trace if timeline.state.terms is not None else None


_BEGINNINGS = frozenset({"announced", "imposed", "reciprocated", "concluded", "reported", "registered"})


def _traced(named: bool, trace: Any, before: Terms | None, after: Terms, name: str, sequence: int) -> Any:
    value = after[name]
    if not isinstance(value, list):
        changed = named or value != (before or after)[name]
        return sequence if changed else trace
    was = {} if named else {identity(e): s for e, s in zip((before or {}).get(name, ()), trace, strict=False)}
    return [was.get(identity(element), sequence) for element in value]
