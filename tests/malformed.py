"""Well-formed events with every member that there is, and all the ways to break one thing in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ledger.domain.events import AFTERTHOUGHTS, DATA, EVENT, SOURCE, CorrectedData
from ledger.domain.terms import TARGET, TARGET_NAME
from ledger.domain.values import (
    SHA256,
    SLUG,
    URL,
    Code,
    Dated,
    Flag,
    Integer,
    ListOf,
    Record,
    Reference,
    Value,
    Word,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = Any
Path = tuple[str | int, ...]

TYPES = [(kind, type_) for kind, types in DATA.items() for type_ in types]
WRONG = (
    True, 0, -1, 7, 2**53, -(2**53), 2**64, 10**300, 1.5, -0.0, 1e308, "", " ", "x", "\0", "a\0b", "\ud800",
    "a\udfffb", "2020-02-30",
    "actor:", "actor:US", "actor:us\n", "measure:" + "a" * 121, [], [None], [[]], [{}], [0], ["\ud800"], {}, {"x": 1},
    {"": None}, {"\ud800": "\0"},
)  # fmt: skip
"""What hardly any member may be."""
NAMES = ("unknown", "", "a/b~c", "\ud800", "nul\0", "__proto__", "Title", "title ", "é" * 300, "data.title")
"""What no member is called."""

_WORDS = {SLUG: "a-slug", URL: "https://example.org/a", SHA256: "0" * 64}


def sample(value: Value, given: Json = None) -> Json:
    """A well-formed value of that kind, with every member that it may have."""
    made: Json = "Some text"
    match value:
        case CorrectedData():
            made = given
        case Code():
            made = value.codes[0]
        case Reference():
            made = {"actor": "actor:us", "measure": "measure:known"}.get(value.kinds[0], "act:known")
        case Dated():
            made = "2020-07-09"
        case Flag():
            made = True
        case Integer():
            made = max(value.least, 1)
        case Word():
            made = _WORDS[value]
        case ListOf():
            made = [sample(value.element)]
        case Record():
            kept = {"actor", "instruments"} if value in {TARGET, TARGET_NAME} else set(value.members)
            made = {name: sample(member, given) for name, member in value.members.items() if name in kept}
    return made


def whole(kind: str, type_: str, data: Json = None, of: int = 1) -> dict[str, Json]:
    """A well-formed event of that type, with every member; `data` and `of` are for afterthoughts."""
    carried = sample(DATA[kind][type_], data)
    if type_ in AFTERTHOUGHTS:
        carried["of"] = of
    event = {name: sample(value) for name, value in EVENT.members.items() if name not in {"data", "sources"}}
    event |= {
        "type": type_,
        "subject": f"{kind}:new",
        "data": carried,
        "sources": [sample(SOURCE)],
        "expected_version": 0,
    }
    if type_ in AFTERTHOUGHTS:
        del event["effective_on"]
    return event


def places(value: Json, path: Path = ()) -> Iterator[Path]:
    """The path to every value within, the outermost first."""
    yield path
    if isinstance(value, dict | list):
        for step, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(part, (*path, step))


def at(value: Json, path: Path) -> Json:
    """The value at that path."""
    for step in path:
        value = value[step]
    return value


def put(value: Json, path: Path, new: Json) -> Json:
    """`value` with `new` at that path."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(value[path[0]], path[1:], new)
    return copy


def without(value: Json, path: Path) -> Json:
    """`value` without what is at that path."""
    holder = at(value, path[:-1])
    left = [part for index, part in enumerate(holder) if index != path[-1]] if isinstance(holder, list) else {
        name: part for name, part in holder.items() if name != path[-1]
    }  # fmt: skip
    return put(value, path[:-1], left)


def broken(event: Json) -> Iterator[Json]:
    """`event` with one thing replaced, left out or added, in every way and at every place."""
    for path in places(event):
        for wrong in WRONG:
            yield put(event, path, wrong)
        if path:
            yield without(event, path)
        there = at(event, path)
        if isinstance(there, dict):
            for name in NAMES:
                yield put(event, path, {**there, name: 1})
        if isinstance(there, list):
            for wrong in WRONG:
                yield put(event, path, [*there, wrong])
