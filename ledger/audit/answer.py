"""A state, as the API answers it, worked out anew from the subject's events by the fold of domain.md."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from ledger.audit.checks import CheckFailed
from ledger.audit.recorded import Recorded
from ledger.domain.corrections import Record
from ledger.domain.dates import day_text
from ledger.domain.events import AFTERTHOUGHTS, corrected_data_problems, kind_of
from ledger.domain.states import NONE, Entry
from ledger.domain.timeline import Span, fold


class AnswerRefused(CheckFailed):
    """The answer does not follow from the events, or nothing does."""


def answer_from(events: Sequence[Recorded], day: int, known_at: str, sequence: int) -> dict[str, Any]:
    """The state on `day` that follows from `events`, all of one subject from its first on, in their order.

    `known_at` and `sequence` are repeated, as the API does. Raises AnswerRefused where the events cannot stand.
    """
    subject = events[0].subject
    span = _span_on(kind_of(subject), _entries(events), day)
    state = span.state
    return {
        "subject": subject,
        "status": state.status,
        "status_since": None if state.status == NONE.status else day_text(span.status_since),
        "at": day_text(day),
        "known_at": known_at,
        "sequence": sequence,
        "version": events[-1].version,
        "valid_from": day_text(span.valid_from),
        "valid_to": day_text(span.valid_to),
        "dating": "exact" if span.exact else "approximate",
        "terms": state.terms,
        **state.beside(),
    }


def require_same(claimed: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """Raise AnswerRefused unless `claimed` is `found`, member by member, as JSON."""
    if claimed.keys() != found.keys():
        raise AnswerRefused("answer members", f"from the events follow {', '.join(found)}, and no other")
    for name in found:
        said, follows = _json(claimed[name]), _json(found[name])
        if said != follows:
            raise AnswerRefused("answer", f"it says {name} {said[:200]}, and from the events follows {follows[:200]}")


def _entries(events: Sequence[Recorded]) -> list[Entry]:
    """domain.md, folding, 2 and 3: what corrections and retractions leave."""
    record = Record()
    for event in events:
        if event.type in AFTERTHOUGHTS:
            _require_fitting(record, event)
        if refusal := record.add(event.told):
            raise AnswerRefused("corrections", f"event {event.sequence} cannot stand: {refusal}")
    return record.entries()


def _require_fitting(record: Record, event: Recorded) -> None:
    """What a correction or retraction names was there before, and new data are such as the type of that carries."""
    of = event.data["of"]
    if of not in record.standings:
        raise AnswerRefused("corrections", f"event {event.sequence} names {of}, no event of the subject before it")
    named, data = record.standings[of].told.type, event.data.get("data")
    if data is None or named in AFTERTHOUGHTS:
        return
    if problems := corrected_data_problems(event.subject, named, data, "/data/data"):
        first = problems[0]
        raise AnswerRefused("corrections", f"event {event.sequence}: {first.pointer} {first.detail}")


def _span_on(kind: str, entries: Sequence[Entry], day: int) -> Span:
    """domain.md, folding, 4 to 8: the longest run of days around `day` over which the state is the same."""
    timeline, clashes = fold(kind, entries)
    if clashes:
        first = clashes[0]
        raise AnswerRefused("timeline", f"event {first.entry.sequence} cannot stand: {first.detail}")
    return next(span for span in timeline.spans() if span.valid_from <= day < span.valid_to)


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
