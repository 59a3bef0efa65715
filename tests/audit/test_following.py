"""`retorsion audit follow`: what only grew is followed quietly, and anything else is said loudly, as what it is."""

import json
import subprocess
import sys
from base64 import b64encode
from dataclasses import dataclass
from threading import Event

import pytest

from api.cli.endings import DONE, ending_of
from api.cli.main import cli
from ledger.audit.checkpoint import Checkpoint, sign_checkpoint
from ledger.audit.cosignature import cosign, cosigner_key
from ledger.audit.keys import SigningKey
from ledger.audit.note import Note, Signature, sign_note
from tests.audit.answering import answering
from tests.audit.logs import Log
from tests.audit.waiting import waits_or_ends
from tests.process import free_port

LOG = Log()
FORK = Log(fork="another history", forked_after=3)
STRANGER = Log("stranger.example")
WITNESSES = [SigningKey(f"desk{number}.example/witness", bytes([number]) * 32) for number in range(3)]
VKEYS = [cosigner_key(key).text() for key in WITNESSES]
CHECKPOINT, CONSISTENCY = "/v1/audit/checkpoint", "/v1/audit/consistency"


def encoded(hashes):
    return [b64encode(each).decode() for each in hashes]


def proof_of(log, first, second, /, **changed):
    told = {
        "first": first,
        "second": second,
        "first_root": encoded([log.checkpoint(first).root_hash])[0],
        "second_root": encoded([log.checkpoint(second).root_hash])[0],
        "hashes": encoded(log.proof(first, second)),
    }
    return 200, "application/json", json.dumps(told | changed).encode()


class Ledger:
    """A ledger that shows one checkpoint and proves what it is asked, as far as it is told to."""

    def __init__(self, server):
        self.server, self.url = server, server.url
        server.answer = self.answer
        self.shows(LOG, 7)

    def shows(self, log, size):
        self.checkpoint = 200, "text/plain; charset=utf-8", log.note(size).encode()
        self.proof = lambda first, second: proof_of(log, first, second)

    def answer(self, path, query, _body):
        if path == CHECKPOINT:
            return self.checkpoint
        assert path == CONSISTENCY
        return self.proof(int(query["first"]), int(query["second"]))


@pytest.fixture
def ledger():
    with answering() as server:
        yield Ledger(server)


@dataclass(frozen=True)
class Followed:
    status: int
    stdout: str
    stderr: str

    def refused(self, status=1):
        assert (self.status, self.stdout, self.stderr.count("\n")) == (status, "", 1), self
        return self.stderr

    def alarm(self):
        assert "ALARM" in self.refused()
        return self.stderr

    def unclear(self):
        """It could not be checked: that is said, and no more is claimed."""
        assert not any(word in self.refused() for word in ("ALARM", "FORK", "WRONG")), self.stderr
        return self.stderr


@pytest.fixture
def run(tmp_path, monkeypatch, capfd):
    """`run(url)` follows the ledger there into the file `kept`."""
    monkeypatch.chdir(tmp_path)

    def run(url, *options, file="kept"):
        words = [url, file, "--key", LOG.key.note_key.text(), *options]
        try:
            cli.main(["audit", "follow", *words], prog_name="retorsion", standalone_mode=False)
            status = DONE
        except Exception as error:  # noqa: BLE001 - as main does
            status = ending_of(error)
        printed = capfd.readouterr()
        return Followed(status, printed.out, printed.err)

    return run


@pytest.fixture
def at_7(run, ledger, tmp_path):
    """A ledger of which 7 events were seen; gives what `kept` holds since."""
    assert run(ledger.url).status == DONE
    return (tmp_path / "kept").read_bytes()


@pytest.fixture
def files(tmp_path):
    return lambda: {path.name: path.read_bytes() for path in tmp_path.iterdir()}


# ------------------------------------------------------------------------------------------------------- what only grew


def test_the_first_checkpoint_is_trusted_and_it_says_so(run, ledger, files):
    ran = run(ledger.url)
    assert ran == Followed(
        0, "ledger.example: the first checkpoint seen, of 7 events, trusted as it came; kept in kept\n", ""
    )
    assert files() == {"kept": LOG.note(7).encode()}


