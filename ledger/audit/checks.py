"""How the audit says no: which check failed, and on what."""

from base64 import b64decode
from binascii import b2a_base64


class CheckFailed(Exception):
    """Something that was to be trusted does not pass a check; nothing of it may be used.

    `check` names the check in words that stay the same ("root hash", "signature line"), the message says what is wrong.
    """

    def __init__(self, check: str, detail: str) -> None:
        self.check, self.detail = check, detail
        super().__init__(f"{check}: {detail}")


def base64_text(given: bytes) -> str:
    """`given` in the standard Base 64 of RFC 4648, section 4, which is the only one in C2SP's formats."""
    return b2a_base64(given, newline=False).decode("ascii")


def base64_bytes(text: str) -> bytes:
    """The bytes that `text` is the one Base 64 of; raises ValueError for any other.

    RFC 4648, 3.3 and 3.5: no character outside the alphabet, no missing padding, no bits set that encode nothing.
    There is one text for the same bytes, so that whoever changes a character has changed what it says.
    """
    if not text.isascii():
        raise ValueError("not ASCII")
    given = b64decode(text, validate=True)
    if base64_text(given) != text:
        raise ValueError("not the canonical Base 64 of its bytes")
    return given
