"""What becomes of an entry from one reading to the next: each row of feeds.md's "Differences", as a scene."""

from dataclasses import replace

import pytest

from ledger.domain.events import kind_of
from ledger.feeds.difference import TooManyGone
from ledger.feeds.reading import BrokenList
from ledger.importing import NoDay, OlderReading
from tests.feeds.made import SAYS_NOTHING, entry, feed_of, imported, reading

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ANN, BOB = "made-ann", "made-bob"


def told(api, subject):
    """What was recorded of a subject: type, day and data of each event."""
    return [(event["type"], event["effective_on"], event["data"]) for event in api.history(subject)]


def read(desk, *readings, days=("2020-01-01", "2020-02-01", "2020-03-01"), **options):
    """Import readings of those days in their order; what the last came to."""
    feed = feed_of(*readings, **options)
    return [imported(desk, feed, number, day) for number, (_, day) in enumerate(zip(readings, days, strict=False))][-1]


def test_a_new_entry_is_registered_without_a_day_before_its_measure_is_imposed(desk, api):
    first = desk.head().sequence
    read(desk, reading(entry(ANN, aliases=["Anne"], countries=["actor:cn"])))
    body, actor, measure = list(api.walk("/v1/events", after=first))
    assert (body["subject"], body["data"]["part_of"]) == ("actor:us-made", ["actor:us"])
    assert (actor["type"], actor["subject"], actor["effective_on"]) == ("registered", f"actor:{ANN}", None)
    assert actor["data"] == {
        "category": "person", "name": "Made-Ann", "aliases": ["Anne"], "countries": ["actor:cn"]
    }  # fmt: skip
    assert (measure["type"], measure["subject"], measure["effective_on"]) == (
        "imposed",
        f"measure:{ANN}",
        "2020-01-01~",
    )
    assert measure["data"] == {
        "title": "Programme P: Made-Ann",
        "imposed_by": ["actor:us"],
        "authorities": ["actor:us-made"],
        "targets": [{"actor": f"actor:{ANN}"}],
        "instruments": ["asset_freeze", "travel_ban"],
        "grounds": ["human_rights"],
        "legal_basis": ["Act P"],
        "programmes": ["p"],
    }
    assert body["recorded_at"] == actor["recorded_at"] == measure["recorded_at"]


def test_what_reaches_persons_alone_reaches_nobody_else(desk, api):
    read(desk, reading(entry(ANN, category="vessel")))
    assert api.state(f"measure:{ANN}")["terms"]["instruments"] == ["asset_freeze"]


def test_the_source_of_every_event_is_the_reading(desk, api):
    listed = reading(entry(ANN))
    first = desk.head().sequence
    read(desk, listed)
    sources = {"title": "A list that is made up", "publisher": "Somebody", "published_on": "2020-01-01"}
    for event in api.walk("/v1/events", after=first):
        assert event["sources"] == [{**sources, "archived_sha256": listed.sha256}]


def test_an_announcement_that_the_list_names_is_a_source_beside_it(desk, api):
    target, listing = entry(ANN)
    read(desk, reading((target, replace(listing, url="https://mfa.example/1"))))
    (event,) = api.history(f"measure:{ANN}")
    assert event["sources"][1] == {"title": "The announcement that the list names", "url": "https://mfa.example/1"}


def test_bodies_that_somebody_has_registered_are_not_registered_again(desk, api):
    api.append({"type": "registered", "subject": "actor:us-made", "data": {"category": "group", "name": "Ours"}})
    assert read(desk, reading(entry(ANN))).impossible == []
    assert [type_ for type_, *_ in told(api, "actor:us-made")] == ["registered"]


