"""The law of readings: imported in order, they give on every day what they say, also as it was known after each."""

from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from tests.feeds.made import SAYS_NOTHING, entry, feed_of, imported, reading
from tests.feeds.model import Model, day_of
from tests.property.product import fresh_postgresql, fresh_sqlite
from tests.property.test_law import law

GROUPS = {"ann": "one", "bob": "one", "cyd": "two"}
DAYS = [f"2020-0{month}-{day}" for month in range(1, 8) for day in ("01", "15")]
READ_ON = DAYS[2::3]

listing_dates = st.none() | st.sampled_from([*DAYS, *(f"{day}~" for day in DAYS)])
said = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["A Name", "Another"]),
        "aliases": st.lists(st.sampled_from("xyz"), unique=True),
        "in_part": st.booleans(),
        "programmes": st.sampled_from(["p", "q", "pq"]),
        "listed_on": listing_dates,
        "updated_on": st.none() | st.sampled_from(DAYS),
    }
)


@st.composite
def readings(draw):
    """Some readings: their days, what they say, which groups they have whole."""
    days = sorted(draw(st.lists(st.sampled_from(READ_ON), min_size=2, max_size=4)))
    made = []
    for day in days:
        whole = draw(st.sampled_from([{"one", "two"}, {"one", "two"}, {"one"}, {"two"}]))
        entries = draw(st.dictionaries(st.sampled_from(sorted(GROUPS)), said, min_size=1))
        has_aliases = draw(st.sampled_from([True, True, False]))
        for slug, each in entries.items():
            each["group"] = GROUPS[slug]
            if not has_aliases:
                each["aliases"], each["in_part"] = None, False
        made.append((day, entries, whole))
    return made


def as_entry(slug, each):
    aliases = SAYS_NOTHING if each["aliases"] is None else each["aliases"]
    return entry(f"made-{slug}", **{**each, "aliases": aliases})


def asked_days(made):
    mentioned = {day for day, _, _ in made}
    for _, entries, _ in made:
        mentioned |= {
            each[name].rstrip("~") for each in entries.values() for name in ("listed_on", "updated_on") if each[name]
        }
    days = {day_of(each) + timedelta(days=shift) for each in mentioned for shift in (-1, 0)}
    return sorted(days | {date(2021, 1, 1)})


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def fresh(request):
    if request.param == "sqlite":
        return partial(fresh_sqlite, request.getfixturevalue("sqlite_template"))
    server = request.getfixturevalue("postgresql_server")
    return partial(fresh_postgresql, request.getfixturevalue("postgresql_template"), server)


def check(product, made):
    note(repr(made))
    feed = feed_of(
        *(reading(*(as_entry(*each) for each in entries.items()), whole=whole) for _, entries, whole in made)
    )
    model, known = Model(), []
    for number, (day, entries, whole) in enumerate(made):
        imported(product.ledger, feed, number, day)
        model.take(day, entries, whole)
        sequence = product.ledger.head().sequence
        known.append(
            (
                sequence,
                {
                    (slug, on): (model.measure(slug, on), model.actor(slug, on))
                    for slug in model.said
                    for on in asked_days(made)
                },
            )
        )
    for sequence, answers in known:
        for (slug, on), (measure, actor) in answers.items():
            assert_says(product, slug, on, sequence, measure, actor)
    for slug in model.said:
        state = product.api.state(f"measure:made-{slug}", at="2021-01-01")
        assert model.is_exact(slug) in {state["dating"] == "exact", None}, slug
    assert product.ledger.rebuild(check=True) == []


def assert_says(product, slug, on, sequence, measure, actor):
    asked = {"at": on.isoformat(), "known_at_sequence": sequence}
    state = product.api.state(f"measure:made-{slug}", **asked)
    programmes = state["terms"] and "".join(sorted(state["terms"]["programmes"]))
    assert (state["status"], programmes) == measure, (slug, asked)
    terms = product.api.state(f"actor:made-{slug}", **asked)["terms"]
    assert [terms["name"], set(terms["aliases"])] == actor, (slug, asked)


@law(40)
@given(made=readings())
@pytest.mark.parametrize("fresh", ["sqlite"], indirect=True)
def test_readings_give_on_every_day_what_they_say(fresh, made):
    with fresh() as product:
        check(product, made)


@law(5)
@given(made=readings())
@pytest.mark.parametrize("fresh", ["postgresql"], indirect=True)
def test_readings_give_the_same_on_postgresql(fresh, made):
    with fresh() as product:
        check(product, made)
