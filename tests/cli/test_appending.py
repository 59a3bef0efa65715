"""`retorsion append`: all or nothing; or batch by batch, and then it says where to resume."""

import getpass
import io
import json
import shlex
import signal
import subprocess
import time
from itertools import islice
from pathlib import Path

import pytest

from api.cli.lines import BadLine, batches_of, lines_of
from ledger.service import Ledger
from tests.cli.terminal import on_terminal
from tests.posting import concluded, corrected, imposed, lifted, reported, retracted
from tests.process import command, environment, retorsion

URL = "sqlite:///retorsion.db"


def written(*events, name="events.ndjson"):
    """A file with those events, or texts, each on a line."""
    lines = [each if isinstance(each, str) else json.dumps(each) for each in events]
    Path(name).write_text("".join(f"{line}\n" for line in lines))
    return name


def statements(count, start=0):
    return [reported(f"s{number}", "2020-07-09") for number in range(start, start + count)]


def recorded(url=URL):
    """What was recorded after the built-in actors: subjects, and by whom."""
    ledger = Ledger.open(url)
    with ledger.reading() as session:
        rows = session.rows("SELECT leaf FROM events ORDER BY sequence")
    ledger.close()
    events = [json.loads(leaf) for (leaf,) in rows]
    return [(event["subject"], event["recorded_by"]) for event in events if event["recorded_by"] != "retorsion"]


def head():
    ledger = Ledger.open(URL)
    newest = ledger.head().sequence
    ledger.close()
    return newest


# --------------------------------------------------------------------------------------------------- all or nothing


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_it_appends_a_file_as_one_batch_and_says_which_sequences(run, ledger, database_url):
    before = ledger.head().sequence
    file = written(*statements(3))
    printed = run("append", file, RETORSION_DATABASE_URL=database_url).done()
    assert printed == f"appended 3 events, sequences {before + 1}–{before + 3}\n"
    assert recorded(database_url) == [(f"act:s{number}", getpass.getuser()) for number in range(3)]
    with ledger.reading() as session:
        assert (
            session.value("SELECT count(DISTINCT recorded_at) FROM events WHERE sequence > :before", before=before) == 1
        )


def test_one_event_is_told_as_one(run, here):
    before = head()
    assert run("append", written(*statements(1))).done() == f"appended 1 event, sequence {before + 1}\n"


def test_a_dash_is_the_standard_input(here):
    lines = "".join(json.dumps(each) + "\n" for each in statements(2))
    ran = retorsion("append", "-", stdin=lines)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert len(recorded()) == 2


def test_blank_lines_and_a_missing_last_line_end_are_passed_over(run, here):
    first, second = map(json.dumps, statements(2))
    Path("events.ndjson").write_text(f"\n{first}\r\n  \n{second}")
    assert "appended 2 events" in run("append", "events.ndjson").done()


def test_a_file_without_events_appends_nothing_and_is_no_error(run, here):
    assert run("append", written("", " ")).done().startswith("appended 0 events")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nonsense", "line 3: not JSON at column 1"),
        ('{"type": "reported", "type": "reported"}', "line 3: the member 'type' is given twice"),
        ('{"a": NaN}', "line 3: NaN is not JSON"),
        ("[]", "line 3: must be an object"),
        ('{"type": "reported"}', "line 3: /subject is required"),
        (json.dumps(reported("x", "July")), "line 3: /effective_on"),
        (json.dumps(imposed("x", "2020", against="nobody-knows")), "line 3: /data/targets/0/actor"),
        (json.dumps(lifted("x", "2020")), "line 3: measure:x: lifted of 2020-01-01 cannot stand"),
        (
            json.dumps(reported("s0", "2020-07-09", title="Twice")),
            "line 3: act:s0: reported of 2020-07-09 cannot stand",
        ),
        (json.dumps({**reported("s0", "2020"), "expected_version": 7}), "line 3: act:s0 is at version 0, not 7"),
        (json.dumps(reported("x", "2020", description="x" * 70_000)), "line 3: an event has 65535 bytes at most"),
    ],
)
def test_a_line_that_cannot_be_is_named_and_nothing_is_appended(run, here, line, said):
    first = [] if "expected_version" in line else statements(1)
    file = written(*first, *[""] * (2 - len(first)), line, *statements(1, 1))
    told = run("append", file).refused(1)
    assert said in told
    assert "nothing was appended" in told
    assert recorded() == []


