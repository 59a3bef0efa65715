"""`/audit`: did anybody rewrite it? What is signed, and what a reader checks it with, here or elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from flask import Response, request

from api.http.current import ledger
from api.pages.house import page, pages
from ledger.audit.checkpoint import Checkpoint
from ledger.audit.checks import base64_text
from ledger.audit.cosignature import TIMESTAMP_BYTES, timestamp_of
from ledger.audit.note import SIGNATURE_BYTES, Note, Signature
from ledger.store.events import Stored, stored_between
from ledger.times import moment


@dataclass(frozen=True, slots=True)
class Cosigned:
    """Who else has signed the checkpoint, as the note says; nobody here has checked it."""

    name: str
    key_id: str
    at: int | None
    """By the witness's clock, in microseconds; None where the signature is of a form that is not a witness's."""


@pages.get("/audit")
def get_audit() -> Response:
    """Size, root, time and key; an event's proof; since the last visit; how to check elsewhere."""
    log, asked = ledger().log, request.args.get("sequence", "")
    vkey = log.custody.vkey()
    note = Note.parse(log.checkpoint())
    checkpoint = Checkpoint.parse(note.text)
    event = _event(int(asked)) if asked.isascii() and asked.isdigit() and len(asked) <= 15 else None
    newest = _event(checkpoint.size)
    return page(
        "audit.html",
        checkpoint=checkpoint,
        root=base64_text(checkpoint.root_hash),
        newest_at=moment(orjson.loads(newest.leaf)["recorded_at"]) if newest else None,
        vkey=vkey,
        note=note.encode().decode(),
        cosigned=[_cosigned(each) for each in note.signatures if (each.name, each.key_id) != (vkey.name, vkey.key_id)],
        retired=[(each, moment(each.retired_at)) for each in log.custody.retired()],
        trouble=log.trouble(),
        asked=asked,
        event=event,
        subject=orjson.loads(event.leaf)["subject"] if event else None,
        here=request.host_url.removesuffix("/"),
    )


def _event(sequence: int) -> Stored | None:
    with ledger().reading(once=True) as session:
        return next(iter(stored_between(session, sequence, sequence)), None)


def _cosigned(signature: Signature) -> Cosigned:
    is_dated = len(signature.signature) == TIMESTAMP_BYTES + SIGNATURE_BYTES
    at = timestamp_of(signature.signature) * 1_000_000 if is_dated else None
    return Cosigned(signature.name, signature.key_id.hex(), at)
