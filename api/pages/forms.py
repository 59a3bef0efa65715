"""Forms made from what `ledger.domain` declares: a field for each value that an event may carry.

A field has the name of its member, with dots on the way down: `title`, `set.title`, `scope.targets`, `sources.0.url`.
Lists are typed one element a line; objects in lists are rows of fields, and targets may be typed as lines too.
`set.clear` names what is to be cleared. `filled.py` reads what was typed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from api.pages.filled import WORD_LIKE, Typed, chosen, in_a_line, indexes, lines, newlines, pieces
from api.pages.wording import words
from ledger.domain.terms import TARGET, TARGET_NAME
from ledger.domain.values import Code, Flag, ListOf, Record, Value

_LONG = {"description", "reason", "comment"}
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


def field_of(name: str, pointer: str, value: Value, typed: Typed, *, required: bool = False) -> Field:
    """The field for a declared value, with what is typed into it."""
    made = Field(name, pointer, _control(name, value), name.rpartition(".")[2], required, typed.getlist(name))
    made.short = isinstance(value, ListOf) and value.element in WORD_LIKE
    match value:
        case (Code() as of) | ListOf(element=Code() as of):
            made.choices = [(code, CODES[code]) for code in of.codes]
            made.given = pieces(made.given) if isinstance(value, ListOf) else made.given
        case ListOf(element=Record() as record) if record is not TARGET_NAME:
            made.parts = _row_fields(name, pointer, record, typed)
        case Record():
            made.parts = parts_of(name, pointer, value, typed)
        case _ if made.control == "line" and newlines("", typed.get(name, "")) != typed.get(name, ""):
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
        made.choices = [(chosen(element), in_a_line(element)) for element in elements]
        there = {in_a_line(element): chosen(element) for element in elements}
        made.given = [there.get(line, line) for line in lines(made.given)]
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
    place = len(lines(typed.getlist(name)))
    for index in _rows(name, typed):
        parts = parts_of(f"{name}.{index}", f"{pointer}/{place}", record, typed)
        rows.append(Field(f"{name}.{index}", f"{pointer}/{place}", "group", name.rpartition(".")[2], parts=parts))
        place += rows[-1].is_filled
    return rows


def _rows(name: str, typed: Typed) -> list[int]:
    """The numbers of the rows that are shown: those that were there, one more where that is asked for; never none."""
    there = indexes(name, typed)
    return there + ([max(there, default=-1) + 1] if typed.get("more") == name or not there else [])
