"""What a witness says of a checkpoint: C2SP tlog-cosignature (https://c2sp.org/tlog-cosignature), with Ed25519.

    cosignature/v1
    time <seconds since 1970>
    <the text of the checkpoint>

is what is signed. It says that at that time this was the largest tree of the log that the witness had seen, and that
it was consistent with all before.
"""

from dataclasses import dataclass

from ledger.audit.checkpoint import Checkpoint, CheckpointRefused, check_empty_root
from ledger.audit.keys import SigningKey
from ledger.audit.note import SIGNATURE_BYTES, NoteRefused, Signature, VerifierKey

TIMESTAMP_BYTES = 8
LARGEST_TIMESTAMP = 2**63 - 1
"""Section Format: in seconds since the Epoch."""


@dataclass(frozen=True, slots=True)
class CosignerKey(VerifierKey):
    """Section Format: signature type 0x04, timestamped. A witness's key is one."""

    signature_type = 0x04

    def verify(self, text: str, signature: bytes) -> None:
        """Raise NoteRefused unless the key cosigned the checkpoint with that text."""
        try:
            Checkpoint.parse(text)
        except CheckpointRefused as error:
            raise NoteRefused("cosigned text", f"it is not a checkpoint: {error}") from error
        if len(signature) != TIMESTAMP_BYTES + SIGNATURE_BYTES:
            raise NoteRefused(
                "signature",
                f"a cosignature has {TIMESTAMP_BYTES + SIGNATURE_BYTES} bytes, that of {self.name} {len(signature)}",
            )
        timestamp = timestamp_of(signature)
        self.verify_bytes(_signed_message(text, timestamp), signature[TIMESTAMP_BYTES:])


def cosigner_key(key: SigningKey) -> CosignerKey:
    """What verifies the cosignatures of `key`; its `text()` is the vkey that a witness publishes."""
    return CosignerKey(key.name, key.public_key)


def cosign(checkpoint: Checkpoint, key: SigningKey, *, timestamp: int) -> Signature:
    """The cosignature of `key` at `timestamp`, in seconds since the Epoch.

    The caller has seen to it that the checkpoint is consistent with all that `key` cosigned before for its origin.
    Raises NoteRefused or CheckpointRefused.
    """
    check_empty_root(checkpoint)
    if timestamp < 1:  # tlog-witness, add-checkpoint: the timestamp must not be zero
        raise NoteRefused("timestamp", f"{timestamp} is not after 1970")
    _check_timestamp(timestamp)
    made = key.sign_bytes(_signed_message(checkpoint.text(), timestamp))
    return Signature(key.name, cosigner_key(key).key_id, timestamp.to_bytes(TIMESTAMP_BYTES, "big") + made)


def timestamp_of(signature: bytes) -> int:
    """Section Format, timestamped_signature: in seconds since the Epoch. Raises NoteRefused."""
    if len(signature) < TIMESTAMP_BYTES:
        raise NoteRefused("timestamp", f"it has {TIMESTAMP_BYTES} bytes, the whole signature {len(signature)}")
    timestamp = int.from_bytes(signature[:TIMESTAMP_BYTES], "big")
    _check_timestamp(timestamp)
    return timestamp


def _check_timestamp(timestamp: int) -> None:
    if timestamp > LARGEST_TIMESTAMP:
        raise NoteRefused("timestamp", "it exceeds 2^63 - 1")


def _signed_message(text: str, timestamp: int) -> bytes:
    """Section Ed25519 signed message; the text has its extension lines and its final newline."""
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()
