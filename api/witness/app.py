"""The witness over HTTP. Its errors are for programs by their status, and for people by one line of plain text."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from api.witness.records import Records
from api.witness.witness import Inconsistent, Malformed, NotKept, OtherSize, Refusal, Witness
from ledger.audit.cosignature import cosigner_key
from ledger.audit.note import NoteKey
from ledger.audit.submission import SIZE_MEDIA_TYPE, SUBMISSION_LIMIT_BYTES

TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class WitnessSettings:
    """Where a witness keeps what it must not forget, whom it knows, and where it listens."""

    folder: Path
    """One that is `records.prepared`."""
    logs: tuple[NoteKey, ...]
    host: str
    port: int
    workers: int = field(default=1, init=False)
    """Processes: only one may sign."""


def create_witness(settings: WitnessSettings) -> Flask:
    """The application that cosigns. It waits until no other process signs with the folder's key."""
    records = Records(settings.folder)
    witness = Witness(records, settings.logs)
    vkey = f"{cosigner_key(records.key).text()}\n"
    app = Flask("retorsion-witness", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = SUBMISSION_LIMIT_BYTES
    app.extensions["retorsion-witness"] = records

    @app.post("/add-checkpoint")
    def add_checkpoint() -> Response:
        """Tlog-witness, add-checkpoint."""
        return _text(200, witness.add_checkpoint(_body()).line())

    @app.get("/<origin_hash>/checkpoint")
    def get_checkpoint(origin_hash: str) -> Response:
        """Tlog-witness, Monitor Retrieval Mechanism."""
        if (note := witness.newest(origin_hash)) is None:
            return _text(404, "no checkpoint of an origin with that SHA-256 was ever cosigned here\n")
        return _text(200, note.encode(), {"Cache-Control": "no-cache"})

    @app.get("/key")
    def get_key() -> Response:
        """The vkey that verifies the cosignatures."""
        return _text(200, vkey)

    @app.get("/healthz")
    def get_health() -> Response:
        return _text(200, "alive\n")

    _register_refusals(app)
    return app


def _register_refusals(app: Flask) -> None:
    @app.errorhandler(OtherSize)
    def _other_size(error: OtherSize) -> Response:
        return Response(f"{error.size}\n", 409, content_type=SIZE_MEDIA_TYPE)

    @app.errorhandler(Refusal)
    def _refusal(error: Refusal) -> Response:
        if isinstance(error, Inconsistent | NotKept):  # a log that forks is worth knowing of, and so is a full disk
            app.logger.warning("not cosigned: %s", error)
        return _text(error.status, f"{error}\n")

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Any:
        if error.code is None or error.code < 400:
            return error
        allow = {name: value for name, value in error.get_headers() if name == "Allow"}
        return _text(error.code, f"{error.name}: {error.description}\n", allow)


def _body() -> bytes:
    """The body, whole. Raises Malformed where the client went away in the middle, 413 for one that is too long."""
    if request.content_length is None:
        request.max_content_length = SUBMISSION_LIMIT_BYTES + 1  # at the limit itself it would be cut off silently
    body = request.get_data(cache=False)
    if request.content_length not in {None, len(body)}:
        raise Malformed(f"length: the body ended after {len(body)} of {request.content_length} bytes")
    return body


def _text(status: int, text: str | bytes, headers: dict[str, str] | None = None) -> Response:
    if isinstance(text, str):
        text = text.encode("utf-8", "backslashreplace")  # what was sent may hold what UTF-8 cannot
    return Response(text, status, headers=headers, content_type=TEXT)
