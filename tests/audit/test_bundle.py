"""Evidence bundles: what holds is taken, and nothing else, whoever changed what."""

import re
from datetime import date

import orjson
import pytest

from ledger.audit.bundle import Bundle, BundleRefused, ProvenLeaf
from ledger.audit.checks import CheckFailed
from ledger.audit.cosignature import cosigner_key
from ledger.audit.leaves import leaf_of
from ledger.audit.policy import Policy
from ledger.audit.recorded import Recorded
from ledger.audit.sealed import BUNDLE_LIMIT_BYTES
from ledger.audit.statements import answered, proven, unproven
from tests.audit.bundles import (
    LOG,
    OTHER_LOG,
    STRANGER,
    WITNESS,
    bundle_of,
    checked,
    event,
    note_of,
    proof_of,
    rewritten,
    signed_again,
    with_digest,
)

MEASURE, ACT = "measure:m", "act:a"
TERMS = {"title": "A measure", "imposed_by": ["actor:us"], "targets": [{"actor": "actor:cn"}]}
EVENTS = [
    event(1, 1, "registered", "actor:us", data={"category": "state", "name": "United States"}),
    event(2, 1, "imposed", MEASURE, "2020-07-09", data={**TERMS, "instruments": ["travel_ban"]}),
    event(3, 1, "reported", ACT, "2020-07-01", data={"category": "statement", "title": "Said"}),
    event(4, 2, "amended", MEASURE, "2020-07-10", data={"add": {"instruments": ["asset_freeze"]}}),
    event(5, 3, "corrected", MEASURE, data={"of": 2, "effective_on": "2020-07"}),
    event(6, 4, "lifted", MEASURE, "2021-01-01"),
    event(7, 2, "retracted", ACT, data={"of": 3}),
]
LEAVES = [leaf_of(each) for each in EVENTS]
NOTHING = {"description": None, "expires_on": None} | {
    name: [] for name in "authorities exemptions grounds in_response_to legal_basis programmes topics".split()
}
ANSWER = {
    "subject": MEASURE,
    "status": "in_force",
    "status_since": "2020-07-01",
    "at": "2020-07-15",
    "known_at": "2020-07-10T12:00:06.000000Z",
    "sequence": 6,
    "version": 4,
    "valid_from": "2020-07-10",
    "valid_to": "2021-01-01",
    "dating": "exact",
    "terms": {**NOTHING, **TERMS, "instruments": ["travel_ban", "asset_freeze"]},
}
MADE = bundle_of(EVENTS, MEASURE, ANSWER).encode()


def test_what_holds_is_taken():
    found = checked(MADE)
    assert found.answer == ANSWER
    assert [(each.sequence, each.version) for each in found.events] == [(2, 1), (4, 2), (5, 3), (6, 4)]
    assert found.witnessed.checkpoint.size == len(EVENTS)


def test_what_is_parsed_is_encoded_as_it_was():
    assert Bundle.parse(MADE).encode() == MADE


def test_a_retracted_subject_is_known_and_nothing_is_said_of_it():
    answer = {
        **dict.fromkeys(("status_since", "valid_from", "valid_to", "terms")),
        "subject": ACT,
        "status": "none",
        "at": "2020-07-15",
        "known_at": "2020-07-10T12:00:07.000000Z",
        "sequence": 7,
        "version": 2,
        "dating": "exact",
    }
    found = checked(bundle_of(EVENTS, ACT, answer).encode())
    assert "none: nothing is said to hold" in answered(found)


def test_a_day_that_is_not_exact_is_said_to_be_about_then():
    events = [event(1, 1, "imposed", MEASURE, "2020-07-09~", data=TERMS)]
    answer = {
        **ANSWER, "status_since": "2020-07-09", "sequence": 1, "version": 1, "valid_from": "2020-07-09",
        "valid_to": None, "dating": "approximate", "terms": {**NOTHING, **TERMS, "instruments": []},
    }  # fmt: skip
    found = checked(bundle_of(events, MEASURE, answer).encode())
    assert "in_force, since about 2020-07-09." in answered(found)


# ------------------------------------------------------------------------------------------- every bit of a small one

