"""`ftm`: FollowTheMoney entities, one on each line: whom measures are on, and each measure as a `Sanction`.

Those of measures that have begun by the day, ended ones too (`status` is then `inactive`). `first_seen` is when the
first event on an entity was recorded, `last_change` and `last_seen` when the newest was. An actor that is merged into
another one is that one, with its name among the aliases and its id among the `referents`. The model asks a `Sanction`
for whom it is on: so a measure that is announced against nobody yet, or whose only targets were retracted, is left out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import orjson

from ledger.domain.corrections import Record
from ledger.domain.dates import day_text, parse_dating
from ledger.domain.events import AFTERTHOUGHTS
from ledger.domain.vocabulary import LIVE, VOCABULARY
from ledger.exports.actors import Actors, begun_of_each
from ledger.exports.dates import prefixes
from ledger.exports.entities import (
    LISTED_AS,
    Entity,
    Seen,
    actor_entity,
    country_codes,
    entity,
    group_entity,
    group_id,
    slug_of,
)
from ledger.exports.snapshot import Part, Snapshot
from ledger.exports.spells import IN_FORCE
from ledger.feeds.programmes import programme_labels
from ledger.projections.lists import When
from ledger.projections.reach import merged_into_each, targets_among
from ledger.projections.states import Held, timelines_of
from ledger.store.events import leaves_of, recorded_times, told_in
from ledger.store.session import Session

_LABELS = {name: {entry["code"]: entry["label"] for entry in VOCABULARY[name]} for name in ("instruments", "grounds")}


def ftm(snapshot: Snapshot) -> Iterator[Part]:
    """The actors by their ids, then the measures, each behind the groups that it describes."""
    for entities, actors in snapshot.walked(target_entities, "actor"):
        yield Part(b"".join(map(line_of, entities)), actors)
    for entities, measures in snapshot.walked(measure_entities, "measure"):
        yield Part(b"".join(map(line_of, entities)), measures)


def line_of(entity: Mapping[str, Any]) -> bytes:
    """A line of NDJSON."""
    return orjson.dumps(entity, option=orjson.OPT_APPEND_NEWLINE)


# ------------------------------------------------------------------------------------------------------------ actors


def target_entities(session: Session, when: When, actors: Sequence[str]) -> list[Entity]:
    """Those of `actors` that measures are on, under their own name or that of an actor merged into them.

    Those that are themselves merged are not among them.
    """
    merged = merged_into_each(session, actors, when)
    names = {actor: [actor, *merged.get(actor, ())] for actor in actors}
    on_them = targets_among(session, (name for each in names.values() for name in each), when)
    targeted = {actor: each for actor, each in names.items() if not on_them.keys().isdisjoint(each)}
    every = [name for each in targeted.values() for name in each]
    held = begun_of_each(session, every, when)
    seen = {name: Seen(*times) for name, times in recorded_times(session, every, when.knowledge.sequence).items()}
    return [
        actor_entity(
            actor,
            held[actor].state.known_terms(),
            seen[actor].with_others(seen[name] for name in others),
            merged={name: held[name].state.known_terms() for name in others},
            is_target=any(on_them.get(name) for name in (actor, *others)),
        )
        for actor, (_, *others) in targeted.items()
        if actor in held and not held[actor].state.merged_into
    ]


# ---------------------------------------------------------------------------------------------------------- measures


def measure_entities(session: Session, when: When, measures: Sequence[str]) -> list[Entity]:
    """Each of `measures` that has begun by the day as a `Sanction`, behind the groups that it describes."""
    spans = timelines_of(session, measures, when.knowledge)
    timelines = {measure: list(its) for measure, its in groupby(spans, key=lambda span: span.subject)}
    standing = {measure: held for measure, its in timelines.items() if (held := _on(its, when.day))}
    actors = Actors(session, when, {name for held in standing.values() for name in _named(held)})
    sequence = when.knowledge.sequence
    leaves = leaves_of(session, standing, sequence + 1)
    seen = {name: Seen(*times) for name, times in recorded_times(session, standing, sequence).items()}
    found: list[Entity] = []
    for measure, held in standing.items():
        its = _Listing(held, timelines[measure], leaves[measure], actors)
        if its.targets:
            live = held.status in LIVE
            found += [group_entity(measure, target, seen[measure], is_target=live) for target in its.groups]
            found.append(its.sanction(seen[measure]))
    return found


def _on(spans: Iterable[Held], day: int) -> Held | None:
    """The state on that day; None where the measure has not begun."""
    held = next((span for span in spans if span.valid_from <= day < span.valid_to), None)
    return held if held and held.terms is not None else None


def _named(held: Held) -> Iterator[str]:
    terms = held.state.known_terms()
    yield from terms["imposed_by"]
    yield from terms["authorities"]
    yield from (target["actor"] for target in terms["targets"] if "actor" in target)


class _Listing:
    """A measure on the day, with all that was told of it."""

    def __init__(self, held: Held, spans: Sequence[Held], leaves: Sequence[bytes], actors: Actors) -> None:
        self._held, self._spans, self._actors = held, spans, actors
        self._leaves = leaves
        self._terms = held.state.known_terms()
        self.groups = [target for target in self._terms["targets"] if "description" in target]
        targets = [target["actor"] for target in self._terms["targets"] if "actor" in target]
        self._listed = [actor for actor in targets if actors.held(actor)]
        slug = slug_of(held.subject)
        self.targets = [
            *dict.fromkeys(slug_of(actors.read_as(actor)) for actor in self._listed),
            *(group_id(slug, group["description"]) for group in self.groups),
        ]
        """The ids of those whom it is on."""

    def sanction(self, seen: Seen) -> Entity:
        """The measure as an entity. Its id has two hyphens, which no slug has: lists call entry and listing alike."""
        slug, terms = slug_of(self._held.subject), self._terms
        imposers = [self._actors.read_as(actor) for actor in terms["imposed_by"]]
        given: dict[str, Iterable[str]] = {
            "entity": self.targets,
            "country": country_codes(imposers),
            "authority": map(self._actors.name_of, terms["authorities"] or imposers),
            "program": (programme_labels().get(programme, programme) for programme in terms["programmes"]),
            "programId": terms["programmes"],
            "provisions": (_LABELS["instruments"][code] for code in terms["instruments"]),
            "reason": (_LABELS["grounds"][code] for code in terms["grounds"]),
            "status": ["active" if self._held.status in IN_FORCE else "inactive"],
            "summary": [terms["title"]],
            "description": filter(None, [terms["description"]]),
            **self._days(),
            **self._identifiers(imposers),
            "sourceUrl": self._sources(),
        }
        properties = {name: list(dict.fromkeys(values)) for name, values in given.items()}
        properties = {name: values for name, values in properties.items() if values}
        return entity(f"sanction--{slug}", terms["title"], "Sanction", properties, seen, [slug], is_target=False)

    def _days(self) -> dict[str, tuple[str, ...]]:
        """The first day in force, the first on which it was announced, and the first after both.

        Of the run of days without an end in between that has the day, or the last one before it.
        """
        runs = [(run, end) for run, end in _runs(self._spans) if run[0].valid_from <= self._held.valid_from]
        run, end = runs[-1] if runs else ([], self._held)  # what was lifted on its first day has held on none
        firsts = {
            "startDate": next((span for span in run if span.status in IN_FORCE), None),
            "listingDate": next((span for span in run if span.status == "announced"), None),
            "endDate": end,
        }
        stated = _datings(self._leaves) if any(span and not span.exact for span in firsts.values()) else {}
        return {name: _precise(span, stated) for name, span in firsts.items() if span}

    def _identifiers(self, imposers: Sequence[str]) -> dict[str, list[str]]:
        """The numbers under which the imposer, and the Security Council, list those whom it is on."""
        issuers = set(map(slug_of, imposers))
        found: dict[str, list[str]] = {"authorityId": [], "unscId": []}
        for actor in self._listed:
            held = self._actors.held(actor)
            for each in held.state.known_terms()["identifiers"] if held else ():
                if LISTED_AS.get(each["scheme"]) in issuers:
                    found["authorityId"].append(each["value"])
                if each["scheme"] == "un":
                    found["unscId"].append(each["value"])
        return found

    def _sources(self) -> Iterator[str]:
        for leaf in self._leaves:
            yield from (source["url"] for source in orjson.loads(leaf)["sources"] if source.get("url"))


def _runs(spans: Iterable[Held]) -> list[tuple[list[Held], Held | None]]:
    """The unbroken runs of days on which a measure with those spans is live, each with the span that ends it."""
    found: list[tuple[list[Held], Held | None]] = []
    for live, its in groupby(spans, key=lambda span: span.status in LIVE):
        run = list(its)
        if live:
            found.append((run, None))
        elif found:
            found[-1] = (found[-1][0], run[0])
    return found


def _datings(leaves: Iterable[bytes]) -> dict[int, str]:
    """For each day that an event names approximately how it names it, as it was corrected."""
    record = Record(map(told_in, leaves))
    found: dict[int, str] = {}
    for standing in record.standings.values():
        if standing.retracted_by is None and standing.told.type not in AFTERTHOUGHTS:
            dating = standing.corrected().effective_on
            if dating is not None and not parse_dating(dating).exact:
                found[parse_dating(dating).first_day] = dating
    return found


def _precise(span: Held, stated: Mapping[int, str]) -> tuple[str, ...]:
    """The first day of `span`, at the precision at which it is known."""
    day = day_text(span.valid_from)
    assert day, "no measure has begun since ever"
    return (day,) if span.exact else prefixes(stated.get(span.valid_from, day))
