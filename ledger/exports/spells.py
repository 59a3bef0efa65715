"""`spells`: for duration and panel studies, one row for each measure and spell; or counts by country dyad and year.

A spell is an unbroken run of days on which a measure is in force, wholly or in part: it ends where the measure is
suspended as a whole, lifted, or expires, and `status` says which. Only spells that have begun by the day count. The
columns `type` and `objective` are those of the Global Sanctions Data Base (Felbermayr, Kirilakha, Syropoulos, Yalcin,
Yotov 2020), by vocabulary.json.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby, product
from typing import NamedTuple

from ledger.domain.dates import day_text
from ledger.domain.vocabulary import VOCABULARY
from ledger.exports.actors import Actors
from ledger.exports.rows import csv_lines, listed
from ledger.exports.snapshot import Part, Snapshot
from ledger.exports.states import target_names
from ledger.projections.lists import When
from ledger.projections.states import Held, timelines_of
from ledger.store.session import Session

COLUMNS = (
    "measure",
    "sender",
    "target",
    "target_country",
    "begin",
    "end",
    "begin_approximate",
    "type",
    "objective",
    "programme",
    "status",
)
DYAD_YEAR_COLUMNS = ("sender_country", "target_country", "year", "measures")
DYAD_YEAR = "dyad-year"
IN_FORCE = ("in_force", "partly_suspended")

_TYPES, _OBJECTIVES = (
    {entry["code"]: entry["gsdb"] for entry in VOCABULARY[name]} for name in ("instruments", "grounds")
)


class Spell(NamedTuple):
    """A spell of a measure; `last` is its state on the day, or on the last day of the spell where that was earlier."""

    begin: int
    end: int
    exact: bool
    last: Held
    status: str
    """What the measure is on the day, or what it became where the spell was over by then."""


def spells_of(spans: Sequence[Held], day: int) -> list[Spell]:
    """The spells that have begun by `day` of a measure with those spans, which are all it has."""
    found: list[Spell] = []
    run: list[Held] = []
    for span in spans:
        if span.status in IN_FORCE:
            run.append(span)
        elif run:
            found += _spell(run, span, day)
            run = []
    return found + (_spell(run, None, day) if run else [])


def _spell(run: Sequence[Held], after: Held | None, day: int) -> list[Spell]:
    begun = [span for span in run if span.valid_from <= day]
    if not begun:
        return []
    first, last = begun[0], begun[-1]
    over = after is not None and after.valid_from <= day
    status = after.status if after is not None and over else last.status
    return [Spell(first.valid_from, run[-1].valid_to, first.exact, last, status)]


class _Countries:
    """The countries of those who impose measures in some states, and of those whom they are on."""

    def __init__(self, session: Session, when: When, states: Iterable[Held]) -> None:
        named: set[str] = set()
        for held in states:
            named.update(_imposers(held), _reached(held))
        self._actors = Actors(session, when, named, with_countries=True)

    def of_senders(self, held: Held) -> list[str]:
        """Of those who impose it."""
        return self._actors.countries_of(_imposers(held))

    def of_targets(self, held: Held) -> list[str]:
        """Of those whom it is on, and those that its groups are related to."""
        return self._actors.countries_of(_reached(held))


def _imposers(held: Held) -> list[str]:
    imposers: list[str] = held.state.known_terms()["imposed_by"]
    return imposers


def _reached(held: Held) -> list[str]:
    found: list[str] = []
    for target in held.state.known_terms()["targets"]:
        found += [target["actor"]] if "actor" in target else target.get("related_to") or []
    return found


def csv_of_spells(snapshot: Snapshot) -> Iterator[Part]:
    """The header, then the spells by measure and begin."""
    yield Part(csv_lines([COLUMNS]))
    for rows, measures in snapshot.walked(_rows, "measure"):
        yield Part(csv_lines(rows), measures)


def _rows(session: Session, when: When, measures: list[str]) -> list[Sequence[object]]:
    spans = timelines_of(session, measures, when.knowledge)
    by_measure = groupby(spans, key=lambda span: span.subject)
    spells = [spell for _, its in by_measure for spell in spells_of(list(its), when.day)]
    countries = _Countries(session, when, [spell.last for spell in spells])
    return [_row(spell, countries.of_targets(spell.last)) for spell in spells]


def _row(spell: Spell, countries: Iterable[str]) -> tuple[object, ...]:
    terms = spell.last.state.known_terms()
    return (
        spell.last.subject,
        listed(terms["imposed_by"]),
        listed(target_names(terms)),
        listed(countries),
        day_text(spell.begin),
        day_text(spell.end),
        "false" if spell.exact else "true",
        listed(dict.fromkeys(_TYPES[code] for code in terms["instruments"])),
        listed(dict.fromkeys(_OBJECTIVES[code] for code in terms["grounds"])),
        listed(terms["programmes"]),
        spell.status,
    )


def csv_of_dyad_years(snapshot: Snapshot) -> Iterator[Part]:
    """The header, then for each pair of countries and each year how many measures were in force on any of its days.

    Between those whom it was on in these days, and who imposed it. Years without any are left out, as are days after
    the one that is asked for.
    """
    counts: Counter[tuple[str, str, int]] = Counter()
    for found, measures in snapshot.walked(_dyad_years, "measure"):
        counts.update(found)
        yield Part(b"", measures)
    yield Part(csv_lines([DYAD_YEAR_COLUMNS, *((*dyad_year, number) for dyad_year, number in sorted(counts.items()))]))


def _dyad_years(session: Session, when: When, measures: list[str]) -> list[tuple[str, str, int]]:
    """Each pair and year in which a measure was in force, as often as there are such measures."""
    spans = timelines_of(session, measures, when.knowledge)
    in_force = [span for span in spans if span.status in IN_FORCE and span.valid_from <= when.day]
    countries = _Countries(session, when, in_force)
    found: set[tuple[str, str, str, int]] = set()
    for span in in_force:
        years = range(_year(span.valid_from), _year(min(span.valid_to - 1, when.day)) + 1)
        for dyad in product(countries.of_senders(span), countries.of_targets(span)):
            found.update((span.subject, *dyad, year) for year in years)
    return [(sender, target, year) for _, sender, target, year in found]


def _year(day: int) -> int:
    return date.fromordinal(day).year
