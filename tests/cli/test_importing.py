"""`retorsion import`: what it prints, and what it refuses."""

import json

import pytest

from tests.feeds.publishing import publishing
from tests.feeds.test_fetching import offer
from tests.feeds.test_ofac_sdn import ADDRESSES, ALIASES, ENTRIES, written

DAY = ("--published-on", "2021-07-07")


@pytest.fixture
def sdn(tmp_path):
    """A folder with the list in it."""
    folder = tmp_path / "sdn"
    folder.mkdir()
    return written(folder, sdn=ENTRIES, alt=ALIASES, add=ADDRESSES)


def test_it_says_how_much_is_new_and_which_events_that_made(run, here, sdn):
    assert run("import", "ofac-sdn", str(sdn), *DAY).done().splitlines() == [
        "ofac-sdn of 2021-07-07, its first reading: 4 entries; 4 new, 0 gone, 0 changed",
        "appended 9 events, sequences 253–261",
    ]


def test_a_second_run_appends_nothing_and_is_no_fault(run, here, sdn):
    run("import", "ofac-sdn", str(sdn), *DAY).done()
    assert (
        run("import", "ofac-sdn", str(sdn), *DAY).done() == "ofac-sdn of 2021-07-07 was read before: nothing is new\n"
    )
    later = run("import", "ofac-sdn", str(sdn), "--published-on", "2021-07-08").done()
    assert later.endswith("appended 0 events: it says what the last one said\n")


def test_a_dry_run_names_who_is_new_gone_and_changed(run, here, sdn):
    run("import", "ofac-sdn", str(sdn), *DAY).done()
    written(
        sdn, sdn=[*ENTRIES[1:3], ENTRIES[3].replace("SEA STAR", "SEA MOON"), '4000,"NEW ONE",-0- ,"CUBA"' + ",-0- " * 8]
    )
    assert run("import", "ofac-sdn", str(sdn), "--published-on", "2021-07-08", "--dry-run").done().splitlines() == [
        "ofac-sdn of 2021-07-08, beside that of 2021-07-07: 4 entries; 1 new, 1 gone, 1 changed",
        "would append 4 events; nothing was recorded",
        "new:",
        "  NEW ONE",
        "gone:",
        "  AEROCARIBBEAN AIRLINES",
        "changed:",
        "  SEA MOON",
    ]


def test_so_much_may_be_gone_as_the_ledger_has_it():
    from api.cli.importing import MAX_REMOVALS
    from ledger import importing

    assert MAX_REMOVALS == importing.MAX_REMOVALS


def test_warnings_go_to_stderr(run, here, sdn):
    written(sdn, sdn=[ENTRIES[0].replace("CUBA", "MOON-EO1")])
    ran = run("import", "ofac-sdn", str(sdn), *DAY)
    assert (ran.status, "MOON-EO1" in ran.stderr, "MOON-EO1" in ran.stdout) == (0, True, False)


def test_what_somebody_elses_events_make_impossible_is_named_on_stderr(run, here, sdn):
    run("import", "ofac-sdn", str(sdn), *DAY).done()
    events = here / "events.ndjson"
    events.write_text('{"type": "lifted", "subject": "measure:ofac-sdn-36", "effective_on": "2021-07-08"}\n')
    run("append", str(events)).done()
    written(sdn, sdn=[ENTRIES[0].replace("CUBA", "SDGT"), *ENTRIES[1:]])
    ran = run("import", "ofac-sdn", str(sdn), "--published-on", "2021-07-09")
    assert ran.status == 0
    assert "1 not recorded" in ran.stdout
    assert "AEROCARIBBEAN AIRLINES (measure:ofac-sdn-36): amended cannot stand" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ofac-sdn", "sdn"], "give it with --published-on"),
        (["ofac-sdn", "nowhere", *DAY], "nowhere is no folder"),
        (["ofac-sdn", ".", *DAY], "no sdn.csv"),
        (["ofac-cons", "sdn", *DAY], "cons_prim.csv"),
        (["un-sc", "sdn/sdn.csv", *DAY], "sdn.csv"),
    ],
)
def test_what_is_refused_ends_with_one_in_one_line_and_appends_nothing(run, here, sdn, arguments, said):
    assert said in run("import", *arguments).refused(1)
    assert run("import", "ofac-sdn", str(sdn), *DAY).done().endswith("sequences 253–261\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ofac", "sdn", *DAY], "there is no feed 'ofac': there are"),
        (["ofac-sdn", "sdn", "--published-on", "07/07/2021"], "must be a day"),
        (["ofac-sdn", "sdn", "--published-on", "2021-02-30"], "does not exist"),
        (["ofac-sdn", "sdn", *DAY, "--max-removals", "101"], "101"),
    ],
)
def test_wrong_usage_ends_with_two(run, here, sdn, arguments, said):
    assert said in run("import", *arguments).refused(2)


