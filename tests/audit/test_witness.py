"""`retorsion witness` over HTTP: each status of C2SP tlog-witness, and what it remembers."""

import os
import signal
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from threading import Barrier

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from api.witness.records import Record, Records, prepared
from api.witness.witness import Witness
from ledger.audit.checkpoint import Checkpoint, sign_checkpoint
from ledger.audit.cosignature import cosign, timestamp_of
from ledger.audit.note import Note, Signature, open_note, sign_note
from ledger.audit.submission import SUBMISSION_LIMIT_BYTES, Submission
from tests.audit.logs import Log
from tests.audit.waiting import waits_or_ends
from tests.audit.witnesses import NAME, cosignature_in, witnessing, words
from tests.process import retorsion

LOGS = [Log(f"ledger{number}.example") for number in range(60)]
FRESH = iter(LOGS)
STRANGER = Log("stranger.example")
ROOT = bytes(range(32))


@pytest.fixture(scope="module")
def witness(tmp_path_factory):
    """One for all tests of this module; each takes a log of its own."""
    with witnessing(tmp_path_factory.mktemp("desk") / "witness", *LOGS) as running:
        yield running


@pytest.fixture
def log():
    return next(FRESH)


@pytest.fixture
def at_7(witness, log):
    """A log of which the witness has cosigned 7 leaves."""
    cosignature_in(witness.add(log.submission(0, 7)), log, 7, witness.key)
    return log


def forked(log, after):
    return Log(log.origin, fork="another history", forked_after=after)


def checkpoint_url(witness, log):
    return f"{witness.url}/{sha256(log.origin.encode()).hexdigest()}/checkpoint"


# ----------------------------------------------------------------------------------------------------- what is cosigned


def test_the_first_checkpoint_of_a_known_log_is_cosigned(witness, log):
    answer = witness.add(log.submission(0, 7))
    signature = cosignature_in(answer, log, 7, witness.key)
    assert (signature.name, answer.headers["Content-Type"]) == (NAME, "text/plain; charset=utf-8")
    assert timestamp_of(signature.signature) > 1_700_000_000


def test_what_extends_it_is_cosigned(witness, at_7):
    for first, second in ((7, 8), (8, 8), (8, 32), (32, 64)):
        cosignature_in(witness.add(at_7.submission(first, second)), at_7, second, witness.key)


def test_an_empty_tree_is_cosigned_and_so_is_all_that_follows_it(witness, log):
    for first, second in ((0, 0), (0, 0), (0, 5)):
        cosignature_in(witness.add(log.submission(first, second)), log, second, witness.key)


def test_extension_lines_are_cosigned_too(witness, log):
    extended = Checkpoint(log.origin, 7, log.checkpoint(7).root_hash, ("more",))
    answer = witness.add(Submission(0, (), sign_checkpoint(extended, log.key)).encode())
    signature = Signature.of_line(answer.text.removesuffix("\n"))
    witness.key.verify(extended.text(), signature.signature)


def test_signatures_of_unknown_keys_are_ignored(witness, log):
    note = log.note(7).signed_by(STRANGER.key.sign(log.note(7).text), Signature("nobody", b"1234", b"x"))
    cosignature_in(witness.add(Submission(0, (), note).encode()), log, 7, witness.key)
    kept = Note.parse(requests.get(checkpoint_url(witness, log), timeout=30).content)
    assert [signature.name for signature in kept.signatures] == [log.origin, NAME]


def test_each_log_has_a_history_of_its_own(witness):
    one, other = next(FRESH), next(FRESH)
    for first, second in ((0, 3), (3, 9)):
        for log in (one, other):
            cosignature_in(witness.add(log.submission(first, second)), log, second, witness.key)


# ------------------------------------------------------------------------------------------------------ what is refused


def test_404_for_a_log_that_is_not_known(witness):
    assert witness.add(STRANGER.submission(0, 7)).status_code == 404


def test_403_where_the_key_of_the_log_has_not_signed(witness, log):
    note = sign_note(log.checkpoint(7).text(), STRANGER.key)
    assert witness.add(Submission(0, (), note).encode()).status_code == 403


def test_403_for_another_key_of_the_same_name(witness, log):
    assert witness.add(Log(log.origin, seed=b"x").submission(0, 7)).status_code == 403


def test_403_where_the_key_of_the_log_has_signed_something_else(witness, log):
    """A signature of a trusted key that fails to verify is no signature, even beside a good one."""
    other = log.note(8).signatures
    assert witness.add(Submission(0, (), Note(log.note(7).text, other)).encode()).status_code == 403
    both = log.note(7).signed_by(*other)
    assert witness.add(Submission(0, (), both).encode()).status_code == 403


