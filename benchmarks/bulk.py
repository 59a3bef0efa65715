"""`bulk`: batches that are checked, folded, projected and hashed, beside the bare batches of `eventsourcing`.

The bare side is that library's event store: domain events, which are there already, made into JSON by its mapper and
inserted by its recorder for SQLite, with the same number of events on as many aggregates and states as large as ours.
"""

from collections import defaultdict
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from eventsourcing.application import Application
from eventsourcing.domain import DomainEvent

from benchmarks.figures import Bar, Figure, Figures, per_second
from benchmarks.ledgers import BATCH, BY, folder, opened, sqlite_url
from benchmarks.practice import Posted, batches, practice
from benchmarks.rounds import Rounds, Side, in_turn, timed
from ledger.service import Ledger

BAR = Bar(0.5, 0.8)
ROUNDS = 30


class Recorded(DomainEvent):
    """An event of the bare side."""

    subject: str
    type: str
    effective_on: str | None
    recorded_by: str
    data: dict[str, object]
    sources: list[dict[str, str]]
    comment: str | None


def figures() -> Figures:
    """On SQLite, from an empty ledger on."""
    with folder() as place, opened(sqlite_url(place / "ledger.db")) as ledger:
        bare = Bare(place / "bare.db")
        found = in_turn(appending(ledger), bare.saving(), ROUNDS)
    yield figure("bulk", "bulk append in batches of 1,000, beside bare saves of `eventsourcing`", found, BAR)


def figure(name: str, what: str, found: Rounds, bar: Bar | None = None) -> Figure:
    """The figure that those rounds make."""
    return Figure(name, what, per_second(BATCH, found.seconds_ours), per_second(BATCH, found.seconds_bare), found.speed, bar)


def appending(ledger: Ledger) -> Side:
    """Appends the next batch."""
    coming = batches(practice(), BATCH)

    def append() -> float:
        events = next(coming)
        return timed(lambda: ledger.append(events, by=BY))

    return append


class Bare:
    """An application of `eventsourcing`, as its documentation sets one up for SQLite."""

    def __init__(self, file: Path) -> None:
        self._application = Application(
            env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(file), "SQLITE_LOCK_TIMEOUT": "60"}
        )
        self._versions: defaultdict[str, int] = defaultdict(int)

    def saving(self) -> Side:
        """Saves the next batch."""
        coming = batches(practice(), BATCH)

        def save() -> float:
            events = [self._recorded(event) for event in next(coming)]
            return timed(lambda: self._application.events.put(events))

        return save

    def _recorded(self, event: Posted) -> Recorded:
        subject = event["subject"]
        self._versions[subject] += 1
        return Recorded(
            originator_id=uuid5(NAMESPACE_URL, subject),
            originator_version=self._versions[subject],
            timestamp=Recorded.create_timestamp(),
            subject=subject,
            type=event["type"],
            effective_on=event.get("effective_on"),
            recorded_by=BY,
            data=event["data"],
            sources=event["sources"],
            comment=event.get("comment"),
        )
