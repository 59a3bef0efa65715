"""The sentence that says first how a subject stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from api.pages.inline import element, several, subject_link
from api.pages.markup import joined, tag
from api.pages.rows import note_on
from api.pages.wording import a_day, say
from ledger.domain.dates import EVER, day_text, parse_dating, parse_day
from ledger.domain.events import kind_of
from ledger.domain.vocabulary import LIVE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.pages.called import Called
    from api.pages.told import Happening
    from ledger.projections.states import Held


def status_sentence(held: Held, told: Sequence[Happening], called: Called) -> Markup:
    """`In force since 9 July 2020.` `Lifted on 1 March 2021 by the United States.`"""
    if held.status == "none":
        return say("status_sentence.none")
    turn = _turn(held, told)
    exact = turn is None or turn.effective_on is None or len(turn.effective_on) == len("2020-07-09")
    day = _day(held, None if exact else turn)
    on = say("status_sentence.on", day=day) if exact else day
    note = note_on(held.state.known_terms(), called)
    by = _by(held, turn, called)
    said = say(f"status_sentence.{held.status}", day=day, on=on) + (by and (" " if exact else ", ") + by)
    sentences = [said + (note and ", " + note) + "."]
    suspension = held.state.suspension
    if suspension:
        sentences.append(_suspension(suspension, called))
    sentences += [_suspension(each, called) for each in held.state.suspensions]
    terms: Any = held.state.terms or {}
    if kind_of(held.subject) == "measure" and held.status in LIVE:
        ends = terms.get("expires_on")
        sentences.append(
            say("status_sentence.ends", day=a_day(parse_day(ends))) if ends else say("status_sentence.no_end")
        )
    return joined(sentences, " ")


def _turn(held: Held, told: Sequence[Happening]) -> Happening | None:
    """The event by which it came to its status."""
    turns = (each for each in reversed(told) if each.status and each.status[1] == held.status and each.effective_on)
    return next((each for each in turns if _on(each) == held.status_since and each.retracted_by is None), None)


def _on(happening: Happening) -> int:
    assert happening.effective_on, "those without a day were passed over"
    return parse_dating(happening.effective_on).first_day


def _day(held: Held, turn: Happening | None) -> Markup:
    """The day since which it stands so; in the words of `turn` where that does not give it exactly."""
    if held.status_since <= EVER:
        return Markup("")
    if turn is not None:
        return tag("time", turn.effective, datetime=day_text(held.status_since))
    return a_day(held.status_since)


def _by(held: Held, turn: Happening | None, called: Called) -> Markup:
    if held.status in {"expired", "reported", "suspended", "partly_suspended"}:
        return Markup("")
    terms: Any = held.state.terms or {}
    by = (turn and turn.data.get("by")) or terms.get("imposed_by") or []
    if not by or kind_of(held.subject) != "measure":
        return Markup("")
    called.add(by)
    return say("status_sentence.by", actors=several(subject_link(name, called) for name in by))


def _suspension(suspension: Any, called: Called) -> Markup:
    by = suspension.get("by") or ([suspension["party"]] if suspension.get("party") else [])
    called.add(by)
    actors, since = several(subject_link(name, called) for name in by), a_day(parse_day(suspension["since"]))
    if suspension.get("party"):
        parts = [say("suspension.party", actor=actors, day=since)]
    else:
        parts = [say("suspension.since", day=since), *([say("status_sentence.by", actors=actors)] if by else [])]
    if suspension.get("until"):
        parts.append(say("suspension.until", day=a_day(parse_day(suspension["until"]))))
    if suspension.get("scope"):
        parts.append(say("suspension.scope", scope=element("scope", suspension["scope"], called)))
    if suspension.get("reason"):
        parts.append(say("suspension.reason", reason=suspension["reason"]))
    return joined([joined(parts, " "), "."])
