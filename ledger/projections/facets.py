"""Facets: by what a state can be found, its kind and the actors that it names, by role.

They are kept for each span of days, so that an index has every list by them in order, as of any day and any knowledge.
"""

from ledger.domain.states import State
from ledger.domain.vocabulary import STATUSES

_LETTERS = {
    "kind": "k:",
    "imposed_by": "i:",
    "targets": "t:",
    "related_to": "r:",
    "parties": "p:",
    "by": "b:",
    "affects": "a:",
    "countries": "c:",
    "part_of": "o:",
    "merged_into": "m:",
}
"""The roles, by the names of the terms; `kind` and `merged_into` beside them."""
_ACTORS = {
    "measure": ("imposed_by",),
    "agreement": ("parties",),
    "act": ("by", "affects"),
    "actor": ("countries", "part_of"),
}

STATUS_CODES = {status: code for code, status in enumerate(dict.fromkeys(s for of in STATUSES.values() for s in of))}
"""How a status is written in a facet."""


def facet(role: str, value: str) -> str:
    """How a facet is written: a letter for the role, and the kind or the slug of the actor, as `k:measure`, `i:us`."""
    return _LETTERS[role] + value.removeprefix("actor:")


def facets_of(kind: str, state: State) -> list[str]:
    """The facets of a subject of that kind in `state`, none twice. What has not begun has none.

    A merged actor is no affiliate of anybody: it reads as another one.
    """
    terms = state.terms
    if terms is None:
        return []
    found = [facet("kind", kind)]
    if state.merged_into:
        return [*found, facet("merged_into", state.merged_into)]
    for role in _ACTORS[kind]:
        found += [facet(role, actor) for actor in terms[role]]
    if kind == "measure":
        targets = terms["targets"]
        found += [facet("targets", target["actor"]) for target in targets if "actor" in target]
        groups = dict.fromkeys(actor for target in targets for actor in target.get("related_to") or ())
        found += [facet("related_to", actor) for actor in groups]
    return found
