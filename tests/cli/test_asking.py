"""`retorsion state` and `retorsion history`: the API's answers, and tables in which nothing is cut off."""

import json
import sqlite3
from contextlib import closing

import pytest
from rich.cells import cell_len

from ledger.service import Ledger
from tests.cli.terminal import ESCAPES, on_terminal
from tests.client import Api
from tests.posting import corrected, imposed, lifted, registered, reported, retracted

SANCTIONS = "measure:us-xinjiang-2020-07-09"
TREATY = "agreement:ca-hk-extradition"
LAW = "act:cn-hk-national-security-law"


@pytest.fixture
def asked(story):
    """The API on the same ledger."""
    from api.http import create_app
    from ledger.settings import Settings

    app = create_app(Settings(database_url="sqlite:///retorsion.db"))
    yield Api(app.test_client())
    app.extensions["retorsion"].close()


def told(*events):
    """Append events; the stored ones."""
    ledger = Ledger.open("sqlite:///retorsion.db")
    stored = ledger.append(events, by="tests").events
    ledger.close()
    return [event.sequence for event in stored]


# ---------------------------------------------------------------------------------------------------------- as JSON


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("us", "/v1/actors/us/state"),
        ("actor:hk", "/v1/actors/hk/state"),
        ("us --at 2020-07-10", "/v1/actors/us/state?at=2020-07-10"),
        ("us --at 2020-07-10 --known-at 277", "/v1/actors/us/state?at=2020-07-10&known_at_sequence=277"),
        (SANCTIONS, f"/v1/measures/{SANCTIONS[8:]}"),
        (f"{SANCTIONS} --known-at 9999-12-31", f"/v1/measures/{SANCTIONS[8:]}?known_at=9999-12-31"),
        (f"{SANCTIONS} --at 2020-07-08", f"/v1/measures/{SANCTIONS[8:]}?at=2020-07-08"),
        (f"{TREATY} --known-at 2999-01-01T00:00:00Z", f"/v1/agreements/{TREATY[10:]}?known_at=2999-01-01T00:00:00Z"),
        (LAW, f"/v1/acts/{LAW[4:]}"),
    ],
)
def test_state_as_json_is_what_the_api_answers(run, asked, words, path):
    assert run("state", *words.split(), "--format", "json").done() == asked.get(path).text + "\n"


@pytest.mark.parametrize("subject", [SANCTIONS, TREATY, LAW, "actor:us"])
def test_history_as_json_is_what_the_api_answers(run, asked, subject):
    plural = {"measure": "measures", "agreement": "agreements", "act": "acts", "actor": "actors"}
    kind, slug = subject.split(":")
    expected = asked.get(f"/v1/{plural[kind]}/{slug}/history").text
    assert run("history", subject, "--format", "json").done() == expected + "\n"


def test_json_is_indented_for_a_terminal_and_says_the_same(run, story):
    status, shown = on_terminal(["state", SANCTIONS, "--format", "json"])
    assert status == 0
    assert shown.startswith('{\n  "subject"')
    assert json.loads(shown) == json.loads(run("state", SANCTIONS, "--format", "json").done())


def test_lists_are_whole_however_many_pages_the_api_makes_of_them(run, here, monkeypatch):
    monkeypatch.setattr("api.cli.asking._PAGE", 2)
    told(*(imposed(f"m{number}", "2020-07-09") for number in range(5)))
    answer = json.loads(run("state", "us", "--format", "json").done())
    assert [item["subject"] for item in answer["imposing"]["items"]] == [f"measure:m{number}" for number in range(5)]
    assert answer["imposing"]["next"] is None
    table = run("state", "us").done()
    assert all(f"measure:m{number}" in table for number in range(5))


def test_a_history_is_whole_however_many_pages_the_api_makes_of_it(run, here, monkeypatch):
    monkeypatch.setattr("api.cli.asking._PAGE", 1)
    sequences = told(imposed("m", "2020-07-09"), lifted("m", "2021-01-01"), imposed("m", "2022-01-01"))
    answer = json.loads(run("history", "measure:m", "--format", "json").done())
    assert [item["sequence"] for item in answer["items"]] == sequences
    assert answer["next"] is None


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_server_is_asked_in_the_same_way(run, database_url):
    answer = json.loads(run("state", "hk", "--format", "json", RETORSION_DATABASE_URL=database_url).done())
    assert answer["actor"]["terms"]["part_of"] == ["actor:cn"]


def test_whoever_has_the_database_needs_no_token(run, story):
    assert "United States" in run("state", "us", RETORSION_PUBLIC_READS="false").done()


