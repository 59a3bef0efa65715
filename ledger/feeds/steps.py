"""Steps: what a difference wants to record, before it is known what the ledger makes of it."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Spell:
    """What became in the ledger of a listing, since it was last imposed: kept from reading to reading."""

    after: str | None
    """The day of the last reading that had it not; None where there was none before."""
    until: str
    """The day of the first reading that had it."""
    effective_on: str
    """What `imposed` says, as corrected."""
    imposed: int | None = None
    """The sequence of `imposed`; None where it could not be recorded."""
    ended: int | None = None
    """The sequence of the `lifted` for the end that the list itself states."""
    events: list[int] = field(default_factory=list)
    """The sequences of all of them but corrections, in their order."""

    def took(self, step: "Step", type_: str, sequence: int) -> None:
        """An event of `step` was recorded."""
        if type_ == "imposed":
            self.imposed = sequence
        if step.states_end:
            self.ended = sequence if type_ == "lifted" else None
        if type_ not in {"corrected", "retracted"}:
            self.events.append(sequence)


@dataclass(slots=True)
class Planned:
    """An event that is to be recorded: as it is posted, but for its subject and its sources."""

    type: str
    effective_on: str | None
    data: dict[str, Any]


@dataclass(slots=True)
class Step:
    """Events on one subject that are recorded together or not at all."""

    subject: str
    name: str
    """Of who is listed, for people."""
    events: list[Planned]
    spell: Spell | None = None
    states_end: bool = False
    """Whether it is about the end that the list itself states."""
    otherwise: dict[str, Any] | None = None
    """Of `imposed`: what changed since it was last said, for a measure that is in force all the same."""
    file: str = ""
    """The file that says so; "" for the reading."""
    url: str | None = None
    """The issuer's announcement."""
