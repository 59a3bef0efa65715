"""The register follows the ledger: what it answers is what one answers that is begun anew, and a past answer stays."""

from datetime import date
from random import Random

import pytest

from ledger.errors import Refused
from ledger.projections.asof import known_at_sequence
from ledger.projections.lists import When
from ledger.screening.queries import Query
from ledger.screening.screening import Screening
from ledger.store.events import head_of
from tests.posting import amended, corrected, imposed, lifted, merged, registered, retracted

FAMILY = "Chen Wang Petrov Hassan Rahman Smith Garcia Kim Müller Иванов".split()
GIVEN = "Quanguo Ivan Muhammad Anna Abdul John Min Jong Karim 全国".split()
DAYS = [date(2020, month, 1) for month in range(1, 13)]
ACTORS = [f"a{number}" for number in range(6)]
ROUNDS = 30


def name(chance):
    return f"{chance.choice(FAMILY)}, {' '.join(chance.sample(GIVEN, 2))}"


def event(chance, told, number):
    """Something that may happen to one of a few actors and measures; some of it cannot stand."""
    slug, other = chance.sample(ACTORS, 2)
    on = chance.choice(DAYS).isoformat()
    subject = chance.choice(list(told))
    of = chance.choice(told[subject])
    return chance.choice([
        {"type": "updated", "subject": f"actor:{slug}", "effective_on": on,
         "data": {"set": {"name": name(chance), "birth_dates": [str(1950 + number)]}}},
        {"type": "updated", "subject": f"actor:{slug}", "effective_on": on,
         "data": {"set": {"aliases": [name(chance)], "weak_aliases": [name(chance)]}}},
        imposed(f"m-{number}", on, against=[slug, other], title=name(chance)),
        amended(f"ofac-sdn-{slug}", on, set={"targets": [{"actor": f"actor:{other}"}], "title": name(chance)}),
        lifted(f"ofac-sdn-{slug}", on),
        merged(slug, other, on),
        retracted(subject, of),
        corrected(subject, of, **({"data": {"category": "person", "name": name(chance)}}
                                  if subject.startswith("actor") else {"effective_on": on})),
    ])  # fmt: skip


def answers(screening, session, sequence):
    """What is answered to every question that the scene asks, as known at a sequence."""
    knowledge = known_at_sequence(session, head_of(session), sequence)
    found = []
    for day in DAYS[::5]:
        when = When(day.toordinal(), knowledge)
        queries = {
            f"{family}{schema}": Query(schema, {"name": [f"{given} {family}"], "birthDate": ["1960"]})
            for family, given in zip(FAMILY, GIVEN, strict=True)
            for schema in ("Person", "Thing")
        }
        found += [screening.match(session, when, queries, feed=feed, limit=5, cutoff=0) for feed in (None, "ofac-sdn")]
        found += [screening.named(session, when, "actor", f"{given} {family}")
                  for family, given in zip(FAMILY, GIVEN, strict=True)]  # fmt: skip
        found.append([(each.held.subject, each.score, each.matched)
                      for each in screening.search(session, when, "Quangou Chen measure", 20)])  # fmt: skip
    return found


@pytest.mark.parametrize("seed", range(2))
def test_what_is_followed_equals_what_is_begun_anew_and_a_past_answer_stays(ledger, seed):
    chance, of_subject, answered = Random(seed), {}, {}  # noqa: S311
    for slug in ACTORS:
        ledger.append([registered(slug, category="person", name=name(chance), aliases=[name(chance)])], by="tests")
        ledger.append([imposed(f"ofac-sdn-{slug}", "2020-01-01", against=slug)], by="tests")
    for slug, sequence in zip(ACTORS, range(253, 400, 2), strict=False):
        of_subject |= {f"actor:{slug}": [sequence], f"measure:ofac-sdn-{slug}": [sequence + 1]}
    for number in range(ROUNDS):
        told = event(chance, of_subject, number)
        try:
            [stored] = ledger.append([told], by="tests").events
        except Refused:
            continue
        of_subject.setdefault(told["subject"], []).append(stored.sequence)
        with ledger.reading() as session:
            answered[stored.sequence] = answers(ledger.screening, session, stored.sequence)
    assert len(answered) >= ROUNDS / 4, "enough of it could stand"
    assert any(matches.total for found in answered.values() for matches in found[0].values())
    anew = Screening()
    with ledger.reading() as session:
        for sequence, answer in answered.items():
            assert answers(anew, session, sequence) == answer
            assert answers(ledger.screening, session, sequence) == answer


def test_a_register_that_is_ahead_answers_a_snapshot_from_before(ledger):
    ledger.append([registered("a", category="person", name="Quanguo Chen"), imposed("m", "2020", against="a")], by="t")
    query = {"q": Query("Person", {"name": ["Quanguo Chen"]})}
    with ledger.reading() as before:
        when = When(DAYS[5].toordinal(), known_at_sequence(before, head_of(before), head_of(before).sequence))
        ledger.append([lifted("m", "2020-02-01")], by="t")
        with ledger.reading() as after:
            now = When(when.day, known_at_sequence(after, head_of(after), head_of(after).sequence))
            assert ledger.screening.match(after, now, query, limit=5, cutoff=0.5)["q"].total == 0
        assert ledger.screening.match(before, when, query, limit=5, cutoff=0.5)["q"].total == 1


def test_one_that_failed_half_way_is_begun_anew(ledger, monkeypatch):
    ledger.append([registered("a", category="person", name="Quanguo Chen"), imposed("m", "2020", against="a")], by="t")
    query = {"q": Query("Person", {"name": ["Quanguo Chen"]})}

    class Broken(Exception):
        pass

    def breaks(*_):
        raise Broken

    with ledger.reading() as session:
        when = When(DAYS[5].toordinal(), known_at_sequence(session, head_of(session), head_of(session).sequence))
        with monkeypatch.context() as patch:
            patch.setattr("ledger.screening.lexicon.Lexicon.add", breaks)
            with pytest.raises(Broken):
                ledger.screening.match(session, when, query, limit=5, cutoff=0.5)
        assert ledger.screening.match(session, when, query, limit=5, cutoff=0.5)["q"].total == 1
