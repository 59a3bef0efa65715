"""Evidence bundles, made from the database: `ledger.audit.bundle` has the format."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import orjson

from ledger.audit.bundle import Bundle, ProvenLeaf
from ledger.audit.checkpoint import Checkpoint, open_checkpoint
from ledger.audit.checks import CheckFailed
from ledger.audit.note import Note
from ledger.audit.sealed import BUNDLE_LIMIT_BYTES
from ledger.audit.tree import Node, Read, TreeRefused, inclusion_nodes, inclusion_proof, root_at
from ledger.domain.values import Problem
from ledger.errors import BehindCheckpoint, Invalid, NotFound
from ledger.log.custody import Custody
from ledger.log.nodes import reading_nodes
from ledger.projections.lists import When
from ledger.projections.states import held_on
from ledger.schemas.answers import as_of_members, known_at_text, state_json
from ledger.store.events import head_of, version_at
from ledger.store.session import Session

_AT_ONCE = 1000
"""How many proofs are made of one reading of the tree."""
_HASH_BYTES = 47
"""A hash in a bundle: Base 64 of 32 bytes, its quotes and a comma."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a bundle is to show: the answer, as the API gives it, and the leaves that it follows from."""

    answer: bytes
    known: int
    """The sequence at which the answer was read."""
    leaves: tuple[tuple[int, bytes], ...]
    """All of the subject up to there, each with its sequence."""


def claim_of(session: Session, subject: str, when: When, asked: int | None = None) -> Claim:
    """The state of `subject` as of `when`, and its leaves; `asked` is the time of `known_at`, if one was asked for.

    Raises NotFound for what was not known then, Invalid where a bundle of it would be too large.
    """
    known = when.knowledge.sequence
    held = held_on(session, subject, when.day, when.knowledge)
    if held is None:
        since = f" at event {known}" if known < when.knowledge.newest else ""
        raise NotFound(f"the ledger {'did' if since else 'does'} not know {subject}{since}")
    _require_room(session, subject, known)
    members = as_of_members(when, known_at_text(when.knowledge, asked))
    answer = state_json(held, members, version_at(session, subject, known))
    rows = session.rows(
        "SELECT sequence, leaf FROM events WHERE subject = :subject AND sequence <= :known ORDER BY sequence",
        subject=subject,
        known=known,
    )
    return Claim(answer, known, tuple((sequence, bytes(leaf)) for sequence, leaf in rows))


def covering(session: Session, custody: Custody, sequence: int) -> Note | None:
    """A checkpoint of the log that covers the first `sequence` events; None where none has been kept.

    It is the earliest, since what witnesses say of it says by when the events were there; but the newest where that has
    more signatures, as of witnesses that came later. Raises Unsigned.
    """
    row = session.row(
        "SELECT note FROM checkpoints WHERE origin = :origin AND size >= :sequence ORDER BY size LIMIT 1",
        origin=custody.vkey().name,
        sequence=sequence,
    )
    newest = custody.newest()
    notes = [bytes(row[0])] if row else []
    notes += [newest.note] if newest and newest.checkpoint.size >= sequence else []
    held = [Note.parse(note) for note in notes if _holds(session, custody, note)]
    return max(held, key=lambda note: len(note.signatures), default=None)  # of several as good, the first


def bundle_of(session: Session, claim: Claim, note: Note) -> bytes:
    """The bundle that shows `claim` with the checkpoint in `note`.

    Raises BehindCheckpoint where the ledger is not what that says, Invalid where the bundle is too large.
    """
    checkpoint = Checkpoint.parse(note.text)
    size = head_of(session).sequence
    if not claim.known <= checkpoint.size <= size:
        raise BehindCheckpoint(size, checkpoint.size)
    proofs = _proofs(session, [sequence for sequence, _ in claim.leaves], checkpoint.size)
    events = tuple(ProvenLeaf(leaf, proof) for (_, leaf), proof in zip(claim.leaves, proofs, strict=True))
    made = Bundle(orjson.loads(claim.answer), note, events).encode()
    if len(made) > BUNDLE_LIMIT_BYTES:
        raise _too_large()
    return made


def _holds(session: Session, custody: Custody, note: bytes) -> bool:
    """Whether the log's own key has signed it, and the ledger is what it says."""
    try:
        checkpoint = open_checkpoint(note, custody.vkey()).checkpoint
    except CheckFailed:
        return False
    if checkpoint.size > head_of(session).sequence:
        return False
    return root_at(checkpoint.size, reading_nodes(session)) == checkpoint.root_hash


def _require_room(session: Session, subject: str, known: int) -> None:
    """Raise Invalid before leaves are read that no bundle has room for."""
    count, total = session.row(
        "SELECT count(*), coalesce(sum(length(leaf)), 0) FROM events WHERE subject = :subject AND sequence <= :known",
        subject=subject,
        known=known,
    ) or (0, 0)
    if total + count * known.bit_length() * _HASH_BYTES > BUNDLE_LIMIT_BYTES:
        raise _too_large()


def _too_large() -> Invalid:
    advice = "ask as known at an earlier event, or take the leaves and their proofs one by one"
    return Invalid(
        [Problem("/subject", f"a bundle has {BUNDLE_LIMIT_BYTES} bytes at most, too few for this: {advice}")]
    )


def _proofs(session: Session, sequences: Sequence[int], size: int) -> Iterator[tuple[bytes, ...]]:
    """RFC 9162, 2.1.3: that each event is in the tree of `size` leaves."""
    for start in range(0, len(sequences), _AT_ONCE):
        indexes = [sequence - 1 for sequence in sequences[start : start + _AT_ONCE]]
        nodes = list({node for index in indexes for node in inclusion_nodes(index, size)})
        read = reading_nodes(session)(nodes) if nodes else []
        if len(read) != len(nodes):
            raise TreeRefused("nodes read", f"{len(nodes)} nodes are needed, {len(read)} are there")
        known = _from(dict(zip(nodes, read, strict=True)))
        for index in indexes:
            yield tuple(inclusion_proof(index, size, known))


def _from(hashes: Mapping[Node, bytes]) -> Read:
    """Nodes that were read before."""
    return lambda nodes: [hashes[node] for node in nodes]
