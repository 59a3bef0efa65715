"""How commands end: 0, 1 or 2, and one line that says what to do; never a traceback."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.process import command, environment, retorsion

READING = [["state", "us"], ["history", "us"], ["rebuild", "--check"], ["token", "list"]]
WRITING = [["append", "-"], ["rebuild"], ["token", "create", "desk", "--scope", "read"], ["token", "revoke", "desk"]]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["exports"], "No such command 'exports'"),
        (["state"], "Missing argument 'SUBJECT'"),
        (["state", "us", "--format", "xml"], "'xml' is not one of 'table', 'json'"),
        (["token", "create", "desk"], "Missing option '--scope'"),
        (["append", "-", "--batch", "0"], "0 is not in the range"),
        (["serve", "--workers", "0"], "0 is not in the range"),
        (["serve", "--port", "65536"], "65536 is not in the range"),
        (["--database-url", "sqlite:///x.db", "demo"], "a database of its own"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_wrong_usage_ends_with_2_and_names_the_help(run, nowhere, words, said):
    line = run(*words).refused(2)
    assert said in line
    assert "--help`" in line
    assert list(nowhere.iterdir()) == []


@pytest.mark.parametrize("words", READING + WRITING, ids=" ".join)
def test_a_ledger_that_is_not_there_is_not_made(run, nowhere, words):
    assert "run `retorsion init`" in run(*words).refused(1)
    assert list(nowhere.iterdir()) == []


@pytest.mark.parametrize("words", READING + WRITING, ids=" ".join)
def test_a_database_that_is_no_ledger_yet_is_told_to_be_initialised(run, nowhere, words):
    Path("retorsion.db").touch()
    assert "run `retorsion init`" in run(*words).refused(1)


def test_a_database_server_without_a_ledger_is_told_to_be_initialised(run, nowhere, postgresql_server):
    url = postgresql_server.create("empty")
    assert "run `retorsion init`" in run("--database-url", url, "state", "us").refused(1)
    postgresql_server.drop("empty")


@pytest.mark.parametrize(
    ("url", "status", "said"),
    [
        ("nonsense", 2, "must be sqlite:///FILE or postgresql+psycopg://"),
        ("mysql://here/x", 2, "must be sqlite:///FILE or postgresql+psycopg://"),
        ("sqlite://", 2, "needs a file"),
        ("sqlite:///no/such/folder/x.db", 1, "see that its folder is there"),
        ("sqlite:///letter.txt", 1, "see that RETORSION_DATABASE_URL names the right file"),
        ("postgresql+psycopg://me:secret@127.0.0.1:1/x", 1, "see that it runs"),
    ],
)
def test_a_database_that_cannot_be_used_says_what_to_do_about_it(run, nowhere, url, status, said):
    Path("letter.txt").write_text("This is a letter, and no database. " * 40)
    line = run("init", RETORSION_DATABASE_URL=url).refused(status)
    assert said in line
    assert "secret" not in line


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"RETORSION_PORT": "many"}, "RETORSION_PORT must be a whole number"),
        ({"RETORSION_PORT": "65536"}, "RETORSION_PORT must be from 0 to 65535"),
        ({"RETORSION_WORKERS": "0"}, "RETORSION_WORKERS must be at least 1"),
        ({"RETORSION_CONFIG": "missing.toml"}, "missing.toml"),
    ],
)
def test_a_setting_that_cannot_be_is_wrong_usage(run, nowhere, variables, said):
    assert said in run("serve", **variables).refused(2)
    assert list(nowhere.iterdir()) == []


def test_flags_go_over_the_environment_and_that_over_the_file(run, nowhere):
    Path("retorsion.toml").write_text('database_url = "sqlite:///of-file.db"\n')
    urls = {"RETORSION_DATABASE_URL": "sqlite:///of-environment.db"}
    assert run("init").done().startswith("of-file.db is ready")
    assert run("init", **urls).done().startswith("of-environment.db is ready")
    assert run("--database-url", "sqlite:///of-flag.db", "init", **urls).done().startswith("of-flag.db is ready")
    assert sorted(each.name for each in nowhere.glob("*.db")) == ["of-environment.db", "of-file.db", "of-flag.db"]


def test_a_fault_of_our_own_is_one_line_that_names_a_report(run, here, monkeypatch, tmp_path):
    def broken(*_, **__):
        raise KeyError("nobody thought of this")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("ledger.service.Ledger.rebuild", broken)
    line = run("rebuild").refused(1)
    [report] = tmp_path.glob("retorsion-fault-*.txt")
    assert str(report) in line
    assert "nobody thought of this" in report.read_text()


def test_a_reader_that_went_away_is_no_reason_to_complain(story):
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [command(), "history", "measure:us-xinjiang-2020-07-09"],
        env=environment(),
        stdout=writing,
        stderr=subprocess.PIPE,
    )
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (141, b"")


def test_ctrl_c_ends_it_without_a_word(here):
    with subprocess.Popen(
        [command(), "append", "-"],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        # It reads once more than fits into the pipe was taken from it; so it is past its start.
        process.stdin.write(b"\n" * 200_000)
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert (process.stdout.read(), process.stderr.read()) == (b"", b"")


def test_what_a_terminal_cannot_show_does_not_stop_it(story):
    ran = retorsion("state", "agreement:ca-hk-extradition", PYTHONIOENCODING="ascii")
    assert ran.returncode == 0, ran.stderr
