"""A client that is not ours reads the log as C2SP tlog-tiles: tiles_client.go, on Go's own x/mod, over HTTP.

Notes, tiles and proofs are checked by `golang.org/x/mod/sumdb`: nothing is right only because we read what we wrote.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import requests

from ledger.audit.checkpoint import Checkpoint, sign_checkpoint
from ledger.audit.keys import SigningKey
from ledger.audit.note import Note
from tests.audit.answering import answering
from tests.posting import reported

SOURCE = Path(__file__).with_name("tiles_client.go")
DEBIAN_GOPATH = Path("/usr/share/gocode")
PREFIX = "/v1/audit/log"
FULL, PARTLY = 512, 812
"""A tree that ends with a full tile, and one with three of them and partial ones on two levels."""
PATIENCE_SECONDS = 60

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(scope="session")
def client(tmp_path_factory):
    """The program, built offline. Where there is no Go that is a failure under CI, and a skip elsewhere."""
    if not (shutil.which("go") and (DEBIAN_GOPATH / "src/golang.org/x/mod/sumdb/tlog").is_dir()):
        absent = pytest.fail if os.environ.get("CI") else pytest.skip
        absent("no Go client: install Debian's golang-go and golang-golang-x-mod-dev")
    program = tmp_path_factory.mktemp("go") / "tiles_client"
    # Without cgo it needs no C compiler.
    variables = {"GO111MODULE": "off", "GOPATH": str(DEBIAN_GOPATH), "GOFLAGS": "", "CGO_ENABLED": "0"}
    words = ["go", "build", "-o", program, SOURCE]
    built = subprocess.run(words, env=os.environ | variables, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return program


class Log:
    """The log of a running server, and what it signed before its newest checkpoint."""

    def __init__(self, client, url, ledger):
        self.url = url + PREFIX
        self.key = ledger.log.custody.key()
        self._client, self._server, self._token = client, url, ledger.create_token("tests", "append")
        self.older = []

    def checkpoint(self):
        answer = requests.get(f"{self.url}/checkpoint", timeout=PATIENCE_SECONDS)
        assert answer.status_code == 200, answer.text
        return answer.content

    def grow_to(self, size):
        """Append one batch; what was the newest checkpoint before it is kept."""
        note = self.checkpoint()
        held = Checkpoint.parse(Note.parse(note).text).size
        self.keep(note, f"{held}.checkpoint")
        answer = requests.post(
            f"{self._server}/v1/events",
            json=[reported(f"act-{n}", "2020-07-09", title=f"声明 {n}") for n in range(held, size)],
            headers={"Authorization": f"Bearer {self._token}"},
            timeout=PATIENCE_SECONDS,
        )
        assert answer.status_code == 201, answer.text

    def keep(self, note, name):
        self.older.append(Path(name))
        self.older[-1].write_bytes(note)

    def audit(self, *, url=None, vkey=None):
        """How the client ends, who knows the older checkpoints."""
        words = [self._client, url or self.url, vkey or self.key.note_key.text(), *self.older]
        return subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE_SECONDS)

    def refused(self, **how):
        """What the client says is wrong."""
        ended = self.audit(**how)
        assert (ended.returncode, ended.stdout) == (1, ""), ended
        return ended.stderr


@pytest.fixture
def log(client, serve, ledger):
    with serve() as served:
        grown = Log(client, served.url, ledger)
        grown.grow_to(FULL)
        grown.grow_to(PARTLY)
        yield grown


class Proxy:
    """What stands between the client and the server: passes on, or gives what it is told to instead."""

    def __init__(self, told, url):
        self.url = told.url
        self.passed = {}
        self.instead = {}
        self._server = url
        told.answer = self._answer

    def _answer(self, path, _query, _body):
        place = path.removeprefix("/")
        if place not in self.passed:
            self.passed[place] = requests.get(f"{self._server}/{place}", timeout=PATIENCE_SECONDS)
        answer = self.passed[place]
        return answer.status_code, answer.headers["Content-Type"], self.instead.get(place, answer.content)


@pytest.fixture
def proxy(log):
    with answering() as told:
        yield Proxy(told, log.url)


def test_the_client_proves_each_event_and_that_nothing_before_was_changed(log):
    ended = log.audit()
    begun = log.older[0].stem
    assert ended.stderr == ""
    assert ended.stdout == f"OK: {PARTLY} entries, consistent with {begun}, consistent with {FULL}\n"
    assert ended.returncode == 0


@sqlite_only
def test_the_key_of_another_does_not_open_the_checkpoint(log):
    another = SigningKey.generate(log.key.name)
    assert "FAILED: checkpoint: " in log.refused(vkey=another.note_key.text())


@sqlite_only
def test_a_byte_that_was_changed_on_the_way_is_noticed_wherever_it_is(log, proxy):
    assert log.audit(url=proxy.url).returncode == 0
    for place, answer in dict(proxy.passed).items():
        for at in some_of_each_line(answer.content) if place == "checkpoint" else some_of(answer.content):
            proxy.instead = {place: flipped(answer.content, at)}
            said = log.refused(url=proxy.url)
            assert re.search(saying(place), said), (place, at, said)


@sqlite_only
def test_a_fork_by_the_same_key_is_noticed(log):
    """Another tree of so many events, whose root the log has signed as well."""
    log.keep(sign_checkpoint(Checkpoint(log.key.name, 300, bytes(32)), log.key).encode(), "fork")
    assert log.refused() == f"FAILED: tree of {PARTLY} after that of 300: invalid transparency proof\n"


@sqlite_only
def test_a_log_that_has_become_shorter_is_noticed(log, proxy):
    proxy.instead = {"checkpoint": log.older[0].read_bytes()}
    assert f"FAILED: tree of {log.older[0].stem} after that of {FULL}: " in log.refused(url=proxy.url)


@sqlite_only
def test_tiles_may_be_kept_for_good_and_the_checkpoint_may_not(log, proxy):
    """Of all that the client reads: the sections Checkpoints, Merkle Tree and Log entries say both."""
    log.older.clear()
    assert log.audit(url=proxy.url).returncode == 0
    told = {
        place: (answer.headers["Content-Type"], answer.headers["Cache-Control"])
        for place, answer in proxy.passed.items()
    }
    tiles = "0/000 0/001 0/002 0/003.p/44 1/000.p/3 entries/000 entries/001 entries/002 entries/003.p/44".split()
    assert told == {
        "checkpoint": ("text/plain; charset=utf-8", "public, no-cache"),
        **{f"tile/{tile}": ("application/octet-stream", "public, max-age=31536000, immutable") for tile in tiles},
    }


def some_of(body):
    """The first of its bytes, one in the middle, the last."""
    return 0, len(body) // 2, len(body) - 1


def some_of_each_line(note):
    return *some_of(note), *(end.end() for end in re.finditer(b"\n", note[:-1]))


def flipped(body, at):
    return body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]


def saying(place):
    """What the client says of it."""
    if place == "checkpoint":
        return "^FAILED: checkpoint: "
    if place.startswith("tile/entries/"):
        return f"^FAILED: {place}: "
    return "(downloaded inconsistent tile|invalid transparency proof)$"
