"""Actors as they stand on the day, looked up together for a part of an export: who counts as whom, and for which
country."""

from collections.abc import Iterable, Iterator

from ledger.projections.lists import When
from ledger.projections.states import Held, held_of_each, timelines_of
from ledger.store.session import Session

_STANDING_FOR_THEMSELVES = frozenset({"state", "territory", "international_organisation"})


class Actors:
    """The states on the day of the actors asked for, and of those that they lead to."""

    def __init__(self, session: Session, when: When, names: Iterable[str], *, with_countries: bool = False) -> None:
        """With `with_countries` up to the countries that they belong to, else only to what they are merged into."""
        self._held: dict[str, Held] = {}
        waiting = set(names)
        while waiting:
            self._held |= begun_of_each(session, waiting, when)
            above: set[str] = set()
            for name in waiting & self._held.keys():
                above.update(self._steps(name) if with_countries else self._merged(name))
            waiting = above - self._held.keys()

    def held(self, name: str) -> Held | None:
        """The state of the actor as which `name` reads; None where nothing is known of it."""
        return self._held.get(self.read_as(name))

    def read_as(self, name: str) -> str:
        """The actor as which `name` counts: itself, or the one that it is merged into by any number of steps."""
        while into := next(iter(self._merged(name)), None):
            name = into
        return name

    def name_of(self, name: str) -> str:
        """What the actor as which `name` reads is called; its slug where nothing is known of it."""
        held = self.held(name)
        return held.state.known_terms()["name"] if held else name.partition(":")[2]

    def countries_of(self, names: Iterable[str]) -> list[str]:
        """The slugs of the states, territories and international organisations that `names` belong to.

        Each by the fewest steps of `countries`, or of `part_of` where it has none; one of these is of itself alone.
        """
        return list(dict.fromkeys(country for name in names for country in self._countries_above(name)))

    def _countries_above(self, name: str) -> Iterator[str]:
        waiting, seen = [name], set[str]()
        while waiting:
            name = self.read_as(waiting.pop(0))
            held = self.held(name)
            if name in seen or held is None:
                continue
            seen.add(name)
            if held.state.known_terms()["category"] in _STANDING_FOR_THEMSELVES:
                yield name.partition(":")[2]
            else:
                waiting += self._steps(name)

    def _merged(self, name: str) -> list[str]:
        held = self._held.get(name)
        into = held.state.merged_into if held else None
        return [into] if into else []

    def _steps(self, name: str) -> list[str]:
        held = self._held.get(name)
        if held is None:
            return []
        terms = held.state.known_terms()
        above: list[str] = terms["countries"] or terms["part_of"]
        return self._merged(name) or above


def begun_of_each(session: Session, actors: Iterable[str], when: When) -> dict[str, Held]:
    """The state on the day of each of `actors` of which anything is known.

    One that begins later is as it then begins: a measure may be on somebody whom an analyst has registered as of a
    later day. One whose registration was retracted is left out.
    """
    found = held_of_each(session, actors, when.day, when.knowledge)
    later = [actor for actor, held in found.items() if held.terms is None]
    begun = {actor: held for actor, held in found.items() if held.terms is not None}
    for held in timelines_of(session, later, when.knowledge) if later else ():
        if held.terms is not None and held.valid_from > when.day:
            begun.setdefault(held.subject, held)
    return begun
