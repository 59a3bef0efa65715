"""What others recorded between two readings stays; what the list says is told beside it, or left out and named."""

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from tests.feeds.made import entry, feed_of, imported, reading
from tests.feeds.test_law_of_readings import as_entry, readings
from tests.posting import amended, corrected, event, imposed, lifted, merged, registered, retracted, suspended
from tests.property.product import fresh_sqlite
from tests.property.test_law import law

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
pytestmark = on_sqlite

ANN, BOB = "made-ann", "made-bob"
MEASURE, ACTOR = f"measure:{ANN}", f"actor:{ANN}"


def updated(on, **data):
    return event("updated", ACTOR, on, data=data)


class Case:
    """Two readings, and what somebody recorded in between."""

    def __init__(self, desk, api):
        self.desk, self.api = desk, api

    def between(self, first, second, *events, days=("2020-01-01", "2020-03-01")):
        feed = feed_of(reading(entry(BOB), *first), reading(entry(BOB), *second))
        imported(self.desk, feed, 0, days[0])
        self.sequences = {(each["subject"], each["type"]): each["sequence"] for each in self.api.walk("/v1/events")}
        if events:
            self.api.append(*(each(self) if callable(each) else each for each in events))
        self.head = self.desk.head().sequence
        return imported(self.desk, feed, 1, days[1])

    def added(self):
        """What the second reading recorded: type and data."""
        return [(each["type"], each["data"]) for each in self.api.walk("/v1/events", after=self.head)]


@pytest.fixture
def case(desk, api):
    return Case(desk, api)


def test_what_somebody_added_stays_when_the_list_changes(case):
    came = case.between(
        [entry(ANN, aliases=["x"])],
        [entry(ANN, aliases=["x", "y"])],
        updated("2020-02-01", set={"countries": ["actor:cn"]}, add={"aliases": ["ours"]}),
    )
    assert came.impossible == []
    terms = case.api.state(ACTOR, at="2020-03-01")["terms"]
    assert (terms["aliases"], terms["countries"]) == (["x", "ours", "y"], ["actor:cn"])


def test_what_somebody_took_out_is_not_put_back_while_the_list_says_the_same(case):
    case.between(
        [entry(ANN, aliases=["x", "y"])],
        [entry(ANN, aliases=["x", "y"])],
        updated("2020-02-01", remove={"aliases": ["x"]}),
    )
    assert case.added() == []


def test_what_is_there_already_is_not_added_and_what_is_gone_not_removed(case):
    came = case.between(
        [entry(ANN, aliases=["x", "z"])],
        [entry(ANN, aliases=["y", "w"])],
        updated("2020-02-01", add={"aliases": ["y"]}, remove={"aliases": ["x"]}),
    )
    assert case.added() == [("updated", {"remove": {"aliases": ["z"]}, "add": {"aliases": ["w"]}})]
    assert came.impossible == []


def test_what_would_change_nothing_is_dropped(case):
    came = case.between([entry(ANN)], [entry(ANN, name="Anne")], updated("2020-02-01", set={"name": "Anne"}))
    assert (case.added(), came.counts.events, came.impossible) == ([], 0, [])


def test_what_was_lifted_already_is_not_lifted_again(case):
    came = case.between([entry(ANN)], [], lifted(ANN, "2020-02-01"))
    assert (came.gone, case.added(), came.impossible) == (["Made-Ann"], [], [])
    assert case.api.state(MEASURE)["status_since"] == "2020-02-01"


def test_a_suspension_stays_while_the_entry_stands_and_ends_with_it(case):
    case.between([entry(ANN)], [], suspended(ANN, "2020-02-01"))
    assert [type_ for type_, _ in case.added()] == ["lifted"]


def test_terms_that_change_after_a_lifting_of_somebody_elses_are_named_and_do_not_hold_up_the_list(case):
    came = case.between(
        [entry(ANN)],
        [entry(ANN, programmes="q"), entry("made-new")],
        lifted(ANN, "2020-02-01"),
    )
    assert [type_ for type_, _ in case.added()] == ["registered", "imposed"]
    (said,) = came.impossible
    assert said.startswith(f"Made-Ann ({MEASURE}): amended cannot stand: it must be announced")


def test_a_lifting_that_would_make_a_later_event_impossible_is_named(case):
    came = case.between([entry(ANN)], [], amended(ANN, "2020-06-01", set={"description": "to come"}))
    (said,) = came.impossible
    assert f"lifted would make event {case.head} (amended) impossible" in said
    assert case.api.state(MEASURE, at="2020-07-01")["status"] == "in_force"


