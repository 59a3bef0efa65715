"""The leaves of the log: the canonical bytes of each event, and their hash (domain.md, Tamper evidence)."""

from hashlib import sha256
from typing import Any

import orjson

LEAF_LIMIT = 65_535
"""The most bytes that a leaf can have: what a C2SP tlog-tiles entry bundle can carry."""


LEAF_MEMBERS = (
    "sequence", "subject", "version", "type", "effective_on", "recorded_at", "recorded_by",
    "data", "sources", "comment",
)  # fmt: skip
"""What an event's leaf holds, null where it was not given (`sources`: an empty list)."""


def leaf_of(event: dict[str, Any]) -> bytes:
    """RFC 8785 canonical JSON of `event`.

    All that an event may hold is text, booleans, integers below 2^53, lists and objects whose members have names in
    ASCII: for these `orjson` with sorted keys gives the bytes of RFC 8785 (a property test holds it against `rfc8785`).
    """
    return orjson.dumps(event, option=orjson.OPT_SORT_KEYS)


def leaf_hash(leaf: bytes) -> bytes:
    """RFC 6962, 2.1: SHA-256 of 0x00 and the leaf."""
    return sha256(b"\x00" + leaf).digest()
