"""Events that come from an export: where each has come to in this ledger, so that `of` names the same event here.

In such a file `of` is the `sequence` of a line of it. Where that line is appended in the same batch, its place is known
once nobody else can append any more; where it was appended before, by this command or by the one that this one resumes,
it is there already; and what `init` recorded is in no export, because every ledger has it.
"""

from __future__ import annotations

import json
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zlib import crc32

import orjson

from api.cli.lines import BadLine, Line
from ledger.domain.events import AFTERTHOUGHTS
from ledger.store.events import last_of_init, leaf_of_version

if TYPE_CHECKING:
    from ledger.domain.events import Draft
    from ledger.service import Ledger
    from ledger.store.events import Stored


class Copies:
    """The lines of an export that were dealt with, and where their events are."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._first: int | None = None
        self._newest = 0
        self._runs_from, self._runs_to, self._lengths = array("Q"), array("Q"), array("Q")
        """Runs of events that have come one after the other there and here: where each begins there, and here."""
        self._skipped, self._versions, self._marks = array("Q"), array("I"), array("I")
        """Of the lines that an earlier command has appended: the sequence, the version, and a mark of what they say."""

    def skip(self, line: Line) -> None:
        """Take note of a line that was appended before. Raises BadLine."""
        if line.copied is not None:
            self._require_order(line)
            self._skipped.append(line.copied.sequence)
            self._versions.append(line.copied.version)
            self._marks.append(_mark(line.event))

    def translated(self, lines: Sequence[Line]) -> Translated:
        """What is to be appended of `lines`, which are one batch. Raises BadLine."""
        events: list[Any] = []
        here: dict[int, int] = {}
        within: dict[int, int] = {}
        for index, line in enumerate(lines):
            event = line.event
            if line.copied is not None:
                self._require_order(line)
                here[line.copied.sequence] = index
                if (of := _named(event)) is None:
                    pass
                elif of in here:
                    within[index] = here[of]
                else:
                    event = {**event, "data": {**event["data"], "of": self._place_of(of, line)}}
            events.append(event)
        return Translated(events, within)

    def add(self, lines: Sequence[Line], stored: Sequence[Stored]) -> None:
        """The events of `lines` are stored as those."""
        for line, event in zip(lines, stored, strict=True):
            if line.copied is None:
                continue
            if self._lengths and self._follows(line.copied.sequence, event.sequence):
                self._lengths[-1] += 1
            else:
                self._runs_from.append(line.copied.sequence)
                self._runs_to.append(event.sequence)
                self._lengths.append(1)

    def _follows(self, there: int, here: int) -> bool:
        """Whether an event goes on with the last run."""
        length = self._lengths[-1]
        return (there, here) == (self._runs_from[-1] + length, self._runs_to[-1] + length)

    def _require_order(self, line: Line) -> None:
        assert line.copied, "it is of an export"
        if line.copied.sequence <= self._newest:
            raise BadLine(
                f"line {line.number}: its sequence {line.copied.sequence} does not come after {self._newest}, that of a"
                " line before: leave the lines of an export in their order, each once"
            )
        self._newest = line.copied.sequence
        if self._first is None:
            self._first = self._newest

    def _place_of(self, of: int, line: Line) -> int:
        """Where the event with the sequence `of` in the file is here. Raises BadLine."""
        run = bisect_right(self._runs_from, of) - 1
        if run >= 0 and of < self._runs_from[run] + self._lengths[run]:
            return self._runs_to[run] + of - self._runs_from[run]
        subject = line.event.get("subject")
        place = bisect_right(self._skipped, of) - 1
        if place >= 0 and self._skipped[place] == of:
            return self._appended_before(subject, place, line)
        assert self._first, "the line at hand is of an export"
        if of < self._first and (found := self._built_in(subject, of)) is not None:
            return found
        raise BadLine(
            f"line {line.number}: /data/of {of} is not the sequence of a line before it in this file: append the whole"
            " export"
        )

    def _appended_before(self, subject: Any, place: int, line: Line) -> int:
        with self._ledger.reading() as session:
            found = leaf_of_version(session, str(subject), self._versions[place])
        event = orjson.loads(found) if found is not None else None
        if event is None or _mark(event) != self._marks[place]:
            raise BadLine(
                f"line {line.number}: /data/of {self._skipped[place]} is a line before --from-line, which this ledger"
                f" does not hold as version {self._versions[place]} of {subject}: append the whole file to a new ledger"
            )
        sequence: int = event["sequence"]
        return sequence

    def _built_in(self, subject: Any, of: int) -> int | None:
        """The registration of a built-in actor; None where `of` cannot be one."""
        with self._ledger.reading() as session:
            last, found = last_of_init(session), leaf_of_version(session, str(subject), 1)
        sequence = orjson.loads(found)["sequence"] if found is not None else None
        return sequence if sequence is not None and max(sequence, of) <= last else None


class Translated:
    """Events that are to be appended as one batch, some of which name others of it."""

    def __init__(self, events: Sequence[Any], within: dict[int, int]) -> None:
        """`within` has the index of each event that names one of the batch, and the index of that one."""
        self.events, self._within = events, within

    def placed(self, newest: int, drafts: Sequence[Draft]) -> Sequence[Draft]:
        """The drafts of the events, to come after the event `newest`."""
        found = list(drafts)
        for index, named in self._within.items():
            found[index] = replace(drafts[index], data={**drafts[index].given, "of": newest + 1 + named})
        return found


def _named(event: Any) -> int | None:
    """What a correction or a retraction names, where it names anything."""
    type_, data = (event.get("type"), event.get("data")) if isinstance(event, dict) else (None, None)
    if type_ not in tuple(AFTERTHOUGHTS) or not isinstance(data, dict):
        return None
    of = data.get("of")
    return of if type(of) is int else None


def _mark(event: Any) -> int:
    """Of what an event says, but for `of`: two events that differ have the same one in four billion times."""
    data = event.get("data")
    said = {name: value for name, value in data.items() if name != "of"} if isinstance(data, dict) else data
    told = [event.get("type"), event.get("effective_on"), said, event.get("sources") or [], event.get("comment")]
    return crc32(json.dumps(told, sort_keys=True).encode())
