"""The example of an evidence bundle, read by a program that was written from the page alone."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from hashlib import sha256

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.audit.bundle import FORMAT, MEDIA_TYPE, check_bundle
from ledger.audit.leaves import LEAF_LIMIT
from ledger.audit.note import NoteKey
from ledger.audit.sealed import BUNDLE_LIMIT_BYTES
from tests.docs.pages import ROOT

PAGE = (ROOT / "docs/reference/evidence-bundle.md").read_text("utf-8")
FILE = (ROOT / "docs/reference/evidence-bundle.example").read_bytes()
VKEY = re.search(r"`(demo\.example/\S+)`", PAGE)[1]  # type: ignore[index]


def test_the_example_is_read_as_the_page_says() -> None:
    first, digest, rest = FILE.split(b"\n")
    assert (sha256(first + b"\n").hexdigest().encode(), rest) == (digest, b"")
    bundle = json.loads(first)
    assert rfc8785.dumps(bundle) == first

    text, signatures = bundle["checkpoint"].split("\n\n")
    name, _, encoded = VKEY.split("+", 2)
    signature = b64decode(signatures.removesuffix("\n").split(" ")[2])
    Ed25519PublicKey.from_public_bytes(b64decode(encoded)[1:]).verify(signature[4:], f"{text}\n".encode())
    origin, size, root = text.split("\n")
    assert origin == name

    [event] = bundle["events"]
    leaf = rfc8785.dumps(event["leaf"])
    assert leaf in first
    steps = hashes_on_the_way(leaf, event["leaf"]["sequence"] - 1, int(size), list(map(b64decode, event["proof"])))
    assert steps[-1] == b64decode(root)
    assert f"| {len(leaf)} bytes |" in PAGE
    for said in (digest.decode(), *(steps[at].hex() for at in (0, 1, -1)), root):
        assert said in PAGE


def hashes_on_the_way(leaf: bytes, index: int, size: int, proof: list[bytes]) -> list[bytes]:
    """RFC 9162, 2.1.3.2."""
    found, last = [sha256(b"\x00" + leaf).digest()], size - 1
    for sibling in proof:
        if index % 2 or index == last:
            found.append(sha256(b"\x01" + sibling + found[-1]).digest())
            while not index % 2 and index:
                index, last = index >> 1, last >> 1
        else:
            found.append(sha256(b"\x01" + found[-1] + sibling).digest())
        index, last = index >> 1, last >> 1
    assert last == 0
    return found


def test_the_example_passes_every_check() -> None:
    checked = check_bundle(FILE, NoteKey.parse(VKEY))
    assert checked.answer["status"] == "reported"


def test_the_page_names_what_the_code_has() -> None:
    for said in (f"`{FORMAT}`", f"`{MEDIA_TYPE}`", f"{BUNDLE_LIMIT_BYTES:,} bytes", f"{LEAF_LIMIT:,}"):
        assert said in PAGE
