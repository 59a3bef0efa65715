"""A log asks a witness: the real one, and ones that are gone, broken or hostile."""

import pytest

from api.witness.asking import (
    AskedWitness,
    CosignatureWrong,
    ForkClaimed,
    NotCosigned,
    WitnessAhead,
    WitnessRefused,
    WitnessUnreachable,
    cosigned_by,
)
from ledger.audit.cosignature import cosign, cosigner_key
from ledger.audit.keys import SigningKey
from ledger.audit.note import Signature
from ledger.audit.policy import Policy
from ledger.audit.submission import Submission
from tests.audit.answering import answering
from tests.audit.logs import Log
from tests.audit.witnesses import witnessing
from tests.process import free_port

LOGS = [Log(f"ledger{number}.example") for number in range(20)]
FRESH = iter(LOGS)
KEY = SigningKey("desk.example/witness", b"w" * 32)
OTHER = SigningKey("other.example/witness", b"o" * 32)
NOW = 1_790_000_000


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with witnessing(tmp_path_factory.mktemp("desk") / "witness", *LOGS) as running:
        yield running


@pytest.fixture
def witness(running):
    return AskedWitness(running.url, running.key)


@pytest.fixture
def log():
    return next(FRESH)


@pytest.fixture
def server():
    with answering() as running:
        yield running


def ask(witness, log, size, old_size=0, **options):
    return cosigned_by(witness, log.note(size), lambda first: log.proof(first, size), old_size=old_size, **options)


# ----------------------------------------------------------------------------------------------------- the real witness


def test_its_cosignature_makes_the_note_fulfil_a_policy(witness, log):
    cosigned = ask(witness, log, 7)
    assert cosigned.old_size == 7
    note = log.note(7).signed_by(cosigned.signature)
    (found,) = Policy(log.key.note_key, (witness.key,), quorum=1).open(note.encode()).cosigned
    assert found.witness == witness.key


def test_with_the_size_it_cosigned_last_one_request_is_enough(witness, log):
    asked = []

    def proof_from(size):
        def of(first):
            asked.append(first)
            return log.proof(first, size)

        return of

    at = 0
    for size in (3, 9, 9, 20):
        at = cosigned_by(witness, log.note(size), proof_from(size), old_size=at).old_size
    assert asked == [0, 3, 9, 9]


@pytest.mark.parametrize("old_size", [0, 5, 7, 9, 12, 40])
def test_whatever_size_is_given_it_finds_the_right_one(witness, log, old_size):
    ask(witness, log, 7)
    assert ask(witness, log, 12, old_size=old_size).old_size == 12


def test_a_fork_is_claimed_by_the_witness_that_has_seen_another_history(witness, log):
    ask(witness, log, 7)
    fork = Log(log.origin, fork="another history", forked_after=3)
    for size in (7, 12):
        with pytest.raises(ForkClaimed):
            ask(witness, fork, size)
    with pytest.raises(ForkClaimed):
        ask(witness, fork, 12, old_size=7)


def test_a_witness_that_has_seen_more_says_how_much(witness, log):
    ask(witness, log, 12)
    for old_size in (0, 7, 20):
        with pytest.raises(WitnessAhead) as said:
            ask(witness, log, 7, old_size=old_size)
        assert said.value.size == 12


def test_one_that_does_not_know_the_log_refuses(witness):
    with pytest.raises(WitnessRefused, match="404"):
        ask(witness, Log("stranger.example"), 7)


def test_a_path_before_add_checkpoint_is_kept(witness, log):
    with pytest.raises(WitnessRefused, match="404"):
        ask(AskedWitness(f"{witness.url}/elsewhere/", witness.key), log, 7)
    assert ask(AskedWitness(f"{witness.url}/", witness.key), log, 7).old_size == 7


def test_another_key_than_that_of_the_witness_is_noticed(witness, log):
    with pytest.raises(CosignatureWrong):
        ask(AskedWitness(witness.url, cosigner_key(KEY)), log, 7)


# --------------------------------------------------------------------------------------------- others that answer there


