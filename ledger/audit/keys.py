"""Private keys: Ed25519 (RFC 8032), written as Go's golang.org/x/mod/sumdb/note writes them.

    PRIVATE+KEY+<key name>+hex(key ID)+base64(0x01 || 32-byte seed)

The key ID is that of the public key as a note's key. Go's tools read the same text for a log and for a witness
(transparency-dev/formats, NewSignerForCosignatureV1), so that there is one form for both here too; a witness has a key
of its own all the same, since one key should not make signatures of two types (signed-note, Verifier keys).
"""

from dataclasses import dataclass, field
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.audit.checks import base64_text
from ledger.audit.note import KeyRefused, NoteKey, Signature, check_key_name, check_text, key_parts

SEED_BYTES = 32
_PREFIX = "PRIVATE+KEY+"
_MATERIAL_BYTES = 1 + SEED_BYTES


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 private key under a name. Neither its `repr` nor any error shows the secret, only `text` does."""

    name: str
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        check_key_name(self.name)
        if len(self.seed) != SEED_BYTES:
            raise KeyRefused("private key", f"Ed25519 has a seed of {SEED_BYTES} bytes (RFC 8032)")

    @classmethod
    def generate(cls, name: str) -> Self:
        """A new key, from the randomness of the operating system. Raises KeyRefused for a name that no key can have."""
        check_key_name(name)
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Of its text, with no newline after it. Raises KeyRefused, which does not quote the secret."""
        if not text.startswith(_PREFIX):
            raise KeyRefused("private key", f"it begins with {_PREFIX}")
        name, stated_id, material = key_parts(text.removeprefix(_PREFIX))
        if material[0] != NoteKey.signature_type:
            raise KeyRefused("signature type", f"0x{material[0]:02x} is not that of Ed25519, 0x01")
        if len(material) != _MATERIAL_BYTES:
            raise KeyRefused("private key", f"Ed25519 has a seed of {SEED_BYTES} bytes (RFC 8032)")
        key = cls(name, material[1:])
        if key.note_key.key_id != stated_id:
            raise KeyRefused("key ID", f"{stated_id.hex()} is given, that of the key is {key.note_key.key_id.hex()}")
        return key

    def text(self) -> str:
        """The secret, as `parse` takes it: for a file that nobody else can read."""
        material = bytes([NoteKey.signature_type]) + self.seed
        return f"{_PREFIX}{self.name}+{self.note_key.key_id.hex()}+{base64_text(material)}"

    @property
    def public_key(self) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()

    @property
    def note_key(self) -> NoteKey:
        """What verifies `sign`; its `text()` is the vkey to publish."""
        return NoteKey(self.name, self.public_key)

    def sign(self, text: str) -> Signature:
        """Signed-note, Ed25519 signatures: over the text of a note, which ends in a newline."""
        check_text(text)
        return Signature(self.name, self.note_key.key_id, self.sign_bytes(text.encode()))

    def sign_bytes(self, message: bytes) -> bytes:
        """RFC 8032: 64 bytes."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)