def test_what_only_grew_is_checked_and_kept(run, ledger, files, at_7):
    for first, second in ((7, 8), (8, 32), (32, 64)):
        ledger.shows(LOG, second)
        ran = run(ledger.url)
        assert ran.stdout == (
            f"ledger.example: {second} events, of which the first {first} are unchanged; kept in kept\n"
        )
        assert (ran.status, ran.stderr) == (0, "")
        assert files() == {"kept": LOG.note(second).encode()}


def test_where_nothing_is_new_it_says_nothing_and_asks_no_more(run, ledger, files, at_7):
    ledger.server.asked.clear()
    assert run(ledger.url) == Followed(0, "", "")
    assert ledger.server.asked == [CHECKPOINT]
    assert files() == {"kept": at_7}


def test_from_an_empty_ledger_on(run, ledger, files):
    for size in (0, 0, 1):
        ledger.shows(LOG, size)
        assert run(ledger.url).status == DONE
    assert files() == {"kept": LOG.note(1).encode()}


def test_a_slash_or_a_path_in_the_url_is_right_too(run, ledger):
    assert run(f"{ledger.url}/").status == DONE
    assert ledger.server.asked == [CHECKPOINT]


def test_of_two_that_run_at_once_neither_takes_a_step_back(ledger, tmp_path):
    """As cron starts them, where the one before has not ended: the later one waits, and goes on from its FILE."""
    program = "from api.cli.following import follow; follow()"
    words = [sys.executable, "-c", program, ledger.url, str(tmp_path / "kept"), "--key", LOG.key.note_key.text()]
    asked, go_on, sizes = Event(), Event(), iter([5, 9])

    def answer(path, query, _body):
        if path == CONSISTENCY:
            return proof_of(LOG, int(query["first"]), int(query["second"]))
        size = next(sizes)
        if size == 5:
            asked.set()
            assert go_on.wait(60)
        return 200, "text/plain", LOG.note(size).encode()

    ledger.server.answer = answer
    with subprocess.Popen(words) as first:
        assert asked.wait(60)
        with subprocess.Popen(words) as second:
            waits_or_ends(second)
            go_on.set()
    assert (first.returncode, second.returncode) == (0, 0)
    assert (tmp_path / "kept").read_bytes() == LOG.note(9).encode()


# ------------------------------------------------------------------------------------------------ what raises the alarm


def test_two_histories_of_one_size_are_a_fork_and_both_are_kept(run, ledger, files, at_7):
    ledger.shows(FORK, 7)
    said = run(ledger.url).alarm()
    assert "FORK" in said
    assert LOG.checkpoint(7).root_hash.hex() in said
    assert FORK.checkpoint(7).root_hash.hex() in said
    assert files() == {"kept": at_7, "kept.fork": FORK.note(7).encode()}


def test_a_history_that_does_not_begin_with_what_was_seen_is_a_fork(run, ledger, files, at_7):
    ledger.shows(FORK, 12)
    assert "FORK" in run(ledger.url).alarm()
    assert files() == {"kept": at_7, "kept.fork": FORK.note(12).encode()}


@pytest.mark.parametrize(
    "spoil",
    [lambda hashes: [], lambda hashes: hashes[:-1], lambda hashes: hashes[::-1]],
    ids="empty shorter reversed".split(),
)
def test_a_proof_that_proves_nothing_is_one_too(run, ledger, files, at_7, spoil):
    ledger.shows(LOG, 12)
    ledger.proof = lambda first, second: proof_of(LOG, first, second, hashes=encoded(spoil(LOG.proof(first, second))))
    assert "FORK" in run(ledger.url).alarm()
    assert files()["kept"] == at_7


def test_the_roots_that_it_names_beside_the_proof_do_not_matter(run, ledger, at_7):
    ledger.shows(FORK, 12)
    genuine = encoded([LOG.checkpoint(7).root_hash])[0]
    ledger.proof = lambda first, second: proof_of(FORK, first, second, first_root=genuine)
    assert "FORK" in run(ledger.url).alarm()


def test_a_smaller_tree_is_said_to_be_one(run, ledger, files, at_7):
    ledger.shows(LOG, 5)
    assert "it shows 5 events, fewer than the 7 before" in run(ledger.url).alarm()
    assert files() == {"kept": at_7, "kept.fork": LOG.note(5).encode()}


def test_another_origin_is_said_to_be_one(run, ledger, files, at_7):
    ledger.shows(STRANGER, 12)
    assert "another log, 'stranger.example'" in run(ledger.url).alarm()
    assert files() == {"kept": at_7, "kept.fork": STRANGER.note(12).encode()}


