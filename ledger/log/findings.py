"""What a verification finds: each part of the ledger that is not as another part of it says."""

from dataclasses import dataclass, field
from enum import StrEnum

from ledger.audit.checkpoint import Checkpoint
from ledger.log.custody import Retired

FINDINGS_LIMIT = 100
"""So many are told at the most, the first ones; the others are counted."""


class Fault(StrEnum):
    """What can be wrong. The names stay the same, so that a monitor can tell them apart."""

    MISSING = "event-missing"
    """There are later events, but not this one."""
    ADDED = "event-added"
    """An event that the rest of the ledger does not know of."""
    SWAPPED = "events-swapped"
    """Two events each stand in the place of the other."""
    LEAF_HASH = "leaf-hash"
    NOT_JSON = "leaf-not-json"
    NOT_AN_EVENT = "leaf-not-an-event"
    NOT_CANONICAL = "leaf-not-canonical"
    SEQUENCE = "column-sequence"
    SUBJECT = "column-subject"
    VERSION = "column-version"
    TYPE = "column-type"
    DAY = "column-day"
    RECORDED_AT = "column-recorded-at"
    TIME_FALLS = "recorded-at-falls"
    """Recorded earlier than the event before it; or, in a later batch, not later."""
    VERSION_GAP = "version-gap"
    """Not the version that follows the one before it, of its subject."""
    SUBJECT_HEAD = "subject-head"
    """The projection has another version of a subject than its events."""
    WORDS = "words-beyond"
    """The index of words claims events that there are not."""
    APPENDING = "appending-row"
    """What the next append would go on from is not the newest event, or not the tree over all events."""
    NODE_WRONG = "tree-node-wrong"
    NODE_MISSING = "tree-node-missing"
    NODE_EXTRA = "tree-node-extra"
    REWRITTEN = "rewritten-between-checkpoints"
    """Events that agree with each other, but not with a checkpoint that was signed over them."""
    BEHIND = "behind-checkpoint"
    """A checkpoint of more events than there are: the end was cut off, or an old backup restored."""
    CHECKPOINT_KEY = "checkpoint-other-key"
    """Signed by another key than the log's, or wrongly."""
    CHECKPOINT_ORIGIN = "checkpoint-other-origin"
    CHECKPOINT_MALFORMED = "checkpoint-malformed"
    KEPT_MISSING = "kept-checkpoint-missing"
    FOLDER_MISSING = "audit-folder-missing"
    """The folder outside the database, or the verifier key in it, is missing or cannot be read."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A part that is not as it should be."""

    fault: Fault
    sequence: int | None
    """The event that it is about, or the first of those; None where it is about none."""
    detail: str
    """What differs, in words."""
    other: int | None = None
    """The sequence that the leaf has, where it is another."""
    last: int | None = None
    """The last of the events of which it is about one or more, where it cannot be said about which."""

    @property
    def names_an_event(self) -> bool:
        """Whether it is about that event, and not about a checkpoint or what lies between two of them."""
        return self.sequence is not None and self.fault not in OF_CHECKPOINTS


OF_CHECKPOINTS = frozenset(
    {Fault.BEHIND, Fault.REWRITTEN, Fault.CHECKPOINT_KEY, Fault.CHECKPOINT_ORIGIN, Fault.CHECKPOINT_MALFORMED}
)


@dataclass(slots=True)
class Findings:
    """The first findings in the order in which they came, and how many there were."""

    first: list[Finding] = field(default_factory=list)
    count: int = 0

    def add(
        self, fault: Fault, sequence: int | None, detail: str, other: int | None = None, last: int | None = None
    ) -> None:
        """One more."""
        self.count += 1
        if not self.is_full:
            self.first.append(Finding(fault, sequence, detail, other, last))

    @property
    def is_full(self) -> bool:
        """Whether others are only counted."""
        return len(self.first) >= FINDINGS_LIMIT

    def extend(self, other: "Findings") -> None:
        """All of another list."""
        self.first += other.first[: FINDINGS_LIMIT - len(self.first)]
        self.count += other.count


@dataclass(slots=True)
class Holding:
    """How the stored checkpoints of one log stand to the events."""

    origin: str
    retired: Retired | None = None
    """Of a log that another one followed."""
    checked: int = 0
    last_that_holds: int | None = None
    """The size of the last checkpoint that holds, before any that does not."""
    first_that_fails: int | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """What was verified, and what was found."""

    events: int
    """The newest event; where one is missing, the last before it."""
    since: Checkpoint | None
    """What came before was not looked at: it is as this checkpoint says."""
    root_hash: bytes
    """Of the tree over all these events, recomputed."""
    logs: list[Holding]
    """The log, and those before it."""
    kept: Checkpoint | None
    """The newest checkpoint, from outside the database."""
    findings: Findings

    @property
    def holds(self) -> bool:
        """Whether everything agrees."""
        return self.findings.count == 0
