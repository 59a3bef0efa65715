"""Examples for the OpenAPI document: events as they can be posted, one after the other, to a fresh ledger."""

import json
from typing import Any

from api.http.documents import REFERENCE

_NOTICE = {
    "title": "Treasury sanctions officials under the Global Magnitsky programme",
    "url": "https://home.treasury.gov/news/press-releases/sm1055",
    "publisher": "U.S. Department of the Treasury",
    "published_on": "2020-07-09",
}
_REGISTERED: dict[str, Any] = {
    "type": "registered",
    "subject": "actor:xpsb",
    "data": {
        "category": "government_body",
        "name": "Xinjiang Public Security Bureau",
        "aliases": ["XPSB"],
        "part_of": ["actor:cn"],
    },
    "sources": [_NOTICE],
}
_IMPOSED: dict[str, Any] = {
    "type": "imposed",
    "subject": "measure:us-xpsb-freeze",
    "effective_on": "2020-07-09",
    "data": {
        "title": "Assets of the Xinjiang Public Security Bureau blocked",
        "imposed_by": ["actor:us"],
        "targets": [
            {"actor": "actor:xpsb"},
            {"description": "Family members of listed officials", "related_to": ["actor:xpsb"]},
        ],
        "instruments": ["asset_freeze"],
        "grounds": ["human_rights"],
        "topics": ["xinjiang"],
        "legal_basis": ["Executive Order 13818"],
        "programmes": ["global-magnitsky"],
    },
    "sources": [_NOTICE],
    "comment": "The text of the notice names the bureau itself.",
}
_RECIPROCATED: dict[str, Any] = {
    "type": "reciprocated",
    "subject": "measure:cn-us-visa-ban",
    "effective_on": "2020-07-13",
    "data": {
        "title": "Entry refused to members of Congress",
        "imposed_by": ["actor:cn"],
        "targets": [{"actor": "actor:us"}],
        "instruments": ["travel_ban"],
        "grounds": ["response"],
        "in_response_to": ["measure:us-xpsb-freeze"],
    },
}
_AMENDED: dict[str, Any] = {
    "type": "amended",
    "subject": "measure:us-xpsb-freeze",
    "effective_on": "2020-08~",
    "data": {
        "set": {"expires_on": "2021-07-09"},
        "add": {"targets": [{"actor": "actor:cn", "instruments": ["asset_freeze"]}]},
        "remove": {"targets": [{"description": "Family members of listed officials"}]},
        "reason": "As published in the register",
    },
    "expected_version": 1,
}
_SUSPENDED: dict[str, Any] = {
    "type": "suspended",
    "subject": "measure:us-xpsb-freeze",
    "effective_on": "2020-10-01",
    "data": {"scope": {"targets": [{"actor": "actor:cn"}]}, "until": "2020-12-31", "reason": "A general licence"},
}
_LIFTED = {"type": "lifted", "subject": "measure:us-xpsb-freeze", "effective_on": "[2021-01-18..2021-01-20]"}

FOLLOWING: dict[str, tuple[str, Any]] = {
    "registered": ("An actor, known on every day", _REGISTERED),
    "imposed": ("A measure imposed, with its source", _IMPOSED),
    "reciprocated": ("A measure in answer to another one", _RECIPROCATED),
    "amended": ("What changed in a measure, in a month that is not known better", _AMENDED),
    "suspended_and_lifted": ("Several events as one batch: all are stored, or none", [_SUSPENDED, _LIFTED]),
}
"""By name: what each shows, and the body to post."""

POSTED_BODY: dict[str, Any] = {
    "required": True,
    "description": "One event; an array of 1 to 1000, which are one batch; or the same as NDJSON, one event on a line",
    "content": {
        "application/json": {
            "schema": {
                "anyOf": [
                    {"$ref": REFERENCE.format("PostedEvent")},
                    {
                        "type": "array",
                        "items": {"$ref": REFERENCE.format("PostedEvent")},
                        "minItems": 1,
                        "maxItems": 1000,
                    },
                ]
            },
            "examples": {name: {"summary": summary, "value": body} for name, (summary, body) in FOLLOWING.items()},
        },
        "application/x-ndjson": {
            "schema": {"type": "string", "description": "One event on a line, each as in application/json"},
            "example": "".join(json.dumps(event) + "\n" for event in (_SUSPENDED, _LIFTED)),
        },
    },
}