@pytest.mark.parametrize(
    ("listed_on", "day"),
    [
        ("2020-01-20", "2020-01-20"),
        ("2020-02-01", "2020-02-01"),
        ("2020-01-20~", "2020-01-20~"),
        ("2020-01-01", "2020-02-01~"),
        ("2006-01-01", "2020-02-01~"),
        ("2020-02-02", "2020-02-01~"),
        (None, "2020-02-01~"),
    ],
)
def test_a_listing_date_counts_from_the_day_after_the_last_reading_to_the_day_of_this(desk, api, listed_on, day):
    read(desk, reading(entry(BOB)), reading(entry(BOB), entry(ANN, listed_on=listed_on)))
    assert [on for _, on, _ in told(api, f"measure:{ANN}")] == [day]


def test_in_the_first_reading_every_listing_date_up_to_its_day_counts(desk, api):
    read(desk, reading(entry(ANN, listed_on="1999-12-31")))
    assert [on for _, on, _ in told(api, f"measure:{ANN}")] == ["1999-12-31"]


def test_an_act_that_is_read_for_the_first_time_was_not_shown_to_be_missing_before(desk, api):
    read(
        desk,
        reading(entry(BOB, group="one"), whole={"one"}),
        reading(entry(ANN, group="two", listed_on="2014-03-17"), whole={"two"}),
    )
    assert [on for _, on, _ in told(api, f"measure:{ANN}")] == ["2014-03-17"]


def test_an_entry_that_is_gone_is_lifted_about_that_day(desk, api):
    came = read(desk, reading(entry(ANN, name="Ann"), entry(BOB)), reading(entry(BOB)))
    assert (came.gone, came.new, came.changed) == (["Ann"], [], [])
    assert told(api, f"measure:{ANN}")[1:] == [("lifted", "2020-02-01~", {})]
    assert len(told(api, f"actor:{ANN}")) == 1


def test_an_entry_that_comes_back_is_imposed_again_and_not_registered_again(desk, api):
    read(
        desk,
        reading(entry(ANN, name="Ann"), entry(BOB)),
        reading(entry(BOB)),
        reading(entry(ANN, name="Anne", programmes="q", listed_on="2006-01-01"), entry(BOB)),
    )
    types = [(type_, on) for type_, on, _ in told(api, f"measure:{ANN}")]
    assert types == [("imposed", "2020-01-01~"), ("lifted", "2020-02-01~"), ("imposed", "2020-03-01~")]
    assert api.state(f"measure:{ANN}")["terms"]["title"] == "Programme Q: Anne"
    assert told(api, f"actor:{ANN}")[1:] == [("updated", "2020-03-01~", {"set": {"name": "Anne"}})]


def test_changes_of_terms_are_amended_and_those_of_the_actor_updated(desk, api):
    came = read(
        desk,
        reading(entry(ANN, aliases=["Anne"], programmes="p")),
        reading(entry(ANN, name="Ann B", aliases=["Annie"], programmes="q", updated_on="2020-01-20")),
    )
    assert told(api, f"actor:{ANN}")[1:] == [
        (
            "updated",
            "2020-01-20",
            {"set": {"name": "Ann B"}, "remove": {"aliases": ["Anne"]}, "add": {"aliases": ["Annie"]}},
        )
    ]
    ((_, on, data),) = told(api, f"measure:{ANN}")[1:]
    assert on == "2020-01-20"
    assert data["add"] == {
        "grounds": ["corruption"], "instruments": ["export_control"], "legal_basis": ["Act Q"], "programmes": ["q"]
    }  # fmt: skip
    assert (came.changed, came.new, came.gone) == (["Ann B"], [], [])
    assert api.state(f"measure:{ANN}")["terms"]["title"] == "Programme P: Made-Ann"


@pytest.mark.parametrize(
    ("updated_on", "day"), [("2020-01-01", "2020-02-01~"), ("2020-02-02", "2020-02-01~"), ("2020-02-01", "2020-02-01")]
)
def test_an_update_day_counts_after_the_last_reading_and_not_after_this(desk, api, updated_on, day):
    read(desk, reading(entry(ANN)), reading(entry(ANN, name="Anne", updated_on=updated_on)))
    assert [on for _, on, _ in told(api, f"actor:{ANN}")] == [None, day]


