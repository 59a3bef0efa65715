"""Answers as JSON: states, lists of them, timelines, chains, dyads, histories.

States are kept as JSON in the database; here their bytes are put into the answer as they are, which is what makes a
state as of any day cheap.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from ledger.domain.dates import day_text
from ledger.domain.events import kind_of
from ledger.domain.states import State
from ledger.domain.timeline import Span
from ledger.domain.vocabulary import STATUSES
from ledger.projections.actors import Summary, Targeting
from ledger.projections.asof import Knowledge
from ledger.projections.chains import Answer
from ledger.projections.histories import Recounted
from ledger.projections.lists import When
from ledger.projections.states import Held
from ledger.projections.timelines import Dyad
from ledger.store.events import Event
from ledger.times import time_text


def known_at_text(knowledge: Knowledge, asked: int | None = None) -> str | None:
    """`known_at` as an answer repeats it: the time asked for, else that of the newest event that was known."""
    microseconds = knowledge.recorded_at if asked is None else asked
    return None if microseconds is None else time_text(microseconds)


def _quoted(text: str | None) -> bytes:
    return b'"%s"' % text.encode() if text is not None else b"null"


def as_of_members(when: When, known_at: str | None) -> bytes:
    """`"at": …, "known_at": …, "sequence": …`."""
    at = _quoted(day_text(when.day))
    return b'"at":%s,"known_at":%s,"sequence":%d' % (at, _quoted(known_at), when.knowledge.sequence)


def state_json(held: Held, as_of: bytes, version: int, more: bytes = b"") -> bytes:
    """A state as contract.md shows it. `more` are further members, each with a comma before it."""
    none = held.status == "none"
    return (
        b'{"subject":"%s","status":"%s","status_since":%s,%s,"version":%d,"valid_from":%s,"valid_to":%s,"dating":"%s",%s%s}'
        % (
            held.subject.encode(),
            held.status.encode(),
            b"null" if none else _quoted(day_text(held.status_since)),
            as_of,
            version,
            _quoted(day_text(held.valid_from)),
            _quoted(day_text(held.valid_to)),
            b"exact" if held.exact else b"approximate",
            held.content,
            more,
        )
    )


def states_json(helds: Iterable[Held], as_of: bytes, versions: Mapping[str, int]) -> list[bytes]:
    """Each state."""
    return [state_json(held, as_of, versions.get(held.subject, 0)) for held in helds]


def targeted_json(targeted: Iterable[tuple[Held, Targeting]], as_of: bytes, versions: Mapping[str, int]) -> list[bytes]:
    """Each state with how it reaches the actor."""
    return [
        state_json(
            held,
            as_of,
            versions.get(held.subject, 0),
            b',"as":"%s","through":%s,"since":%s'
            % (
                b"direct" if how.direct else b"affiliate",
                orjson.dumps(how.through),
                _quoted(None if how.since is None else day_text(how.since)),
            ),
        )
        for held, how in targeted
    ]


def list_json(items: Iterable[bytes], next_: str | None) -> bytes:
    """`{"items": […], "next": …}`."""
    return b'{"items":[%s],"next":%s}' % (b",".join(items), orjson.dumps(next_))


def summary_of(summary: Summary) -> dict[str, Any]:
    """The counts, zeros too."""

    def counts(kind: str, of: Mapping[str, int]) -> dict[str, int]:
        return {status: of.get(status, 0) for status in STATUSES[kind]}

    return {
        "imposing": counts("measure", summary.imposing),
        "targeted": {
            "direct": counts("measure", summary.direct),
            "affiliates": counts("measure", summary.affiliates),
        },
        "agreements": counts("agreement", summary.agreements),
    }


def actor_state_json(actor: bytes, as_of: bytes, summary: Summary, lists: Mapping[str, bytes]) -> bytes:
    """An actor's state: itself, the counts, and the first page of each list."""
    parts = b",".join(b'"%s":%s' % (name.encode(), body) for name, body in lists.items())
    return b'{"actor":%s,%s,"summary":%s,%s}' % (actor, as_of, orjson.dumps(summary_of(summary)), parts)


def summaries_json(turns: Iterable[tuple[int, Summary]]) -> bytes:
    """The days on which an actor's state changes, with the counts from then on; the first is null, since ever."""
    return orjson.dumps({"items": [{"on": day_text(day), "summary": summary_of(each)} for day, each in turns]})


def _interval(subject: str, valid_from: int, valid_to: int, state: State) -> dict[str, Any]:
    interval: dict[str, Any] = {
        "valid_from": day_text(valid_from),
        "valid_to": day_text(valid_to),
        "status": state.status,
        "terms": state.terms,
        "suspension": state.suspension,
    }
    if kind_of(subject) == "agreement":
        interval["suspensions"] = state.suspensions
    if state.merged_into:
        interval["merged_into"] = state.merged_into
    return interval


def timeline_of_spans(subject: str, spans: Iterable[Span]) -> list[dict[str, Any]]:
    """The intervals of a timeline that a dry run gives; what is `none` is left out."""
    return [
        _interval(subject, span.valid_from, span.valid_to, span.state) for span in spans if span.state.status != "none"
    ]


def timeline_json(helds: Iterable[Held]) -> bytes:
    """The intervals of a subject's timeline; what is `none` is left out."""
    items = [
        _interval(held.subject, held.valid_from, held.valid_to, held.state) for held in helds if held.status != "none"
    ]
    return orjson.dumps({"items": items})


def chain_json(nodes: Sequence[bytes], answers: Iterable[Answer]) -> bytes:
    """`{"nodes": [state…], "edges": [{"from", "to", "days"}]}`."""
    edges = [{"from": each.answered, "to": each.subject, "days": each.days} for each in answers]
    return b'{"nodes":[%s],"edges":%s}' % (b",".join(nodes), orjson.dumps(edges))


def dyad_json(dyad: Dyad) -> bytes:
    """`{"steps": […], "series": […]}`."""
    steps = [
        {
            "on": day_text(step.on),
            "by": step.by,
            "subject": step.subject,
            "event": step.event,
            "in_response_to": step.in_response_to,
            "days": step.days,
        }
        for step in dyad.steps
    ]
    series = [{"on": day_text(day), "a_to_b": a_to_b, "b_to_a": b_to_a} for day, a_to_b, b_to_a in dyad.series]
    return orjson.dumps({"steps": steps, "series": series})


def recounted_json(recounted: Recounted) -> bytes:
    """An event of a history: with what it changed, and by what it is corrected and retracted."""
    more = {
        "changes": recounted.changes,
        "corrected_by": recounted.corrected_by,
        "retracted_by": recounted.retracted_by,
    }
    return recounted.stored.json()[:-1] + b"," + orjson.dumps(more)[1:]


def previewed(event: Event, changes: Sequence[Any], spans: Sequence[Span]) -> dict[str, Any]:
    """What a dry run says of an event: what would be stored, without `sequence` and what follows from it."""
    told = orjson.loads(event.leaf)
    return {
        **{name: told[name] for name in ("type", "subject", "effective_on", "data", "sources", "comment", "version")},
        "recorded_by": told["recorded_by"],
        "changes": changes,
        "timeline": timeline_of_spans(event.subject, spans),
    }