# --------------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["state", "measure:nothing-such"], 1, "does not know measure:nothing-such"),
        (["history", "measure:nothing-such"], 1, "does not know measure:nothing-such"),
        (["state", "us-xinjiang-2020-07-09"], 1, f"did you mean {SANCTIONS}?"),
        (["state", "us", "--known-at", "0"], 1, "did not know actor:us at event 0"),
        (["state", "policy:us"], 2, "none of measure:SLUG, agreement:SLUG, act:SLUG, actor:SLUG"),
        (["state", "United States"], 2, "or the slug of an actor, as us"),
        (["state", "us/state"], 2, "or the slug of an actor, as us"),
        (["history", "measure:"], 2, "is none of"),
        (["state", "us", "--at", "July"], 2, "--at: must be a day"),
        (["state", "us", "--known-at", "July"], 2, "--known-at: must be a time"),
        (["state", "us", "--known-at", "99999"], 2, "--known-at: the newest event is"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_what_cannot_be_answered_says_why(run, story, words, status, said):
    assert said in run(*words).refused(status)


# ----------------------------------------------------------------------------------------------------------- tables


def test_an_actors_table_has_its_counts_and_its_lists(run, story):
    printed = run("state", "us", "--at", "2020-07-10", "--known-at", "277").done()
    assert "as of 2020-07-10, as known at event 277" in printed
    answer = json.loads(run("state", "us", "--at", "2020-07-10", "--known-at", "277", "--format", "json").done())
    summary = answer["summary"]
    of = [summary["imposing"], *summary["targeted"].values(), summary["agreements"]]
    for status in ("announced", "in_force", "terminated"):
        row = next(line.split() for line in printed.splitlines() if line.startswith(f"{status} "))
        assert row == [status, *(str(each[status]) for each in of if status in each)]
    assert "\nImposes\n" in printed
    assert "\nIs targeted by\n" in printed
    assert SANCTIONS in printed


def test_an_affiliates_measure_says_through_whom_and_since_when(run, story):
    printed = run("state", "cn", "--at", "2020-07-10").done()
    row = printed[printed.index("Is targeted by") :]
    row = row[row.index("Sanctions on senior Chinese officials") :].split("\n\n")[0]
    assert "through" in row
    assert "chen-quanguo" in row
    assert "since 2020-07-09" in row


def test_agreements_say_who_suspends_them(run, story):
    printed = run("state", "hk").done()
    row = printed[printed.index("Is party to") :]
    assert TREATY in row
    assert "suspended by ca since 2020-07-03" in " ".join(row.split())


def test_what_has_ended_is_counted_and_said_to_be_left_out(run, here):
    told(imposed("m", "2020-07-09"), lifted("m", "2021-01-01"))
    printed = run("state", "us").done()
    assert "Imposes: nothing (without 1 ended)" in printed


def test_an_actor_that_was_merged_reads_as_the_other_and_says_so(run, here):
    told(
        registered("old"), registered("new"), imposed("m", "2020-07-09", against="old"),
        {"type": "merged", "subject": "actor:old", "effective_on": "2021-01-01", "data": {"into": "actor:new"}},
    )  # fmt: skip
    printed = run("state", "old", "--at", "2021-06-01").done()
    assert "actor:new" in printed
    assert "actor:old was merged into it" in printed
    assert "measure:m" in printed


@pytest.mark.parametrize(
    ("day", "said"), [("2020-07-08", "not begun yet on that day"), ("2020-07-09", "in_force since 2020-07-09")]
)
def test_another_subjects_table_says_how_it_stands_and_what_is_known_of_it(run, story, day, said):
    printed = run("state", SANCTIONS, "--at", day).done()
    assert said in printed
    assert ("Executive Order 13818" in printed) == (day == "2020-07-09")


def test_a_history_shows_what_each_event_changed_and_what_became_of_it(run, here):
    first, second = told(imposed("m", "2020-07-09", grounds=["human_rights"]), lifted("m", "2021-01-01", reason="Done"))
    third, fourth = told(corrected("measure:m", first, effective_on="2020-07-08"), retracted("measure:m", second))
    printed = run("history", "measure:m").done()
    events = printed.split("─\n")[1].split("\n\n")
    assert [event.split()[:2] for event in events] == [
        [str(first), "imposed"], [str(second), "lifted"], [str(third), "corrected"], [str(fourth), "retracted"]
    ]  # fmt: skip
    assert "status: none → in_force" in events[0]
    assert "grounds + human_rights" in events[0]
    assert f"corrected by {third}" in events[0]
    assert f"retracted by {fourth}" in events[1]
    assert "nothing, since it is retracted" in events[1]
    assert "effective_on: 2020-07-09 → 2020-07-08" in events[2]
    assert all("recorded: 20" in event and "by tests" in event for event in events)


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("words", [["state", "us"], ["state", SANCTIONS], ["history", SANCTIONS]], ids=" ".join)
def test_tables_fit_the_width_and_nothing_is_cut_off(run, story, monkeypatch, words, columns):
    monkeypatch.setattr("api.cli.tables.WIDTH", columns)
    printed = run(*words).done()
    assert columns - 20 < max(map(cell_len, printed.splitlines())) <= columns
    assert "…" not in printed
    assert "xinjiang-public-security-bureau" in "".join(printed.split())
    if columns >= 80:
        assert SANCTIONS in printed


def test_the_width_is_the_terminals_and_colours_are_for_terminals_alone(run, story):
    _, shown = on_terminal(["state", SANCTIONS], columns=80)
    assert "\x1b[" in shown
    assert 60 < max(cell_len(line.rstrip()) for line in ESCAPES.sub("", shown).splitlines()) <= 80
    _, shown = on_terminal(["state", SANCTIONS], columns=120, NO_COLOR="1")
    assert not [code for code in ESCAPES.findall(shown) if "3" in code]
    assert 100 < max(cell_len(line.rstrip()) for line in ESCAPES.sub("", shown).splitlines()) <= 120
    assert "\x1b" not in run("state", SANCTIONS, FORCE_COLOR="1").done()


def test_what_others_wrote_cannot_steer_the_terminal(run, here):
    told(reported("a", "2020-07-09", title="\x1b[2JGone [bold]not markup[/bold] :smile: \x9b2J"))
    for words in (["state", "act:a"], ["history", "act:a"]):
        printed = run(*words).done()
        assert "\x1b" not in printed
        assert "\x9b" not in printed
        assert "\\x1b[2JGone [bold]not markup[/bold] :smile: \\x9b2J" in printed


def test_a_damaged_ledger_ends_in_one_line(run, story):
    with closing(sqlite3.connect("retorsion.db")) as database:
        database.execute("DROP TABLE states")
        database.commit()
    assert "run `retorsion init`" in run("state", SANCTIONS).refused(1)