def test_where_nobody_listens_it_is_unreachable(log):
    with pytest.raises(WitnessUnreachable):
        ask(AskedWitness(f"http://127.0.0.1:{free_port()}", cosigner_key(KEY)), log, 7)


def answered(server, *answers):
    """Answer one request after the other; each answer may look at what was submitted."""
    left = list(answers)

    def answer(_path, _query, body):
        submission = Submission.parse(body)
        told = left.pop(0)
        return told(submission) if callable(told) else told

    server.answer = answer
    return AskedWitness(server.url, cosigner_key(KEY))


def size(text):
    return 409, "text/x.tlog.size", text


def lines(*signatures):
    return 200, "text/plain", "".join(signature.line() for signature in signatures).encode()


LOG = Log()
GOOD = cosign(LOG.checkpoint(7), KEY, timestamp=NOW)


def test_cosignatures_of_unknown_keys_are_ignored(server):
    stranger = cosign(LOG.checkpoint(7), OTHER, timestamp=NOW)
    assert ask(answered(server, lines(stranger, GOOD, stranger)), LOG, 7).signature == GOOD


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([(500, "text/plain", b"")], WitnessRefused),
        ([(302, "text/plain", b"elsewhere")], WitnessRefused),
        ([(403, "text/plain", b"\xff\x1b[2J")], WitnessRefused),
        ([(404, "text/plain", b"")], WitnessRefused),
        ([(409, "text/plain", b"3\n")], WitnessRefused),
        ([size(b"")], WitnessRefused),
        ([size(b"3")], WitnessRefused),
        ([size(b"03\n")], WitnessRefused),
        ([size(b"-3\n")], WitnessRefused),
        ([size(b"\xff\n")], WitnessRefused),
        ([size(b"9" * 1000 + b"\n")], WitnessRefused),
        ([size(b"3\n"), size(b"4\n")], WitnessRefused),
        ([size(b"0\n"), size(b"0\n")], WitnessRefused),
        ([size(b"3\n"), size(b"8\n")], WitnessAhead),
        ([size(b"8\n")], WitnessAhead),
        ([size(b"7\n"), size(b"7\n")], ForkClaimed),
        ([size(b"3\n"), (422, "text/plain", b"no")], ForkClaimed),
        ([(422, "text/plain", b"no")], ForkClaimed),
        ([(200, "text/plain", b"")], CosignatureWrong),
        ([(200, "text/plain", b"\n")], CosignatureWrong),
        ([(200, "text/plain", b"\xff")], CosignatureWrong),
        ([(200, "text/html", b"<html>")], CosignatureWrong),
        ([lines(cosign(LOG.checkpoint(7), OTHER, timestamp=NOW))], CosignatureWrong),
        ([lines(cosign(LOG.checkpoint(8), KEY, timestamp=NOW))], CosignatureWrong),
        ([lines(KEY.sign(LOG.checkpoint(7).text()))], CosignatureWrong),
        ([lines(Signature(GOOD.name, GOOD.key_id, GOOD.signature[:-1] + b"x"))], CosignatureWrong),
        ([lines(GOOD, Signature(GOOD.name, GOOD.key_id, b"wrong"))], CosignatureWrong),
        ([lines(*[cosign(LOG.checkpoint(7), OTHER, timestamp=NOW + at) for at in range(101)], GOOD)], CosignatureWrong),
        ([(200, "text/plain", b"x" * 100_000)], WitnessUnreachable),
        ([(200, "text/plain", [b"Content-Length: 500\r\n\r\nhalf"])], WitnessUnreachable),
        ([b"nonsense"], WitnessUnreachable),
    ],
)
def test_each_wrong_answer_has_its_name(server, answers, error):
    with pytest.raises(NotCosigned) as said:
        ask(answered(server, *answers), LOG, 7)
    assert type(said.value) is error
    assert str(said.value).startswith(server.url)


def test_it_asks_twice_at_most(server):
    with pytest.raises(NotCosigned):
        ask(answered(server, size(b"3\n"), size(b"4\n"), lines(GOOD)), LOG, 7)
    assert server.asked == ["/add-checkpoint"] * 2
