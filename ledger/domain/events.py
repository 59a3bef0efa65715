"""The events: which types there are, what each carries, and whether one is well formed.

This is the lean check: what every event passes on its way in, however it comes. What it cannot see (whether what is
named exists, whether the timeline stays possible) is judged when the event is appended.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.domain import vocabulary
from ledger.domain.dates import UNDATED, parse_dating
from ledger.domain.terms import TARGET_NAME, TERMS
from ledger.domain.values import (
    ACTOR,
    ANSWERABLE,
    DATING,
    DAY,
    INSTRUMENT,
    SHA256,
    TEXT,
    TITLE,
    URL,
    Code,
    Integer,
    ListOf,
    Problem,
    Problems,
    Record,
    Reference,
    Value,
    require_storable,
    without_nulls,
)


def _some_scope(given: Mapping[str, Any]) -> str | None:
    return None if any(given.values()) else "must name one or more targets, or instruments, or both"


def _some_change(given: Mapping[str, Any]) -> str | None:
    changes = given.get("set") or any(without_nulls(given.get(name) or {}) for name in ("add", "remove"))
    return None if changes else "must say what changes, in set, add or remove"


def _alleged_by_somebody(given: Mapping[str, Any]) -> str | None:
    if given.get("attribution") == "alleged" and not given.get("attributed_to"):
        return "what is alleged needs attributed_to: who says so"
    return None


def _some_replacement(given: Mapping[str, Any]) -> str | None:
    return None if "effective_on" in given or "data" in given else "must give effective_on, data or both"


class AnyData(Value):
    """The `data` of an event: judged by its type."""

    detail = "must be an object"

    def __init__(self) -> None:
        self.accepts = lambda value: type(value) is dict


class CorrectedData(AnyData):
    """What a correction gives as `data`: judged by the type of the event that it corrects, when the ledger is asked.

    Until then it is only certain that a leaf can hold it.
    """

    def __init__(self) -> None:
        super().__init__()

        def accepts(value: Any) -> bool:
            problems: Problems = []
            self.check(value, "", problems)
            return not problems

        self.accepts = accepts

    def check(self, value: Any, at: str, problems: Problems) -> None:
        if type(value) is dict:
            require_storable(value, at, problems, _DEEPEST_DATA)
        else:
            problems.append(Problem(at, self.detail))


_DEEPEST_DATA = 8
"""So many objects and lists within one another are more than the data of any type have."""


_ANSWER: dict[str, Value] = {"by": ListOf(ACTOR), "in_response_to": ListOf(ANSWERABLE), "reason": TEXT}
"""What an event on a running measure or agreement may say of itself."""

_SCOPE = Record({"targets": ListOf(TARGET_NAME), "instruments": ListOf(INSTRUMENT)}, rule=_some_scope)
_STAGE = Code("stages", ("in_force", "announced"))
_OF = Integer(1)


def _changes(kind: str, *, kept: tuple[str, ...] = ()) -> dict[str, Value]:
    lists: dict[str, Value] = {name: value for name, value in TERMS[kind].items() if isinstance(value, ListOf)}
    named = {**lists, "targets": ListOf(TARGET_NAME)} if "targets" in lists else lists
    return {"set": Record(TERMS[kind], clears=True, kept=kept), "add": Record(lists), "remove": Record(named)}


_CORRECTED = Record(
    {"of": _OF, "effective_on": DATING, "data": CorrectedData(), "reason": TEXT},
    required=("of",),
    rule=_some_replacement,
)
_RETRACTED = Record({"of": _OF, "reason": TEXT}, required=("of",))

_MEASURE, _AGREEMENT, _ACT, _ACTOR = (TERMS[kind] for kind in vocabulary.KINDS)
_IMPOSERS = {**_MEASURE, "imposed_by": ListOf(ACTOR, least=1)}

DATA: dict[str, dict[str, Record]] = {
    "measure": {
        "announced": Record(_IMPOSERS, required=("title", "imposed_by")),
        "imposed": Record(_MEASURE),
        "reciprocated": Record(
            {**_IMPOSERS, "in_response_to": ListOf(ANSWERABLE, least=1), "stage": _STAGE},
            required=("title", "imposed_by", "in_response_to"),
        ),
        "amended": Record({**_changes("measure"), **_ANSWER}, rule=_some_change),
        "suspended": Record({"scope": _SCOPE, "until": DAY, **_ANSWER}),
        "reinstated": Record(_ANSWER),
        "renewed": Record({"expires_on": DAY, **_ANSWER}, required=("expires_on",)),
        "lifted": Record(_ANSWER),
    },
    "agreement": {
        "concluded": Record(_AGREEMENT, required=("title", "category")),
        "amended": Record({**_changes("agreement", kept=("title", "category")), **_ANSWER}, rule=_some_change),
        "suspended": Record({**_ANSWER, "by": ListOf(ACTOR, least=1), "scope": TITLE, "until": DAY}, required=("by",)),
        "reinstated": Record({**_ANSWER, "by": ListOf(ACTOR, least=1)}, required=("by",)),
        "terminated": Record(_ANSWER),
    },
    "act": {"reported": Record(_ACT, required=("category", "title"), rule=_alleged_by_somebody)},
    "actor": {
        "registered": Record(_ACTOR, required=("category", "name")),
        "updated": Record(_changes("actor", kept=("category", "name")), rule=_some_change),
        "merged": Record({"into": ACTOR}, required=("into",)),
    },
}
"""What the `data` of each type of event carries, by the kind of its subject."""
for _types in DATA.values():
    _types.update(corrected=_CORRECTED, retracted=_RETRACTED)

AFTERTHOUGHTS = frozenset({"corrected", "retracted"})
"""Types that speak of what the ledger holds, not of the world: they have no `effective_on`."""

SUBJECT = Reference(*vocabulary.KINDS)
SOURCE = Record(
    {"title": TITLE, "url": URL, "publisher": TEXT, "published_on": DATING, "archived_sha256": SHA256},
    required=("title",),
)
EVENT_TYPES = tuple(dict.fromkeys(name for types in DATA.values() for name in types))
"""Every type there is, on subjects of any kind."""

EVENT = Record(
    {
        "type": Code("event types", EVENT_TYPES),
        "subject": SUBJECT,
        "effective_on": DATING,
        "data": AnyData(),
        "sources": ListOf(SOURCE),
        "comment": TEXT,
        "expected_version": Integer(0),
    },
    required=("type", "subject"),
)
"""An event as it is posted. `data` is judged by DATA."""


@dataclass(slots=True)
class Draft:
    """An event that is well formed and waits to be appended."""

    type: str
    subject: str
    kind: str
    effective_on: str | None
    day: int
    """The first day of `effective_on`; EVER for an undated registration and for afterthoughts."""
    exact: bool
    data: dict[str, Any] | None
    sources: list[dict[str, Any]]
    comment: str | None
    expected_version: int | None
    named: list[str]
    """Every subject that the data name, in the order of their members there; none for a correction's new data."""

    @property
    def given(self) -> dict[str, Any]:
        """The data, `{}` where none were given."""
        return self.data or {}


