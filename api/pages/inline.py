"""Members of terms in words: what a cell, a term or a change shows. Titles and names stand as they were recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from api.pages.markup import joined, tag
from api.pages.typed import dating_in_words
from api.pages.when import linked
from api.pages.wording import a_day, say, words
from ledger.domain.dates import parse_day
from ledger.domain.events import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.pages.called import Called

PLURALS = {"measure": "measures", "agreement": "agreements", "act": "acts", "actor": "actors"}
_CODED = {"instruments": "instruments", "grounds": "grounds", "category": "categories", "attribution": "attributions"}
_SUBJECTS = frozenset(
    "imposed_by authorities parties by affects attributed_to countries part_of in_response_to party merged_into into"
    .split()
)  # fmt: skip
_DAYS = frozenset({"expires_on", "until", "since"})
_DATINGS = frozenset({"birth_dates", "effective_on", "from", "to"})


def path_of(subject: str) -> str:
    """`measure:m` -> `/measures/m`."""
    return f"/{PLURALS[kind_of(subject)]}/{subject.partition(':')[2]}"


def as_recorded(text: str) -> Markup:
    """A title, a name or another text, in the direction that it is written in."""
    return tag("bdi", text)


def subject_link(subject: str, called: Called) -> Markup:
    """The name of a subject, leading to its page as of the same dates."""
    if (made := called.links.get(subject)) is None:
        made = called.links[subject] = tag("a", as_recorded(called(subject)), href=linked(path_of(subject)))
    return made


def several(shown: Iterable[Markup]) -> Markup:
    """All of them."""
    return joined(shown, ", ")


def element(member: str, value: Any, called: Called) -> Markup:
    """One value of a member, or one element of its list."""
    if value is None or value == []:
        return say("inline.nothing")
    if member in _SUBJECTS:
        return subject_link(value, called)
    if member in _CODED:
        return escape(words(_CODED[member]).get(value, value))
    if member == "status":
        return escape(words("status")[value])
    if member in _DAYS:
        return a_day(parse_day(value))
    if member in _DATINGS:
        return escape(dating_in_words(value))
    return _structure(member, value, called) if isinstance(value, dict) else as_recorded(_plain(value))


def _plain(value: Any) -> str:
    return str(say("inline.yes" if value else "inline.no")) if isinstance(value, bool) else str(value)


def every_element(member: str, value: Any, called: Called) -> Markup:
    """A member as a whole."""
    if isinstance(value, list) and value:
        return several(element(member, each, called) for each in value)
    return element(member, value, called)


def target(value: dict[str, Any], called: Called) -> Markup:
    """A target: an actor, or a group that nobody has named, with those that it is related to."""
    if "actor" in value:
        shown = subject_link(value["actor"], called)
    else:
        shown = as_recorded(value["description"])
        if value.get("related_to"):
            shown += " " + say(
                "inline.related", actors=several(subject_link(name, called) for name in value["related_to"])
            )
    if value.get("instruments"):
        shown += " " + say("inline.only", what=every_element("instruments", value["instruments"], called))
    return shown


def _structure(member: str, value: dict[str, Any], called: Called) -> Markup:
    if member == "targets":
        return target(value, called)
    if member == "positions":
        return _position(value, called)
    if member == "identifiers":
        return joined([value["scheme"], ": ", as_recorded(value["value"])])
    parts = (
        joined([words("members").get(name, name), ": ", every_element(name, each, called)])
        for name, each in value.items()
        if each not in (None, [], {})
    )
    return joined(parts, "; ")


def _position(value: dict[str, Any], called: Called) -> Markup:
    shown = as_recorded(value["title"])
    if value.get("at"):
        shown += ", " + subject_link(value["at"], called)
    if value.get("from") or value.get("to"):
        first, last = (dating_in_words(value[end]) if value.get(end) else "" for end in ("from", "to"))
        shown += f" ({first} – {last})"
    if value.get("former"):
        shown += " " + say("inline.former")
    return shown