def test_another_order_says_nothing_new(desk):
    came = read(
        desk,
        reading(entry(ANN, aliases=["x", "y"], programmes="pq"), entry(BOB)),
        reading(entry(BOB), entry(ANN, aliases=["y", "x"], programmes="qp")),
    )
    assert came.counts.events == came.counts.changed == 0


def test_of_what_a_part_that_is_missing_would_say_what_was_known_stays(desk, api):
    read(
        desk,
        reading(entry(ANN, aliases=["x"]), entry(BOB, aliases=["y"])),
        reading(entry(ANN, aliases=SAYS_NOTHING, basis=SAYS_NOTHING), entry(BOB, aliases=SAYS_NOTHING)),
        reading(entry(ANN, aliases=["x", "z"]), entry(BOB, aliases=["y"])),
    )
    assert told(api, f"actor:{ANN}")[1:] == [("updated", "2020-03-01~", {"add": {"aliases": ["z"]}})]
    assert len(told(api, f"actor:{BOB}")) == len(told(api, f"measure:{ANN}")) == 1


def test_of_what_was_read_in_part_nothing_goes(desk, api):
    read(desk, reading(entry(ANN, aliases=["x", "y"])), reading(entry(ANN, aliases=["y", "z"], in_part=True)))
    assert told(api, f"actor:{ANN}")[1:] == [("updated", "2020-02-01~", {"add": {"aliases": ["z"]}})]


def test_of_an_act_that_is_missing_nothing_goes(desk, api):
    both = (entry(ANN, group="one"), entry(BOB, group="two"))
    came = read(desk, reading(*both, whole={"one", "two"}), reading(both[1], whole={"two"}))
    assert (came.counts.gone, came.counts.events) == (0, 0)
    assert api.state(f"measure:{ANN}")["status"] == "in_force"


def test_what_amends_an_act_adds_to_it_and_takes_nothing_away(desk, api):
    first = reading(entry(ANN, group="one"), whole={"one"})
    came = read(desk, first, reading(entry(BOB, group="one", listed_on="2020-01-15"), whole=()))
    assert (came.new, came.gone) == (["Made-Bob"], [])
    assert [on for _, on, _ in told(api, f"measure:{BOB}")] == ["2020-01-15"]


def test_what_an_amendment_added_stays_until_the_act_itself_has_had_it(desk, api):
    act = reading(entry(ANN, group="act"), whole=["act"])
    added = reading(entry(BOB, group="act", is_addition=True), whole=[])
    consolidated = reading(entry(ANN, group="act"), entry(BOB, group="act"), whole=["act"])
    feed = feed_of(act, added, act, consolidated, added, act)
    gone = [imported(desk, feed, number, f"2020-0{number + 1}-01").counts.gone for number in range(6)]
    assert gone == [0, 0, 0, 0, 0, 1]
    assert [on for _, on, _ in told(api, f"measure:{BOB}")] == ["2020-02-01~", "2020-06-01~"]


def test_a_changed_listing_date_that_fits_the_first_reading_is_corrected(desk, api):
    read(desk, reading(entry(ANN, listed_on="2019-05-01")), reading(entry(ANN, listed_on="2018-05-01")))
    types = [type_ for type_, *_ in told(api, f"measure:{ANN}")]
    assert types == ["imposed", "corrected"]
    assert api.state(f"measure:{ANN}", at="2018-05-01")["status"] == "in_force"


@pytest.mark.parametrize("listed_on", ["2020-01-02", None])
def test_one_that_contradicts_it_is_left_and_told(desk, api, listed_on):
    came = read(desk, reading(entry(ANN, name="Ann", listed_on="2019-05-01")), reading(entry(ANN, listed_on=listed_on)))
    assert came.counts.left == 1
    assert came.left[0].startswith("Made-Ann: its listing date is")
    assert [type_ for type_, *_ in told(api, f"measure:{ANN}")] == ["imposed"]


