"""`delta`: how the `ftm` export as known at one sequence becomes that as known at a later one, both of the same day.

Lines `{"op": "ADD" | "MOD" | "DEL", "entity": {…}}`: an entity is new, is now as it says here, or is gone; then
there is only its id. What is looked at is what was recorded in between, and what that can reach, not the whole ledger.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import orjson

from ledger.domain.events import kind_of
from ledger.exports.actors import Actors
from ledger.exports.entities import Entity
from ledger.exports.ftm import line_of, measure_entities, target_entities
from ledger.exports.snapshot import SUBJECTS_AT_ONCE, Part, Snapshot
from ledger.projections.events import Filters, feed
from ledger.projections.lists import When
from ledger.projections.reach import merged_into_each, subjects_naming
from ledger.projections.states import held_of_each, versions_at
from ledger.store.events import subjects_between
from ledger.store.session import Session

_EVENTS_AT_ONCE = 1000

_Line = dict[str, Any]
_Entities = Callable[[Session, When, Sequence[str]], list[Entity]]


def delta(older: Snapshot, newer: Snapshot) -> Iterator[Part]:
    """The lines that make of the one export the other: actors, then measures with their groups."""
    actors, measures = _reached(older, newer)
    for subjects, entities in ((actors, target_entities), (measures, measure_entities)):
        for some in _in_parts(subjects):
            yield Part(b"".join(map(line_of, _changes(older, newer, some, entities))), len(some))


def _changes(older: Snapshot, newer: Snapshot, subjects: Sequence[str], entities: _Entities) -> Iterator[_Line]:
    before, after = ({each["id"]: each for each in _entities(shot, subjects, entities)} for shot in (older, newer))
    for id_ in before.keys() - after.keys():
        yield {"op": "DEL", "entity": {"id": id_}}
    for id_, entity in after.items():
        if id_ not in before:
            yield {"op": "ADD", "entity": entity}
        elif entity != before[id_]:
            yield {"op": "MOD", "entity": entity}


def _entities(snapshot: Snapshot, subjects: Sequence[str], entities: _Entities) -> list[Entity]:
    if snapshot.sequence == 0:
        return []
    with snapshot.read() as (session, when):
        return entities(session, when, subjects)


# ------------------------------------------------------------------------------------- what a change can have reached


def _reached(older: Snapshot, newer: Snapshot) -> tuple[list[str], list[str]]:
    """The actors and the measures whose entities may differ."""
    with newer.reading() as session:
        changed = subjects_between(session, older.sequence + 1, newer.sequence)
        moments = [older.in_transaction(session), newer.in_transaction(session)]
        measures = {subject for subject in changed if kind_of(subject) == "measure"}
        actors: set[str] = set()
        targeted: set[str] = set()
        imposing: set[str] = set()
        for some in _in_parts(subject for subject in changed if kind_of(subject) == "actor"):
            together = _together(session, moments, some)
            # What names an actor was recorded after it: measures on those that are new have changed themselves.
            known = versions_at(session, together, older.sequence)
            was, now = ({actor: _shown(seen, actor) for actor in known} for seen in _seen(session, moments, known))
            targeted |= {actor for actor in known if was[actor].of_a_target != now[actor].of_a_target}
            imposing |= {actor for actor in known if was[actor].of_an_issuer != now[actor].of_an_issuer}
            actors |= together
        for some in _in_parts(measures):
            actors.update(*(_targets(session, when, some) for when in moments))
        for some in _in_parts(targeted):
            measures.update(*(subjects_naming(session, ["targets"], some, when) for when in moments))
        measures.update(*(_measures_that_said(session, actor) for actor in imposing))
    return sorted(actors), sorted(measures)


def _in_parts(subjects: Iterable[str]) -> Iterator[list[str]]:
    """All of `subjects`, some at a time."""
    waiting = iter(sorted(subjects))
    while some := list(islice(waiting, SUBJECTS_AT_ONCE)):
        yield some


def _seen(session: Session, moments: Iterable[When], actors: Iterable[str]) -> Iterator[Actors]:
    return (Actors(session, when, actors) for when in moments)


def _together(session: Session, moments: Sequence[When], actors: Sequence[str]) -> set[str]:
    """`actors`, and all that were one with one of them at one of `moments`."""
    together = set(actors)
    for when, seen in zip(moments, _seen(session, moments, actors), strict=True):
        canonical = {seen.read_as(actor) for actor in actors}
        together |= canonical
        together.update(*merged_into_each(session, canonical, when).values())
    return together


class _Shown(NamedTuple):
    """What the entity of a measure shows of an actor."""

    of_a_target: tuple[str, Any]
    of_an_issuer: tuple[str, str]


def _shown(seen: Actors, actor: str) -> _Shown:
    held, read_as = seen.held(actor), seen.read_as(actor)
    identifiers = held.state.known_terms()["identifiers"] if held else None
    return _Shown((read_as, identifiers), (read_as, seen.name_of(actor)))


def _targets(session: Session, when: When, measures: Iterable[str]) -> set[str]:
    """The actors that those of `measures` which have begun are on, as which they read."""
    held = held_of_each(session, measures, when.day, when.knowledge)
    begun = [each.state.terms for each in held.values() if each.terms is not None]
    names = {target["actor"] for terms in begun if terms for target in terms["targets"] if "actor" in target}
    return set(map(Actors(session, when, names).read_as, names))


def _measures_that_said(session: Session, actor: str) -> set[str]:
    """The measures in whose events `actor` is named anywhere: so as imposer, or as authority."""
    found: set[str] = set()
    after = 0
    while page := feed(session, Filters(subject_kind="measure", actor=actor), after, _EVENTS_AT_ONCE):
        found.update(orjson.loads(event.leaf)["subject"] for event in page)
        after = page[-1].sequence
    return found
