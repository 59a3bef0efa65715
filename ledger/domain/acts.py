"""How acts are folded: domain.md's table, row `act`. An act happens once and stays what it is."""

from ledger.domain.dates import FOREVER
from ledger.domain.states import Entry, State, require
from ledger.domain.terms import given_terms


def apply(state: State, entry: Entry) -> State:
    """The state after `entry`. Raises Conflict where it cannot stand in `state`."""
    require(state, "none")
    return State("reported", given_terms("act", entry.data))


def due(state: State) -> int:
    """Never: an act does not change by itself."""
    return FOREVER


def lapse(state: State, day: int) -> State:
    """The same: see `due`."""
    return state
