"""What corrections and retractions leave of a subject's events (domain.md, folding, 2 and 3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ledger.domain.dates import UNDATED, parse_dating
from ledger.domain.events import AFTERTHOUGHTS
from ledger.domain.states import Entry


class Told(NamedTuple):
    """An event as it was recorded: what the fold needs of it."""

    sequence: int
    type: str
    effective_on: str | None
    data: Mapping[str, Any]

    def entry(self) -> Entry:
        """The event as it is folded where nothing corrects it."""
        day, exact = parse_dating(self.effective_on) if self.effective_on else UNDATED
        return Entry(self.sequence, self.type, day, exact, self.data)


@dataclass(slots=True)
class Standing:
    """What became of an event: by which sequences it was corrected and retracted."""

    told: Told
    corrections: list[Told] = field(default_factory=list)
    """Those that stand, in the order of their sequences."""
    retracted_by: int | None = None

    @property
    def corrected_by(self) -> int | None:
        """The last correction that stands."""
        return self.corrections[-1].sequence if self.corrections else None

    def entry(self) -> Entry:
        """The event as it is folded."""
        return self.corrected().entry()

    def corrected(self) -> Told:
        """The event with its corrections: the last one that gives the one or the other wins."""
        sequence, type_, effective_on, data = self.told
        for correction in self.corrections:
            effective_on = correction.data.get("effective_on") or effective_on
            corrected = correction.data.get("data")
            data = data if corrected is None else corrected
        return Told(sequence, type_, effective_on, data)


class Record:
    """A subject's events in the order of their sequences, each with what became of it."""

    def __init__(self, events: Iterable[Told] = ()) -> None:
        self.standings: dict[int, Standing] = {}
        for event in events:
            self.add(event)

    def add(self, event: Told) -> str | None:
        """Take in the next event. Returns why it cannot stand, and leaves it out then; None where it stands."""
        if event.type in AFTERTHOUGHTS:
            named = self.standings[event.data["of"]]
            if refusal := self._refusal(event, named):
                return refusal
            if event.type == "corrected":
                named.corrections.append(event)
            else:
                self._retract(named, event.sequence)
        self.standings[event.sequence] = Standing(event)
        return None

    def entries(self) -> list[Entry]:
        """What is folded, in its order: by first day, then sequence."""
        entries = [
            standing.entry()
            for standing in self.standings.values()
            if standing.retracted_by is None and standing.told.type not in AFTERTHOUGHTS
        ]
        return sorted(entries, key=lambda entry: (entry.day, entry.sequence))

    def _refusal(self, event: Told, named: Standing) -> str | None:
        of = named.told.sequence
        if event.type == "corrected" and named.told.type == "corrected":
            return f"event {of} is itself a correction: correct event {named.told.data['of']} again"
        if named.told.type == "retracted":
            return f"event {of} is a retraction, which stays: record again what was right after all"
        if named.retracted_by is not None:
            return f"event {of} was retracted by event {named.retracted_by}: record again what was right after all"
        return None

    def _retract(self, named: Standing, by: int) -> None:
        """A retracted event is left out, with its corrections."""
        named.retracted_by = by
        for correction in named.corrections:
            self.standings[correction.sequence].retracted_by = by
        if named.told.type == "corrected":
            self.standings[named.told.data["of"]].corrections.remove(named.told)