SMALL = [
    event(1, 1, "reported", ACT, "2020-07-09", data={"category": "statement", "title": "Said"}),
    event(2, 1, "registered", "actor:us", data={"category": "state", "name": "United States"}),
    event(3, 1, "registered", "actor:cn", data={"category": "state", "name": "China"}),
]
SMALL_ANSWER = {
    "subject": ACT,
    "status": "reported",
    "status_since": "2020-07-09",
    "at": "2020-07-15",
    "known_at": "2020-07-10T12:00:02.000000Z",
    "sequence": 2,
    "version": 1,
    "valid_from": "2020-07-09",
    "valid_to": None,
    "dating": "exact",
    "terms": {
        **{name: [] for name in ("by", "affects", "attributed_to", "topics", "in_response_to")},
        "category": "statement",
        "title": "Said",
        "description": None,
        "attribution": None,
    },
}
SMALL_MADE = bundle_of(SMALL, ACT, SMALL_ANSWER, note_of(list(map(leaf_of, SMALL)), LOG, WITNESS, STRANGER)).encode()
ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
WITNESSED = Policy(LOG.note_key, (cosigner_key(WITNESS),), quorum=1)


def flipped(given, bit):
    return given[: bit // 8] + bytes([given[bit // 8] ^ 1 << bit % 8]) + given[bit // 8 + 1 :]


def is_taken(given):
    try:
        checked(given, WITNESSED)
    except CheckFailed:
        return False
    return True


def test_the_small_bundle_is_taken():
    assert is_taken(SMALL_MADE)


def test_every_bit_that_is_flipped_is_noticed():
    assert [bit for bit in range(8 * len(SMALL_MADE)) if is_taken(flipped(SMALL_MADE, bit))] == []


def test_every_byte_that_is_missing_or_too_many_is_noticed():
    cuts = [SMALL_MADE[:at] + SMALL_MADE[at + 1 :] for at in range(len(SMALL_MADE))]
    more = [SMALL_MADE[:at] + b" " + SMALL_MADE[at:] for at in range(len(SMALL_MADE) + 1)]
    assert not any(map(is_taken, cuts + more))


def test_where_the_digest_is_made_to_fit_all_is_noticed_but_other_questions_and_what_unknown_keys_signed():
    """Whoever recomputes the digest can ask another question that has the same true answer, or change what a key that
    nobody asked for is said to have signed; nothing else. Which flips do so is worked out here without the check."""
    body = SMALL_MADE[:-65]
    taken = {bit for bit in range(8 * len(body)) if is_taken(with_digest(flipped(body, bit)))}
    expected = set()
    for place, is_right in unnoticed(body):
        for bit in range(8 * place.start(), 8 * place.end()):
            expected |= {bit} if is_right(flipped(body, bit)[place.start() : place.end()]) else set()
    assert taken == expected
    assert len(taken) > 500


def unnoticed(body):
    """The places where a flip leads to another bundle that is true as well, and which flips do."""
    yield re.search(rb'(?<="at":")[^"]+', body), another_day_of_the_span
    yield re.search(rb'(?<="known_at":")[^"]+', body), a_time_not_before_the_event
    yield re.search(rb'(?<="sequence":)\d+(?=,"status")', body), lambda text: text in {b"1", b"2", b"3"}
    stranger = "— stranger.example ".encode()
    start = body.index(stranger) + len(stranger) - len(b"stranger.example ")
    yield re.compile(rb"[^ ]+").match(body, start), a_key_name
    yield re.compile(rb"[^ \\]+").match(body, start + len(b"stranger.example ")), base64_of_a_signature


def another_day_of_the_span(text):
    try:
        return re.fullmatch(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is not None and (
            date.fromisoformat(text.decode()) >= date(2020, 7, 9)
        )
    except ValueError:
        return False


def a_time_not_before_the_event(text):
    form = re.fullmatch(rb"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})[.][0-9]{6}Z", text)
    try:
        is_time = form and date.fromisoformat(form[1].decode()) and int(form[2]) < 24
        is_time = is_time and int(form[3]) < 60 and int(form[4]) < 60
    except ValueError:
        return False
    return bool(is_time) and text >= SMALL[0]["recorded_at"].encode()


def a_key_name(text):
    return all(0x20 < byte < 0x80 and byte not in b'"\\+' for byte in text)


def base64_of_a_signature(text):
    """Of 76 bytes: the last character before the padding has four bits that encode nothing, and have to stay 0."""
    letters, padding = text[:-2], text[-2:]
    return padding == b"==" and all(byte in ALPHABET for byte in letters) and ALPHABET.index(letters[-1]) % 16 == 0


# ------------------------------------------------------------------------------------------------- whoever is forging


def changed(**answer):
    return rewritten(MADE, lambda whole: whole["answer"].update(answer))


def without(place):
    return rewritten(MADE, lambda whole: whole["events"].pop(place))


def swap_proofs(whole):
    first, second = whole["events"][:2]
    first["proof"], second["proof"] = second["proof"], first["proof"]


def as_its_first(whole):
    whole["events"].append(whole["events"][0])


def at_the_end(answer):
    return rewritten(MADE, lambda whole: (whole["events"].pop(), whole["answer"].update(answer)))


ZEROS = "A" * 43 + "="
FORGERIES = {
    "answer: status": changed(status="lifted"),
    "answer: status_since": changed(status_since="2020-07-02"),
    "answer: version": changed(version=5),
    "answer: valid_from": changed(valid_from="2020-07-09"),
    "answer: valid_to": changed(valid_to=None),
    "answer: dating": changed(dating="approximate"),
    "answer: terms": changed(terms={**ANSWER["terms"], "title": "Another"}),
    "answer: true is not 1": changed(version=True),
    "answer: subject": changed(subject=ACT),
    "answer: the day": changed(at="2021-01-01"),
    "answer members: one more": changed(suspension=None),
    "answer members: one less": rewritten(MADE, lambda whole: whole["answer"].pop("dating")),
    "at and known_at: no day": changed(at="2020-02-30"),
    "at and known_at: a month": changed(at="2020-07"),
    "at and known_at: no time": changed(known_at="2020-07-10"),
    "answer: no time at all": changed(known_at=None),
    "known_at: before the last event": changed(known_at="2020-07-10T12:00:05.999999Z"),
    "sequence: before the last event": changed(sequence=5),
    "sequence: beyond the checkpoint": changed(sequence=8),
    "answer: sequence as text": changed(sequence="6"),
    "versions: the first left out": without(0),
    "versions: one in the middle left out": without(1),
    "answer: the last left out": without(3),
    "versions: one twice": rewritten(MADE, as_its_first),
    "events: none": rewritten(MADE, lambda whole: whole["events"].clear()),
    "inclusion proof: of another leaf": rewritten(MADE, swap_proofs),
    "inclusion proof: a hash too few": rewritten(MADE, lambda whole: whole["events"][0]["proof"].pop()),
    "inclusion proof: a hash too many": rewritten(MADE, lambda whole: whole["events"][0]["proof"].append(ZEROS)),
    "inclusion proof: a short hash": rewritten(MADE, lambda whole: whole["events"][0].update(proof=["AAAA"])),
    "inclusion proof: 64 hashes": rewritten(MADE, lambda whole: whole["events"][0].update(proof=[ZEROS] * 64)),
    "inclusion proof: not canonical": rewritten(MADE, lambda whole: whole["events"][0].update(proof=["A" * 42 + "B="])),
    "inclusion proof: no texts": rewritten(MADE, lambda whole: whole["events"][0].update(proof=[1])),
    "inclusion proof: another leaf": rewritten(MADE, lambda whole: whole["events"][0]["leaf"].update(comment="x")),
    "inclusion proof: moved": rewritten(MADE, lambda whole: whole["events"][0]["leaf"].update(sequence=1)),
    "leaf members: one less": rewritten(MADE, lambda whole: whole["events"][0]["leaf"].pop("comment")),
    "leaf members: no object": rewritten(MADE, lambda whole: whole["events"][0].update(leaf=[])),
    "sequence: 0": rewritten(MADE, lambda whole: whole["events"][0]["leaf"].update(sequence=0)),
    "version: true": rewritten(MADE, lambda whole: whole["events"][0]["leaf"].update(version=True)),
    "event: of no type": rewritten(MADE, lambda whole: whole["events"][0]["leaf"].update(type="imagined")),
    "recorded_at: a day": rewritten(MADE, lambda whole: whole["events"][0]["leaf"].update(recorded_at="2020-07-10")),
    "leaf length: too long": rewritten(MADE, lambda whole: whole["events"][0]["leaf"].update(comment="x" * 65536)),
    "event members: one more": rewritten(MADE, lambda whole: whole["events"][0].update(more=1)),
    "members: one more": rewritten(MADE, lambda whole: whole.update(more=1)),
    "members: one less": rewritten(MADE, lambda whole: whole.pop("format")),
    "format: another": rewritten(MADE, lambda whole: whole.update(format="retorsion/evidence-bundle/2")),
    "checkpoint: no text": rewritten(MADE, lambda whole: whole.update(checkpoint={})),
    "answer: no object": rewritten(MADE, lambda whole: whole.update(answer=[])),
    "blank line: no note": rewritten(MADE, lambda whole: whole.update(checkpoint="x")),
    "canonical JSON: a space": signed_again(MADE[:-66].replace(b'"events":', b'"events": ')),
    "canonical JSON: an order": signed_again(
        MADE[:-66].replace(b'{"answer":', b'{"format":"retorsion/evidence-bundle/1","answer":').replace(
            b',"format":"retorsion/evidence-bundle/1"}', b"}"
        )
    ),
    "canonical JSON: an escape": signed_again(MADE[:-66].replace(b"A measure", b"\\u0041 measure")),
    "canonical JSON: a member twice": signed_again(MADE[:-66].replace(b'{"answer":', b'{"answer":1,"answer":')),
    "sequence: 6.0": signed_again(MADE[:-66].replace(b'"sequence":6', b'"sequence":6.0')),
    "JSON: none": signed_again(b"{"),
    "JSON: too deep": signed_again(b"[" * 2000 + b"]" * 2000),
    "JSON: not UTF-8": signed_again(b'"\xff"'),
    "digest: capitals": MADE[:-65] + MADE[-65:].upper(),
    "digest: none": MADE[:-65],
    "digest: of another file": MADE[:-65] + SMALL_MADE[-65:],
    "digest: not on its own line": with_digest(MADE[:-66]),
    "digest: another line end": MADE[:-1] + b"\r\n",
    "bundle length: empty": b"",
    "bundle length: a digest alone": MADE[-65:],
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_refused_by_the_check_that_it_fails(name):
    with pytest.raises(CheckFailed) as refused:
        checked(FORGERIES[name])
    assert refused.value.check == name.partition(":")[0]


def test_what_is_too_large_is_refused_before_it_is_looked_at():
    with pytest.raises(BundleRefused, match="bundle length"):
        checked(bytes(BUNDLE_LIMIT_BYTES + 1))


def test_the_last_event_left_out_with_an_answer_that_follows_from_the_rest_is_what_a_bundle_cannot_show():
    """domain.md has no proof that something is not in the log: it is said in plain words instead."""
    found = checked(at_the_end({"version": 3, "valid_to": None}))
    assert "there may have been one by event 6 already" in " ".join(unproven(found))
    assert "for version 4" in " ".join(unproven(found))


# ----------------------------------------------------------------------------------------------------- whom to trust


def test_another_key_is_refused():
    with pytest.raises(CheckFailed, match="known key"):
        checked(MADE, OTHER_LOG.note_key)


@pytest.mark.parametrize(
    ("note", "check"),
    [
        (note_of(LEAVES, OTHER_LOG), "known key"),
        (note_of(LEAVES[:6]), "inclusion proof"),
        (note_of([*LEAVES, b"{}"]), "inclusion proof"),
        (note_of(LEAVES, root=bytes(32)), "inclusion proof"),
        (note_of([LEAVES[1], LEAVES[0], *LEAVES[2:]]), "inclusion proof"),
    ],
)
def test_another_checkpoint_is_refused(note, check):
    whole = Bundle.parse(MADE)
    with pytest.raises(CheckFailed) as refused:
        checked(Bundle(whole.answer, note, whole.events).encode())
    assert refused.value.check == check


def test_a_witness_that_is_asked_for_must_have_signed():
    trusted = Policy(LOG.note_key, (cosigner_key(WITNESS),), quorum=1)
    with pytest.raises(CheckFailed, match="quorum"):
        checked(MADE, trusted)
    made = bundle_of(EVENTS, MEASURE, ANSWER, note_of(LEAVES, LOG, WITNESS)).encode()
    assert "witness.example" in " ".join(proven(checked(made, trusted)))
    assert "2020-07-10T16:53:20" in " ".join(proven(checked(made, trusted)))


def test_without_a_witness_it_says_that_times_are_the_ledgers_own():
    assert "no witness was asked for" in " ".join(unproven(checked(MADE)))


# --------------------------------------------------------------------------------------- logs that sign what they like


def shown_by_a_hostile_log(*leaves, subject=MEASURE, **answer):
    """A bundle in which all is signed: only what the events mean can be wrong."""
    events = tuple(ProvenLeaf(leaf, proof_of(leaves, place)) for place, leaf in enumerate(leaves, 1))
    return Bundle({**ANSWER, "subject": subject, **answer}, note_of(leaves), events).encode()


FIRST = event(1, 1, "imposed", MEASURE, "2020-07-09", data=TERMS)
HOSTILE = {
    "timeline": [FIRST, event(2, 2, "reinstated", MEASURE, "2020-07-10")],
    "corrections": [FIRST, event(2, 2, "corrected", MEASURE, data={"of": 9, "effective_on": "2020"})],
    "corrections of itself": [FIRST, event(2, 2, "retracted", MEASURE, data={"of": 2})],
    "corrections that do not fit": [FIRST, event(2, 2, "corrected", MEASURE, data={"of": 1, "data": {"by": []}})],
    "corrections of what is gone": [
        FIRST,
        event(2, 2, "retracted", MEASURE, data={"of": 1}),
        event(3, 3, "retracted", MEASURE, data={"of": 1}),
    ],
    "subject": [FIRST, event(2, 2, "lifted", "measure:n", "2020-07-10")],
    "recorded times": [FIRST, event(2, 2, "lifted", MEASURE, "2020-07-10", recorded_at="2019-07-10T12:00:00.000000Z")],
    "event with a float": [{**FIRST, "data": {**TERMS, "title": 1.5}}],
    "timeline without data": [{**FIRST, "data": None}],
    "event with data of another kind": [{**FIRST, "data": []}],
    "event with no sources": [{**FIRST, "sources": None}],
    "event by nobody": [{**FIRST, "recorded_by": None}],
    "event of no subject": [{**FIRST, "subject": "measure:"}],
    "event on no day": [{**FIRST, "effective_on": "2020-02-30"}],
    "event of a type that is a list": [{**FIRST, "type": ["imposed"]}],
    "sequence": [{**FIRST, "sequence": 2**53}],
}  # fmt: skip


CHECKS = ("timeline", "corrections", "subject", "recorded times", "event", "sequence")


@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_log_has_signed_is_not_believed_for_that(name):
    with pytest.raises(CheckFailed) as refused:
        checked(shown_by_a_hostile_log(*map(leaf_of, HOSTILE[name]), sequence=len(HOSTILE[name])))
    assert refused.value.check == next(check for check in CHECKS if name.startswith(check))


@pytest.mark.parametrize("leaf", [b"", b"[]", b"{}", b"null", b"\xff", b'{ "a":1}', b"[" * 300 + b"]" * 300])
def test_a_leaf_that_is_no_event_is_refused(leaf):
    with pytest.raises(CheckFailed, match="leaf"):
        Recorded.of_leaf(leaf)


def test_the_file_can_be_read_by_anything_that_reads_json():
    body, _, digest = MADE.rpartition(b"}\n")
    assert orjson.loads(body + b"}")["events"][0]["leaf"] == EVENTS[1]
    assert re.fullmatch(rb"[0-9a-f]{64}\n", digest)
