"""`bulk`: batches that are checked, folded, projected and hashed, beside the bare batches of `eventsourcing`.

The bare side is that library with its SQLite recorder, as its documentation uses it: an application saves aggregates, a
thousand new events at a time, as large as ours and on as many subjects. Only saving is measured, not what makes the
events. `bulk-recorder` is the same without aggregates, which are most of what saving costs: events that are there
already go into its event store.
"""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, DomainEvent, event

from benchmarks.figures import Bar, Figure, Figures, per_second
from benchmarks.ledgers import BATCH, BY, folder, opened, sqlite_url
from benchmarks.practice import Posted, batches, practice
from benchmarks.rounds import Rounds, Side, in_turn, timed
from ledger.service import Ledger

BAR = Bar(0.5, 0.8)
ROUNDS = 30


def figures() -> Figures:
    """On SQLite, from an empty ledger on."""
    what = "bulk append in batches of 1,000, beside {} of `eventsourcing`"
    for name, bare, said, bar in (
        ("bulk", Saves, "bare saves of aggregates", BAR),
        ("bulk-recorder", Puts, "the event store", None),
    ):
        with folder() as place, opened(sqlite_url(place / "ledger.db")) as ledger:
            found = in_turn(appending(ledger), saving(bare(place / "bare.db")), ROUNDS)
        yield figure(name, what.format(said), found, bar)


def figure(name: str, what: str, found: Rounds, bar: Bar | None = None) -> Figure:
    """The figure that those rounds make."""
    ours, bare = per_second(BATCH, found.seconds_ours), per_second(BATCH, found.seconds_bare)
    return Figure(name, what, ours, bare, found.speed, bar)


def appending(ledger: Ledger) -> Side:
    """Appends the next batch."""
    coming = batches(practice(), BATCH)

    def append() -> float:
        events = next(coming)
        return timed(lambda: ledger.append(events, by=BY))

    return append


class Subject(Aggregate):
    """A subject, of which something was told."""

    @staticmethod
    def create_id(posted: Posted) -> UUID:
        """The same subject has the same."""
        return uuid5(NAMESPACE_URL, posted["subject"])

    @event("Told")
    def __init__(self, posted: Posted) -> None:
        self.posted = posted

    @event("ToldMore")
    def tell(self, posted: Posted) -> None:
        """Something more was told."""
        self.posted = posted


class Told(DomainEvent):
    """The same without an aggregate."""

    posted: Posted


class Saves:
    """Aggregates that are saved by an application."""

    def __init__(self, file: Path) -> None:
        self._application = _application(file)
        self._known: dict[str, Subject] = {}

    def prepared(self, posted: Sequence[Posted]) -> list[Any]:
        """The subjects, each with its new events."""
        touched: dict[str, Subject] = {}
        for each in posted:
            name = each["subject"]
            if name in self._known:
                self._known[name].tell(posted=each)
            else:
                self._known[name] = Subject(posted=each)
            touched[name] = self._known[name]
        return list(touched.values())

    def save(self, prepared: Sequence[Any]) -> None:
        """Save them."""
        self._application.save(*prepared)


class Puts:
    """Events that are put into an event store: its mapper makes JSON of them, its recorder inserts them."""

    def __init__(self, file: Path) -> None:
        self._application = _application(file)
        self._versions: defaultdict[str, int] = defaultdict(int)

    def prepared(self, posted: Sequence[Posted]) -> list[Any]:
        """The events."""
        return [self._told(each) for each in posted]

    def save(self, prepared: Sequence[Any]) -> None:
        """Put them in."""
        self._application.events.put(prepared)

    def _told(self, posted: Posted) -> Told:
        name = posted["subject"]
        self._versions[name] += 1
        return Told(
            originator_id=uuid5(NAMESPACE_URL, name),
            originator_version=self._versions[name],
            timestamp=Told.create_timestamp(),
            posted=posted,  # type: ignore[call-arg]  # its metaclass makes it a dataclass
        )


def saving(bare: Saves | Puts) -> Side:
    """Saves the next batch."""
    coming = batches(practice(), BATCH)

    def save() -> float:
        prepared = bare.prepared(next(coming))
        return timed(lambda: bare.save(prepared))

    return save


def _application(file: Path) -> Application[UUID]:
    environment = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(file)}
    return Application[UUID](env=environment)
