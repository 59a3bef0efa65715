"""Text signed by keys: C2SP signed-note (https://c2sp.org/signed-note).

    text, of one or more lines
    <an empty line>
    — key name base64(key ID || signature)

Sections named below are those of that specification. Where it leaves room, Go's golang.org/x/mod/sumdb/note is followed
(100 signatures, one key for a name and ID), and where both are lenient, this is not: Base 64 is taken in canonical form
only, and every signature of a known key has to verify.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar, Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.audit.checks import CheckFailed, base64_bytes, base64_text

NOTE_LIMIT_BYTES = 1_000_000
"""Section Format: verifiers should limit a note. This is room for the signatures allowed, post-quantum ones too."""
SIGNATURE_LIMIT = 100
"""Section Format: at least 16; 100 as in x/mod."""
KEY_ID_BYTES = 4
PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64
_SIGNATURE_LINE = "\N{EM DASH} "


class NoteRefused(CheckFailed):
    """The note is malformed, or no key that is known has signed it."""


class KeyRefused(CheckFailed):
    """The text is not that of a key, or not of the kind of key that is needed here."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature line: which key is said to have signed, and the signature, of a form that is the key's affair."""

    name: str
    key_id: bytes
    signature: bytes

    def __post_init__(self) -> None:
        check_key_name(self.name)
        if len(self.key_id) != KEY_ID_BYTES:
            raise NoteRefused("key ID", f"it is {KEY_ID_BYTES} bytes long, here {len(self.key_id)}")
        if not self.signature:
            raise NoteRefused("signature", f"that of {self.name} is empty")

    def line(self) -> str:
        """Section Signatures, with the newline."""
        return f"{_SIGNATURE_LINE}{self.name} {base64_text(self.key_id + self.signature)}\n"

    @classmethod
    def of_line(cls, line: str) -> Self:
        """Of a signature line without its newline."""
        if not line.startswith(_SIGNATURE_LINE):
            raise NoteRefused("signature line", f"{line[:40]!r} does not begin with an em dash and a space")
        name, space, encoded = line.removeprefix(_SIGNATURE_LINE).partition(" ")
        if not space:
            raise NoteRefused("signature line", f"{line[:40]!r} has no signature after the key name")
        try:
            given = base64_bytes(encoded)
        except ValueError as error:
            raise NoteRefused("signature line", f"the signature of {name[:40]!r} is not Base 64: {error}") from error
        if len(given) <= KEY_ID_BYTES:
            raise NoteRefused("signature", f"that of {name[:40]!r} has {len(given)} bytes with the key ID, too few")
        try:
            return cls(name, given[:KEY_ID_BYTES], given[KEY_ID_BYTES:])
        except KeyRefused as error:
            raise NoteRefused(error.check, error.detail) from error


@dataclass(frozen=True, slots=True)
class VerifierKey(ABC):
    """A public key under a name, for one type of signature. Section Verifier keys: its text is a vkey."""

    signature_type: ClassVar[int]
    """Section Signature types: the byte before the public key."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        check_key_name(self.name)
        if len(self.public_key) != PUBLIC_KEY_BYTES:
            raise KeyRefused(
                "public key", f"Ed25519 has {PUBLIC_KEY_BYTES} bytes (RFC 8032), here {len(self.public_key)}"
            )

    @property
    def key_id(self) -> bytes:
        """Section Signatures: SHA-256(key name || 0x0A || signature type || public key)[:4]."""
        return sha256(self.name.encode() + b"\n" + self._material).digest()[:KEY_ID_BYTES]

    @property
    def _material(self) -> bytes:
        return bytes([self.signature_type]) + self.public_key

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """Of a vkey, `<key name>+hex(key ID)+base64(signature type || public key)`. Raises KeyRefused."""
        name, stated_id, material = key_parts(vkey)
        if material[0] != cls.signature_type:
            raise KeyRefused("signature type", f"0x{material[0]:02x}, but 0x{cls.signature_type:02x} is needed here")
        key = cls(name, material[1:])
        if key.key_id != stated_id:
            raise KeyRefused("key ID", f"{stated_id.hex()} is given, that of the key is {key.key_id.hex()}")
        return key

    def text(self) -> str:
        """The vkey."""
        return f"{self.name}+{self.key_id.hex()}+{base64_text(self._material)}"

    @abstractmethod
    def verify(self, text: str, signature: bytes) -> None:
        """Raise NoteRefused unless the key made `signature` for the note with that text."""

    def verify_bytes(self, message: bytes, signature: bytes) -> None:
        """RFC 8032: raise NoteRefused unless the key made `signature` for `message`."""
        if len(signature) != SIGNATURE_BYTES:
            raise NoteRefused(
                "signature", f"Ed25519 has {SIGNATURE_BYTES} bytes, that of {self.name} has {len(signature)}"
            )
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except InvalidSignature as error:
            raise NoteRefused("signature", f"{self.name}+{self.key_id.hex()} has not signed this") from error


@dataclass(frozen=True, slots=True)
class NoteKey(VerifierKey):
    """Section Ed25519 signatures: type 0x01, over the text of the note. A log's key is one."""

    signature_type = 0x01

    def verify(self, text: str, signature: bytes) -> None:
        self.verify_bytes(text.encode(), signature)


class Signer(Protocol):
    """Who can sign a note: `keys.SigningKey` is one."""

    def sign(self, text: str) -> Signature: ...