def test_400_where_the_old_size_exceeds_that_of_the_checkpoint(witness, at_7):
    note = at_7.note(7)
    assert witness.add(Submission(8, (), note).encode()).status_code == 400
    assert witness.add(Submission(7, (), at_7.note(5)).encode()).status_code == 400


def test_409_with_the_size_where_the_old_size_is_not_that_of_the_last_checkpoint(witness, at_7):
    for first, second in ((0, 9), (0, 7), (0, 5), (6, 9), (8, 9)):
        answer = witness.add(at_7.submission(first, second))
        assert (answer.status_code, answer.content) == (409, b"7\n"), (first, second)
        assert answer.headers["Content-Type"] == "text/x.tlog.size"


def test_409_with_0_where_nothing_was_cosigned(witness, log):
    answer = witness.add(log.submission(3, 7))
    assert (answer.status_code, answer.content) == (409, b"0\n")


def test_422_for_a_proof_that_does_not_verify(witness, at_7):
    good = at_7.proof(7, 12)
    for proof in ([], good[:-1], [*good, ROOT], good[::-1], [ROOT] * len(good), [ROOT] * 63):
        answer = witness.add(Submission(7, tuple(proof), at_7.note(12)).encode())
        assert answer.status_code == 422, proof
    cosignature_in(witness.add(at_7.submission(7, 12)), at_7, 12, witness.key)


def test_422_for_a_proof_where_none_is_due(witness, log):
    assert witness.add(Submission(0, (ROOT,), log.note(7)).encode()).status_code == 422
    cosignature_in(witness.add(log.submission(0, 7)), log, 7, witness.key)
    assert witness.add(Submission(7, (ROOT,), log.note(7)).encode()).status_code == 422


def test_422_for_an_empty_tree_with_leaves_in_it(witness, log):
    note = sign_note(Checkpoint(log.origin, 0, ROOT).text(), log.key)
    assert witness.add(Submission(0, (), note).encode()).status_code == 422


@pytest.mark.parametrize("size", [7, 8, 20])
def test_422_for_a_fork_that_the_log_has_signed(witness, at_7, size):
    """At the same size, or a larger one with any proof that it has; and it goes on with the history that it knows."""
    fork = forked(at_7, after=3)
    assert witness.add(fork.submission(7, size)).status_code == 422
    mixed = Submission(7, tuple(at_7.proof(7, size)), fork.note(size)).encode()
    assert witness.add(mixed).status_code == 422
    cosignature_in(witness.add(at_7.submission(7, size)), at_7, size, witness.key)


def test_a_fork_that_the_log_has_signed_is_in_the_log_of_the_witness(witness, at_7):
    fork = forked(at_7, after=3)
    assert witness.add(fork.submission(7, 7)).status_code == 422
    (line,) = [line for line in witness.served.stderr.read_text().splitlines() if repr(at_7.origin) in line]
    for log in (at_7, fork):
        assert log.checkpoint(7).root_hash.hex() in line


def test_a_fork_after_what_was_cosigned_is_the_history_of_who_comes_first(witness, at_7):
    fork = forked(at_7, after=10)
    cosignature_in(witness.add(fork.submission(7, 12)), fork, 12, witness.key)
    assert witness.add(at_7.submission(7, 12)).status_code == 409
    assert witness.add(at_7.submission(12, 13)).status_code == 422


