"""What the code does not say of itself: what members, settings and problems mean, in the words of the reference.

`docs/generate.py` puts them beside what follows from the code, and fails where one is missing.
"""
# ruff: noqa: INP001 - beside a script, in a folder that is no package

from ledger.domain.terms import IDENTIFIER, POSITION, TARGET, TARGET_NAME
from ledger.domain.values import Record

EVENT_MEANS = {
    "type": "what happened: one of the types below",
    "subject": "to what: `measure:SLUG`, `agreement:SLUG`, `act:SLUG` or `actor:SLUG`",
    "effective_on": "the first day on which it holds; not of `corrected` and `retracted`, of `registered` if you like",
    "data": "what the type needs, below",
    "sources": "where it is known from",
    "comment": "a remark by whoever records it",
    "expected_version": "the version of the subject that the writer saw, 0 for none yet; not stored",
}
SOURCE_MEANS = {
    "title": "what it is called",
    "url": "where it is",
    "publisher": "who published it",
    "published_on": "when",
    "archived_sha256": "the SHA-256 of a copy that you keep",
}
TERMS_MEAN = {
    "measure": {
        "title": "what it is called",
        "description": "in some words",
        "imposed_by": "whose measure it is: one actor or more",
        "authorities": "the bodies and persons that acted for them",
        "targets": "on whom it is; may be empty only while it is announced",
        "instruments": "what it does; empty means that none is recorded: undisclosed, or not stated by the source",
        "grounds": "the imposer's own words for its reasons",
        "topics": "what it is about, in words of your choice",
        "legal_basis": "the acts that it rests on",
        "programmes": "what groups measures: a sanctions programme, a coordinated round",
        "exemptions": "what it does not reach",
        "expires_on": "the first day on which it no longer holds",
        "in_response_to": "what it answers",
    },
    "agreement": {
        "title": "what it is called",
        "description": "in some words",
        "parties": "between whom: two actors or more",
        "category": "of what kind",
        "text_reference": "where its text is found",
        "topics": "what it is about, in words of your choice",
    },
    "act": {
        "category": "of what kind",
        "title": "what it is called",
        "description": "in some words",
        "by": "who did it",
        "affects": "whom it affects",
        "attribution": "how well it is known who did it",
        "attributed_to": "who says so; needed where it is `alleged`",
        "topics": "what it is about, in words of your choice",
        "in_response_to": "what it answers",
    },
    "actor": {
        "category": "of what kind",
        "name": "its name",
        "aliases": "other names",
        "weak_aliases": "names by which, as the issuer of a list says, a match alone means little",
        "countries": "the states and territories that it belongs to: measures on it reach them",
        "part_of": "what it is a part of: measures on it reach that",
        "positions": "offices held",
        "birth_dates": "of a person",
        "identifiers": "numbers by which others know it",
        "description": "in some words",
    },
}
MORE_MEANS = {
    "stage": "whether the answer is `in_force`, as it is unless given, or only `announced`",
    "set": "terms to replace; null or `[]` clears one",
    "add": "elements to append to lists; what is there already is a conflict",
    "remove": "elements to take out of lists; what is not there is a conflict",
    "scope": "what is suspended, if not all: of a measure targets, instruments or both; of an agreement a text",
    "until": "the first day on which it is no longer suspended",
    "expires_on": "the first day on which it no longer holds",
    "by": "who decides it; of an agreement the parties that do",
    "in_response_to": "what it answers",
    "reason": "why",
    "into": "the actor as which it reads from then on",
    "of": "the `sequence` of an earlier event on the same subject",
    "effective_on": "the day that should have been there",
    "data": "the whole data that should have been there",
}
OBJECTS: dict[str, tuple[Record, str, dict[str, str]]] = {
    "target": (
        TARGET,
        "An `actor`, or a `description` of a group that nobody has named.",
        {
            "actor": "who",
            "description": "which group",
            "related_to": "of a group: whom it belongs to; the measure reaches them",
            "instruments": "some of the measure's, where not all reach it",
        },
    ),
    "name of a target": (
        TARGET_NAME,
        "As `remove` and a `scope` have it.",
        {"actor": "who", "description": "which group"},
    ),
    "position": (
        POSITION,
        "",
        {
            "title": "of the office",
            "at": "where",
            "from": "since when",
            "to": "until when",
            "former": "true where it is no longer held",
        },
    ),
    "identifier": (IDENTIFIER, "", {"scheme": "which kind of number, as `imo`", "value": "the number"}),
}
SETTINGS_MEAN = {
    "database_url": "`sqlite:///FILE` or `postgresql+psycopg://USER@HOST/DATABASE`; a password goes into `PGPASSWORD`",
    "audit_folder": "where the log's key and newest checkpoint are kept; unless set, `FILE.audit` beside SQLite's file "
    "or `retorsion.audit` in the working directory",
    "origin": "the name of the log that is yet to begin, as `example.org/ledger`; unless set, one by chance",
    "signing_key": "the log's private key, `PRIVATE+KEY+…`; unless set, it is in the audit folder",
    "witnesses": "who is asked to cosign the log's checkpoints: `URL VKEY`, for each witness, all separated by spaces",
    "archive_folder": "where a copy of every list that was imported is kept, by its SHA-256; unless set, "
    "`FILE.archive` beside SQLite's file or `retorsion.archive` in the working directory",
    "feeds": "where lists are fetched from, if not from their publisher: `FEED URL`, for each list, all separated by "
    "spaces; of a list in several files the URL of their folder",
    "public_reads": "whether reading needs no token",
    "max_body": "the largest body of a request, in bytes",
    "host": "the address to listen on; `0.0.0.0` is all of them",
    "port": "the port to listen on; 0 is any free one",
    "workers": "how many processes serve",
}
ADVICE = {
    "bad-request": (400, "The body is no JSON, or a header cannot be read: `detail` says where."),
    "unauthorized": (401, "Send `Authorization: Bearer TOKEN`; the token may have been revoked."),
    "forbidden": (403, "Use a token with the scope that `detail` names."),
    "not-found": (404, "Nobody recorded it, or not yet at the time that you ask about."),
    "method-not-allowed": (405, "`Allow` says which methods are taken."),
    "length-required": (411, "Send NDJSON with a `Content-Length`: without it nobody can tell whether it came whole."),
    "behind-checkpoint": (
        503,
        "The operator has to [bring it back or declare a new log](../how-to/keep-the-key.md). Reading goes on.",
    ),
    "timeline-conflict": (
        409,
        "`conflicts` has the recorded events that could not stand, `errors` the posted ones. Look at the `/history`.",
    ),
    "version-conflict": (412, "Somebody recorded something meanwhile: look at it, then decide anew."),
    "body-too-large": (413, "Send it in several requests."),
    "unsupported-media-type": (415, "Send `application/json` or `application/x-ndjson`, in UTF-8, not compressed."),
    "validation-error": (422, "`errors` has all that is wrong at once, each with a pointer into what was sent."),
    "idempotency-key-reused": (422, "Take a new key for a new request."),
    "unavailable": (503, "Send it again later, a POST with an `Idempotency-Key`; `Retry-After` says when."),
    "internal-error": (500, "A bug: please report it."),
}
