"""An event as its leaf has it, taken strictly: for whoever has nothing but the bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import orjson

from ledger.audit.checks import CheckFailed
from ledger.audit.leaves import LEAF_LIMIT, LEAF_MEMBERS, leaf_of
from ledger.domain.corrections import Told
from ledger.domain.events import Draft, draft
from ledger.domain.values import LARGEST_INTEGER
from ledger.times import moment, time_text

_POSTED = ("type", "subject", "effective_on", "data", "sources", "comment")
"""Of the members of a leaf those that whoever recorded it has given, and not the ledger."""


class LeafRefused(CheckFailed):
    """The bytes are not the leaf of an event that a ledger takes."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with its place: domain.md, Events."""

    sequence: int
    subject: str
    version: int
    type: str
    effective_on: str | None
    recorded_at: int
    """In microseconds."""
    recorded_by: str
    data: Mapping[str, Any]
    sources: tuple[Mapping[str, Any], ...]

    @classmethod
    def of_leaf(cls, leaf: bytes) -> Self:
        """The event with those bytes. Raises LeafRefused.

        What can be seen of one event alone is checked; not whether what it names is there, nor whether it can stand in
        the timeline of its subject.
        """
        event = _members(leaf)
        named = f"event {_number(event, 'sequence')}"
        found = draft({name: event[name] for name in _POSTED})
        if not isinstance(found, Draft):
            first = found[0]
            raise LeafRefused("event", f"{named} is none that a ledger takes: {first.pointer} {first.detail}")
        if not isinstance(event["sources"], list):
            raise LeafRefused("event", f"{named} has no list of sources")
        if not isinstance(event["recorded_by"], str):
            raise LeafRefused("event", f"{named} does not say by whom it was recorded")
        return cls(
            sequence=_number(event, "sequence"),
            subject=found.subject,
            version=_number(event, "version"),
            type=found.type,
            effective_on=found.effective_on,
            recorded_at=_recorded_at(event["recorded_at"], named),
            recorded_by=event["recorded_by"],
            data=found.given,
            sources=tuple(found.sources),
        )

    @property
    def told(self) -> Told:
        """What the fold needs of it."""
        return Told(self.sequence, self.type, self.effective_on, self.data)


def recorded_time(text: object) -> int:
    """The microseconds of a time as the ledger writes it: RFC 3339 in UTC, six decimals, Z. Raises ValueError."""
    if not isinstance(text, str) or time_text(moment(text)) != text:
        raise ValueError("must be a time in UTC with six decimals, as 2020-07-10T12:00:00.000000Z")
    return moment(text)


def _recorded_at(text: object, named: str) -> int:
    try:
        return recorded_time(text)
    except ValueError as error:
        raise LeafRefused("recorded_at", f"that of {named} {error}") from None


def _members(leaf: bytes) -> dict[str, Any]:
    """domain.md, Tamper evidence: RFC 8785 canonical JSON of the event, with every member and no other."""
    if len(leaf) > LEAF_LIMIT:
        raise LeafRefused("leaf length", f"at most {LEAF_LIMIT} bytes, here {len(leaf)}")
    try:
        event = orjson.loads(leaf)
        canonical = leaf_of(event)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError) as error:
        raise LeafRefused("leaf", f"it is not JSON: {error}") from error
    if canonical != leaf:
        raise LeafRefused("leaf", "it is not in the canonical form of RFC 8785")
    if not isinstance(event, dict) or event.keys() != set(LEAF_MEMBERS):
        raise LeafRefused("leaf members", f"they are {', '.join(LEAF_MEMBERS)}, all of them and no other")
    return event


def _number(event: Mapping[str, Any], name: str) -> int:
    number = event[name]
    if type(number) is not int or not 1 <= number <= LARGEST_INTEGER:
        raise LeafRefused(name, f"{str(number)[:40]} is not a whole number from 1 to 2^53 - 1")
    return number
