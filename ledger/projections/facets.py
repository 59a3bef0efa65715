"""By what a state can be found: its facets, kept for each rectangle, and its labels, kept for each subject.

Facets are its kind and the actors that it names, by role: an index has every list by them in order, as of any day
and any knowledge. Labels (instruments, grounds, topics, programmes, category, attribution) only say that a subject has
or had them at some time: what a list finds by them is then looked at.
"""

from collections.abc import Iterator, Sequence

from ledger.domain.events import kind_of
from ledger.domain.states import State
from ledger.domain.timeline import Span
from ledger.store.session import Session
from ledger.store.tables import labels

Facet = tuple[str, str]
"""(role, value). The roles are the names of the terms; `kind`, and `merged_into`, beside them."""

_ACTORS = {
    "measure": ("imposed_by",),
    "agreement": ("parties",),
    "act": ("by", "affects"),
    "actor": ("countries", "part_of"),
}
LABELS = {
    "measure": ("instruments", "grounds", "topics", "programmes"),
    "agreement": ("category", "topics"),
    "act": ("category", "attribution", "topics"),
    "actor": ("category",),
}
"""The roles of labels, by the kind of subject."""


def facets_of(kind: str, state: State) -> Iterator[Facet]:
    """The facets of a subject of that kind in `state`, none twice. What has not begun has none.

    A merged actor is no affiliate of anybody: it reads as another one.
    """
    terms = state.terms
    if terms is None:
        return
    yield "kind", kind
    if state.merged_into:
        yield "merged_into", state.merged_into
        return
    for name in _ACTORS[kind]:
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


def has_label(state: State, role: str, value: str) -> bool:
    """Whether the terms of `state` have that label."""
    found = (state.terms or {}).get(role) or ()
    return value == found if isinstance(found, str) else value in found


class Labels:
    """The labels that a batch gives to subjects, gathered to be written at once."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, str, str]] = []

    def add(self, subject: str, before: Sequence[Span], after: Sequence[Span]) -> None:
        """Those of the spans `after`, but for members of the terms that are as in one of the spans `before`."""
        roles = LABELS[kind_of(subject)]
        seen = [span.state.terms for span in before if span.state.terms is not None]
        for span in after:
            terms = span.state.terms
            if terms is None or any(terms is others for others in seen):
                continue
            for role in roles:
                value = terms[role]
                if value and not any(value == others[role] for others in seen):
                    values = [value] if isinstance(value, str) else value
                    self._rows += [(role, each, subject) for each in values]
            seen.append(terms)

    def write(self, session: Session) -> None:
        """Keep them beside those that subjects had before."""
        session.insert_new(labels, sorted(set(self._rows)))
