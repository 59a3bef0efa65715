"""`--help` and `--version`: what there is, at once."""

import json
import subprocess
import sys

import pytest

COMMANDS = [
    "init",
    "serve",
    "demo",
    "token",
    "append",
    "state",
    "history",
    "import",
    "match",
    "rebuild",
    "audit",
    "witness",
]
EVERY_COMMAND = [*([name] for name in COMMANDS), ["token", "create"], ["token", "list"], ["token", "revoke"]]
HEAVY = {
    "alembic",
    "flask",
    "flask_smorest",
    "granian",
    "httpx",
    "marshmallow",
    "orjson",
    "psycopg",
    "rich",
    "sqlalchemy",
}


def test_the_help_names_the_commands_there_are_and_no_other(run):
    listed = run("--help").done().split("Commands:\n")[1]
    assert [line.split()[0] for line in listed.splitlines()] == COMMANDS


@pytest.mark.parametrize("words", EVERY_COMMAND, ids=" ".join)
def test_the_help_of_every_command_shows_how_it_is_used(run, words):
    told = run(*words, "--help").done()
    assert told.startswith(f"Usage: retorsion {' '.join(words)} ")
    if words != ["token"]:
        assert f"  retorsion {' '.join(words)}" in told.split("Example", 1)[1]


def test_the_version_is_that_of_the_package(run):
    from importlib.metadata import version

    assert run("--version").done() == f"retorsion {version('retorsion')}\n"


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["serve", "--help"], ["state"]], ids=" ".join)
def test_nothing_heavy_is_imported_to_say_so(words):
    program = (
        "import sys, json\n"
        "from api.cli import main\n"
        f"sys.argv = ['retorsion', *{words!r}]\n"
        "main()\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    imported = set(json.loads(ran.stderr.splitlines()[-1]))
    assert "click" in imported
    assert imported & HEAVY == set()


def test_without_a_command_it_shows_the_help_and_that_this_was_no_use(run):
    ran = run()
    assert (ran.status, ran.stdout) == (2, "")
    assert "retorsion demo" in ran.stderr
