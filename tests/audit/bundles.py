"""Bundles made without a ledger: a log in memory, signed by keys of the tests."""

from hashlib import sha256

import orjson

from ledger.audit.bundle import Bundle, ProvenLeaf, check_bundle
from ledger.audit.checkpoint import Checkpoint, sign_checkpoint
from ledger.audit.cosignature import cosign
from ledger.audit.keys import SigningKey
from ledger.audit.leaves import leaf_hash, leaf_of
from ledger.audit.tree import EMPTY_EDGE, append_leaves, inclusion_proof, root_of
from tests.audit.nodes import reading

LOG = SigningKey("log.example", bytes(range(32)))
OTHER_LOG = SigningKey("other.example", bytes(range(1, 33)))
WITNESS = SigningKey("witness.example", bytes(range(2, 34)))
STRANGER = SigningKey("stranger.example", bytes(range(3, 35)))
SEEN_AT = 1_594_400_000


def event(sequence, version, type_, subject, on=None, *, data=None, **more):
    """A leaf's members."""
    return {
        "sequence": sequence,
        "subject": subject,
        "version": version,
        "type": type_,
        "effective_on": on,
        "recorded_at": f"2020-07-10T12:00:{sequence:02d}.000000Z",
        "recorded_by": "tests",
        "data": data,
        "sources": [],
        "comment": None,
        **more,
    }


def note_of(leaves, key=LOG, *cosigners, root=None):
    """The signed checkpoint of the tree over `leaves`."""
    _, edge = append_leaves(EMPTY_EDGE, list(map(leaf_hash, leaves)))
    checkpoint = Checkpoint(key.name, edge.size, root or root_of(edge))
    note = sign_checkpoint(checkpoint, key)
    return note.signed_by(*(cosign(checkpoint, each, timestamp=SEEN_AT) for each in cosigners))


def proof_of(leaves, sequence):
    """RFC 9162, 2.1.3, for the leaf with that sequence."""
    hashes = list(map(leaf_hash, leaves))
    return tuple(inclusion_proof(sequence - 1, len(leaves), reading(hashes)))


def bundle_of(events, subject, answer, note=None):
    """The bundle that shows `answer` from those of `events`, a whole log in order, that are on `subject`."""
    leaves = list(map(leaf_of, events))
    proven = tuple(
        ProvenLeaf(leaf_of(each), proof_of(leaves, each["sequence"])) for each in events if each["subject"] == subject
    )
    return Bundle(answer, note or note_of(leaves), proven)


def signed_again(body):
    """A file of that JSON with the digest that fits it: what a forger can do."""
    return with_digest(body + b"\n")


def with_digest(body):
    """The same, whatever line that is on."""
    return body + sha256(body).hexdigest().encode() + b"\n"


def rewritten(made, change):
    """The file with `change` made to the object in it, in canonical form and with the digest that fits."""
    whole = orjson.loads(made[:-66])
    change(whole)
    return signed_again(orjson.dumps(whole, option=orjson.OPT_SORT_KEYS))


def checked(made, trusted=LOG.note_key):
    return check_bundle(made, trusted)
