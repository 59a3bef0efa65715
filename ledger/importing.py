"""A reading of a published list on its way into the ledger: what it says beyond the one before, as one batch."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from ledger.append import Appending, Request
from ledger.domain.dates import parse_day
from ledger.domain.events import Draft, draft
from ledger.errors import Refused
from ledger.feeds.difference import Comparing, Difference
from ledger.feeds.reading import BrokenList, Feed, Reading
from ledger.feeds.settling import Settled, Settlement, settle
from ledger.feeds.steps import Planned, Step
from ledger.store.events import Head, told_of
from ledger.store.readings import (
    Counts,
    Entry,
    Group,
    StoredReading,
    entries_of,
    newest_reading,
    store_entries,
    store_reading,
)
from ledger.store.session import Session

MAX_REMOVALS = 10.0
"""So many percent of a list's entries may be gone, unless somebody says otherwise."""


class OlderReading(Refused):
    """A reading of an earlier day than the last: what it says was known before."""


class NoDay(Refused):
    """Nobody says on which day the list was published."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What a reading came to."""

    feed: str
    published_on: str
    sha256: str
    before: StoredReading | None
    """The reading that it was compared with."""
    is_same: bool
    """Whether it is that reading again: then nothing is recorded, not even that it was read."""
    counts: Counts
    new: Sequence[str]
    """Names of those who are listed, as `gone` and `changed`."""
    gone: Sequence[str]
    changed: Sequence[str]
    left: Sequence[str]
    """Changed listing dates that contradict the earlier readings, in words."""
    impossible: Sequence[str]
    """What does not fit what somebody else has recorded, in words."""
    warnings: Sequence[str]
    first_sequence: int | None
    last_sequence: int | None