@dataclass(frozen=True, slots=True)
class Note:
    """A text and the signatures under it. Neither may be believed before a key has verified it: `open_note`."""

    text: str
    signatures: tuple[Signature, ...]

    def __post_init__(self) -> None:
        check_text(self.text)
        if not self.signatures:
            raise NoteRefused("signatures", "there is none")
        if len(self.signatures) > SIGNATURE_LIMIT:
            raise NoteRefused("signatures", f"at most {SIGNATURE_LIMIT}, here {len(self.signatures)}")

    @classmethod
    def parse(cls, note: bytes) -> Self:
        """Section Format. Raises NoteRefused."""
        if len(note) > NOTE_LIMIT_BYTES:
            raise NoteRefused("note length", f"at most {NOTE_LIMIT_BYTES} bytes, here {len(note)}")
        try:
            whole = note.decode()
        except UnicodeDecodeError as error:
            raise NoteRefused("UTF-8", str(error)) from error
        text, blank_line, lines = whole.rpartition("\n\n")
        if not blank_line:
            raise NoteRefused("blank line", "there is none between text and signatures")
        if not lines:
            raise NoteRefused("signatures", "there is none")
        if not lines.endswith("\n"):
            raise NoteRefused("signature line", "the last one does not end in a newline")
        signatures = lines.removesuffix("\n").split("\n")
        if len(signatures) > SIGNATURE_LIMIT:
            raise NoteRefused("signatures", f"at most {SIGNATURE_LIMIT}, here {len(signatures)}")
        return cls(text + "\n", tuple(map(Signature.of_line, signatures)))

    def signed_by(self, *signatures: Signature) -> "Note":
        """The same note with further signatures under it; one that it has already is not added again."""
        return Note(self.text, tuple(dict.fromkeys((*self.signatures, *signatures))))

    def encode(self) -> bytes:
        """What `parse` takes."""
        return f"{self.text}\n{''.join(signature.line() for signature in self.signatures)}".encode()


@dataclass(frozen=True, slots=True)
class OpenedNote:
    """A note that known keys have signed: the text may be believed as far as they are."""

    text: str
    verified: tuple[tuple[VerifierKey, Signature], ...]
    """In the order of the note, at least one; a line that is there twice counts once."""
    unknown: tuple[Signature, ...]
    """Of keys that are not known: neither right nor wrong."""


def sign_note(text: str, *signers: Signer) -> Note:
    """A note of `text`, which ends in a newline, signed by each."""
    check_text(text)
    return Note(text, tuple(signer.sign(text) for signer in signers))


def open_note(note: bytes | Note, keys: Iterable[VerifierKey]) -> OpenedNote:
    """The note's text, signed by one or more of `keys` and by none of them wrongly (section Signatures).

    Signatures of other keys are passed over. Raises NoteRefused.
    """
    if not isinstance(note, Note):
        note = Note.parse(note)
    keys = list(keys)
    verified: list[tuple[VerifierKey, Signature]] = []
    unknown: list[Signature] = []
    for signature in dict.fromkeys(note.signatures):
        if (key := _key_of(signature, keys)) is None:
            unknown.append(signature)
        else:
            key.verify(note.text, signature.signature)
            verified.append((key, signature))
    if not verified:
        named = ", ".join(f"{signature.name}+{signature.key_id.hex()}" for signature in unknown[:5])
        raise NoteRefused("known key", f"none of those that are known has signed, only {named}")
    return OpenedNote(note.text, tuple(verified), tuple(unknown))


def _key_of(signature: Signature, keys: Sequence[VerifierKey]) -> VerifierKey | None:
    """The one of that name and ID; two are an error, as in x/mod: one cannot know which is meant."""
    found = [key for key in keys if (key.name, key.key_id) == (signature.name, signature.key_id)]
    if len(found) > 1:
        raise NoteRefused("known key", f"{signature.name}+{signature.key_id.hex()} is given more than once")
    return found[0] if found else None


def key_parts(text: str) -> tuple[str, bytes, bytes]:
    """Name, key ID and material of `<key name>+hex(key ID)+base64(material)`. Raises KeyRefused."""
    name, _, rest = text.partition("+")
    stated_id, plus, encoded = rest.partition("+")
    if not plus:
        raise KeyRefused("key", "it is not of three parts with + between them")
    check_key_name(name)
    if len(stated_id) != 2 * KEY_ID_BYTES or not set(stated_id) <= set("0123456789abcdef"):
        raise KeyRefused("key ID", f"it is {2 * KEY_ID_BYTES} lowercase hexadecimal digits")
    try:
        material = base64_bytes(encoded)
    except ValueError as error:
        raise KeyRefused("key", f"what follows the key ID is not Base 64: {error}") from error
    if not material:
        raise KeyRefused("key", "nothing follows the key ID")
    return name, bytes.fromhex(stated_id), material


def check_key_name(name: str) -> None:
    """Section Format: not empty, no Unicode space, no plus, and nothing that a note cannot have. Raises KeyRefused."""
    if not name:
        raise KeyRefused("key name", "it is empty")
    if any(character.isspace() or character < " " or character == "+" for character in name) or not _is_utf8(name):
        raise KeyRefused("key name", "it has a space, a plus, a control character or a lone surrogate")


def check_text(text: str) -> None:
    """Section Format: UTF-8 that ends in a newline, without other control characters. Raises NoteRefused."""
    if not _is_utf8(text):
        raise NoteRefused("UTF-8", "the text has a lone surrogate")
    if not text.endswith("\n"):
        raise NoteRefused("text", "it does not end in a newline")
    if any(character < " " and character != "\n" for character in text):
        raise NoteRefused("control character", "there is one other than newline")


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