def test_what_clashes_with_stored_events_names_the_line_and_the_events(run, here):
    ledger = Ledger.open(URL)
    first, second = (
        each.sequence for each in ledger.append([imposed("m", "2020-07-09"), lifted("m", "2021-01-01")], by="x").events
    )
    ledger.close()
    file = written(*statements(1), retracted("measure:m", first))
    told = run("append", file).refused(1)
    assert f"line 2: event {second} (lifted of 2021-01-01) could not stand once this is in" in told


def test_many_mistakes_are_still_one_line_that_can_be_read(run, here):
    told = run("append", written(*["{}"] * 500)).refused(1)
    assert "more" in told
    assert len(told) < 1200


def test_corrections_in_a_file_work_as_posted_ones(run, here):
    ledger = Ledger.open(URL)
    [stored] = ledger.append([concluded("t", "1990")], by="x").events
    ledger.close()
    run("append", written(corrected("agreement:t", stored.sequence, effective_on="1991"))).done()
    assert "since 1991-01-01 (approximate)" in run("state", "agreement:t").done()


@pytest.mark.parametrize("name", ["missing.ndjson", "."])
def test_a_file_that_cannot_be_read_says_what_to_name(run, here, name):
    assert "name a file of events" in run("append", name).refused(1)


def test_without_a_name_the_user_is_named_by_number(run, here, monkeypatch):
    def nobody():
        raise OSError("No username set in the environment")

    monkeypatch.setattr("getpass.getuser", nobody)
    run("append", written(*statements(1))).done()
    [(_, by)] = recorded()
    assert by.startswith("uid-")


# -------------------------------------------------------------------------------------------------- batch by batch


def test_batches_are_committed_one_by_one(run, here):
    before = head()
    assert run("append", "--batch", "2", written(*statements(5))).done() == (
        f"appended 5 events, sequences {before + 1}–{before + 5}\n"
    )
    ledger = Ledger.open(URL)
    with ledger.reading() as session:
        assert session.value("SELECT count(DISTINCT recorded_at) FROM events WHERE sequence > :b", b=before) == 3
    ledger.close()


@pytest.mark.parametrize("wrong", ["nonsense", json.dumps(lifted("x", "2020"))])
def test_what_stops_it_is_told_with_what_is_recorded_and_how_to_resume(run, here, wrong):
    events = statements(7)
    file = written(*events[:3], "", *events[3:5], wrong, *events[5:], name="my events.ndjson")
    told = run("append", "--batch", "2", file).refused(1)
    assert "line 7: " in told
    assert "lines 1–5 are recorded" in told
    assert len(recorded()) == 4
    resume = told.split("`")[1]
    assert resume == "retorsion append --batch 2 --from-line 6 'my events.ndjson'"

    written(*events[:3], "", *events[3:5], "", *events[5:], name=file)
    assert "appended 3 events" in run(*shlex.split(resume)[1:]).done()
    assert [subject for subject, _ in recorded()] == [f"act:s{number}" for number in range(7)]


def test_the_command_to_resume_names_the_database_that_was_named_and_no_password(run, here):
    file = written("nonsense")
    told = run("--database-url", URL, "append", "--batch", "2", file).refused(1)
    assert f"`retorsion --database-url {URL} append --batch 2 --from-line 1 {file}`" in told