class Importing:
    """A reading, to be recorded in one transaction, or only to be looked at."""

    def __init__(
        self, feed: Feed, reading: Reading, published_on: str | None, max_removals: float, by: str, today: int
    ) -> None:
        """`today` is the day in UTC, as an ordinal. Raises NoDay."""
        if published_on is None:
            raise NoDay(f"{feed.name} does not state the day of its publication: give it with --published-on")
        self._feed, self._reading, self._published_on = feed, reading, published_on
        self._max_removals, self._by = max_removals, by
        self._warnings = list(reading.warnings)
        if parse_day(published_on) > today + 1:  # where it is tomorrow already, nobody errs
            self._warnings.append(
                f"{published_on} is in the future: once this is recorded, readings of earlier days are refused"
            )
        self._lists: dict[str, dict[str, Any]] = {}

    def record(self, session: Session, appending: Appending, clock: Callable[[], int]) -> Imported:
        """Record it. Raises Refused, and has written nothing then."""
        before = newest_reading(session, self._feed.name)
        planned = self._planned(session, before, appending.newest())
        if planned.imported.is_same:
            return planned.imported
        recorded_at = clock()
        if planned.drafts:
            appending.append(Request(planned.drafts, self._by))
            recorded_at = appending.newest().recorded_at
        store_entries(session, self._feed.name, planned.new_entries, planned.changed_entries)
        store_reading(session, self._stored(planned.imported, recorded_at))
        return planned.imported

    def preview(self, session: Session, head: Head) -> Imported:
        """What `record` would come to. Raises as it does."""
        return self._planned(session, newest_reading(session, self._feed.name), head).imported

    def _planned(self, session: Session, before: StoredReading | None, head: Head) -> "_Plan":
        if before and parse_day(self._published_on) < parse_day(before.published_on):
            raise OlderReading(
                f"this {self._feed.name} is of {self._published_on}, the last one that was read of"
                f" {before.published_on}: readings are imported in the order of their days"
            )
        if before and (before.published_on, before.sha256) == (self._published_on, self._reading.sha256):
            return _Plan(self._imported(before, True, Difference(), Settlement()))
        comparing = Comparing(
            self._feed,
            self._reading,
            self._published_on,
            entries_of(session, self._feed.name),
            before.whole if before else {},
            self._max_removals,
        )
        difference = comparing.compare()
        bodies = self._bodies()
        told = told_of(session, [*bodies, *(step.subject for step in difference.steps)], head.sequence + 1)
        steps = [*(step for step in bodies.values() if not told[step.subject]), *difference.steps]
        settlement = settle(steps, told, head.sequence + 1)
        for entry in (*difference.new_entries, *difference.changed_entries):
            if spell := difference.spells.get(entry.subject):
                entry.spell = orjson.dumps(spell)
        return _Plan(
            self._imported(before, False, difference, settlement),
            self._drafts(settlement.events),
            difference.new_entries,
            difference.changed_entries,
        )

    def _bodies(self) -> dict[str, Step]:
        """The bodies that act for the imposer: each is registered where nobody has done so."""
        used = {listing.authority for listing in self._reading.listings.values()}
        bodies = [body for body in self._feed.authorities if body.slug in used]
        return {
            f"actor:{body.slug}": Step(
                f"actor:{body.slug}",
                body.name,
                [
                    Planned(
                        "registered",
                        None,
                        {"category": "government_body", "name": body.name, "part_of": [f"actor:{body.part_of}"]},
                    )
                ],
            )
            for body in bodies
        }

    def _drafts(self, events: Sequence[Settled]) -> list[Draft]:
        drafts = []
        for event in events:
            planned = event.planned
            found = draft(
                {
                    "type": planned.type,
                    "subject": event.step.subject,
                    "effective_on": planned.effective_on,
                    "data": planned.data,
                    "sources": self._sources(event.step),
                }
            )
            if not isinstance(found, Draft):
                said = "; ".join(f"{problem.pointer} {problem.detail}" for problem in found)
                raise BrokenList(f"{event.step.subject} cannot be recorded: {said}")
            drafts.append(found)
        return drafts

    def _sources(self, step: Step) -> list[dict[str, Any]]:
        """The list, as it was archived, and the issuer's own announcement where the list names it."""
        found = self._lists.get(step.file)
        if found is None:
            sha256 = next((file.sha256 for file in self._reading.files if file.name == step.file), self._reading.sha256)
            found = self._lists[step.file] = {
                "title": self._feed.title,
                "publisher": self._feed.publisher,
                "published_on": self._published_on,
                "archived_sha256": sha256,
            }
        return [found, {"title": "The announcement that the list names", "url": step.url}] if step.url else [found]

    def _imported(
        self, before: StoredReading | None, is_same: bool, difference: Difference, settlement: Settlement
    ) -> Imported:
        events = settlement.events
        return Imported(
            self._feed.name,
            self._published_on,
            self._reading.sha256,
            before,
            is_same,
            Counts(
                entries=len(self._reading.listings),
                new=len(difference.new),
                gone=len(difference.gone),
                changed=len(difference.changed),
                left=len(difference.left),
                impossible=len(settlement.impossible),
                events=len(events),
            ),
            difference.new,
            difference.gone,
            list(difference.changed.values()),
            difference.left,
            settlement.impossible,
            self._warnings,
            events[0].sequence if events else None,
            events[-1].sequence if events else None,
        )

    def _stored(self, imported: Imported, recorded_at: int) -> StoredReading:
        before = imported.before
        listed = Counter(listing.group for listing in self._reading.listings.values())
        own = Counter(each.group for each in self._reading.listings.values() if not each.is_addition)
        day, known = self._published_on, dict(before.whole) if before else {}
        touched = {name: replace(group, touched_on=day) for name, group in known.items() if name in listed}
        read = {name: Group(day, own[name], day) for name in self._reading.whole}
        return StoredReading(
            self._feed.name,
            before.number + 1 if before else 1,
            self._published_on,
            self._reading.sha256,
            recorded_at,
            self._by,
            imported.counts,
            {**known, **touched, **read},
            imported.first_sequence,
            imported.last_sequence,
        )


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be recorded."""

    imported: Imported
    drafts: Sequence[Draft] = ()
    new_entries: Sequence[Entry] = ()
    changed_entries: Sequence[Entry] = ()
