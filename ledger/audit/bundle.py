"""Evidence in one file: what was answered, the events that it follows from, and the proof that these are in the log.

docs/reference/evidence-bundle.md has the format in full. Whoever checks a bundle needs the log's key, from elsewhere,
and neither the ledger nor a network.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import orjson

from ledger.audit.answer import answer_from, require_same
from ledger.audit.checks import CheckFailed, base64_bytes, base64_text
from ledger.audit.leaves import leaf_hash, leaf_of
from ledger.audit.note import Note, NoteKey
from ledger.audit.policy import Policy, WitnessedCheckpoint
from ledger.audit.proofs import LONGEST_PROOF, ProofRefused, verify_inclusion
from ledger.audit.recorded import Recorded, recorded_time
from ledger.audit.sealed import require_members, sealed, unsealed
from ledger.audit.tree import HASH_BYTES
from ledger.domain.dates import parse_day

FORMAT = "retorsion/evidence-bundle/1"
"""What the member `format` says. Whatever changes in the format changes the number."""
MEDIA_TYPE = "application/vnd.retorsion.evidence-bundle"
_MEMBERS = frozenset({"answer", "checkpoint", "events", "format"})
_EVENT_MEMBERS = frozenset({"leaf", "proof"})


class BundleRefused(CheckFailed):
    """The file is no evidence bundle, or does not show what it claims."""


@dataclass(frozen=True, slots=True)
class ProvenLeaf:
    """The exact bytes of a leaf, and the inclusion proof (RFC 9162, 2.1.3) that leads from it to the root."""

    leaf: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """An answer, a checkpoint, and the leaves of the answer's subject: only claims, before `check_bundle`."""

    answer: Mapping[str, Any]
    checkpoint: Note
    events: tuple[ProvenLeaf, ...]

    @classmethod
    def parse(cls, given: bytes) -> Self:
        """Strictly, so that there is but one file for what one says. Raises BundleRefused, NoteRefused."""
        whole = unsealed(given, BundleRefused)
        require_members("members", whole, _MEMBERS, BundleRefused)
        if whole["format"] != FORMAT:
            raise BundleRefused("format", f"it is {str(whole['format'])[:80]!r}, and {FORMAT!r} is read here")
        if not isinstance(whole["answer"], dict):
            raise BundleRefused("answer", "it is not an object")
        if not isinstance(whole["checkpoint"], str):
            raise BundleRefused("checkpoint", "it is not text")
        if not isinstance(whole["events"], list) or not whole["events"]:
            raise BundleRefused("events", "they are a list of one or more")
        return cls(whole["answer"], Note.parse(whole["checkpoint"].encode()), tuple(map(_proven_leaf, whole["events"])))

    def encode(self) -> bytes:
        """What `parse` takes. The leaves are put in as they are: in a file in canonical form they are still that."""
        whole = {
            "answer": self.answer,
            "checkpoint": self.checkpoint.encode().decode(),
            "events": [
                {"leaf": orjson.Fragment(event.leaf), "proof": list(map(base64_text, event.proof))}
                for event in self.events
            ],
            "format": FORMAT,
        }
        return sealed(whole)


@dataclass(frozen=True, slots=True)
class Checked:
    """A bundle that passed every check. What that shows, and what not, says `ledger.audit.statements`."""

    answer: Mapping[str, Any]
    """As the API answers it; every member follows from the events, but for what was asked."""
    events: tuple[Recorded, ...]
    """All that the subject has up to the version that is claimed."""
    log: NoteKey
    witnessed: WitnessedCheckpoint


