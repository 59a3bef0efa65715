"""The closed lists of the ledger, read from the one data file beside this module."""

import json
from importlib.resources import files
from typing import Any

VOCABULARY: dict[str, Any] = json.loads(files(__package__).joinpath("vocabulary.json").read_text("utf-8"))
"""The whole file: codes with their labels and their names in the vocabularies of the field."""


def _codes(name: str) -> tuple[str, ...]:
    return tuple(entry if isinstance(entry, str) else entry["code"] for entry in VOCABULARY[name])


INSTRUMENTS = _codes("instruments")
GROUNDS = _codes("grounds")
ACTOR_CATEGORIES = _codes("actor_categories")
ACT_CATEGORIES = _codes("act_categories")
ATTRIBUTIONS = _codes("attributions")
AGREEMENT_CATEGORIES = _codes("agreement_categories")

KINDS = ("measure", "agreement", "act", "actor")

LIVE = ("announced", "in_force", "partly_suspended", "suspended")
"""The statuses in which a measure is live."""

STATUSES: dict[str, tuple[str, ...]] = {
    "measure": (*LIVE, "lifted", "expired"),
    "agreement": ("in_force", "suspended", "terminated"),
    "act": ("reported",),
    "actor": ("registered", "merged"),
}
"""Every status a subject of each kind can have, but `none`."""

ENDED = ("lifted", "expired", "terminated")
