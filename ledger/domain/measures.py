"""How measures are folded: domain.md's table, rows `measure`, and what a measure's terms must be."""

from collections.abc import Mapping
from typing import Any

from ledger.domain.conflicts import Conflict
from ledger.domain.dates import FOREVER, day_text, parse_day
from ledger.domain.states import Entry, State, Suspension, require, require_later
from ledger.domain.terms import Terms, amended_terms, given_terms, identity
from ledger.domain.values import in_order
from ledger.domain.vocabulary import LIVE

_BEFORE_A_SPELL = ("none", "lifted", "expired")
_HELD = ("in_force", "partly_suspended", "suspended")


def announce(state: State, entry: Entry) -> State:
    require(state, *_BEFORE_A_SPELL)
    return _begin("announced", given_terms("measure", entry.data), entry)


def impose(state: State, entry: Entry) -> State:
    """On an announced measure what is given replaces what was announced; else the terms start from nothing."""
    require(state, "announced", *_BEFORE_A_SPELL)
    announced = state.terms if state.status == "announced" else None
    return _begin("in_force", given_terms("measure", entry.data, announced), entry)


def reciprocate(state: State, entry: Entry) -> State:
    require(state, *_BEFORE_A_SPELL)
    return _begin(entry.data.get("stage") or "in_force", given_terms("measure", entry.data), entry)


def amend(state: State, entry: Entry) -> State:
    require(state, *LIVE)
    before = state.known_terms()
    terms = amended_terms("measure", before, entry.data)
    gone = set(before["instruments"]).difference(terms["instruments"])
    if gone:
        terms = {**terms, "targets": [_without_instruments(target, gone, before) for target in terms["targets"]]}
    if (entry.data.get("set") or {}).get("expires_on"):
        require_later("expires_on", terms["expires_on"], entry)
    _require_whole(terms, state.status)
    return _within_scope(State(state.status, terms, state.suspension))


def suspend(state: State, entry: Entry) -> State:
    require(state, *_HELD)
    require_later("until", entry.data.get("until"), entry)
    scope = _scope(entry.data.get("scope"))
    if scope:
        _require_scope_within(scope, state.known_terms())
    suspension: Suspension = {
        "scope": scope,
        "since": day_text(entry.day),
        "until": entry.data.get("until"),
        "by": list(dict.fromkeys(entry.data.get("by") or ())),
        "in_response_to": list(dict.fromkeys(entry.data.get("in_response_to") or ())),
        "reason": entry.data.get("reason"),
    }
    return State("partly_suspended" if scope else "suspended", state.terms, suspension)


def reinstate(state: State, entry: Entry) -> State:
    require(state, "partly_suspended", "suspended")
    return State("in_force", state.terms)


def renew(state: State, entry: Entry) -> State:
    require(state, *_HELD)
    require_later("expires_on", entry.data["expires_on"], entry)
    return State(state.status, {**state.known_terms(), "expires_on": entry.data["expires_on"]}, state.suspension)


def lift(state: State, entry: Entry) -> State:
    require(state, *LIVE)
    return State("lifted", state.terms)


_ROWS = {
    "announced": announce,
    "imposed": impose,
    "reciprocated": reciprocate,
    "amended": amend,
    "suspended": suspend,
    "reinstated": reinstate,
    "renewed": renew,
    "lifted": lift,
}


def apply(state: State, entry: Entry) -> State:
    """The state after `entry`. Raises Conflict where it cannot stand in `state`."""
    return _ROWS[entry.type](state, entry)


def due(state: State) -> int:
    """The day on which the measure expires or its suspension ends, whichever comes first."""
    if state.terms is None or state.status not in LIVE:
        return FOREVER
    expires_on, until = state.terms["expires_on"], state.suspension and state.suspension["until"]
    if expires_on and until:
        return min(parse_day(expires_on), parse_day(until))
    day = expires_on or until
    return parse_day(day) if day else FOREVER


def lapse(state: State, day: int) -> State:
    """Expired on the day `expires_on`; in force again on the day of the suspension's `until`."""
    expires_on = state.known_terms()["expires_on"]
    if expires_on and parse_day(expires_on) == day:
        return State("expired", state.terms)
    return State("in_force", state.terms)


def _begin(status: str, terms: Terms, entry: Entry) -> State:
    if entry.data.get("expires_on"):
        require_later("expires_on", terms["expires_on"], entry)
    _require_whole(terms, status)
    return State(status, terms)


def _require_whole(terms: Terms, status: str) -> None:
    """A measure has a title, an imposer and, unless announced, a target; and what is said of targets fits it."""
    for name, what in (("title", "a title"), ("imposed_by", "an imposer")):
        if not terms[name]:
            raise Conflict(f"a measure needs {what}, and this leaves it without")
    if status != "announced" and not terms["targets"]:
        raise Conflict("a measure that is not merely announced needs a target, and this leaves it without")
    for target in terms["targets"]:
        own = target.get("instruments")
        if own is not None and not own:
            raise Conflict(f"this leaves the target {_name(target)} without any instrument of its own")
        if own and not set(own) <= set(terms["instruments"]):
            missing = ", ".join(sorted(set(own) - set(terms["instruments"])))
            raise Conflict(f"the target {_name(target)} has an instrument that is none of the measure's: {missing}")


def _without_instruments(target: dict[str, Any], gone: set[str], before: Terms) -> dict[str, Any]:
    """What `amended` takes out of the measure goes out of the targets that were there before, too."""
    own = target.get("instruments")
    if not own or target not in before["targets"] or not gone & set(own):
        return target
    return {**target, "instruments": [instrument for instrument in own if instrument not in gone]}


def _name(target: Mapping[str, Any]) -> str:
    return str(target.get("actor") or target["description"])


def _scope(given: Mapping[str, Any] | None) -> dict[str, list[Any]] | None:
    if given is None:
        return None
    named = {
        "instruments": given.get("instruments") or (),
        "targets": [in_order(target) for target in given.get("targets") or ()],
    }
    return {
        name: list({identity(element): element for element in elements}.values())
        for name, elements in named.items()
        if elements
    }


def _require_scope_within(scope: Mapping[str, list[Any]], terms: Terms) -> None:
    for name, elements in scope.items():
        there = {identity(element) for element in terms[name]}
        for element in elements:
            if identity(element) not in there:
                shown = element if name == "instruments" else _name(element)
                raise Conflict(f"its scope names {shown}, which is not among the measure's {name}")


def _within_scope(state: State) -> State:
    """What `amended` takes out of the measure goes out of the scope too; with nothing left the suspension ends."""
    scope = (state.suspension or {}).get("scope")
    if not state.suspension or not scope:
        return state
    terms = state.known_terms()
    left = {}
    for name, elements in scope.items():
        there = {identity(element) for element in terms[name]}
        if kept := [element for element in elements if identity(element) in there]:
            left[name] = kept
    if not left:
        return State("in_force", terms)
    return State(state.status, terms, {**state.suspension, "scope": left})
