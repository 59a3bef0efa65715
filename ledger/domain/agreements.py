"""How agreements are folded: domain.md's table, rows `agreement`; each party suspends for itself (folding, 6)."""

from collections.abc import Sequence

from ledger.domain.conflicts import Conflict
from ledger.domain.dates import FOREVER, day_text, parse_day
from ledger.domain.states import Entry, State, Suspension, require, require_later
from ledger.domain.terms import Terms, amended_terms, given_terms


def conclude(state: State, entry: Entry) -> State:
    require(state, "none", "terminated")
    terms = given_terms("agreement", entry.data)
    _require_two_parties(terms)
    return State("in_force", terms)


def amend(state: State, entry: Entry) -> State:
    require(state, "in_force", "suspended")
    terms = amended_terms("agreement", state.known_terms(), entry.data)
    _require_two_parties(terms)
    staying = [suspension for suspension in state.suspensions if suspension["party"] in terms["parties"]]
    return _suspended_by(staying, state._replace(terms=terms))


def suspend(state: State, entry: Entry) -> State:
    require(state, "in_force", "suspended")
    require_later("until", entry.data.get("until"), entry)
    suspending = _suspending(state)
    added: list[Suspension] = []
    for party in dict.fromkeys(entry.data["by"]):
        if party not in state.known_terms()["parties"]:
            raise Conflict(f"{party} is no party to it")
        if party in suspending:
            raise Conflict(f"{party} suspends it already")
        added.append(
            {
                "party": party,
                "scope": entry.data.get("scope"),
                "since": day_text(entry.day),
                "until": entry.data.get("until"),
                "in_response_to": list(dict.fromkeys(entry.data.get("in_response_to") or ())),
                "reason": entry.data.get("reason"),
            }
        )
    return _suspended_by([*state.suspensions, *added], state)


def reinstate(state: State, entry: Entry) -> State:
    require(state, "suspended")
    suspending = _suspending(state)
    for party in entry.data["by"]:
        if party not in suspending:
            raise Conflict(f"{party} does not suspend it")
    left = [suspension for suspension in state.suspensions if suspension["party"] not in entry.data["by"]]
    return _suspended_by(left, state)


def terminate(state: State, entry: Entry) -> State:
    require(state, "in_force", "suspended")
    return state._replace(status="terminated", suspensions=())


_ROWS = {
    "concluded": conclude,
    "amended": amend,
    "suspended": suspend,
    "reinstated": reinstate,
    "terminated": terminate,
}


def apply(state: State, entry: Entry) -> State:
    """The state after `entry`. Raises Conflict where it cannot stand in `state`."""
    return _ROWS[entry.type](state, entry)


def due(state: State) -> int:
    """The day on which the next party's suspension ends."""
    if not state.suspensions:
        return FOREVER
    return min(
        (parse_day(suspension["until"]) for suspension in state.suspensions if suspension["until"]), default=FOREVER
    )


def lapse(state: State, day: int) -> State:
    """The suspensions whose `until` has come are over."""
    return _suspended_by([each for each in state.suspensions if each["until"] != day_text(day)], state)


def _suspending(state: State) -> set[str]:
    return {suspension["party"] for suspension in state.suspensions}


def _suspended_by(suspensions: Sequence[Suspension], state: State) -> State:
    return state._replace(status="suspended" if suspensions else "in_force", suspensions=suspensions or ())


def _require_two_parties(terms: Terms) -> None:
    if len(terms["parties"]) < 2:
        raise Conflict("an agreement needs two parties, and this leaves it with fewer")
