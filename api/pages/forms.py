"""Forms made from what `ledger.domain` declares, and what is typed into them as the values of an event.

A field has the name of its member, with dots on the way down: `title`, `set.title`, `scope.targets`, `sources.0.url`.
Lists are typed one element a line; objects in lists are rows of fields, and targets may be typed as lines too.
`set.clear` names what is to be cleared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from werkzeug.datastructures import MultiDict

from api.pages.typed import Unreadable, typed_day
from api.pages.wording import words
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

_LONG = {"description", "reason", "comment"}
_WORDS = (ACTOR, ANSWERABLE, SLUG)
"""Elements without spaces: several may stand in one line."""
_MOST_CHOICES = 60


@dataclass(slots=True)
class Field:
    """A control of a form, or a group of them in `parts`."""

    name: str
    pointer: str
    """Where in the event its value stands (RFC 6901)."""
    control: str
    """How it is typed: line, text, lines, choice, choices, flag; or group, rows, which have parts."""
    member: str
    required: bool = False
    given: list[str] = field(default_factory=list)
    choices: list[tuple[str, str]] = field(default_factory=list)
    parts: list[Field] = field(default_factory=list)
    short: bool = False
    """Whether a line has room for several elements."""
    explained: bool = True
    """Whether there is anything to say of how it is typed."""

    @property
    def label(self) -> str:
        """What the member is called."""
        return MEMBERS.get(self.member, self.member)

    @property
    def hint(self) -> str:
        """How it is typed, where that is not plain."""
        return words("editor.hints").get(self.member, "") if self.explained else ""

    @property
    def rows(self) -> int:
        """How many lines of text are shown."""
        text = "\n".join(self.given)
        least = 1 if self.short else 2
        return min(12, max(least, len(text) // 60 + 1, text.count("\n") + 1 + (least > 1)))

    @property
    def id(self) -> str:
        """Of the control in the page."""
        return f"field-{self.name.replace('.', '-')}"

    @property
    def is_filled(self) -> bool:
        """Whether anything stands in it."""
        return any(self.given) or any(part.is_filled for part in self.parts)


# ---- The fields ------------------------------------------------------------------------------------------------------


def field_of(name: str, pointer: str, value: Value, typed: Typed, *, required: bool = False) -> Field:
    """The field for a declared value, with what is typed into it."""
    made = Field(name, pointer, _control(name, value), name.rpartition(".")[2], required, typed.getlist(name))
    made.short = isinstance(value, ListOf) and value.element in _WORDS
    match value:
        case Code() | ListOf(element=Code()):
            codes = value.codes if isinstance(value, Code) else value.element.codes  # type: ignore[attr-defined]
            made.choices = [(code, CODES[code]) for code in codes]
            made.given = _pieces(made.given) if isinstance(value, ListOf) else made.given
        case ListOf(element=Record() as record) if record is not TARGET_NAME:
            made.parts = _row_fields(name, pointer, record, typed)
        case Record():
            made.parts = parts_of(name, pointer, value, typed)
        case _ if made.control == "line" and _newlines("", typed.get(name, "")) != typed.get(name, ""):
            made.control = "text"  # a line would lose them
    return made


def parts_of(prefix: str, pointer: str, record: Record, typed: Typed) -> list[Field]:
    """A field for each member of a record."""
    dot = f"{prefix}." if prefix else ""
    return [
        field_of(f"{dot}{member}", f"{pointer}/{member}", value, typed, required=member in record.required)
        for member, value in record.members.items()
    ]


def choosing(made: Field, elements: list[Any]) -> Field:
    """The same field, in which what is there can be chosen, where that is not too much."""
    made.explained = False
    if not made.choices and 0 < len(elements) <= _MOST_CHOICES:
        made.control = "choices"
        made.choices = [(_chosen(element), in_a_line(element)) for element in elements]
        there = {in_a_line(element): _chosen(element) for element in elements}
        made.given = [there.get(line, line) for line in _lines(made.given)]
        made.choices += [(line, line) for line in made.given if line not in dict(made.choices)]
    elif made.choices:
        made.choices = [(code, label) for code, label in made.choices if code in elements or code in made.given]
    return made


MEMBERS = words("editor.members") | words("members")
"""What members are called."""
CODES = {
    code: name
    for section in ("status", "categories", "attributions", "instruments", "grounds")
    for code, name in words(section).items()
}
"""What codes are called."""
CODED = ("instruments", "grounds", "category", "attribution", "stage", "status")
"""The members that hold codes."""


def in_a_line(element: Any) -> str:
    """An element of a list as one line of text."""
    if isinstance(element, dict):
        named = element.get("actor") or element.get("description") or element.get("title") or element.get("value")
        return str(named)
    return str(element)


def _chosen(element: Any) -> str:
    return orjson.dumps(element).decode() if isinstance(element, dict) else str(element)


def _control(name: str, value: Value) -> str:
    match value:
        case ListOf(element=Code()):
            return "choices"
        case ListOf(element=Record() as record) if record is TARGET:
            return "targets"
        case ListOf(element=Record() as record) if record is not TARGET_NAME:
            return "rows"
        case ListOf():
            return "lines"
        case Record():
            return "group"
        case Code():
            return "choice"
        case Flag():
            return "flag"
        case _:
            return "text" if name.rpartition(".")[2] in _LONG else "line"


def _row_fields(name: str, pointer: str, record: Record, typed: Typed) -> list[Field]:
    """A group for each row. In the list the lines come first, then what is filled of the rows."""
    rows: list[Field] = []
    place = len(_lines(typed.getlist(name)))
    for index in _rows(name, typed):
        parts = parts_of(f"{name}.{index}", f"{pointer}/{place}", record, typed)
        rows.append(Field(f"{name}.{index}", f"{pointer}/{place}", "group", name.rpartition(".")[2], parts=parts))
        place += rows[-1].is_filled
    return rows


def _rows(name: str, typed: Typed) -> list[int]:
    """The numbers of the rows that are shown: those that were there, one more where that is asked for; never none."""
    there = _indexes(name, typed)
    return there + ([max(there, default=-1) + 1] if typed.get("more") == name or not there else [])


def _indexes(name: str, typed: Typed) -> list[int]:
    row = re.compile(re.escape(name) + r"\.([0-9]{1,4})\.")
    return sorted({int(found[1]) for key in typed if (found := row.match(key))})


# ---- What was typed --------------------------------------------------------------------------------------------------


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
            text = _newlines("\n", typed.get(name, "")).strip()
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
        rows = [typed_members(f"{name}.{index}", element, typed) for index in _indexes(name, typed)]
        return [_typed_record(line, element) for line in _lines(given)] + [row for row in rows if row]
    lines = _pieces(given) if isinstance(element, Code) or element in _WORDS else _lines(given)
    return [_typed_scalar(line, element) for line in lines]


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


_newlines = re.compile(r"\r\n|\r|\n").sub
"""Browsers send each as CR LF."""


def _lines(given: list[str]) -> list[str]:
    return [line.strip() for text in given for line in _newlines("\n", text).split("\n") if line.strip()]


def _pieces(given: list[str]) -> list[str]:
    return [piece for text in given for piece in re.split(r"[\s,;]+", text) if piece]


# ---- The other way ---------------------------------------------------------------------------------------------------


def as_typed(name: str, value: Value, given: Any) -> dict[str, list[str]]:
    """What stands in the fields of a value that is given already."""
    match value:
        case _ if given is None:
            return {}
        case ListOf(element=Code()):
            return {name: list(given)}
        case ListOf(element=Record() as record):
            lines = [in_a_line(element) for element in given if _fits_a_line(element, record)]
            rows = [element for element in given if not _fits_a_line(element, record)]
            if record is TARGET_NAME:
                lines, rows = lines + list(map(_chosen, rows)), []
            shown = {name: ["\n".join(lines)]} if lines else {}
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
    return _lines([line]) == [line] and _typed_record(line, record) == element
