"""The command line in this process, which is quick; where a process of its own matters, tests use tests.process."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.conftest import SQLITE_FILE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit status and what it printed."""

    status: int
    stdout: str
    stderr: str

    def refused(self, status: int) -> str:
        """The one line that says why, of a command that ended with `status` and printed nothing else."""
        assert (self.status, self.stdout) == (status, ""), self
        assert self.stderr.endswith("\n"), self
        assert self.stderr.count("\n") == 1, self
        assert "Traceback" not in self.stderr
        return self.stderr

    def done(self) -> str:
        """What a command printed that ended well."""
        assert (self.status, self.stderr) == (0, ""), self
        return self.stdout


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Callable[..., Ran]:
    """`run("state", "us")`, with no RETORSION_ variables but those given."""
    from api.cli import main

    def run(*arguments: str, **variables: str) -> Ran:
        with pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("RETORSION_")]:
                patch.delenv(name)
            for name, value in variables.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["retorsion", *arguments])
            status = main()
        sys.stdout.flush()
        printed = capfdbinary.readouterr()
        return Ran(status, printed.out.decode(), printed.err.decode())

    return run


@pytest.fixture
def here(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a fresh ledger in it, where the command looks for one: retorsion.db."""
    shutil.copytree(sqlite_template, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with nothing in it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def story_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first case, appended once."""
    import fixtures
    from ledger.service import Ledger

    folder = tmp_path_factory.mktemp("story")
    shutil.copytree(sqlite_template, folder, dirs_exist_ok=True)
    ledger = Ledger.open(f"sqlite:///{folder / SQLITE_FILE}")
    fixtures.load(ledger)
    ledger.close()
    return folder


@pytest.fixture
def story(story_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with the first case in its ledger."""
    shutil.copytree(story_template, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path