def test_the_same_reading_again_appends_nothing_and_is_not_kept_twice(desk):
    feed = feed_of(reading(entry(ANN)), reading(entry(ANN)))
    imported(desk, feed, 0, "2020-01-01")
    head = desk.head()
    assert imported(desk, feed, 0, "2020-01-01").is_same
    assert desk.head() == head
    assert len(desk.readings()) == 1


def test_the_same_list_of_a_later_day_appends_nothing_and_is_a_reading(desk):
    feed = feed_of(reading(entry(ANN)), reading(entry(ANN)))
    imported(desk, feed, 0, "2020-01-01")
    head = desk.head()
    came = imported(desk, feed, 0, "2020-02-01")
    assert (came.is_same, came.counts.events, desk.head()) == (False, 0, head)
    newest, first = desk.readings()
    assert (newest.published_on, newest.first_sequence) == ("2020-02-01", None)
    assert (first.first_sequence, first.last_sequence) == (head.sequence - 2, head.sequence)


def test_the_day_is_what_the_file_states_unless_it_is_given(desk):
    feed = feed_of(reading(entry(ANN), on="2020-01-01"), reading(entry(BOB), on="2020-01-01"), reading(entry(ANN)))
    assert imported(desk, feed, 0).published_on == "2020-01-01"
    assert imported(desk, feed, 1, "2020-02-01").published_on == "2020-02-01"
    with pytest.raises(NoDay, match="--published-on"):
        imported(desk, feed, 2)


def test_a_reading_of_an_earlier_day_is_refused(desk):
    feed = feed_of(reading(entry(ANN)), reading(entry(BOB)))
    imported(desk, feed, 0, "2020-02-01")
    with pytest.raises(OlderReading, match="2020-02-01"):
        imported(desk, feed, 1, "2020-01-31")


def test_a_reading_without_an_entry_is_refused(desk):
    with pytest.raises(BrokenList, match="no entry"):
        imported(desk, feed_of(reading()), 0, "2020-02-01")


def crowd(count, **options):
    return [entry(f"made-{number}", **options) for number in range(count)]


@pytest.mark.parametrize(
    ("before", "after", "is_refused"), [(200, 180, False), (200, 179, True), (20, 10, False), (20, 9, True)]
)
def test_more_than_ten_percent_and_more_than_ten_may_not_be_gone(desk, before, after, is_refused):
    feed = feed_of(reading(*crowd(before)), reading(*crowd(after)))
    imported(desk, feed, 0, "2020-01-01")
    head = desk.head()
    if is_refused:
        with pytest.raises(TooManyGone, match="--max-removals"):
            imported(desk, feed, 1, "2020-02-01")
        assert (desk.head(), len(desk.readings())) == (head, 1)
    assert imported(desk, feed, 1, "2020-02-01", max_removals=60).counts.gone == before - after


def test_the_advice_that_it_gives_is_enough(desk):
    feed = feed_of(reading(*crowd(37)), reading(*crowd(20)))
    imported(desk, feed, 0, "2020-01-01")
    with pytest.raises(TooManyGone) as refused:
        imported(desk, feed, 1, "2020-02-01")
    imported(desk, feed, 1, "2020-02-01", max_removals=float(str(refused.value).rsplit(" ", 1)[1]))


def test_what_may_be_gone_is_counted_over_the_acts_that_are_read(desk):
    other = [entry(f"made-other-{number}", group="two") for number in range(100)]
    one = crowd(30, group="one")
    feed = feed_of(reading(*one, *other, whole={"one", "two"}), reading(*one[:19], whole={"one"}))
    imported(desk, feed, 0, "2020-01-01")
    with pytest.raises(TooManyGone, match="11 of 30"):
        imported(desk, feed, 1, "2020-02-01")


