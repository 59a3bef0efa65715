"""Steps beside what the ledger holds: which are recorded, which would change nothing, and which cannot stand.

What others recorded is never undone. What is there already is not said again; and a step that their events make
impossible is left out and told, so that it does not keep a whole list out for ever.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ledger.domain.corrections import Record, Standing, Told
from ledger.domain.dates import parse_dating
from ledger.domain.events import AFTERTHOUGHTS, kind_of
from ledger.domain.states import Entry, State
from ledger.domain.timeline import Clash, Timeline, fold
from ledger.domain.vocabulary import LIVE
from ledger.feeds.saying import needed
from ledger.feeds.steps import Planned, Step


@dataclass(frozen=True, slots=True)
class Settled:
    """An event that can be recorded, and will have that sequence."""

    sequence: int
    step: Step
    planned: Planned


@dataclass(slots=True)
class Settlement:
    """What became of the steps."""

    events: list[Settled] = field(default_factory=list)
    impossible: list[str] = field(default_factory=list)
    """What could not stand, in words."""


def settle(steps: Sequence[Step], told: Mapping[str, list[Told]], first: int) -> Settlement:
    """What can be recorded of `steps`, in their order, the first event with the sequence `first`.

    `told` has what was told of each of their subjects, and gets what is to be told.
    """
    settlement = Settlement()
    for step in steps:
        history = told[step.subject]
        sequence = first + len(settlement.events)
        found = _History(kind_of(step.subject), history).fitting(step, sequence)
        if isinstance(found, str):
            settlement.impossible.append(f"{step.name} ({step.subject}): {found}")
            continue
        for number, planned in enumerate(found, sequence):
            history.append(_told(planned, number))
            settlement.events.append(Settled(number, step, planned))
            if step.spell:
                step.spell.took(step, planned.type, number)
    return settlement


class _History:
    """What was told of a subject."""

    def __init__(self, kind: str, told: list[Told]) -> None:
        self._kind, self._told = kind, told

    def fitting(self, step: Step, sequence: int) -> list[Planned] | str:
        """Those events of `step`, the first with that sequence, that change something; or why they cannot stand."""
        if not self._told and len(step.events) == 1 and step.events[0].type in {"registered", "imposed"}:
            return step.events
        record = Record(self._told)
        found: list[Planned] = []
        for planned in step.events:
            changing = self._changing(record, planned, step, sequence + len(found))
            if changing is None:
                continue
            told = _told(changing, sequence + len(found))
            if refusal := record.add(told):
                return f"{changing.type} cannot stand: {refusal}"
            found.append(changing)
        clashes = fold(self._kind, record.entries())[1] if found else []
        return _clash(clashes[0], found, sequence) if clashes else found

    def _changing(self, record: Record, planned: Planned, step: Step, sequence: int) -> Planned | None:
        """What `planned` changes; None where that is nothing."""
        if planned.type in AFTERTHOUGHTS:
            return None if _is_so(record.standings[planned.data["of"]], planned) else planned
        met = self._met(record, _told(planned, sequence).entry())
        if planned.type == "lifted" and met.status not in LIVE:
            return None
        if planned.type == "imposed" and met.status in LIVE and met.status != "announced":
            planned = Planned("amended", planned.effective_on, step.otherwise or {})
        if planned.type in {"amended", "updated"} and met.terms is not None:
            data = needed(planned.data, met.terms)
            return Planned(planned.type, planned.effective_on, data) if data else None
        return planned

    def _met(self, record: Record, entry: Entry) -> State:
        """The state in which `entry` would take effect."""
        timeline = Timeline(self._kind)
        for earlier in record.entries():
            if earlier.day <= entry.day:
                timeline.add(earlier)
        timeline.add(entry)
        return timeline.met


def _told(planned: Planned, sequence: int) -> Told:
    return Told(sequence, planned.type, planned.effective_on, planned.data)


def _is_so(standing: Standing, planned: Planned) -> bool:
    """Whether an event has the day already to which it is to be corrected, or was retracted."""
    if standing.retracted_by is not None:
        return True
    there = standing.entry()
    return planned.type == "corrected" and (there.day, there.exact) == parse_dating(planned.data["effective_on"])


def _clash(clash: Clash, found: Sequence[Planned], first: int) -> str:
    """Why the events of a step cannot stand."""
    if clash.entry.sequence >= first:
        return f"{found[clash.entry.sequence - first].type} cannot stand: {clash.detail}"
    event = f"event {clash.entry.sequence} ({clash.entry.type})"
    return f"{found[0].type} would make {event} impossible: {clash.detail}"
