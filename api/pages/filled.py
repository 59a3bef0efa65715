"""What stands in the fields of a form as the values of an event, and the values as what stands in the fields."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson
from werkzeug.datastructures import MultiDict

from api.pages.typed import Unreadable, typed_day
from ledger.domain.terms import TARGET, TARGET_NAME
from ledger.domain.values import (
    ACTOR,
    ANSWERABLE,
    SLUG,
    Code,
    Dated,
    Flag,
    Integer,
    ListOf,
    Record,
    Value,
    is_slug,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

Typed = MultiDict[str, str]
"""What the fields of a form hold, by name."""

WORD_LIKE = (ACTOR, ANSWERABLE, SLUG)
"""Elements without spaces: several may stand in one line."""


# ---- What was typed -----------------------------------------------------------------------------------------------


def typed_value(name: str, value: Value, typed: Typed) -> Any:
    """The value that was typed, for the check to judge; None where nothing was."""
    match value:
        case ListOf():
            return _typed_list(name, value, typed) or None
        case Record():
            return typed_members(name, value, typed) or None
        case Flag():
            return True if typed.get(name) else None
        case _:
            text = newlines("\n", typed.get(name, "")).strip()
            return _typed_scalar(text, value) if text else None


def typed_members(prefix: str, record: Record, typed: Typed) -> dict[str, Any]:
    """The members of a record that were typed."""
    dot = f"{prefix}." if prefix else ""
    values = {member: typed_value(f"{dot}{member}", value, typed) for member, value in record.members.items()}
    found = {member: value for member, value in values.items() if value is not None}
    for member in record.members.keys() & set(typed.getlist(f"{dot}clear")) if record.clears else ():
        found[member] = [] if isinstance(record.members[member], ListOf) else None
    return found


def _typed_scalar(text: str, value: Value) -> Any:
    if isinstance(value, Integer) and text.isascii() and text.isdigit() and len(text) < 16:
        return int(text)
    if isinstance(value, Dated):
        try:
            return typed_day(text)
        except Unreadable:
            return text
    return f"actor:{text}" if value is ACTOR and is_slug(text) else text


def _typed_list(name: str, value: ListOf, typed: Typed) -> list[Any]:
    element, given = value.element, typed.getlist(name)
    if isinstance(element, Record):
        rows = [typed_members(f"{name}.{index}", element, typed) for index in indexes(name, typed)]
        return [_typed_record(line, element) for line in lines(given)] + [row for row in rows if row]
    split = pieces if isinstance(element, Code) or element in WORD_LIKE else lines
    return [_typed_scalar(text, element) for text in split(given)]


def _typed_record(line: str, record: Record) -> Any:
    """A line as an object: JSON, or a target by actor or description."""
    if line.startswith("{"):
        try:
            return orjson.loads(line)
        except orjson.JSONDecodeError:
            pass
    if record not in (TARGET, TARGET_NAME):
        return line
    return {"actor": _typed_scalar(line, ACTOR)} if is_slug(line.removeprefix("actor:")) else {"description": line}


newlines = re.compile(r"\r\n|\r|\n").sub
"""Browsers send each as CR LF."""


def lines(given: list[str]) -> list[str]:
    """The lines that say something, of all texts."""
    return [line.strip() for text in given for line in newlines("\n", text).split("\n") if line.strip()]


def pieces(given: list[str]) -> list[str]:
    """The words, between spaces, commas and ends of lines."""
    return [piece for text in given for piece in re.split(r"[\s,;]+", text) if piece]


def indexes(name: str, typed: Typed) -> list[int]:
    """The numbers of the rows in which anything could be typed."""
    row = re.compile(re.escape(name) + r"\.([0-9]{1,4})\.")
    return sorted({int(found[1]) for key in typed if (found := row.match(key))})


# ---- The other way ------------------------------------------------------------------------------------------------


def as_typed(name: str, value: Value, given: Any) -> dict[str, list[str]]:
    """What stands in the fields of a value that is given already."""
    match value:
        case _ if given is None:
            return {}
        case ListOf(element=Code()):
            return {name: list(given)}
        case ListOf(element=Record() as record):
            plain = [in_a_line(element) for element in given if _fits_a_line(element, record)]
            rows = [element for element in given if not _fits_a_line(element, record)]
            if record is TARGET_NAME:
                plain, rows = plain + list(map(chosen, rows)), []
            shown = {name: ["\n".join(plain)]} if plain else {}
            for index, element in enumerate(rows):
                shown |= members_as_typed(f"{name}.{index}", record, element)
            return shown
        case ListOf():
            return {name: ["\n".join(map(str, given))]}
        case Record():
            return members_as_typed(name, value, given)
        case Flag():
            return {name: ["true"]} if given else {}
        case _:
            return {name: [str(given)]}


def members_as_typed(prefix: str, record: Record, given: Mapping[str, Any]) -> dict[str, list[str]]:
    """What stands in the fields of a record."""
    dot = f"{prefix}." if prefix else ""
    cleared = [member for member, value in given.items() if value is None or value == []]
    shown = {f"{dot}clear": cleared} if record.clears and cleared else {}
    for member, value in record.members.items():
        if member not in cleared:
            shown |= as_typed(f"{dot}{member}", value, given.get(member))
    return shown


def with_what_was_typed(prefix: str, record: Record, given: Mapping[str, Any], typed: Typed) -> dict[str, Any]:
    """`given` with the members that were typed otherwise: what nobody touched stays as it is, letter for letter."""
    found = dict(given)
    for member, value in record.members.items():
        name = f"{prefix}.{member}"
        untouched: Typed = MultiDict(as_typed(name, value, given.get(member)))
        new = typed_value(name, value, typed)
        if not _same(new, typed_value(name, value, untouched), value):
            found.pop(member, None)
            if new is not None:
                found[member] = new
    return found


def _same(new: Any, old: Any, value: Value) -> bool:
    """Boxes are ticked in no order."""
    if isinstance(value, ListOf) and isinstance(value.element, Code):
        return set(new or ()) == set(old or ())
    return bool(new == old)


def _fits_a_line(element: Any, record: Record) -> bool:
    """Whether the line for a target reads as the same target."""
    line = in_a_line(element)
    return lines([line]) == [line] and _typed_record(line, record) == element


def in_a_line(element: Any) -> str:
    """An element of a list as one line of text: a target, a position, an identifier, or a word."""
    if not isinstance(element, dict):
        return str(element)
    named = element.get("actor") or element.get("description") or element.get("title")
    return str(named or f"{element.get('scheme')} {element.get('value')}")


def chosen(element: Any) -> str:
    """An element as the value of a box that chooses it: an object as JSON."""
    return orjson.dumps(element).decode() if isinstance(element, dict) else str(element)
