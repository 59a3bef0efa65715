"""The two dates of a page, on which day and as known when: as they are typed, and as all on the page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import g, redirect, request
from werkzeug.exceptions import HTTPException

from api.http.answering import link_to
from api.http.asof import AsOf, as_of
from api.http.problems import invalid_parameters
from api.http.queries import Query, parameters, query_in, today
from api.pages.typed import Unreadable, typed_day, typed_knowledge
from api.pages.wording import a_time, day_in_words, say
from ledger.domain.dates import EVER, FOREVER, day_text, parse_day
from ledger.times import time_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from ledger.store.session import Session

DATES = ("at", "known_at", "known_at_sequence")


def query_of(schema: Query, *, form: bool = True) -> dict[str, Any]:
    """The parameters of the page, as the API reads them.

    Raises 302 to the address that spells out what was typed (`at=9 July 2020` -> `at=2020-07-09`), 422 for what cannot
    be read: with the form of the two dates, where the page has one.
    """
    given = parameters()
    g.dated = form and "at" in schema.named
    spelled, problems = _spelled(given)
    if problems:
        raise invalid_parameters(problems)
    if spelled != given:
        raise HTTPException(response=redirect(link_to(request.path, spelled), 302))
    return query_in(schema)


def _spelled(given: dict[str, list[str]]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The parameters as an address spells them: dates in their one form, nothing empty; and what cannot be read."""
    spelled: dict[str, list[str]] = {}
    problems: dict[str, str] = {}
    for name, values in given.items():
        if not any(values):
            continue
        kept = [value for value in values if value]
        try:
            if name == "at" and len(kept) == 1:
                spelled[name] = [typed_day(kept[0])]
            elif name == "known_at" and len(kept) == 1:
                known, value = typed_knowledge(kept[0])
                spelled[known] = [value]
            else:
                spelled.setdefault(name, kept)
        except Unreadable as problem:
            problems[name] = str(problem)
    return spelled, problems


def dates_carried() -> dict[str, str]:
    """The two dates that the request asks for: links carry them on."""
    given = parameters()
    return {name: given[name][0] for name in DATES if given.get(name, [""])[0]}


def linked(path: str, **more: Any) -> str:
    """The address of a page as of the same two dates; `at=None` leaves one out."""
    if not more:
        return f"{path}{g.get('carried', '')}"
    dates: dict[str, Any] = {**g.get("dates", {})}
    if "known_at" in more or "known_at_sequence" in more:
        dates = {name: value for name, value in dates.items() if name == "at"}
    return link_to(path, {**dates, **more})


@dataclass(frozen=True, slots=True)
class Fields:
    """The form of the two dates, as it was typed: what is wrong stays in it, with what is wrong about it."""

    at: str
    known_at: str
    others: Sequence[tuple[str, str]]
    """Further parameters of the address, which the form keeps."""
    problems: dict[str, str]

    @property
    def shown(self) -> set[str]:
        """The names of its fields: what is wrong with one is said beside it."""
        return {"at", "known_at", *(name for name, _ in self.others)}


def fields_of(problems: dict[str, str] | None = None) -> Fields:
    """The form of the request at hand."""
    given = parameters()
    sequence = given.get("known_at_sequence", [""])[0]
    known_at = given.get("known_at", [""])[0] or (str(say("when.event", number=sequence)) if sequence else "")
    others = [(name, value) for name, values in given.items() if name not in {*DATES, "cursor"} for value in values]
    return Fields(given.get("at", [""])[0], known_at, others, problems or {})


@dataclass(frozen=True, slots=True)
class When:
    """The two dates of an answer, and the days around on which something changes."""

    asked: AsOf
    fields: Fields
    turns: Sequence[int]
    """The days on which something changes, in their order."""

    @property
    def day(self) -> int:
        """The day in the world, as an ordinal."""
        return self.asked.when.day

    @property
    def sequence(self) -> int:
        """The newest event that was known."""
        return self.asked.when.knowledge.sequence

    @property
    def newest(self) -> int:
        """The newest event of the ledger."""
        return self.asked.when.knowledge.newest

    @property
    def in_past(self) -> bool:
        """Whether more has become known since."""
        return self.sequence < self.newest

    @property
    def previous(self) -> int | None:
        """The last day before this one on which something changes."""
        return max((day for day in self.turns if day < self.day), default=None)

    @property
    def next(self) -> int | None:
        """The first day after this one on which something changes."""
        return min((day for day in self.turns if day > self.day), default=None)

    @property
    def known_in_words(self) -> Markup:
        """`on 10 July 2020`, `at event 57`, `now`."""
        knowledge = self.asked.when.knowledge
        if "known_at_sequence" in g.dates or (self.asked.asked is None and knowledge.recorded_at is None):
            return say("when.at_event", number=self.sequence)
        if self.asked.asked is None:
            return say("when.now")
        typed = g.dates["known_at"]
        if len(typed) == 10:
            return say("when.on_day", day=day_in_words(parse_day(typed)))
        return say("when.at_time", time=a_time(self.asked.asked))

    @property
    def permanent(self) -> str:
        """The address that gives this answer for good: both dates spelled out.

        Somebody will type it from paper. A colon may stand in a query as it is (RFC 3986, 3.4): `12:00`, not `12%3A00`.
        """
        at, recorded_at = day_text(self.day), self.asked.when.knowledge.recorded_at
        known = {"known_at_sequence": 0} if recorded_at is None else {"known_at": time_text(recorded_at)}
        others = {name: values for name, values in parameters().items() if name not in DATES}
        return link_to(request.path, {"at": at, **known, **others}).replace("%3A", ":")

    def alternate(self, path: str, **more: Any) -> str:
        """The address of the same answer in the API."""
        known_at = {"known_at": g.dates["known_at"]} if self.asked.asked is not None else {}
        return link_to(path, {**self.asked.pinned, **known_at, **more})


def when_asked(session: Session, query: dict[str, Any], *, pinned: int | None = None) -> AsOf:
    """What the page is asked for; links carry it on from here."""
    asked = as_of(session, query, pinned=pinned)
    g.dates = dates_carried()
    g.carried = link_to("", g.dates)
    return asked


def shown_when(asked: AsOf, turns: Sequence[int]) -> When:
    """The two dates of that answer; `turns` are days, of which those that are none (since ever) are left out."""
    return When(asked, fields_of(), sorted({day for day in turns if EVER < day < FOREVER}))


def is_today(day: int) -> bool:
    """Whether that is today, in UTC."""
    return day == today()
