"""Rows of lists of states: status, title, by whom and against whom, what it does, since when and until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from markupsafe import Markup

from api.pages.called import name_in
from api.pages.inline import element, every_element, path_of, several, subject_link, target
from api.pages.when import linked
from api.pages.wording import a_day, day_in_words, say
from ledger.domain.dates import EVER, FOREVER, parse_day
from ledger.domain.events import kind_of
from ledger.domain.vocabulary import ENDED
from ledger.projections.states import inexact_among

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from api.pages.called import Called
    from ledger.projections.actors import Targeting
    from ledger.projections.states import Held

T = TypeVar("T")
_MOST = 3
_SIDES = {"measure": "imposed_by", "agreement": "parties"}


@dataclass(frozen=True, slots=True)
class Row:
    """A state in a list."""

    subject: str
    status: str
    title: str
    address: str
    by: Markup
    against: Markup
    does: Markup
    since: Markup
    until: Markup
    through: Markup
    note: Markup
    """What keeps a reader from taking an act for confirmed."""


def rows_of(helds: Iterable[Held], called: Called) -> list[Row]:
    """A row for each state."""
    helds = list(helds)
    called.add({name for held in helds for name in _named(held)})
    about = about_days(called, [(held, held.status_since) for held in helds])
    return [row_of(held, called, about) for held in helds]


def targeted_rows(targeted: Iterable[tuple[Held, Targeting]], called: Called, actor: str) -> list[Row]:
    """A row for each state that reaches `actor`: through whom, and since when it does."""
    pairs = list(targeted)
    called.add({name for held, how in pairs for name in (*_named(held), *how.through[:_MOST])})
    about = about_days(called, [(held, _first_day(held, how)) for held, how in pairs])
    return [row_of(held, called, about, how, actor) for held, how in pairs]


def _named(held: Held) -> Iterator[str]:
    """The subjects that its row names: of hundreds of targets it shows the first."""
    terms: Any = held.state.terms or {}
    yield from _sides(held, terms)[:_MOST]
    for each in (terms.get("targets") or [])[:_MOST]:
        yield from [each["actor"]] if "actor" in each else each.get("related_to") or []
    if terms.get("attribution") == "alleged":
        yield from terms["attributed_to"]


def about_days(called: Called, since: Iterable[tuple[Held, int]]) -> set[tuple[str, int]]:
    """Of those states, each with a day, the subjects with the day where that is not known exactly.

    A span says so of its own first day alone; an earlier day is the first of another span.
    """
    pairs = list(since)
    about = {(held.subject, day) for held, day in pairs if day == held.valid_from and not held.exact}
    earlier = {(held.subject, day) for held, day in pairs if day != held.valid_from}
    if earlier:
        about |= inexact_among(called.session, earlier, called.when.knowledge)
    return about


def since_in_words(held: Held, about: set[tuple[str, int]]) -> str:
    """The day since which it stands as it does, as text: `about 6 July 2020`; nothing where that is ever."""
    if held.status_since <= EVER:
        return ""
    day = day_in_words(held.status_since)
    return str(say("inline.about", day=day)) if (held.subject, held.status_since) in about else day


def _first_day(held: Held, how: Targeting | None) -> int:
    """Since when it stands as it does, or reaches an actor."""
    return held.status_since if how is None or how.since is None else how.since


def row_of(
    held: Held,
    called: Called,
    about: set[tuple[str, int]],
    how: Targeting | None = None,
    actor: str | None = None,
) -> Row:
    """The row of one state, whose names and `about_days` were looked up; on the page of `actor`, if on that of one."""
    terms = held.state.terms or {}
    through = [] if how is None or how.direct else how.through
    return Row(
        held.subject,
        held.status,
        name_in(held.subject, held.state.terms),
        linked(path_of(held.subject)),
        _first(_sides(held, terms), lambda name: subject_link(name, called)),
        _against(terms, called),
        _does(held, terms, called),
        _since(held.subject, _first_day(held, how), about),
        _until(held, terms),
        _first(through, lambda name: say("rows.related") if name == actor else subject_link(name, called)),
        note_on(terms, called),
    )


def note_on(terms: Any, called: Called) -> Markup:
    """`reported, not confirmed`, `alleged by the United States`; nothing for what is official."""
    attribution = terms.get("attribution")
    if attribution == "reported":
        return say("act.reported")
    if attribution == "alleged":
        return say("act.alleged", actors=several(subject_link(name, called) for name in terms["attributed_to"]))
    return Markup("")


def _first(values: Sequence[T], show: Callable[[T], Markup]) -> Markup:
    """The first of them as they are shown, and how many others there are."""
    shown = [show(value) for value in values[:_MOST]]
    if len(values) > _MOST:
        shown[-1] += " " + say("inline.others", count=len(values) - _MOST)
    return several(shown)


def _sides(held: Held, terms: Any) -> list[str]:
    """Who imposes a measure; the parties of an agreement."""
    found: list[str] = terms.get(_SIDES.get(kind_of(held.subject))) or []
    return found


def _against(terms: Any, called: Called) -> Markup:
    if "targets" not in terms:
        return Markup("")
    return _first(terms["targets"], lambda each: target(each, called)) or say("inline.nobody_named")


def _does(held: Held, terms: Any, called: Called) -> Markup:
    if "instruments" in terms:
        return (
            every_element("instruments", terms["instruments"], called)
            if terms["instruments"]
            else say("inline.not_stated")
        )
    return element("category", terms.get("category"), called) if terms.get("category") else Markup("")


def _since(subject: str, day: int, about: set[tuple[str, int]]) -> Markup:
    if not EVER < day < FOREVER:
        return Markup("")
    return say("inline.about", day=a_day(day)) if (subject, day) in about else a_day(day)


def _until(held: Held, terms: Any) -> Markup:
    suspension = held.state.suspension
    if suspension and suspension.get("until"):
        return a_day(parse_day(suspension["until"]))
    if terms.get("expires_on") and held.status not in ENDED:
        return a_day(parse_day(terms["expires_on"]))
    return Markup("")