def test_one_that_is_older_or_lacks_too_much_is_refused_with_what_to_do(run, here, sdn):
    many = [ENTRIES[0].replace("36,", f"{number},", 1) for number in range(1, 41)]
    written(sdn, sdn=many)
    run("import", "ofac-sdn", str(sdn), *DAY).done()
    assert "in the order of their days" in run("import", "ofac-sdn", str(sdn), "--published-on", "2021-07-06").refused(
        1
    )
    written(sdn, sdn=many[:20])
    lacking = ("import", "ofac-sdn", str(sdn), "--published-on", "2021-07-08")
    assert "20 of 40 entries are gone (50.0 percent; 10 may be)" in run(*lacking).refused(1)
    assert "20 gone" in run(*lacking, "--max-removals", "51").done()


def test_a_ledger_that_was_initialised_by_an_earlier_version_is_told_to_be_initialised(run, here, sdn):
    from sqlalchemy import create_engine

    engine = create_engine("sqlite:///retorsion.db")
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE readings")
    engine.dispose()
    assert "retorsion init" in run("import", "ofac-sdn", str(sdn), *DAY).refused(1)


class TestFetched:
    """Without a PATH."""

    @pytest.fixture
    def publisher(self):
        with publishing() as running:
            offer(running)
            yield running

    @pytest.fixture
    def fetch(self, run, here, publisher):
        return lambda *more: run("import", "ofac-sdn", *more, RETORSION_FEEDS=f"ofac-sdn {publisher.url}")

    def test_it_is_of_today_and_kept_in_the_archive(self, run, here, fetch, publisher):
        first, second = fetch().done().splitlines()
        assert first.endswith("its first reading: 4 entries; 4 new, 0 gone, 0 changed")
        assert second == "appended 9 events, sequences 253–261"
        reading = json.loads(run("feeds", "--format", "json").done())["items"][5]["readings"][0]
        kept = here / "retorsion.db.archive" / reading["sha256"]
        for line in kept.read_text().splitlines():
            sha256, name = line.split("  ")
            assert (kept.parent / sha256).read_bytes() == publisher.files[f"/{name}"]

    def test_where_nothing_changed_it_says_so_and_is_no_fault(self, fetch):
        fetch().done()
        assert fetch().done().splitlines()[0] == "ofac-sdn: its publisher has nothing new"

    def test_a_list_that_was_refused_is_refused_again_though_it_has_not_changed(self, fetch, publisher):
        offer(publisher, sdn=[ENTRIES[0].replace("36,", f"{number},", 1) for number in range(1, 41)])
        fetch().done()
        offer(publisher)
        for _ in range(2):
            assert "--max-removals" in fetch().refused(1)
        assert "39 gone" in fetch("--max-removals", "100").done()

    def test_one_that_does_not_answer_is_told_in_one_line(self, fetch, publisher):
        publisher.files.clear()
        assert "sdn.csv was not fetched: it answers 404" in fetch().refused(1)