def check_bundle(given: bytes, trusted: Policy | NoteKey, *, now: int | None = None) -> Checked:
    """What a bundle shows to whom trusts that policy, or the key of that log alone; neither is taken from the bundle.

    `now`, in seconds since the Epoch: later cosignatures do not count. Raises a CheckFailed that says which check it
    was: BundleRefused, NoteRefused, CheckpointRefused, PolicyRefused, LeafRefused, AnswerRefused.
    """
    policy = trusted if isinstance(trusted, Policy) else Policy(trusted)
    bundle = Bundle.parse(given)
    witnessed = policy.open(bundle.checkpoint, now=now)
    events = tuple(_proven_event(event, witnessed) for event in bundle.events)
    day, known_at, sequence = _asked(bundle.answer)
    _require_whole_stream(events)
    _require_known(events, known_at, sequence, witnessed.checkpoint.size)
    require_same(bundle.answer, answer_from(events, day, known_at, sequence))
    return Checked(bundle.answer, events, policy.log, witnessed)


def _proven_leaf(given: Any) -> ProvenLeaf:
    require_members("event members", given, _EVENT_MEMBERS, BundleRefused)
    proof = given["proof"]
    if not isinstance(proof, list) or len(proof) > LONGEST_PROOF or not all(isinstance(each, str) for each in proof):
        raise BundleRefused("inclusion proof", f"it is a list of at most {LONGEST_PROOF} texts")
    try:
        hashes = tuple(map(base64_bytes, proof))
    except ValueError as error:
        raise BundleRefused("inclusion proof", f"a hash is not Base 64: {error}") from error
    if any(len(each) != HASH_BYTES for each in hashes):
        raise BundleRefused("inclusion proof", f"a hash has {HASH_BYTES} bytes")
    return ProvenLeaf(leaf_of(given["leaf"]), hashes)


def _proven_event(given: ProvenLeaf, witnessed: WitnessedCheckpoint) -> Recorded:
    """RFC 9162, 2.1.3.2: the event is in the tree of the checkpoint, at the place that it says itself."""
    event = Recorded.of_leaf(given.leaf)
    try:
        verify_inclusion(
            given.proof,
            leaf_hash=leaf_hash(given.leaf),
            leaf_index=event.sequence - 1,
            tree_size=witnessed.checkpoint.size,
            root_hash=witnessed.checkpoint.root_hash,
        )
    except ProofRefused as error:
        raise BundleRefused("inclusion proof", f"that of event {event.sequence} does not hold: {error}") from error
    return event


def _asked(answer: Mapping[str, Any]) -> tuple[int, str, int]:
    """What the answer was asked for, which it repeats: the day, and as known when."""
    at, known_at, sequence = (answer.get(name) for name in ("at", "known_at", "sequence"))
    if not isinstance(at, str) or not isinstance(known_at, str) or type(sequence) is not int:
        raise BundleRefused("answer", "at is a day, known_at a time, sequence a whole number")
    try:
        recorded_time(known_at)
        return parse_day(at), known_at, sequence
    except ValueError as error:
        raise BundleRefused("at and known_at", str(error)) from None


def _require_whole_stream(events: Sequence[Recorded]) -> None:
    """They are versions 1, 2, 3 … of one subject: none is left out, none is there twice; times do not step back."""
    for version, event in enumerate(events, 1):
        if event.subject != events[0].subject:
            raise BundleRefused("subject", f"event {event.sequence} is of {event.subject}, not {events[0].subject}")
        if event.version != version:
            raise BundleRefused("versions", f"event {event.sequence} is version {event.version}, and {version} is due")
    for earlier, later in pairwise(events):
        if later.sequence <= earlier.sequence:
            raise BundleRefused("sequences", f"event {later.sequence} comes after event {earlier.sequence}")
        if later.recorded_at < earlier.recorded_at:
            raise BundleRefused("recorded times", f"event {later.sequence} is older than event {earlier.sequence}")


def _require_known(events: Sequence[Recorded], known_at: str, sequence: int, tree_size: int) -> None:
    """They were known then: recorded up to that sequence, and by that time; and the checkpoint covers all of that."""
    last = events[-1]
    if not last.sequence <= sequence <= tree_size:
        raise BundleRefused(
            "sequence", f"{sequence} is not between the last event, {last.sequence}, and the tree size, {tree_size}"
        )
    if last.recorded_at > recorded_time(known_at):
        raise BundleRefused("known_at", f"event {last.sequence} was recorded later")
