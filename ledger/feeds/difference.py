"""The difference between two readings of a list, as the steps that tell it (feeds.md: Which day, Differences).

A reading is compared with what was said last of each entry, never with what the ledger holds: what others recorded in
between stays. A new entry gives `registered`, without a day, and `imposed`; one that is gone `lifted`, or `retracted`
where the list is a chronicle; what else it says `amended` and `updated`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from ledger.domain.dates import parse_dating, parse_day
from ledger.errors import Refused
from ledger.feeds.reading import BrokenList, Feed, Listing, Reading, Target
from ledger.feeds.saying import (
    Said,
    change,
    imposed_data,
    known_after,
    registered_data,
    said_of_listing,
    said_of_target,
)
from ledger.feeds.steps import Planned, Spell, Step
from ledger.store.readings import Entry, Group

_FEW = 10
"""So many may be gone however few there were."""


class TooManyGone(Refused):
    """A list that lacks more than may be gone at once: broken, or a day on which much was lifted."""


@dataclass(slots=True)
class Difference:
    """What a reading says that was not said before."""

    steps: list[Step] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    """Names, as `gone` and `changed`."""
    gone: list[str] = field(default_factory=list)
    changed: dict[str, str] = field(default_factory=dict)
    """By the slug of the target."""
    left: list[str] = field(default_factory=list)
    """Changed listing dates that do not fit the earlier readings, in words."""
    spells: dict[str, Spell] = field(default_factory=dict)
    """Those that are new or changed, by their measure: what they hold is known when the steps are recorded."""
    new_entries: list[Entry] = field(default_factory=list)
    changed_entries: list[Entry] = field(default_factory=list)


class Comparing:
    """A reading, beside what was said before it."""

    def __init__(
        self,
        feed: Feed,
        reading: Reading,
        published_on: str,
        earlier: Mapping[str, Entry],
        groups: Mapping[str, Group],
        max_removals: float,
    ) -> None:
        self._feed, self._reading, self._published_on = feed, reading, published_on
        self._earlier, self._groups, self._max_removals = earlier, groups, max_removals
        self._targets: dict[str, dict[str, Any]] = {}
        self.found = Difference()

    def compare(self) -> Difference:
        """The difference. Raises TooManyGone, BrokenList."""
        if not self._reading.listings:
            raise BrokenList("the list has no entry: see that it is whole")
        gone = self._gone()
        self._require_few(gone)
        for listing in self._reading.listings.values():
            if listing.target not in self._targets:
                self._compare_target(self._reading.targets[listing.target], listing)
            self._compare_listing(listing)
        for entry in gone:
            self._end(entry)
        return self.found

    # Which are gone

    def _gone(self) -> list[Entry]:
        listed = {f"measure:{slug}" for slug in self._reading.listings}
        missing = [
            (entry, orjson.loads(entry.said))
            for subject, entry in self._earlier.items()
            if entry.stands and entry.spell and subject not in listed
        ]
        whole = self._reading.whole
        return [entry for entry, said in missing if said["group"] in whole and not said["is_addition"]]

    def _require_few(self, gone: list[Entry]) -> None:
        before = sum(group.entries for name, group in self._groups.items() if name in self._reading.whole)
        if len(gone) > _FEW and len(gone) * 100 > self._max_removals * before:
            percent = len(gone) * 100 / max(before, 1)
            raise TooManyGone(
                f"{len(gone)} of {before} entries are gone ({percent:.1f} percent; {self._max_removals:g} may be): see"
                f" whether the list is whole; if it is, import it with --max-removals {int(percent) + 1}"
            )

    # Who is listed

    def _compare_target(self, target: Target, listing: Listing) -> None:
        subject = f"actor:{target.slug}"
        now = said_of_target(target)
        earlier = self._earlier.get(subject)
        if earlier is None:
            self._step(subject, now["name"], listing, Planned("registered", None, registered_data(now)))
            self.found.new_entries.append(Entry(subject, True, _json(now)))
        elif (said := _json(now)) != earlier.said:
            before = orjson.loads(earlier.said)
            now = known_after(before, now, target.in_part)
            if changes := change(before, now):
                day = self._day(target.updated_on, listing)
                self._step(subject, now["name"], listing, Planned("updated", day, changes))
                self.found.changed[target.slug] = now["name"]
            if (said := _json(now)) != earlier.said:
                self.found.changed_entries.append(Entry(subject, True, said))
        self._targets[target.slug] = now

    # What is done to them

    def _compare_listing(self, listing: Listing) -> None:
        subject = f"measure:{listing.slug}"
        target = self._targets[listing.target]
        now = self._said(listing, said_of_listing(listing, target))
        earlier = self._earlier.get(subject)
        if earlier and earlier.stands:  # what the group itself had once it lists by itself
            now["is_addition"] = now["is_addition"] and orjson.loads(earlier.said)["is_addition"]
        if earlier is None:
            spell = self._begin(subject, listing, now["terms"])
            self._state_end(subject, listing, spell)
            self.found.new.append(target["name"])
            self.found.new_entries.append(Entry(subject, True, _json(now), b""))
        elif not earlier.stands:
            before = orjson.loads(earlier.said)
            now["terms"] = known_after(before["terms"], now["terms"], listing.in_part)
            spell = self._begin(subject, listing, now["terms"], change(before["terms"], now["terms"]))
            self._state_end(subject, listing, spell)
            self.found.new.append(target["name"])
            self.found.changed_entries.append(Entry(subject, True, _json(now), b""))
        elif _json(now) != earlier.said:
            self._change(listing, earlier, now)

    def _said(self, listing: Listing, terms: dict[str, Any]) -> dict[str, Any]:
        """What is kept of a listing."""
        return {
            "target": listing.target,
            "terms": terms,
            "group": listing.group,
            "is_addition": listing.is_addition,
            "listed_on": listing.listed_on,
            "ended_on": listing.ended_on,
        }

    def _begin(self, subject: str, listing: Listing, said: Said, otherwise: dict[str, Any] | None = None) -> Spell:
        """It came, or came back."""
        before = self._before(listing.group)
        day = listing.listed_on if self._counts(listing.listed_on, before, self._published_on) else None
        spell = Spell(before, self._published_on, day or f"{self._published_on}~")
        data = imposed_data(listing, self._feed, said, self._targets[listing.target])
        step = self._step(subject, self._name(listing), listing, Planned("imposed", spell.effective_on, data))
        step.spell, step.otherwise = spell, otherwise
        self.found.spells[subject] = spell
        return spell

    def _state_end(self, subject: str, listing: Listing, spell: Spell) -> None:
        if listing.ended_on:
            step = self._step(subject, self._name(listing), listing, Planned("lifted", listing.ended_on, {}))
            step.spell, step.states_end = spell, True

    def _change(self, listing: Listing, earlier: Entry, now: dict[str, Any]) -> None:
        """It stood, and stands."""
        assert earlier.spell, "a listing has a spell"
        subject = earlier.subject
        before, spell = orjson.loads(earlier.said), Spell(**orjson.loads(earlier.spell))
        steps = len(self.found.steps)
        if listing.listed_on != before["listed_on"]:
            self._correct_beginning(subject, listing, spell)
        now["terms"] = known_after(before["terms"], now["terms"], listing.in_part)
        if changes := change(before["terms"], now["terms"]):
            day = self._day(listing.updated_on, listing)
            self._step(subject, self._name(listing), listing, Planned("amended", day, changes)).spell = spell
        if listing.ended_on != before["ended_on"]:
            self._correct_end(subject, listing, spell)
        if len(self.found.steps) > steps:
            self.found.changed[listing.target] = self._name(listing)
        self.found.spells[subject] = spell
        self.found.changed_entries.append(Entry(subject, True, _json(now), b""))

    def _correct_beginning(self, subject: str, listing: Listing, spell: Spell) -> None:
        """A changed listing date counts if it still fits the first reading of the entry."""
        name, day = self._name(listing), listing.listed_on
        if day is None or spell.imposed is None or not self._counts(day, spell.after, spell.until):
            said = f"is now {day}" if day else "is no more there"
            self.found.left.append(f"{name}: its listing date {said}, it stays {spell.effective_on}")
        elif day != spell.effective_on:
            reason = "the list has another listing date now"
            data = {"of": spell.imposed, "effective_on": day, "reason": reason}
            self._step(subject, name, listing, Planned("corrected", None, data))
            spell.effective_on = day

    def _correct_end(self, subject: str, listing: Listing, spell: Spell) -> None:
        if spell.ended is None:
            self._state_end(subject, listing, spell)
            return
        planned = Planned("retracted", None, {"of": spell.ended, "reason": "the list states no end any more"})
        if listing.ended_on:
            reason = "the list has another end date now"
            planned = Planned(
                "corrected", None, {"of": spell.ended, "effective_on": listing.ended_on, "reason": reason}
            )
        step = self._step(subject, self._name(listing), listing, planned)
        if not listing.ended_on:
            step.spell, step.states_end = spell, True

    def _end(self, entry: Entry) -> None:
        """It is gone."""
        assert entry.spell, "a listing has a spell"
        said, spell = orjson.loads(entry.said), Spell(**orjson.loads(entry.spell))
        name = orjson.loads(self._earlier[f"actor:{said['target']}"].said)["name"]
        planned = [Planned("lifted", f"{self._published_on}~", {})]
        if self._feed.gone == "retracted":
            reason = "the list has it no more: it was a mistake"
            planned = [Planned("retracted", None, {"of": of, "reason": reason}) for of in reversed(spell.events)]
        if planned:
            self.found.steps.append(Step(entry.subject, name, planned))
        self.found.gone.append(name)
        self.found.changed_entries.append(Entry(entry.subject, False, entry.said, entry.spell))

    # Which day

    def _counts(self, day: str | None, after: str | None, until: str) -> bool:
        """Whether a listing date is that of a reading which came after one of the day `after`."""
        if day is None:
            return False
        first = parse_dating(day).first_day
        within = first <= parse_day(until) and (after is None or first > parse_day(after))
        return within or self._feed.is_chronicle

    def _day(self, updated_on: str | None, listing: Listing) -> str:
        """The day of a change: that on which the entry says it was changed, unless an earlier reading had that."""
        group, last_day = self._groups.get(listing.group), parse_day(self._published_on)
        if updated_on and group and parse_day(group.touched_on) < parse_day(updated_on) <= last_day:
            return updated_on
        return f"{self._published_on}~"

    def _before(self, group: str) -> str | None:
        """The day on which what is published with an entry was last read."""
        return self._groups[group].published_on if group in self._groups else None

    # In words

    def _name(self, listing: Listing) -> str:
        return str(self._targets[listing.target]["name"])

    def _step(self, subject: str, name: str, listing: Listing, *planned: Planned) -> Step:
        step = Step(subject, name, list(planned), file=listing.file, url=listing.url)
        self.found.steps.append(step)
        return step


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
