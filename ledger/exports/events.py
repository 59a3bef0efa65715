"""NDJSON: events as they are answered, which `retorsion append` takes into another ledger.

What `init` recorded is left out: every ledger has it already. Events say what they say whatever the day, so `at` makes
no difference.
"""

from collections.abc import Iterator

from ledger.exports.snapshot import Part, Snapshot
from ledger.store.events import last_of_init, stored_between

_EVENTS_AT_ONCE = 250


def ndjson(snapshot: Snapshot) -> Iterator[Part]:
    """Every event that was known, one on each line, by sequence."""
    with snapshot.reading() as session:
        after = last_of_init(session)
    while after < snapshot.sequence:
        with snapshot.reading() as session:
            found = stored_between(session, after + 1, min(after + _EVENTS_AT_ONCE, snapshot.sequence))
        yield Part(b"".join(event.json() + b"\n" for event in found), len(found))
        after = found[-1].sequence


def number_of_events(snapshot: Snapshot) -> int:
    """How many there are."""
    with snapshot.reading() as session:
        return max(0, snapshot.sequence - last_of_init(session))
