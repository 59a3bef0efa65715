"""Who stands against an actor, and against whom it stands: each live measure, rolled up to states and organisations."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from api.pages.drawings.counterparts import MOST_MARKS, Counterpart, Mark
from api.pages.when import linked
from api.pages.wording import say
from ledger.domain.vocabulary import LIVE
from ledger.projections.actors import named_targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from api.pages.called import Called
    from ledger.projections.actors import ActorState

NOBODY = ""
"""In place of an actor, where a measure names none yet, or a group that is related to none."""
_OF_ITS_OWN = frozenset({"state", "territory", "international_organisation"})


def live_in(counts: Mapping[str, int]) -> int:
    """How many of the counted are live."""
    return sum(counts.get(status, 0) for status in LIVE)


def counterparts_of(state: ActorState, called: Called, live: int) -> list[Counterpart]:
    """A row for each other actor, the one with the most measures first."""
    found = _Rolled(state, called)
    if live <= MOST_MARKS:
        for held in state.imposing(LIVE, None, live):
            found.by(named_targets(held.state), 1, Mark(held.subject, held.status))
        for held, _ in state.targeted(LIVE, None, live):
            found.against(held.state.known_terms()["imposed_by"], 1, Mark(held.subject, held.status))
    else:
        for targets, number in state.counted_by("imposing", "targets", LIVE):
            names = {
                name
                for each in targets
                for name in ([each["actor"]] if "actor" in each else each.get("related_to") or ())
            }
            found.by(names, number, None)
        for of in ("direct", "affiliates"):
            for imposers, number in state.counted_by(of, "imposed_by", LIVE):
                found.against(imposers, number, None)
    return found.rows()


class _Rolled:
    """Measures by the actors that they are rolled up to."""

    def __init__(self, state: ActorState, called: Called) -> None:
        assert state.actor is not None, "only of an actor that is known"
        self._actor, self._called = state.actor.subject, called
        self._against: Counter[str] = Counter()
        self._by: Counter[str] = Counter()
        self._marks_against: dict[str, list[Mark]] = {}
        self._marks_by: dict[str, list[Mark]] = {}
        self._waiting: list[tuple[Any, ...]] = []

    def against(self, imposers: Iterable[str], number: int, mark: Mark | None) -> None:
        """So many measures that these hold against the actor."""
        self._waiting.append((self._against, self._marks_against, tuple(imposers), number, mark))

    def by(self, targets: Iterable[str], number: int, mark: Mark | None) -> None:
        """So many measures that the actor holds against these."""
        self._waiting.append((self._by, self._marks_by, tuple(targets), number, mark))

    def rows(self) -> list[Counterpart]:
        """The rows: each measure once for each other actor that it concerns."""
        self._called.add({name for _, _, names, _, _ in self._waiting for name in names})
        above = {name for _, _, names, _, _ in self._waiting for each in names for name in self._above(each)}
        self._called.add(above)
        for counter, marks, names, number, mark in self._waiting:
            for other in {other for name in names for other in self._above(name)} or {NOBODY}:
                counter[other] += number
                if mark:
                    marks.setdefault(other, []).append(mark)
        others = sorted({*self._against, *self._by}, key=lambda name: (-self._against[name] - self._by[name], name))
        return [
            Counterpart(
                self._name(name), self._dyad(name), self._against[name], self._by[name],
                self._marks_against.get(name, ()), self._marks_by.get(name, ()),
            )
            for name in others
        ]  # fmt: skip

    def _name(self, other: str) -> str:
        return str(say("counterparts.nobody")) if other == NOBODY else self._called(other)

    def _above(self, name: str) -> list[str]:
        """The state, territory or organisation that an actor is or belongs to; where none is known, itself."""
        terms: Any = self._called.terms(name) or {}
        if terms.get("category") in _OF_ITS_OWN:
            return [name]
        return terms.get("countries") or terms.get("part_of") or [name]

    def _dyad(self, other: str) -> str | None:
        """The page of both; there is none of an actor with itself."""
        if other in {self._actor, NOBODY}:
            return None
        a, b = sorted([self._actor.partition(":")[2], other.partition(":")[2]])
        return linked(f"/dyads/{a}/{b}")