def test_what_changes_of_an_actor_that_was_merged_is_named(case):
    came = case.between([entry(ANN)], [entry(ANN, name="Anne")], registered("ours"), merged(ANN, "ours", "2020-02-01"))
    (said,) = came.impossible
    assert "updated cannot stand: it must be registered on that day; it is merged since 2020-02-01" in said


def test_once_told_it_is_not_told_again(case):
    feed = feed_of(*(reading(entry(BOB), entry(ANN, programmes=each)) for each in ("p", "q", "q")))
    imported(case.desk, feed, 0, "2020-01-01")
    case.api.append(lifted(ANN, "2020-02-01"))
    assert [imported(case.desk, feed, 1, f"2020-0{month}-01").counts.impossible for month in (3, 4)] == [1, 0]


def test_a_measure_that_is_in_force_all_the_same_when_its_entry_comes_back_is_only_amended(case):
    feed = feed_of(*(reading(entry(BOB), *each) for each in ([entry(ANN)], [], [entry(ANN, programmes="pq")])))
    imported(case.desk, feed, 0, "2020-01-01")
    lifting = imported(case.desk, feed, 1, "2020-02-01").last_sequence
    case.api.append(retracted(MEASURE, lifting))
    head = case.desk.head().sequence
    came = imported(case.desk, feed, 2, "2020-03-01")
    assert [each["type"] for each in case.api.walk("/v1/events", after=head)] == ["amended"]
    assert came.impossible == []


def test_an_entry_that_somebody_imposed_before_the_list_is_named_where_it_clashes(case):
    came = case.between([], [entry(ANN)], registered(ANN), imposed(ANN, "2020-04-01", against=ANN))
    assert [said.partition(":")[2].partition(")")[0] for said in came.impossible] == [ANN, ANN]


def test_a_correction_of_what_somebody_retracted_is_dropped(case):
    came = case.between(
        [entry(ANN, listed_on="2019-05-01")],
        [entry(ANN, listed_on="2018-05-01")],
        lambda made: retracted(MEASURE, made.sequences[MEASURE, "imposed"]),
    )
    assert (case.added(), came.impossible) == ([], [])


def test_a_correction_that_somebody_made_already_is_dropped(case):
    case.between(
        [entry(ANN, listed_on="2019-05-01")],
        [entry(ANN, listed_on="2018-05-01")],
        lambda made: corrected(MEASURE, made.sequences[MEASURE, "imposed"], effective_on="2018-05-01"),
    )
    assert case.added() == []


@law(40)
@given(made=readings(), data=st.data())
def test_whatever_somebody_records_in_between_no_list_is_held_up_and_nothing_of_it_is_undone(
    sqlite_template, database_url, made, data
):
    """Whatever others record: every reading goes in, none of their events is corrected or retracted by the importer,
    the projections are as the events have it, and what the list says of others is told all the same."""
    note(repr(made))
    with fresh_sqlite(sqlite_template) as product:
        feed = feed_of(
            *(reading(*(as_entry(*each) for each in entries.items()), whole=whole) for _, entries, whole in made)
        )
        ours = set()
        for number, (day, entries, _) in enumerate(made):
            imported(product.ledger, feed, number, day)
            for slug in entries:
                assert product.api.get(f"/v1/measures/made-{slug}").status_code == 200
            for draft in data.draw(st.lists(st.sampled_from(others()), max_size=3)):
                answer = product.api.post("/v1/events", json=draft)
                if answer.status_code == 201:
                    ours.add(answer.json["sequence"])
        undone = {
            each["data"]["of"]
            for each in product.api.walk("/v1/events", limit=1000)
            if each["recorded_by"] == "tests" and each["type"] in {"corrected", "retracted"}
        }
        assert not undone & ours
        assert product.ledger.rebuild(check=True) == []


def others():
    return [
        amended("made-ann", "2020-03-01", add={"topics": ["t"]}),
        amended("made-ann", "2020-09-01", add={"programmes": ["q"]}),
        lifted("made-ann", "2020-02-20"),
        lifted("made-bob", "2020-09-01"),
        suspended("made-bob", "2020-02-01"),
        imposed("made-cyd", "2019-01-01", against="cn"),
        imposed("made-ann", "2020-09-09", against="cn"),
        event("updated", "actor:made-ann", "2020-02-02", data={"add": {"aliases": ["x"]}}),
        event("updated", "actor:made-ann", "2020-12-01", data={"set": {"aliases": ["y", "z"]}}),
        event("updated", "actor:made-bob", "2019-01-01", data={"set": {"name": "Robert"}}),
        merged("made-ann", "made-bob", "2020-03-03"),
    ]
