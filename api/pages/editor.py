"""`/events/new`: how do I record this? A form for each type of event, filled from the state.

The server makes the form, and the event from what was typed into it; a script takes that event from the same answer,
previews it by a dry run and records it (static/editor.js). Without scripts the event is shown as a line for
`retorsion append`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson
from flask import Response, request
from werkzeug.datastructures import MultiDict

from api.http.current import ledger
from api.http.queries import today
from api.pages.filled import (
    Typed,
    as_typed,
    in_a_line,
    members_as_typed,
    typed_members,
    typed_value,
    with_what_was_typed,
)
from api.pages.forms import CODED, CODES, MEMBERS, Field, choosing, field_of, parts_of
from api.pages.house import page, pages
from api.pages.typed import Unreadable, typed_day
from ledger.domain.corrections import Record as Told
from ledger.domain.corrections import Standing
from ledger.domain.dates import day_text, parse_dating
from ledger.domain.events import AFTERTHOUGHTS, DATA, EVENT, SOURCE, draft
from ledger.domain.terms import TERMS, Terms
from ledger.domain.values import ListOf, Record, is_slug
from ledger.domain.vocabulary import KINDS
from ledger.projections.asof import known_now
from ledger.projections.states import Held, held_on, versions_at
from ledger.store.events import head_of, told_of
from ledger.store.session import Session

_UNCLEARABLE = {"title", "name", "category"}
_CHANGES = ("set", "add", "remove")
_BY_WHOM = ("amended", "suspended", "reinstated", "renewed", "lifted")
"""On a measure: by its imposers, unless somebody says otherwise."""


@dataclass(slots=True)
class Change:
    """What `amended` and `updated` can do to one member of the terms."""

    set: Field
    add: Field | None
    remove: Field | None
    now: list[str]
    clear: str | None
    """The name of the box that clears it; None where there is nothing to clear."""
    cleared: bool

    @property
    def is_filled(self) -> bool:
        """Whether anything is to be done to it."""
        return self.cleared or any(part is not None and part.is_filled for part in (self.set, self.add, self.remove))


@dataclass(slots=True)
class Met:
    """The subject as it is: what a form is filled from."""

    held: Held | None = None
    version: int = 0
    terms: Terms = field(default_factory=dict)
    told: Told = field(default_factory=Told)


@dataclass(slots=True)
class Writing:
    """The event that is being written, and the form for it."""

    type: str
    subject: str
    kind: str
    """Of the subject; empty as long as it cannot be known."""
    of: int | None
    typed: Typed
    met: Met

    @property
    def carries(self) -> Record | None:
        """What its data may hold."""
        return DATA[self.kind].get(self.type) if self.kind else None

    @property
    def named(self) -> Standing | None:
        """The event that a correction or retraction speaks of."""
        standing = self.met.told.standings.get(self.of or 0)
        return standing if standing and self.type in AFTERTHOUGHTS else None

    @property
    def identity(self) -> str:
        """What the form was filled for."""
        return " ".join(filter(None, [self.type, self.subject, str(self.of or "")]))


@pages.get("/events/new")
def get_editor() -> Response:
    """The form of a type of event, with what was typed; and the event, once there is one."""
    typed = MultiDict(request.args)
    with ledger().reading() as session:
        written = _draft(session, typed)
    was_shown = typed.get("filled") == written.identity
    if not was_shown:
        _fill(written)
    event = _event(written) if written.carries else None
    problems = {problem.pointer: problem.detail for problem in _wrong(event)} if event and was_shown else {}
    return page(
        "editor.html",
        writing=written,
        kinds={kind: list(types) for kind, types in DATA.items()},
        fields=_fields(written),
        changes=_changes(written),
        sources=field_of("sources", "/sources", ListOf(SOURCE), written.typed),
        comment=field_of("comment", "/comment", EVENT.members["comment"], written.typed),
        since=day_text(written.met.held.status_since) if written.met.held else None,
        event=orjson.dumps(event).decode() if event and was_shown else None,
        problems=problems,
        named=_named(written),
        codes=CODES,
        coded=CODED,
        members=MEMBERS,
    )


# ---- What is being written -------------------------------------------------------------------------------------------


def _draft(session: Session, typed: Typed) -> Writing:
    type_, subject, of = (typed.get(name, "").strip() for name in ("type", "subject", "of"))
    kind, colon, slug = subject.partition(":")
    if not colon and is_slug(subject):
        kind, slug = next((kind for kind in KINDS if type_ in DATA[kind]), "actor"), subject
        subject = f"{kind}:{slug}"
    if kind not in KINDS:
        kind = next((each for each in KINDS if type_ in DATA[each]), "") if type_ not in AFTERTHOUGHTS else ""
    sequence = int(of) if of.isascii() and of.isdigit() and len(of) < 16 else None
    met = _met(session, subject, typed) if is_slug(slug) else Met()
    return Writing(type_, subject, kind, sequence, typed, met)


def _met(session: Session, subject: str, typed: Typed) -> Met:
    """The subject on the day that was typed, else today, as it is known now."""
    head = head_of(session)
    version = versions_at(session, [subject], head.sequence).get(subject, 0)
    if not version:
        return Met()
    held = held_on(session, subject, _day(typed.get("effective_on", "")), known_now(head))
    terms = held.state.terms if held else None
    return Met(held, version, terms or {}, Told(told_of(session, [subject], head.sequence + 1)[subject]))


def _day(text: str) -> int:
    try:
        return parse_dating(typed_day(text)).first_day
    except (Unreadable, ValueError):
        try:
            return parse_dating(text.strip()).first_day
        except ValueError:
            return today()


def _fill(written: Writing) -> None:
    """Put into the form what follows from the state, beside what was typed; of another form only what both have."""
    typed = written.typed
    for name in [name for name in typed if name.startswith("data.") or name in {"filled", "expected_version"}]:
        del typed[name]
    filled: dict[str, list[str]] = {}
    if written.kind == "measure" and written.type in _BY_WHOM:
        filled = as_typed("by", DATA["measure"]["lifted"].members["by"], written.met.terms.get("imposed_by"))
    if written.named and written.type == "corrected":
        effective_on, data = _standing(written.named)
        filled = members_as_typed("data", DATA[written.kind][written.named.told.type], data)
        filled |= {"effective_on": [effective_on]} if effective_on else {}
    for name, texts in filled.items():
        if not any(typed.getlist(name)):
            typed.setlist(name, texts)
    typed["filled"] = written.identity
    typed["expected_version"] = str(written.met.version)


def _standing(named: Standing) -> tuple[str | None, dict[str, Any]]:
    """The day and the data of an event as they read now, with its corrections."""
    effective_on, data = named.told.effective_on, named.told.data
    for correction in named.corrections:
        effective_on = correction.data.get("effective_on") or effective_on
        data = correction.data.get("data") or data
    return effective_on, dict(data)


def _named(written: Writing) -> dict[str, Any] | None:
    """The event that is corrected or retracted, as it reads now."""
    if (standing := written.named) is None:
        return None
    effective_on, _ = _standing(standing)
    return {"sequence": standing.told.sequence, "type": standing.told.type, "effective_on": effective_on}


# ---- The fields ------------------------------------------------------------------------------------------------------


def _fields(written: Writing) -> list[Field]:
    """Those of the day and of the data, but for what `_changes` has."""
    typed, named = written.typed, written.named
    on = field_of("effective_on", "/effective_on", EVENT.members["effective_on"], typed)
    if (carries := written.carries) is None:
        return [on]
    if written.type in AFTERTHOUGHTS:
        reason = field_of("reason", "/data/reason", carries.members["reason"], typed)
        reason.member = "why"
        if written.type == "retracted" or named is None:
            return [reason]
        on.pointer = "/data/effective_on"
        whole = DATA[written.kind].get(named.told.type)
        parts = parts_of("data", "/data/data", whole, typed) if whole else []
        return [on, *(each for each in parts if each.member not in _CHANGES), reason]
    on.required = written.type != "registered"
    made = [each for each in parts_of("", "/data", carries, typed) if each.name not in _CHANGES]
    return [on, *(_from_the_state(each, written.met.terms) for each in made)]


def _from_the_state(made: Field, terms: Terms) -> Field:
    """A scope is chosen among what there is."""
    if made.name == "scope" and made.parts:
        made.parts = [choosing(part, terms.get(part.member) or []) for part in made.parts]
    return made


def _changes(written: Writing) -> list[Change]:
    """A group for each member of the terms, where the type changes them, or where what is corrected does."""
    carries, prefix, pointer = written.carries, "", "/data"
    if written.type == "corrected" and written.named:
        carries, prefix, pointer = DATA[written.kind].get(written.named.told.type), "data.", "/data/data"
    if carries is None or "set" not in carries.members:
        return []
    return [_change(member, carries, written, prefix, pointer) for member in TERMS[written.kind]]


def _change(member: str, carries: Record, written: Writing, prefix: str, pointer: str) -> Change:
    typed, there = written.typed, written.met.terms.get(member)
    made: dict[str, Field] = {}
    for change in _CHANGES:
        record = carries.members[change]
        assert isinstance(record, Record)
        if member in record.members:
            name, place = f"{prefix}{change}.{member}", f"{pointer}/{change}/{member}"
            made[change] = field_of(name, place, record.members[member], typed)
            made[change].explained = bool(made[change].parts) or not made[change].choices
    elements = there if isinstance(there, list) else [there] if there else []
    if "remove" in made:
        made["remove"] = choosing(made["remove"], elements)
    now = [CODES.get(text, text) if member in CODED else text for text in map(in_a_line, elements)]
    clear = f"{prefix}set.clear"
    cleared = member in typed.getlist(clear)
    clearable = member not in _UNCLEARABLE and bool(now or cleared)
    return Change(made["set"], made.get("add"), made.get("remove"), now, clear if clearable else None, cleared)


# ---- The event -------------------------------------------------------------------------------------------------------


def _event(written: Writing) -> dict[str, Any]:
    """The event as it is to be posted."""
    typed, carries = written.typed, written.carries
    assert carries is not None
    is_afterthought = written.type in AFTERTHOUGHTS
    data = _afterthought(written) if is_afterthought else typed_members("", carries, typed)
    on = None if is_afterthought else typed_value("effective_on", EVENT.members["effective_on"], typed)
    event = {
        "type": written.type,
        "subject": written.subject,
        "effective_on": on,
        "data": data or None,
        "sources": typed_value("sources", ListOf(SOURCE), typed),
        "comment": typed_value("comment", EVENT.members["comment"], typed),
        "expected_version": typed_value("expected_version", EVENT.members["expected_version"], typed),
    }
    return {name: value for name, value in event.items() if value is not None}


def _afterthought(written: Writing) -> dict[str, Any]:
    """The data of a correction: only what was typed otherwise than it reads."""
    typed, named, carries = written.typed, written.named, DATA["measure"][written.type]
    data: dict[str, Any] = {"of": written.of} if written.of is not None else {}
    if named is not None and written.type == "corrected":
        was_on, was = _standing(named)
        on = typed_value("effective_on", EVENT.members["effective_on"], typed)
        if on is not None and on != was_on:
            data["effective_on"] = on
        whole = DATA[written.kind].get(named.told.type)
        if whole is not None and (now := with_what_was_typed("data", whole, was, typed)) != was:
            data["data"] = now
    if reason := typed_value("reason", carries.members["reason"], typed):
        data["reason"] = reason
    return data


def _wrong(event: dict[str, Any]) -> list[Any]:
    """What the lean check finds."""
    found = draft(event)
    return found if isinstance(found, list) else []
