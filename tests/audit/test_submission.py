"""What a log sends to a witness is read strictly, and in one form only."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.audit.checks import CheckFailed
from ledger.audit.note import NoteRefused
from ledger.audit.submission import SUBMISSION_LIMIT_BYTES, Submission, SubmissionRefused, size_of
from tests.audit.logs import Log
from tests.audit.refusals import refused

LOG = Log()
BODY = LOG.submission(3, 7)
HEAD, NOTE = BODY.split(b"\n\n", 1)
HASH = b"PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw="

EXAMPLE = """\
old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurm\
RDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZ\
dXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
"""


def test_the_example_of_the_specification_is_read():
    """C2SP tlog-witness, add-checkpoint, example request body."""
    submission = Submission.parse(EXAMPLE.encode())
    assert (submission.old_size, len(submission.proof), len(submission.note.signatures)) == (20852014, 4, 2)
    assert submission.encode() == EXAMPLE.encode()


def test_what_is_written_is_what_is_read():
    submission = Submission.parse(BODY)
    assert (submission.old_size, list(submission.proof), submission.note) == (3, LOG.proof(3, 7), LOG.note(7))
    assert submission.encode() == BODY


def with_head(*lines):
    return lambda: Submission.parse(b"\n".join(lines) + b"\n\n" + NOTE)


@refused(
    ("empty line", lambda: Submission.parse(b"")),
    ("empty line", lambda: Submission.parse(b"old 3\n")),
    ("old size", lambda: Submission.parse(b"\n\n" + NOTE)),
    ("old size", with_head(b"old")),
    ("old size", with_head(b"old ")),
    ("old size", with_head(b"old  3")),
    ("old size", with_head(b"old 03")),
    ("old size", with_head(b"old +3")),
    ("old size", with_head(b"old -3")),
    ("old size", with_head(b"old 3 ")),
    ("old size", with_head(b"old 3\r")),
    ("old size", with_head(b"Old 3")),
    ("old size", with_head(b"old 9223372036854775808")),
    ("old size", with_head(b"old " + b"9" * 5000)),
    ("old size", with_head(HASH, b"old 3")),
    ("proof line", with_head("old ٣".encode())),
    ("proof line", with_head(b"old 3", b"\xff")),
    ("proof line", with_head(b"old 3", HASH[:-1])),
    ("proof line", with_head(b"old 3", HASH[:-2] + b"x=")),
    ("proof line", with_head(b"old 3", b" " + HASH)),
    ("proof hash", with_head(b"old 3", b"AAAA")),
    ("proof length", with_head(b"old 3", *[HASH] * 64)),
    ("length", lambda: Submission.parse(b"old 3\n" * SUBMISSION_LIMIT_BYTES)),
    ("old size", lambda: Submission(-1, (), LOG.note(7))),
    ("old size", lambda: Submission(2**63, (), LOG.note(7))),
    ("proof hash", lambda: Submission(3, (b"short",), LOG.note(7))),
    ("proof length", lambda: Submission(3, (bytes(32),) * 64, LOG.note(7))),
    ("old size", lambda: size_of("")),
    ("old size", lambda: size_of("1\n")),
)
def test_a_wrong_form_is_refused_by_name(check, attempt):
    with pytest.raises(SubmissionRefused) as said:
        attempt()
    assert said.value.check == check


def test_of_the_note_the_note_says_what_is_wrong():
    with pytest.raises(NoteRefused):
        Submission.parse(HEAD + b"\n\nnothing signed\n")


def test_63_hashes_are_not_too_many():
    assert len(Submission.parse(b"\n".join([b"old 3", *[HASH] * 63]) + b"\n\n" + NOTE).proof) == 63


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(st.data())
def test_there_is_one_form_only(data):
    """A body with some of it changed is the same thing in the same bytes, or refused."""
    start = data.draw(st.integers(0, len(BODY)))
    end = data.draw(st.integers(start, min(len(BODY), start + 3)))
    body = BODY[:start] + data.draw(st.binary(max_size=3) | st.sampled_from([b"\n", b"\n\n", b" ", b"0"])) + BODY[end:]
    try:
        submission = Submission.parse(body)
    except CheckFailed:
        return
    assert submission.encode() == body
