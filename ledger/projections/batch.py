"""A batch of events on its way into the projections: folded as a whole, then written.

Events that come in the order of their days are folded onto the spans that are known now, which costs the same however
long the history. Where one is late, or speaks of an earlier one, the subject is folded anew from its first event.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ledger.domain.corrections import Record, Told
from ledger.domain.dates import EVER
from ledger.domain.events import AFTERTHOUGHTS, kind_of
from ledger.domain.timeline import NO_DAY, Clash, LastDay, Span, Timeline, fold
from ledger.projections.rectangles import Known, Turn, open_spans, subjects_known
from ledger.projections.responses import Answers
from ledger.store.session import Session

ToldOf = Callable[[Iterable[str]], Mapping[str, Sequence[Told]]]
"""What was told of each of some subjects before the batch, in the order of sequences."""


@dataclass(slots=True)
class Subject:
    """A subject of the batch: how it stands before it, and what the batch tells of it."""

    name: str
    version: int
    last_day: LastDay
    told: list[tuple[Told, int]] = field(default_factory=list)
    """Each new event with the first day on which it takes effect."""
    record: Record | None = None
    """All earlier events; only where it must be folded anew."""
    before: Sequence[Known] = ()
    after: Sequence[Span] = ()

    @property
    def in_order(self) -> bool:
        """Whether every new event follows, in the order of the fold, all that came before."""
        last_day = self.last_day.day
        for told, day in self.told:
            if told.type in AFTERTHOUGHTS or day < last_day:
                return False
            last_day = day
        return True


class Batch:
    """Events that become known together."""

    def __init__(self, session: Session, told_of: ToldOf) -> None:
        self._session = session
        self._told_of = told_of
        self.subjects: dict[str, Subject] = {}
        self.known: set[str] = set()
        """The subjects of the batch, and those it refers to, that the ledger knew before."""

    def look_up(self, subjects: Iterable[str], referred: Iterable[str]) -> None:
        """Read how `subjects` stand, and which of those `referred` to are known."""
        wanted = dict.fromkeys(subjects)
        found = subjects_known(self._session, wanted | dict.fromkeys(referred))
        self.known = set(found)
        self.subjects = {name: Subject(name, *found.get(name, (0, NO_DAY))) for name in wanted}

    def read_records(self) -> None:
        """Read the earlier events of the subjects that must be folded anew."""
        anew = [subject for subject in self.subjects.values() if not subject.in_order]
        if anew:
            told = self._told_of([subject.name for subject in anew])
            for subject in anew:
                subject.record = Record(told[subject.name])

    def fold(self) -> list[Clash]:
        """Fold every subject; what cannot stand is left out and returned."""
        known = open_spans(
            self._session,
            {
                subject.name: EVER if subject.record else subject.told[0][1]
                for subject in self.subjects.values()
                if subject.name in self.known
            },
        )
        clashes: list[Clash] = []
        for subject in self.subjects.values():
            subject.before = known.get(subject.name, ())
            found = self._fold_anew(subject) if subject.record else self._fold_on(subject)
            clashes += found
        return clashes

    def _fold_on(self, subject: Subject) -> list[Clash]:
        timeline = Timeline(kind_of(subject.name), [known.span for known in subject.before], subject.last_day)
        for told, _ in subject.told:
            if timeline.add(told.entry()):
                return self._explained(subject)
        subject.after, subject.last_day = timeline.spans(), timeline.last_day
        return []

    def _explained(self, subject: Subject) -> list[Clash]:
        """Folded anew, for the words that say by which event the state came that an event has met."""
        subject.record = Record(self._told_of([subject.name])[subject.name])
        return self._fold_anew(subject)

    def _fold_anew(self, subject: Subject) -> list[Clash]:
        assert subject.record, "only a subject whose record was read is folded anew"
        refused = []
        for told, _ in subject.told:
            if refusal := subject.record.add(told):
                refused.append(Clash(told.entry(), refusal))
        timeline, clashes = fold(kind_of(subject.name), subject.record.entries())
        subject.after, subject.last_day = timeline.spans(), timeline.last_day
        return refused + clashes


class Writing:
    """What batches change in the projections, to be written at once; no two of them have a subject in common."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._turn, self._answers = Turn(session), Answers(session)
        self.subjects: dict[str, Subject] = {}

    def add(self, batch: Batch, sequence: int) -> None:
        """What follows from a batch that was folded, and has `sequence` as its last."""
        for subject in batch.subjects.values():
            self._turn.add(subject.name, sequence, subject.before, subject.after)
            self._answers.add(subject.name, sequence, subject.told, subject.record)
        self.subjects |= batch.subjects

    def write(self) -> None:
        """Write it."""
        self._turn.write()
        self._answers.write()
        self._session.run_each(
            "INSERT INTO subjects (subject, version, last_day, last_day_exact) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (subject) DO UPDATE SET version = excluded.version, last_day = excluded.last_day,"
            " last_day_exact = excluded.last_day_exact",
            sorted(
                (each.name, each.version + len(each.told), each.last_day.day, each.last_day.exact)
                for each in self.subjects.values()
            ),
        )
