"""A file is there whole or not at all, and one process at a time holds the lock."""

import os
import signal
import stat
import subprocess
import sys

import pytest

from ledger.audit.files import InUse, locked, replace_file


def calls_of(function, *names):
    """Which of these functions of `os` it calls, in order."""
    called = []

    def note(_frame, event, argument):
        if event == "c_call" and argument.__name__ in names:
            called.append(argument.__name__)

    sys.setprofile(note)
    try:
        function()
    finally:
        sys.setprofile(None)
    return called


def test_it_is_durable_before_and_after_it_gets_its_name(tmp_path):
    assert calls_of(lambda: replace_file(tmp_path / "a", b"new"), "fsync", "replace") == ["fsync", "replace", "fsync"]


def test_what_was_there_is_replaced_and_nothing_else_left(tmp_path):
    replace_file(tmp_path / "a", b"old")
    (tmp_path / "a.new").write_bytes(b"what a crash left")
    replace_file(tmp_path / "a", b"new")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"new"}


def test_a_secret_is_never_there_with_another_mode(tmp_path):
    replace_file(tmp_path / "key", b"secret", mode=0o600)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_it_does_not_write_through_a_symlink(tmp_path):
    (tmp_path / "victim").write_bytes(b"mine")
    (tmp_path / "a.new").symlink_to(tmp_path / "victim")
    replace_file(tmp_path / "a", b"new")
    assert (tmp_path / "victim").read_bytes() == b"mine"
    assert (tmp_path / "a").read_bytes() == b"new"


def test_one_at_a_time_holds_the_lock(tmp_path):
    with locked(tmp_path, wait=False), pytest.raises(InUse), locked(tmp_path, wait=False):
        pass
    with locked(tmp_path, wait=False):
        pass


def test_a_killed_process_holds_no_lock(tmp_path):
    program = (
        "import sys, pathlib; from ledger.audit.files import locked\n"
        "with locked(pathlib.Path(sys.argv[1]), wait=True): print('held', flush=True); sys.stdin.read()"
    )
    words = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(InUse), locked(tmp_path, wait=False):
            pass
        os.kill(process.pid, signal.SIGKILL)
        with locked(tmp_path, wait=True):
            pass
        process.wait()
