"""How actors are folded: domain.md's table, rows `actor`."""

from ledger.domain.dates import FOREVER
from ledger.domain.states import Entry, State, require
from ledger.domain.terms import amended_terms, given_terms


def register(state: State, entry: Entry) -> State:
    require(state, "none")
    return State("registered", given_terms("actor", entry.data))


def update(state: State, entry: Entry) -> State:
    require(state, "registered")
    return state._replace(terms=amended_terms("actor", state.known_terms(), entry.data))


def merge(state: State, entry: Entry) -> State:
    require(state, "registered")
    return state._replace(status="merged", merged_into=entry.data["into"])


_ROWS = {"registered": register, "updated": update, "merged": merge}


def apply(state: State, entry: Entry) -> State:
    """The state after `entry`. Raises Conflict where it cannot stand in `state`."""
    return _ROWS[entry.type](state, entry)


def due(state: State) -> int:
    """Never: an actor does not change by itself."""
    return FOREVER


def lapse(state: State, day: int) -> State:
    """The same: see `due`."""
    return state