def kind_of(subject: str) -> str:
    """The kind in `kind:slug`."""
    return subject.partition(":")[0]


def draft(event: Any, at: str = "") -> Draft | Problems:
    """The draft of a posted `event` that stands at pointer `at`, or all that is wrong with it."""
    if accepted := _accepted(event):
        return accepted
    problems = _problems(event, at)
    assert problems, "what is not accepted has something wrong with it"
    return problems


def _accepted(event: Any) -> Draft | None:
    """The draft of `event`, or None where anything is wrong with it: what, and where, `_problems` says."""
    if not EVENT.accepts(event):
        return None
    subject, type_ = event["subject"], event["type"]
    data, effective_on = event.get("data"), event.get("effective_on")
    kind = kind_of(subject)
    carries = DATA[kind].get(type_)
    if carries is None or not carries.accepts(data or {}) or _dating_problem(type_, effective_on):
        return None
    named: list[str] = []
    carries.name(data or {}, named)
    if subject in named and _self_answers(subject, carries.references(data, ""), ""):
        return None
    day, exact = parse_dating(effective_on) if effective_on else UNDATED
    return Draft(
        type_, subject, kind, effective_on, day, exact, data,
        event.get("sources") or [], event.get("comment"), event.get("expected_version"), named,
    )  # fmt: skip


def _problems(event: Any, at: str) -> Problems:
    """All that is wrong with `event`, which stands at pointer `at`."""
    problems: Problems = []
    EVENT.check(event, at, problems)
    if any(problem.pointer in {at, f"{at}/type", f"{at}/subject"} for problem in problems):
        return problems  # what the rest must be depends on these
    subject, type_, data, effective_on = (event.get(name) for name in ("subject", "type", "data", "effective_on"))
    kind = kind_of(subject)
    carries = DATA[kind].get(type_)
    if carries is None:
        problems.append(Problem(f"{at}/type", f"an event on a {kind} is one of {', '.join(DATA[kind])}"))
        return problems
    if data is None or type(data) is dict:
        carries.check(data or {}, f"{at}/data", problems)
    if problem := _dating_problem(type_, effective_on):
        problems.append(Problem(f"{at}/effective_on", problem))
    return problems or _self_answers(subject, carries.references(data or {}, ""), f"{at}/data")


def corrected_data_problems(subject: str, type_: str, data: Mapping[str, Any], at: str) -> Problems:
    """What is wrong with `data` as the new data of an event of `type_` on `subject`."""
    problems: Problems = []
    carries = DATA[kind_of(subject)][type_]
    carries.check(data, at, problems)
    return problems or _self_answers(subject, carries.references(data, ""), at)


def references(kind: str, type_: str, data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every subject that well-formed `data` of an event name, each with the pointer from the data to it."""
    return list(DATA[kind][type_].references(data, ""))


def answered(data: Mapping[str, Any]) -> list[str]:
    """What an event with `data` answers: its `in_response_to`, and what it sets or adds there."""
    named = list(data.get("in_response_to") or ())
    for change in ("set", "add"):
        named += (data.get(change) or {}).get("in_response_to") or ()
    return list(dict.fromkeys(named))


def _dating_problem(type_: str, effective_on: str | None) -> str | None:
    if type_ in AFTERTHOUGHTS:
        return f"{type_} speaks of the ledger, not of the world: leave effective_on out" if effective_on else None
    return "is required" if effective_on is None and type_ != "registered" else None


def _self_answers(subject: str, named: Iterable[tuple[str, str]], at: str) -> Problems:
    found = [pointer for pointer, name in named if name == subject]
    if subject.startswith("actor:"):
        return [Problem(at + pointer, "an actor is merged into another one") for pointer in found if pointer == "/into"]
    return [Problem(at + pointer, "a subject does not answer itself") for pointer in found]
