"""Events as a page tells them: what happened, when, who recorded it, what it changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from api.pages.inline import every_element
from api.pages.typed import dating_in_words
from api.pages.wording import words
from ledger.times import moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from api.pages.called import Called
    from ledger.projections.histories import Recounted
    from ledger.store.events import Stored


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of a history."""

    sequence: int
    type: str
    effective_on: str | None
    """As it was recorded, or corrected since: a day in a form of EDTF."""
    recorded_at: int
    recorded_by: str
    changes: Sequence[tuple[str, Markup, Markup, bool]]
    """Member, before, after, and whether that was nothing before."""
    status: tuple[str, str] | None
    """The status before and after, where the event changed it."""
    data: dict[str, Any]
    sources: Sequence[dict[str, Any]]
    comment: str | None
    corrected_by: int | None
    retracted_by: int | None

    @property
    def effective(self) -> str:
        """The day in words."""
        return dating_in_words(self.effective_on) if self.effective_on else ""


def event_of(stored: Stored) -> dict[str, Any]:
    """The event that was stored."""
    event: dict[str, Any] = orjson.loads(stored.leaf)
    return event


def happenings(recounted: Sequence[Recounted], called: Called) -> list[Happening]:
    """The events of a subject, in the order of recording."""
    events = {each.stored.sequence: event_of(each.stored) for each in recounted}
    return [_happening(each, events, called) for each in recounted]


def _happening(each: Recounted, events: dict[int, dict[str, Any]], called: Called) -> Happening:
    event = events[each.stored.sequence]
    corrected_on = None
    if each.corrected_by is not None:
        corrected_on = (events[each.corrected_by]["data"] or {}).get("effective_on")
    status = next(((c["before"], c["after"]) for c in each.changes if c["field"] == "status"), None)
    return Happening(
        each.stored.sequence,
        event["type"],
        corrected_on or event["effective_on"],
        moment(event["recorded_at"]),
        event["recorded_by"],
        [change_in_words(change, called) for change in each.changes],
        status,
        event["data"] or {},
        event["sources"],
        event["comment"],
        each.corrected_by,
        each.retracted_by,
    )


def change_in_words(change: Any, called: Called) -> tuple[str, Markup, Markup, bool]:
    """The name of the member, what it was and what it is, and whether it was nothing before."""
    field = change["field"].removeprefix("data.")
    before, after = (every_element(field, change[side], called) for side in ("before", "after"))
    return words("members").get(field, field), before, after, change["before"] in (None, [], "none")
