"""`retorsion export`: a file that is whole or not there, and what cannot be asked."""

import json
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ledger.service import Ledger
from tests.cli.terminal import on_terminal
from tests.posting import imposed, lifted
from tests.process import command, environment, retorsion

FORMATS = ("ndjson", "csv", "spells", "ftm", "parquet")
PATIENCE_SECONDS = 60


def append(*events):
    ledger = Ledger.open("sqlite:///retorsion.db")
    stored = ledger.append(list(events), by="tests").events
    ledger.close()
    return stored[-1].sequence


def left(folder="."):
    """What is there besides the ledger."""
    return sorted(path.name for path in Path(folder).iterdir() if not path.name.startswith("retorsion.db"))


@pytest.mark.parametrize("form", FORMATS)
def test_it_writes_what_the_api_answers(run, story, form):
    from api.http import create_app
    from ledger.settings import Settings

    assert run("export", form, "--at", "2020-07-10", "--known-at", "300", "out.zip").done() == ""
    app = create_app(Settings(database_url="sqlite:///retorsion.db"))
    answered = app.test_client().get(f"/v1/export/{form}?at=2020-07-10&known_at_sequence=300")
    app.extensions["retorsion"].close()
    assert Path("out.zip").read_bytes() == answered.data
    assert left() == ["out.zip"]


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("form", FORMATS)
def test_it_writes_from_both_databases(run, ledger, database_url, form):
    ledger.append([imposed("m", "2020-07-09")], by="tests")
    run("export", form, "out.zip", RETORSION_DATABASE_URL=database_url).done()
    assert Path("out.zip").stat().st_size > 0


def test_parquet_goes_into_a_folder(run, story):
    run("export", "parquet", "ledger/").done()
    found = sorted(str(path.relative_to("ledger")) for path in Path("ledger").rglob("*.parquet"))
    assert [name.split("/")[0] for name in found] == ["events", "states"]
    run("export", "parquet", "ledger.zip").done()
    assert sorted(zipfile.ZipFile("ledger.zip").namelist()) == found
    assert left() == ["ledger", "ledger.zip"]


def test_a_folder_that_has_something_in_it_is_not_touched(run, story):
    Path("ledger").mkdir()
    run("export", "parquet", "ledger").done()
    assert "ledger is there already" in run("export", "parquet", "ledger").refused(1)
    assert left() == ["ledger"]


def test_a_minus_is_the_standard_output(run, story):
    printed = run("export", "ndjson", "-").done()
    assert json.loads(printed.splitlines()[0])["sequence"] == 253
    assert left() == []


def test_a_delta_is_between_two_sequences(run, here):
    first = append(imposed("m", "2020-07-09"))
    second = append(imposed("n", "2020-07-09"))
    append(lifted("n", "2021-01-01"))
    printed = run("export", "delta", "--from", str(first), "--to", str(second), "-").done()
    assert [json.loads(line)["entity"]["id"] for line in printed.splitlines()] == ["sanction--n"]
    assert run("export", "delta", "--from", str(first), "--known-at", str(second), "-").done() == printed


def test_counts_are_asked_for_by_dyad_and_year(run, here):
    append(imposed("m", "2020-07-09"))
    printed = run("export", "spells", "--by", "dyad-year", "--at", "2020-12-31", "-").done()
    assert printed == "sender_country,target_country,year,measures\nus,cn,2020,1\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["csv", "--from", "1", "x"], "--from and --to are for delta"),
        (["delta", "x"], "delta needs --from"),
        (["ftm", "--by", "dyad-year", "x"], "--by is for spells"),
        (["delta", "--from", "9999", "x"], "the newest event is 252"),
        (["delta", "--from", "252", "--to", "9999", "x"], "the newest event is 252"),
        (["delta", "--from", "252", "--to", "0", "x"], "must not be later than event 0"),
        (["delta", "--from", "1", "--to", "2", "--known-at", "2", "x"], "give one of --to and --known-at"),
        (["csv", "--at", "2020", "x"], "must be a day"),
        (["csv", "--known-at", "9999", "x"], "the newest event is 252"),
        (["xlsx", "x"], "'xlsx' is not one of"),
        (["csv"], "Missing argument 'FILE'"),
    ],
)
def test_what_cannot_be_asked_is_wrong_usage(run, here, words, said):
    assert said in run("export", *words).refused(2)
    assert left() == []


@pytest.mark.parametrize(
    ("name", "said"),
    [("nowhere/out.csv", "there is no folder"), (".", "is a folder: name a file in it")],
)
def test_where_it_cannot_write_it_says_so(run, here, name, said):
    assert said in run("export", "csv", name).refused(1)
    assert left() == []


def test_what_was_there_stays_until_the_new_file_is_whole(run, here, monkeypatch):
    Path("out.csv").write_text("before")

    def failing(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ledger.exports.states._rows", failing)
    assert "No space left on device" in run("export", "csv", "out.csv").refused(1)
    assert Path("out.csv").read_text() == "before"
    assert left() == ["out.csv"]
    monkeypatch.undo()
    os.chdir(here)
    run("export", "csv", "out.csv").done()
    assert Path("out.csv").read_text().startswith("subject,")


def test_a_link_is_followed_and_a_pipe_is_written_into(run, here):
    Path("real.csv").write_text("before")
    Path("link.csv").symlink_to("real.csv")
    run("export", "csv", "link.csv").done()
    assert Path("link.csv").is_symlink()
    assert Path("real.csv").read_text().startswith("subject,")
    os.mkfifo("pipe")
    read = "import sys; sys.stdout.write(open('pipe').read())"
    with subprocess.Popen([sys.executable, "-c", read], stdout=subprocess.PIPE, text=True) as reader:
        run("export", "csv", "pipe").done()
        assert reader.communicate()[0].startswith("subject,")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
@pytest.mark.parametrize("name", ["out.csv", "folder"])
def test_interrupted_it_leaves_nothing(here, number, status, name):
    """Held up after its first part."""
    append(imposed("m", "2020-07-09"))
    form = "parquet" if name == "folder" else "ndjson"
    program = (
        "import sys, time\n"
        "from ledger.exports import formats, parquet\n"
        "from ledger.exports.snapshot import Part\n"
        "def slow(parts):\n"
        "    for part in parts:\n"
        "        yield part\n"
        "        print('a part', flush=True)\n"
        "        time.sleep(60)\n"
        "make, fill = formats.export_of, formats.parquet_folder\n"
        "formats.export_of = lambda *a, **k: make(*a, **k)._replace(parts=slow(make(*a, **k).parts))\n"
        "formats.parquet_folder = lambda *a, **k: (lambda e: e._replace(parts=slow(e.parts)))(fill(*a, **k))\n"
        "from api.cli import main\n"
        f"sys.argv = ['retorsion', 'export', {form!r}, {name!r}]\n"
        "sys.exit(main())\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "a part\n"
        assert len(left()) == 1, "it is being written beside"
        process.send_signal(number)
        _, said = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, said) == (status, "")
    assert left() == []


def test_a_bar_shows_how_far_it_is_on_a_terminal_and_only_there(story):
    status, shown = on_terminal(["export", "csv", "out.csv"])
    assert status == 0
    assert "━" in shown
    assert retorsion("export", "csv", "out.csv").stderr == ""


def test_a_reader_that_goes_away_ends_it_without_a_word(story):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        ran = subprocess.run(
            [command(), "export", "ndjson", "-"], env=environment(), stdout=gone, stderr=subprocess.PIPE, text=True
        )
    assert (ran.returncode, ran.stderr) == (141, "")
