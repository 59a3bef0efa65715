"""Whom a match means, as entities of FollowTheMoney: what yente answers, and its clients read."""

from collections.abc import Iterable, Mapping, Sequence

from ledger.domain.vocabulary import LIVE
from ledger.exports.entities import Entity, Seen, actor_entity
from ledger.projections.lists import When, counted, having
from ledger.projections.reach import names_of, read_as
from ledger.projections.states import held_of_each
from ledger.store.events import recorded_times
from ledger.store.session import Session


def entities_of(session: Session, when: When, targets: Mapping[str, Sequence[str]]) -> dict[str, Entity]:
    """Each of `targets`, beside which are the actors that were merged into it, as an entity."""
    return dict(_entities(session, when, targets, is_target=True))


def entity_of(session: Session, when: When, actor: str) -> Entity | None:
    """The entity that `actor` is; that of another one where it was merged. None where nothing is known of it."""
    held = read_as(session, actor, when)
    if held is None or held.terms is None:
        return None
    names = names_of(session, held.subject, when)
    on_it = counted(session, having(session, when, "targets", names))
    merged = sorted(name for name in names if name != held.subject)
    is_target = any(on_it[status] for status in LIVE)
    return dict(_entities(session, when, {held.subject: merged}, is_target=is_target))[held.subject]


def _entities(
    session: Session, when: When, actors: Mapping[str, Sequence[str]], *, is_target: bool
) -> Iterable[tuple[str, Entity]]:
    names = {name for actor, merged in actors.items() for name in (actor, *merged)}
    helds = held_of_each(session, names, when.day, when.knowledge)
    times = recorded_times(session, names, when.knowledge.sequence)
    for actor, merged in actors.items():
        seen = Seen(*times[actor]).with_others(Seen(*times[name]) for name in merged)
        # Each is wanted once: taken out, what was read of one is gone before the next, and no pile of it to be walked
        # through by the collector of garbage, which would take longer than the reading.
        terms, *others = (helds.pop(name).state.known_terms() for name in (actor, *merged))
        named = dict(zip(merged, others, strict=True))
        yield actor, actor_entity(actor, terms, seen, merged=named, is_target=is_target)