@pytest.mark.parametrize(
    "note",
    [
        sign_note(LOG.checkpoint(12).text(), STRANGER.key),
        Note(LOG.checkpoint(12).text(), LOG.note(13).signatures),
        LOG.note(12).signed_by(*LOG.note(13).signatures),
        Log(seed=b"x").note(12),
        sign_note(LOG.checkpoint(12).text(), WITNESSES[0]),
        sign_note(Checkpoint(LOG.origin, 0, bytes(32)).text(), LOG.key),
    ],
    ids="stranger of-another both other-key witness empty-with-a-root".split(),
)
def test_a_wrong_signature_is_said_to_be_one(run, ledger, files, at_7, note):
    ledger.checkpoint = 200, "text/plain", note.encode()
    assert "WRONG SIGNATURE" in run(ledger.url).alarm()
    assert files() == {"kept": at_7, "kept.fork": note.encode()}


def test_a_wrong_signature_at_the_first_time_begins_nothing(run, ledger, files):
    ledger.checkpoint = 200, "text/plain", Log(seed=b"x").note(7).encode()
    assert "kept is not begun" in run(ledger.url).alarm()
    assert set(files()) == {"kept.fork"}


def test_evidence_is_never_overwritten(run, ledger, files, at_7):
    for size in (7, 7, 12, 7):
        ledger.shows(FORK, size)
        run(ledger.url).alarm()
    assert files() == {"kept": at_7, "kept.fork": FORK.note(7).encode(), "kept.fork.2": FORK.note(12).encode()}


def test_evidence_does_not_fill_the_disk(run, ledger, files, at_7):
    for size in range(8, 30):
        ledger.shows(FORK, size)
        said = run(ledger.url).alarm()
    assert "beside it are 20 others already" in said
    assert len(files()) == 21


def test_an_alarm_is_heard_where_the_evidence_cannot_be_kept(run, ledger, tmp_path, at_7):
    (tmp_path / "kept.fork").mkdir()
    ledger.shows(FORK, 7)
    assert "FORK" in run(ledger.url).alarm()


def test_after_an_alarm_it_goes_on_with_the_history_that_it_knows(run, ledger, files, at_7):
    ledger.shows(FORK, 12)
    run(ledger.url).alarm()
    ledger.shows(LOG, 12)
    assert run(ledger.url).status == DONE
    assert files() == {"kept": LOG.note(12).encode(), "kept.fork": FORK.note(12).encode()}


# -------------------------------------------------------------------------------------------------- what proves nothing


def test_where_nobody_listens_no_fork_is_claimed(run, files, at_7):
    run(f"http://127.0.0.1:{free_port()}").unclear()
    assert files() == {"kept": at_7}


NOTE = LOG.note(12).encode()


