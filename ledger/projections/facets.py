"""By what a state can be found: its kind, the actors it names and in which role, its instruments, topics and so on."""

from collections.abc import Iterator

from ledger.domain.states import State

Facet = tuple[str, str]
"""(role, value). The roles are the names of the terms; `kind`, and `merged_into`, beside them."""

_LISTED = {
    "measure": ("imposed_by", "instruments", "grounds", "topics", "programmes"),
    "agreement": ("parties", "topics"),
    "act": ("by", "affects", "topics"),
    "actor": ("countries", "part_of"),
}
_SINGLE = {"measure": (), "agreement": ("category",), "act": ("category", "attribution"), "actor": ("category",)}


def facets_of(kind: str, state: State) -> Iterator[Facet]:
    """The facets of a subject of that kind in `state`, none twice. What has not begun has none.

    A merged actor is no affiliate of anybody: it reads as another one.
    """
    terms = state.terms
    if terms is None:
        return
    yield "kind", kind
    for name in _SINGLE[kind]:
        if terms[name]:
            yield name, terms[name]
    if state.merged_into:
        yield "merged_into", state.merged_into
        return
    for name in _LISTED[kind]:
        for value in terms[name]:
            yield name, value
    if kind == "measure":
        groups: dict[str, None] = {}
        for target in terms["targets"]:
            if "actor" in target:
                yield "targets", target["actor"]
            groups.update(dict.fromkeys(target.get("related_to") or ()))
        for actor in groups:
            yield "related_to", actor
