"""The register of actors: their names, what else is known of them, and the measures that are on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import orjson

from ledger.domain.events import kind_of
from ledger.domain.vocabulary import LIVE
from ledger.screening.identifiers import comparable
from ledger.screening.register import Named, Register
from ledger.screening.spans import Spans, When


@dataclass(frozen=True, slots=True)
class About:
    """What the terms of an actor say of it besides its names."""

    category: str
    birth_dates: tuple[str, ...]
    countries: tuple[str, ...]
    identifiers: tuple[str, ...]
    """In the form in which they are compared."""


class Actors(Register):
    """All actors, and all measures with their targets: which of them is what is told by `subjects`."""

    kinds: ClassVar = ("actor", "measure")

    def __init__(self) -> None:
        super().__init__()
        self.abouts: list[About] = []
        """Each has its place here as its number."""
        self.about, self.merged, self.targeted = Spans(), Spans(), Spans()
        """When an actor is what; is merged into which other one; when a live measure is on which actor."""
        self.with_identifier: dict[str, set[int]] = {}
        """The actors that ever had an identifier."""
        self._about_numbers: dict[About, int] = {}

    def _take(self, number: int, when: When, status: str, terms: dict[str, Any], beside: bytes | None) -> None:
        if kind_of(self.subjects[number]) == "measure":
            if status in LIVE:
                for target in terms["targets"]:
                    if "actor" in target:
                        self.targeted.add(number, self.number(target["actor"]), when)
            return
        strong = dict.fromkeys([terms["name"], *terms["aliases"]])
        for text in strong:
            self._name(Named(number, text), when)
        for text in terms["weak_aliases"]:
            if text not in strong:
                self._name(Named(number, text, weak=True), when)
        self.about.add(number, self._about(number, terms), when)
        if beside:
            self.merged.add(number, self.number(orjson.loads(beside)["merged_into"]), when)

    def _about(self, actor: int, terms: dict[str, Any]) -> int:
        identifiers = tuple(filter(None, (comparable(each["value"]) for each in terms["identifiers"])))
        about = About(terms["category"], tuple(terms["birth_dates"]), tuple(terms["countries"]), identifiers)
        for identifier in identifiers:
            self.with_identifier.setdefault(identifier, set()).add(actor)
        number = self._about_numbers.get(about)
        if number is None:
            number = self._about_numbers[about] = len(self.abouts)
            self.abouts.append(about)
        return number

    def _put_in(self, changed: Sequence[int]) -> None:
        super()._put_in(changed)
        for spans in (self.about, self.merged, self.targeted):
            spans.settle(changed)