@pytest.mark.parametrize(
    "body", [b"", b"\n", b"old 0\n\n", b"old 0\n\nhello\n", b"\xff\xfe", b"{}", b"old 0\n\n\n\n\n"], ids=repr
)
def test_400_for_what_is_malformed(witness, body):
    answer = witness.add(body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert answer.text.count("\n") == 1


def test_400_for_a_signed_note_that_is_no_checkpoint(witness, log):
    note = sign_note(f"{log.origin}\nseven\n", log.key)
    assert witness.add(Submission(0, (), note).encode()).status_code == 400


def test_413_for_a_body_that_is_too_long(witness):
    assert witness.add(b"x" * (SUBMISSION_LIMIT_BYTES + 1)).status_code == 413
    chunks = (b"x" * 10_000 for _ in range(SUBMISSION_LIMIT_BYTES // 10_000 + 2))
    assert witness.add(chunks).status_code in {400, 413}


def test_405_and_404_for_what_it_does_not_do(witness):
    answer = requests.get(f"{witness.url}/add-checkpoint", timeout=30)
    assert (answer.status_code, "POST" in answer.headers["Allow"]) == (405, True)
    assert requests.post(f"{witness.url}/sign-subtree", timeout=30).status_code == 404


VALID = LOGS[-1].submission(0, 7)


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(st.data())
def test_no_body_gives_a_5xx(witness, data):
    if data.draw(st.booleans()):
        body = data.draw(st.binary(max_size=300))
    else:
        start = data.draw(st.integers(0, len(VALID)))
        end = data.draw(st.integers(start, len(VALID)))
        body = VALID[:start] + data.draw(st.binary(max_size=20)) + VALID[end:]
    assert witness.add(body).status_code in ({400, 403, 404, 409, 422} if body != VALID else {200, 409})


# ---------------------------------------------------------------------------------------------------- what it remembers


def test_what_it_has_cosigned_last_can_be_fetched_by_the_origin_hash(witness, at_7):
    """Monitor Retrieval Mechanism."""
    url = checkpoint_url(witness, at_7)
    cosignature_in(witness.add(at_7.submission(7, 9)), at_7, 9, witness.key)
    opened = open_note(requests.get(url, timeout=30).content, [at_7.key.note_key, witness.key])
    assert opened.text == at_7.checkpoint(9).text()
    assert [key for key, _ in opened.verified] == [at_7.key.note_key, witness.key]


def test_404_for_an_origin_of_which_nothing_was_cosigned(witness, log):
    for url in (checkpoint_url(witness, log), f"{witness.url}/../key/checkpoint", f"{witness.url}/%2e%2e/checkpoint"):
        assert requests.get(url, timeout=30).status_code == 404


def test_it_tells_its_key(witness):
    assert requests.get(f"{witness.url}/key", timeout=30).text == f"{witness.key.text()}\n"


def test_of_checkpoints_that_contradict_each_other_sent_at_once_one_is_cosigned(witness, log):
    forks = [Log(log.origin, fork=f"history {number}") for number in range(16)]
    together = Barrier(len(forks))

    def send(fork):
        together.wait()
        return witness.add(fork.submission(0, 7)).status_code

    with ThreadPoolExecutor(len(forks)) as pool:
        assert sorted(pool.map(send, forks)) == [200] + [409] * 15


def test_of_many_sizes_sent_at_once_it_ends_at_the_largest_that_it_cosigned(witness, log):
    """The race that the specification describes: no rolling back."""
    with ThreadPoolExecutor(16) as pool:
        sizes = list(range(1, 33)) * 3

        def send(size):
            at = 0
            while at <= size:
                answer = witness.add(log.submission(at, size))
                if answer.status_code != 409:
                    return size
                at = int(answer.content)
            return 0

        cosigned = max(pool.map(send, sizes))
    answer = witness.add(log.submission(0, 33))
    assert (answer.status_code, int(answer.content)) == (409, cosigned)


def test_its_time_never_goes_backwards(tmp_path):
    """Where the clock is set back: what it said was the largest tree at that time was so."""
    log, future = LOGS[0], int(time.time()) + 1_000_000
    with prepared(tmp_path / "w", NAME, "") as key:
        records = Records(tmp_path / "w")
        cosignature = cosign(log.checkpoint(3), records.key, timestamp=future)
        records.keep(Record(log.checkpoint(3), future, log.note(3).signed_by(cosignature)))
        for first, second in ((3, 4), (4, 5)):
            signature = Witness(records, [log.key.note_key]).add_checkpoint(log.submission(first, second))
            key.verify(log.checkpoint(second).text(), signature.signature)
            assert timestamp_of(signature.signature) == future
            records.close()
            records = Records(tmp_path / "w")  # it remembers the time too
        records.close()


# ----------------------------------------------------------------------------------------------------------- the folder


def test_after_a_restart_it_has_the_same_key_and_the_same_memory(tmp_path):
    log = LOGS[0]
    with witnessing(tmp_path / "w", log) as before:
        cosignature_in(before.add(log.submission(0, 7)), log, 7, before.key)
    with witnessing(tmp_path / "w", log, name=None) as after:
        assert after.key == before.key
        assert after.add(log.submission(0, 9)).content == b"7\n"
        assert after.add(forked(log, after=3).submission(7, 9)).status_code == 422


def test_its_key_is_for_its_owner_alone(tmp_path):
    with witnessing(tmp_path / "w", LOGS[0]) as running:
        printed = running.served.printed()
    assert stat.S_IMODE((tmp_path / "w" / "key").stat().st_mode) == 0o600
    secret = (tmp_path / "w" / "key").read_text().strip()
    assert secret.startswith("PRIVATE+KEY+")
    assert secret.rpartition("+")[2] not in printed


def test_a_second_one_on_the_same_folder_is_refused(tmp_path):
    with witnessing(tmp_path / "w", LOGS[0]) as first:
        second = retorsion(*words(tmp_path / "w", LOGS[0]))
        assert (second.returncode, second.stdout) == (1, "")
        assert "another witness serves from it" in second.stderr
        assert first.add(LOGS[0].submission(0, 7)).status_code == 200


def test_where_the_server_is_killed_the_next_one_waits_for_its_worker(tmp_path):
    log = LOGS[0]
    with witnessing(tmp_path / "w", log) as before:
        cosignature_in(before.add(log.submission(0, 7)), log, 7, before.key)
        before.served.process.kill()
        before.served.process.wait()
        with witnessing(tmp_path / "w", log) as after:
            assert after.add(log.submission(0, 9)).content == b"7\n"


def test_one_process_signs_at_a_time_and_the_next_one_waits_for_it(tmp_path):
    log = LOGS[0]
    program = (
        "import sys, pathlib; from api.witness.records import Records\n"
        "print(Records(pathlib.Path(sys.argv[1])).newest(sys.argv[2]).checkpoint.size)"
    )
    words = [sys.executable, "-c", program, str(tmp_path / "w"), log.origin]
    with prepared(tmp_path / "w", NAME, ""):
        records = Records(tmp_path / "w")
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as second:
            assert waits_or_ends(second), "it did not wait"
            Witness(records, [log.key.note_key]).add_checkpoint(log.submission(0, 7))
            records.close()
            assert second.stdout.read() == "7\n"


def test_where_its_worker_is_killed_the_next_one_goes_on(tmp_path):
    log = LOGS[0]
    with witnessing(tmp_path / "w", log) as running:
        cosignature_in(running.add(log.submission(0, 7)), log, 7, running.key)
        for worker in workers_of(running.served.process):
            os.kill(worker, signal.SIGKILL)
        deadline = time.monotonic() + 60
        while (answer := answered(running, log.submission(0, 9))) is None:
            assert time.monotonic() < deadline, running.served.printed()
            time.sleep(0.02)
        assert answer.content == b"7\n"


def workers_of(process):
    """The processes that it has started to serve: those that multiprocessing spawned."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def answered(running, body):
    """What it answers; None while nobody listens."""
    try:
        return running.add(body)
    except requests.ConnectionError:
        return None


def spoiled(folder, spoil):
    """What a witness says at its start in a folder in which a checkpoint was cosigned and something went wrong."""
    with witnessing(folder, LOGS[0]) as running:
        assert running.add(LOGS[0].submission(0, 7)).status_code == 200
    (record,) = (folder / "checkpoints").iterdir()
    spoil(folder, record)
    told: subprocess.CompletedProcess[str] = retorsion(*words(folder, LOGS[0]))
    assert (told.returncode, told.stdout, told.stderr.count("\n")) == (1, "", 1)
    return told.stderr


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda _, record: record.write_bytes(record.read_bytes()[:-9]), "not as this witness left it"),
        (lambda _, record: record.write_bytes(b""), "not as this witness left it"),
        (lambda _, record: record.write_bytes(record.read_bytes().replace(b"\n7\n", b"\n6\n")), "has not signed this"),
        (lambda _, record: record.write_bytes(LOGS[0].note(3).encode()), "not as this witness left it"),
        (lambda _, record: record.rename(record.with_name("0" * 64)), "of another origin"),
        (lambda folder, _: (folder / "key").unlink(), "the key is gone"),
        (lambda folder, _: (folder / "key").write_text("PRIVATE+KEY+nonsense\n"), "not a private key"),
        (lambda folder, _: (folder / "checkpoints").rename(folder / "elsewhere"), "is gone"),
    ],
    ids="cut-off empty changed another-note another-name no-key bad-key no-checkpoints".split(),
)
def test_with_a_damaged_memory_it_does_not_start(tmp_path, spoil, said):
    assert said in spoiled(tmp_path / "w", spoil)


def test_503_where_it_cannot_be_kept_and_then_it_is_not_cosigned(tmp_path):
    log, folder = LOGS[0], tmp_path / "w" / "checkpoints"
    with witnessing(tmp_path / "w", log) as running:
        cosignature_in(running.add(log.submission(0, 3)), log, 3, running.key)
        folder.rename(tmp_path / "elsewhere")
        assert running.add(log.submission(3, 7)).status_code == 503
        (tmp_path / "elsewhere").rename(folder)
        fork = forked(log, after=3)
        cosignature_in(running.add(fork.submission(3, 7)), fork, 7, running.key)


def test_another_name_than_that_of_its_key_is_refused(tmp_path):
    with witnessing(tmp_path / "w", LOGS[0]):
        pass
    told = retorsion(*words(tmp_path / "w", LOGS[0], name="other.example/witness"))
    assert (told.returncode, f"its key is named {NAME}" in told.stderr) == (1, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "--log"),
        (["--log", "nonsense"], "--log"),
        (["--log", LOGS[0].key.note_key.text()[:-1]], "--log"),
        (["--log", LOGS[0].key.note_key.text(), "--name", "two words"], "--name"),
    ],
    ids="none nonsense cut-off name".split(),
)
def test_a_key_or_name_that_cannot_be_is_wrong_usage(tmp_path, options, said):
    told = retorsion("witness", str(tmp_path / "w"), *options)
    assert (told.returncode, told.stdout, told.stderr.count("\n")) == (2, "", 1)
    assert said in told.stderr
