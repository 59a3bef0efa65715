"""The register as of a day and a knowledge: which names count, of whom, and which measures are on them."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ledger.projections.lists import When
from ledger.screening.actors import About, Actors


class View:
    """Whom names are compared with on a day, as was known: the targets of live measures."""

    def __init__(self, register: Actors, when: When, feed: str | None) -> None:
        """With `feed`, the targets of its measures alone."""
        self.register = register
        self._asked_at = when.day, when.knowledge.sequence
        self._merged_into: dict[int, list[int]] = {}
        self._counts_as = self._merged()
        measures, targets = register.targeted.holding(*self._asked_at)
        if feed is not None:
            of_feed = np.array([register.subjects[each].startswith(f"measure:{feed}-") for each in measures], bool)
            measures, targets = measures[of_feed], targets[of_feed]
        targets = self._counts_as[targets]
        order = np.argsort(targets, kind="stable")
        self._measures, self._targets = measures[order], targets[order]
        owners, names = register.names.holding(*self._asked_at)
        listed = np.zeros(len(register.subjects), bool)
        listed[self._targets] = True
        names = names[listed[self._counts_as[owners]]]
        self._shown = np.zeros(len(register.texts), bool)
        self._shown[names] = True
        self._shown_to: dict[frozenset[str], NDArray[np.bool_]] = {}

    def actor(self, number: int) -> int:
        """The actor as which one counts."""
        return int(self._counts_as[number])

    def measures_on(self, actor: int) -> list[str]:
        """The measures that are live and on the actor."""
        first, last = np.searchsorted(self._targets, [actor, actor + 1])
        return sorted({self.register.subjects[number] for number in self._measures[first:last].tolist()})

    def records_of(self, actor: int) -> list[int]:
        """The actor itself, and those merged into it."""
        return [actor, *self._merged_into.get(actor, ())]

    def about(self, actor: int) -> list[About]:
        """What is said of the actor, and of those merged into it."""
        return [
            self.register.abouts[self._about[record]] for record in self.records_of(actor) if self._about[record] >= 0
        ]

    def with_identifiers(self, wanted: Sequence[str], categories: frozenset[str]) -> list[int]:
        """The actors of those categories that may have one of those identifiers, of those with whom is compared."""
        register = self.register
        records = {record for identifier in wanted for record in register.with_identifier.get(identifier, ())}
        shown = self.shown(categories)
        names = np.nonzero(shown & np.isin(register.owners, list(records)))[0] if records else ()
        return sorted({self.actor(register.owners[name]) for name in names})

    def shown(self, categories: frozenset[str]) -> NDArray[np.bool_]:
        """Which names count, of actors of those categories."""
        found = self._shown_to.get(categories)
        if found is None:
            wanted = np.array([about.category in categories for about in self.register.abouts], bool)
            abouts = self._about[self._counts_as[self.register.owners]]
            found = self._shown_to[categories] = self._shown & (abouts >= 0) & wanted[abouts]
        return found

    @cached_property
    def _about(self) -> NDArray[np.int64]:
        owners, abouts = self.register.about.holding(*self._asked_at)
        found = np.full(len(self.register.subjects), -1, np.int64)
        found[owners] = abouts
        return found

    def _merged(self) -> NDArray[np.int64]:
        """The actor as which each counts, by their numbers."""
        into = dict(zip(*(each.tolist() for each in self.register.merged.holding(*self._asked_at)), strict=True))
        found = np.arange(len(self.register.subjects))
        for actor in sorted(into, key=self.register.subjects.__getitem__):
            last = actor
            while last in into:
                last = into[last]
            found[actor] = last
            self._merged_into.setdefault(last, []).append(actor)
        return found