@pytest.mark.parametrize(
    "answer",
    [
        (500, "text/plain", b"a fault"),
        (503, "application/problem+json", b"{}"),
        (404, "text/html", b"<html>\x1b[2J"),
        (302, "text/plain", b"elsewhere"),
        (200, "text/html", b"<html>"),
        (200, "text/plain", b""),
        (200, "text/plain", NOTE[:-1]),
        (200, "text/plain", NOTE[: len(NOTE) // 2]),
        (200, "text/plain", b"\xff" + NOTE),
        (200, "text/plain", sign_note("ledger.example\nmany\n", LOG.key).encode()),
        (200, "text/plain", b"x" * 1_000_001),
        (200, "text/plain", [b"Content-Length: 500\r\n\r\n", NOTE]),
        b"nonsense\r\n\r\n",
    ],
    ids="500 503 404 302 html empty cut-off half not-utf8 no-checkpoint huge truncated nonsense".split(),
)
def test_an_answer_that_is_no_checkpoint_claims_no_fork(run, ledger, files, at_7, answer):
    ledger.checkpoint = answer
    assert "\x1b" not in run(ledger.url).unclear()
    assert files() == {"kept": at_7}


@pytest.mark.parametrize(
    "answer",
    [
        (500, "text/plain", b""),
        (422, "application/problem+json", b"{}"),
        (200, "application/json", b""),
        (200, "application/json", b"[]"),
        (200, "application/json", b"{}"),
        (200, "application/json", b'{"first": 7, "second": 12, "hashes": [], "hashes": []}'),
        (200, "application/json", b"[" * 60_000),
        (200, "application/json", b" " * 100_000),
        proof_of(LOG, 7, 12, first=8),
        proof_of(LOG, 7, 12, second="12"),
        proof_of(LOG, 7, 12, hashes=None),
        proof_of(LOG, 7, 12, hashes="AAAA"),
        proof_of(LOG, 7, 12, hashes={"a": "AAAA"}),
        proof_of(LOG, 7, 12, hashes=[7]),
        proof_of(LOG, 7, 12, hashes=["AAAA"]),
        proof_of(LOG, 7, 12, hashes=["\ud800"]),
        proof_of(LOG, 7, 12, hashes=encoded([bytes(32)])[0][:-1]),
        proof_of(LOG, 7, 12, hashes=encoded([bytes(32)] * 64)),
        (200, "application/json", [b"Content-Length: 500\r\n\r\n{}"]),
    ],
)
def test_an_answer_that_is_no_proof_claims_no_fork(run, ledger, files, at_7, answer):
    ledger.shows(LOG, 12)
    ledger.proof = lambda *_: answer
    run(ledger.url).unclear()
    assert files() == {"kept": at_7}


@pytest.mark.parametrize(
    "content",
    [b"", b"mine", STRANGER.note(7).encode(), Log(seed=b"x").note(7).encode()],
    ids="empty text another-log another-key".split(),
)
def test_a_file_of_something_else_is_left_alone(run, ledger, files, tmp_path, content):
    (tmp_path / "kept").write_bytes(content)
    assert "kept: it is not a checkpoint of ledger.example" in run(ledger.url).unclear()
    assert files() == {"kept": content}
    assert ledger.server.asked == []


# ------------------------------------------------------------------------------------------------------- with witnesses


def witnessed(size, *keys):
    checkpoint = LOG.checkpoint(size)
    cosigned = (cosign(checkpoint, key, timestamp=1_790_000_000) for key in keys)
    return 200, "text/plain", sign_checkpoint(checkpoint, LOG.key).signed_by(*cosigned).encode()


OPTIONS = [word for vkey in VKEYS for word in ("--witness", vkey)]


def test_enough_witnesses_are_enough(run, ledger):
    ledger.checkpoint = witnessed(7, *WITNESSES[:2])
    assert run(ledger.url, *OPTIONS, "--quorum", "2").status == DONE
    ledger.checkpoint = witnessed(12, *WITNESSES)
    assert run(ledger.url, *OPTIONS).status == DONE


@pytest.mark.parametrize("options", [OPTIONS, [*OPTIONS, "--quorum", "2"]], ids=["all", "two"])
def test_too_few_witnesses_are_said_to_be_too_few(run, ledger, files, at_7, options):
    ledger.checkpoint = witnessed(12, WITNESSES[0])
    assert "too few have cosigned" in run(ledger.url, *options).unclear()
    assert files() == {"kept": at_7}


def test_a_wrong_cosignature_is_a_wrong_signature(run, ledger, at_7):
    good = cosign(LOG.checkpoint(12), WITNESSES[0], timestamp=1_790_000_000)
    wrong = Signature(good.name, good.key_id, good.signature[:-1] + b"x")
    ledger.checkpoint = 200, "text/plain", LOG.note(12).signed_by(wrong).encode()
    assert "WRONG SIGNATURE" in run(ledger.url, "--witness", VKEYS[0]).alarm()


# ---------------------------------------------------------------------------------------------------------- wrong usage


@pytest.mark.parametrize(
    ("url", "options", "said"),
    [
        ("ledger.example", [], "URL"),
        ("ftp://ledger.example", [], "URL"),
        ("http://ledger.example", ["--key", "nonsense"], "--key"),
        ("http://ledger.example", ["--key", VKEYS[0]], "--key"),
        ("http://ledger.example", ["--witness", LOG.key.note_key.text()], "--witness"),
        ("http://ledger.example", ["--witness", VKEYS[0], "--witness", VKEYS[0]], "--witness"),
        ("http://ledger.example", ["--quorum", "1"], "--quorum"),
        ("http://ledger.example", ["--quorum", "-1"], "--quorum"),
    ],
)
def test_wrong_usage_is_said_to_be_so(run, files, url, options, said):
    assert said in run(url, *options).refused(2)
    assert files() == {}


def test_a_folder_that_is_not_there_is_said_to_be_so(run, ledger):
    assert "there is no such folder" in run(ledger.url, file="no/kept").refused(1)