def test_what_amends_an_act_leaves_its_count_as_it_was(desk):
    one, added = crowd(100, group="one"), [entry(f"made-added-{number}", group="one") for number in range(20)]
    feed = feed_of(reading(*one, whole={"one"}), reading(*added, whole=()), reading(*one[:89], *added, whole={"one"}))
    imported(desk, feed, 0, "2020-01-01")
    imported(desk, feed, 1, "2020-02-01")
    with pytest.raises(TooManyGone, match="11 of 100"):
        imported(desk, feed, 2, "2020-03-01")


def test_a_dry_run_says_what_a_run_would_come_to_and_records_nothing(desk):
    feed = feed_of(reading(entry(ANN), entry(BOB)), reading(entry(BOB, name="Robert")))
    for number, day in enumerate(("2020-01-01", "2020-02-01")):
        head, readings = desk.head(), desk.readings()
        said = imported(desk, feed, number, day, dry_run=True)
        assert (desk.head(), desk.readings()) == (head, readings)
        assert imported(desk, feed, number, day) == said


def test_all_of_a_reading_is_known_at_once(desk):
    read(desk, reading(*crowd(50)))
    with desk.reading() as session:
        rows = session.rows("SELECT recorded_at, subject FROM events ORDER BY sequence")[252:]
    assert len(rows) == 101
    assert {recorded_at for recorded_at, _ in rows} == {desk.readings()[0].recorded_at}
    assert {kind_of(subject) for _, subject in rows} == {"actor", "measure"}


class TestOfAChronicle:
    """cn-mfa tells what happened, and not what stands."""

    def test_its_dates_count_however_late_the_row_comes(self, desk, api):
        read(desk, reading(entry(BOB)), reading(entry(BOB), entry(ANN, listed_on="2019-07-13")), is_chronicle=True)
        assert [on for _, on, _ in told(api, f"measure:{ANN}")] == ["2019-07-13"]

    def test_a_row_that_states_an_end_is_lifted_then(self, desk, api):
        read(desk, reading(entry(ANN, listed_on="2019-07-13", ended_on="2019-10-01")), is_chronicle=True)
        assert [(type_, on) for type_, on, _ in told(api, f"measure:{ANN}")][1:] == [("lifted", "2019-10-01")]

    def test_an_end_that_changes_is_corrected_and_one_that_goes_is_retracted(self, desk, api):
        rows = [reading(entry(ANN, listed_on="2019-07-13", ended_on=end)) for end in ("2019-10-01", "2019-11-01", None)]
        feed = feed_of(*rows, is_chronicle=True)
        for number, (day, ended) in enumerate([("2020-01-01", "10"), ("2020-02-01", "11"), ("2020-03-01", None)]):
            imported(desk, feed, number, day)
            spans = api.timeline(f"measure:{ANN}")
            assert spans[0]["valid_to"] == (f"2019-{ended}-01" if ended else None)

    def test_a_row_that_goes_was_a_mistake(self, desk, api):
        rows = entry(ANN, listed_on="2019-07-13"), entry(ANN, listed_on="2019-07-13", programmes="q")
        ended = entry(ANN, listed_on="2019-07-13", programmes="q", ended_on="2020-02-20")
        days = ("2020-01-01", "2020-02-01", "2020-03-01", "2020-04-01")
        gone = reading(entry(BOB))
        steps = [reading(entry(BOB), each) for each in (*rows, ended)]
        read(desk, *steps, gone, days=days, is_chronicle=True)
        assert api.timeline(f"measure:{ANN}") == []

    def test_a_row_that_comes_back_after_that_is_imposed_again(self, desk, api):
        row = reading(entry(BOB), entry(ANN, listed_on="2019-07-13"))
        read(desk, row, reading(entry(BOB)), row, is_chronicle=True)
        assert [type_ for type_, *_ in told(api, f"measure:{ANN}")] == ["imposed", "retracted", "imposed"]
        assert api.state(f"measure:{ANN}", at="2019-07-13")["status"] == "in_force"