def feeding(*words):
    """The command, reading from a pipe."""
    return subprocess.Popen(
        [command(), "append", *words],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def feed(process, events):
    process.stdin.writelines(json.dumps(each) + "\n" for each in events)
    process.stdin.flush()


def wait_for(count):
    """Until so many events are recorded."""
    deadline = time.monotonic() + 30
    while len(recorded()) < count:
        assert time.monotonic() < deadline, recorded()
        time.sleep(0.02)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_stopped_in_the_middle_it_says_how_to_resume_and_nothing_is_there_twice(run, here, number, status):
    events = statements(11)
    with feeding("--batch", "3", "-") as process:
        feed(process, events[:8])
        wait_for(6)
        process.send_signal(number)
        _, told = process.communicate(timeout=30)
    assert process.returncode == status
    assert told.count("\n") == 1
    assert "stopped; lines 1–6 are recorded" in told
    assert len(recorded()) == 6
    resume = shlex.split(told.split("`")[1])[1:]
    assert resume[-1] == "-"
    assert "appended 5 events" in run(*resume[:-1], written(*events)).done()
    assert [subject for subject, _ in recorded()] == [f"act:s{number}" for number in range(11)]


def test_killed_in_the_middle_it_has_recorded_whole_batches_and_can_be_resumed(run, here):
    events = statements(11)
    with feeding("--batch", "3", "-") as process:
        feed(process, events[:8])
        wait_for(6)
        process.kill()
    assert len(recorded()) == 6
    assert "appended 5 events" in run("append", "--batch", "3", "--from-line", "7", written(*events)).done()
    assert [subject for subject, _ in recorded()] == [f"act:s{number}" for number in range(11)]
    assert "as the events have it" in run("rebuild", "--check").done()


def test_a_file_of_any_length_is_read_batch_by_batch():
    class Endless(io.RawIOBase):
        """A file that has no end."""

        def readable(self):
            return True

        def readinto(self, buffer):
            line = b'{"type": "reported"}\n'
            buffer[: len(line)] = line
            return len(line)

    batches = list(islice(batches_of(lines_of(io.BufferedReader(Endless(), 64)), 1000), 3))
    assert [batch[-1].number for batch in batches] == [1000, 2000, 3000]


def test_a_line_without_end_is_refused_before_it_fills_the_memory(monkeypatch):
    monkeypatch.setattr("api.cli.lines.LONGEST_LINE", 100)
    with pytest.raises(BadLine, match="line 2 is longer than 100 bytes"):
        list(lines_of(io.BytesIO(b'{}\n"' + b"x" * 1000)))


def test_a_bar_shows_how_far_it_is_on_a_terminal_and_only_there(here):
    status, shown = on_terminal(["append", "--batch", "2", written(*statements(4))])
    assert status == 0
    assert "4 events" in shown
    assert "━" in shown
    assert "━" not in retorsion("append", "--batch", "2", written(*statements(4, 4))).stderr


# ---------------------------------------------------------------------------------------------- lines of an export


def copied(event, sequence, version=1):
    """An event as an export has it."""
    return {
        **event, "sequence": sequence, "version": version, "recorded_at": f"2026-01-01T00:00:00.{sequence:06}Z",
        "recorded_by": "somebody", "leaf_hash": "00" * 32,
    }  # fmt: skip


FIRST = copied(imposed("m", "2020"), 900)


def test_what_only_a_ledger_sets_is_passed_over(run, here):
    run("append", written(FIRST, copied(corrected("measure:m", 900, effective_on="2021"), 901, 2))).done()
    assert recorded() == [("measure:m", getpass.getuser())] * 2


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([FIRST, copied(retracted("measure:m", 899), 901, 2)], "line 2: /data/of 899 is not the sequence"),
        ([FIRST, copied(retracted("measure:m", 902), 901, 2)], "line 2: /data/of 902 is not the sequence"),
        ([copied(retracted("actor:acme", 3), 900)], "line 1: /data/of 3 is not the sequence of a line before it"),
        ([FIRST, copied(imposed("n", "2020"), 900)], "line 2: its sequence 900 does not come after"),
        ([{**imposed("m", "2020"), "sequence": "1", "version": 1}], "line 1: sequence and version must be whole"),
        ([{**imposed("m", "2020"), "sequence": 1}], "line 1: sequence and version must be whole numbers"),
        ([{**imposed("m", "2020"), "sequence": 1, "version": 2**40}], "line 1: sequence and version must be"),
    ],
    ids=["missing", "later", "not built in", "twice", "no number", "no version", "too large"],
)
@pytest.mark.parametrize("options", [[], ["--batch", "1"]], ids=["at once", "in batches"])
def test_a_file_that_is_no_whole_export_is_refused(run, here, lines, said, options):
    ran = run("append", *options, written(*lines))
    assert ran.status == 1
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_line_before_the_one_where_it_resumes_must_be_what_was_appended(run, here):
    file = written(copied(imposed("m", "2020"), 900), copied(retracted("measure:m", 900), 901, 2))
    run("append", written(imposed("m", "2021"), name="other.ndjson")).done()
    refused = run("append", "--from-line", "2", file).refused(1)
    assert "/data/of 900 is a line before --from-line, which this ledger does not hold as version 1" in refused
