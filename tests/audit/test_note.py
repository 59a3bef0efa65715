"""Signed notes: the published ones open, what is malformed is refused by name, and no other bytes say the same."""

from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.audit.checks import CheckFailed
from ledger.audit.keys import SigningKey
from ledger.audit.note import (
    NOTE_LIMIT_BYTES,
    KeyRefused,
    Note,
    NoteKey,
    NoteRefused,
    Signature,
    open_note,
    sign_note,
)
from tests.audit.refusals import refused
from tests.audit.vectors import vectors

KEY = SigningKey("example.com/log", bytes(range(32)))
OTHER = SigningKey("example.com/other", bytes(range(1, 33)))
TEXT = "a line\n"
NOTE = sign_note(TEXT, KEY).encode()
SIGNATURE = NOTE.decode().split(" ")[-1].rstrip("\n")
LINE = f"— example.com/log {SIGNATURE}\n"
VKEY = KEY.note_key.text()
ID = KEY.note_key.key_id.hex()

texts = st.lists(
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters=[chr(code) for code in range(32)])), max_size=5
).map(lambda lines: "".join(f"{line}\n" for line in ["", *lines]))
names = st.text(st.characters(exclude_categories=("Cs", "Z", "Cc"), exclude_characters="+"), min_size=1, max_size=20)


def published():
    ((_, found),) = vectors("note")
    return found


def opens(note, keys):
    try:
        open_note(note, keys)
    except NoteRefused:
        return False
    return True


def test_published_notes_open():
    found = published()["valid"]
    assert len(found) == 7
    for vector in found:
        opened = open_note(vector["note"].encode(), [NoteKey.parse(vkey) for vkey in vector["vkeys"]])
        assert len(opened.verified) == vector["verified"], vector["name"]
        assert vector["note"].startswith(f"{opened.text}\n— "), vector["name"]


def test_published_wrong_notes_are_refused():
    found = published()["invalid"]
    assert len(found) == 11
    for vector in found:
        keys = [NoteKey.parse(vkey) for vkey in vector["vkeys"]]
        assert not opens(vector["note"].encode(), keys), vector["name"]


def test_published_wrong_verifier_keys_are_refused():
    for vkey in published()["bad_vkeys"]:
        with pytest.raises(KeyRefused):
            NoteKey.parse(vkey)


def test_the_published_key_makes_the_published_note():
    vector = published()["deterministic_sign"]
    key = SigningKey.parse(vector["skey"])
    assert sign_note(vector["text"], key).encode() == vector["note"].encode()
    assert key.text() == vector["skey"]


@settings(max_examples=80, derandomize=True, deadline=None, database=None)
@given(texts, st.lists(names, min_size=1, max_size=4, unique=True))
def test_what_is_signed_is_what_is_opened(text, signers):
    keys = [SigningKey(name, bytes([number]) * 32) for number, name in enumerate(signers)]
    note = sign_note(text, *keys)
    assert Note.parse(note.encode()) == note
    opened = open_note(note.encode(), [key.note_key for key in keys])
    assert opened.text == text
    assert [key.name for key, _ in opened.verified] == signers
    assert opened.unknown == ()


def test_signatures_of_unknown_keys_are_passed_over():
    """Even of the same name or the same ID, section Signatures; and of types that are not ours."""
    ours = KEY.note_key
    same_name = Signature(ours.name, bytes(4), b"post-quantum" * 400)
    same_id = Signature("example.com/else", ours.key_id, b"x")
    note = sign_note(TEXT, OTHER).signed_by(same_name, same_id, KEY.sign(TEXT))
    opened = open_note(note.encode(), [ours])
    assert opened.verified == ((ours, KEY.sign(TEXT)),)
    assert opened.unknown == (OTHER.sign(TEXT), same_name, same_id)


def test_a_signature_that_is_there_twice_counts_once():
    note = Note.parse(NOTE + LINE.encode())
    assert len(note.signatures) == 2
    assert len(open_note(note, [KEY.note_key]).verified) == 1
    assert note.signed_by(KEY.sign(TEXT)).signatures == (KEY.sign(TEXT),)


def test_a_wrong_signature_of_a_known_key_is_refused_beside_a_right_one():
    right = KEY.sign(TEXT)
    wrong = KEY.sign("another line\n")
    for both in ((right, wrong), (wrong, right)):
        with pytest.raises(NoteRefused, match="has not signed this") as said:
            open_note(Note(TEXT, both), [KEY.note_key])
        assert said.value.check == "signature"


def test_a_key_is_known_by_name_and_id_together():
    other_name = NoteKey("example.com/renamed", KEY.public_key)
    with pytest.raises(NoteRefused) as said:
        open_note(NOTE, [other_name, OTHER.note_key])
    assert said.value.check == "known key"


def test_a_known_key_that_is_given_twice_matters_where_it_signed():
    twice = [KEY.note_key, KEY.note_key]
    with pytest.raises(NoteRefused, match="more than once"):
        open_note(NOTE, twice)
    assert open_note(sign_note(TEXT, OTHER), [*twice, OTHER.note_key]).text == TEXT


def test_as_many_signatures_as_allowed_are_read():
    signatures = [Signature(f"witness{number}", bytes(4), b"x") for number in range(99)]
    note = sign_note(TEXT, KEY).signed_by(*signatures)
    assert open_note(note.encode(), [KEY.note_key]).text == TEXT
    with pytest.raises(NoteRefused):
        note.signed_by(Signature("one-more", bytes(4), b"x"))


def test_the_text_ends_at_the_last_empty_line():
    text = "\n\nabout\n\n— not a signature\n\n"
    note = sign_note(text, KEY)
    assert open_note(note.encode(), [KEY.note_key]).text == text


def test_every_flipped_bit_is_refused():
    """The note format lets an unknown signature pass: a note of one signature has none but ours."""
    for at in range(len(NOTE)):
        for bit in range(8):
            wrong = bytearray(NOTE)
            wrong[at] ^= 1 << bit
            with pytest.raises(NoteRefused):
                open_note(bytes(wrong), [KEY.note_key])


def parsed(note):
    return lambda: Note.parse(note if isinstance(note, bytes) else note.encode())


def with_signature(encoded):
    return parsed(f"{TEXT}\n— example.com/log {encoded}\n")


def encoded(count):
    return b64encode(bytes(count)).decode()


@refused(
    ("blank line", parsed("")),
    ("blank line", parsed("\n")),
    ("blank line", parsed(TEXT)),
    ("blank line", parsed(LINE)),
    ("blank line", parsed(f"\n{LINE}")),
    ("blank line", parsed(f"{TEXT}{LINE}")),
    ("signatures", parsed(f"{TEXT}\n")),
    ("signatures", parsed(f"{TEXT}\n{LINE}\n")),
    ("signature line", parsed(f"{TEXT}\n{LINE}".rstrip("\n"))),
    ("signature line", parsed(f"{TEXT}\n{LINE}more\n")),
    ("signature line", parsed(f"{TEXT}\nmore\n{LINE}")),
    ("signature line", parsed(f"{TEXT}\n {LINE}")),
    ("signature line", parsed(f"{TEXT}\n{LINE.replace('—', '-')}")),
    ("signature line", parsed(f"{TEXT}\n{LINE.replace('— ', '—')}")),
    ("signature line", parsed(f"{TEXT}\n—\N{NO-BREAK SPACE}{LINE[2:]}")),
    ("signature line", parsed(f"{TEXT}\n— example.com/log\n")),
    ("signature line", parsed(f"{TEXT}\n— \n")),
    ("signature line", parsed(f"{TEXT}\n— example.com/log  {SIGNATURE}\n")),
    ("signature line", parsed(f"{TEXT}\n— example.com/log {SIGNATURE} \n")),
    ("signature line", parsed(f"{TEXT}\n— example.com/log {SIGNATURE}\r\n")),
    ("signature line", parsed(f"{TEXT}\n— example.com log {SIGNATURE}\n")),
    ("key name", parsed(f"{TEXT}\n—  {SIGNATURE}\n")),
    ("key name", parsed(f"{TEXT}\n— example.com+log {SIGNATURE}\n")),
    ("key name", parsed(f"{TEXT}\n— example\N{NO-BREAK SPACE}log {SIGNATURE}\n")),
    ("key name", parsed(f"{TEXT}\n— example\N{IDEOGRAPHIC SPACE}log {SIGNATURE}\n")),
    ("key name", parsed(f"{TEXT}\n— example\N{LINE SEPARATOR}log {SIGNATURE}\n")),
    ("key name", parsed(f"{TEXT}\n— example\x85log {SIGNATURE}\n")),
    ("key name", parsed(f"{TEXT}\n— example\x01log {SIGNATURE}\n")),
    ("signature", with_signature("")),
    ("signature line", with_signature("=")),
    ("signature line", with_signature("AAAA=")),
    ("signature line", with_signature(SIGNATURE[:-1])),
    ("signature line", with_signature(SIGNATURE + "=")),
    ("signature line", with_signature(SIGNATURE + "AAAA")),
    ("signature line", with_signature(SIGNATURE[:-1] + "\N{FULLWIDTH EQUALS SIGN}")),
    ("signature line", with_signature(encoded(68)[:-2] + "B=")),
    ("signature line", with_signature(SIGNATURE.replace("/", "_").replace("+", "-"))),
    ("signature", with_signature(encoded(3))),
    ("signature", with_signature(encoded(4))),
    ("control character", parsed(f"a\tline\n\n{LINE}")),
    ("control character", parsed(f"a line\r\n\n{LINE}")),
    ("control character", parsed(f"a\0line\n\n{LINE}")),
    ("control character", parsed(f"a\x1fline\n\n{LINE}")),
    ("UTF-8", parsed(b"\xff\n\n" + LINE.encode())),
    ("UTF-8", parsed(b"\xed\xa0\x80\n\n" + LINE.encode())),
    ("UTF-8", parsed(b"\xc0\x8a\n\n" + LINE.encode())),
    ("UTF-8", parsed(NOTE[:-1] + b"\xe2\x80")),
    ("signatures", parsed(f"{TEXT}\n{LINE * 101}")),
    ("note length", parsed(b"a" * NOTE_LIMIT_BYTES + NOTE)),
    ("text", lambda: Note("no newline", (KEY.sign(TEXT),))),
    ("text", lambda: Note("", (KEY.sign(TEXT),))),
    ("UTF-8", lambda: Note("\ud800\n", (KEY.sign(TEXT),))),
    ("text", lambda: KEY.sign("no newline")),
    ("control character", lambda: sign_note("a\tline\n", KEY)),
    ("signatures", lambda: sign_note(TEXT)),
    ("known key", lambda: open_note(NOTE, [])),
    ("signature", lambda: open_note(Note(TEXT, (Signature(KEY.name, KEY.note_key.key_id, b"x"),)), [KEY.note_key])),
    ("signature", lambda: Signature("name", bytes(4), b"")),
    ("key ID", lambda: Signature("name", bytes(3), b"x")),
)
def test_a_malformed_note_is_refused_by_name(check, attempt):
    with pytest.raises(NoteRefused) as said:
        attempt()
    assert said.value.check == check


def vkey(name="example.com/log", key_id=ID, material=b"\x01" + KEY.public_key):
    return lambda: NoteKey.parse(f"{name}+{key_id}+{b64encode(material).decode()}")


@refused(
    ("key", lambda: NoteKey.parse("")),
    ("key", lambda: NoteKey.parse("example.com/log")),
    ("key", lambda: NoteKey.parse("example.com/log+00000000")),
    ("key", lambda: NoteKey.parse("example.com/log+00000000+")),
    ("key", lambda: NoteKey.parse(f"{VKEY}\n")),
    ("key", lambda: NoteKey.parse(f"{VKEY}+")),
    ("key", lambda: NoteKey.parse(f"{VKEY} ")),
    ("key", lambda: NoteKey.parse(VKEY[:-1])),
    ("key name", lambda: NoteKey.parse(f" {VKEY}")),
    ("key name", lambda: NoteKey.parse(f"\ud800{VKEY}")),
    ("key name", vkey(name="")),
    ("key name", vkey(name="example.com log")),
    ("key name", vkey(name="example.com\nlog")),
    ("key name", vkey(name="example.com\N{EM SPACE}log")),
    ("key ID", vkey(name="example.com/else")),
    ("key ID", vkey(key_id="00000000")),
    ("key ID", vkey(key_id="0000000")),
    ("key ID", vkey(key_id="0x123456")),
    ("key ID", vkey(key_id="+1234567")),
    ("key ID", vkey(key_id=ID.upper())),
    ("key ID", vkey(key_id="\N{ARABIC-INDIC DIGIT ONE}" * 8)),
    ("signature type", vkey(material=b"\x02" + KEY.public_key)),
    ("signature type", vkey(material=b"\x04" + KEY.public_key)),
    ("public key", vkey(material=b"\x01" + KEY.public_key[1:])),
    ("public key", vkey(material=b"\x01" + KEY.public_key + b"\0")),
    ("public key", vkey(material=b"\x01")),
    ("public key", lambda: NoteKey("name", b"")),
    ("key name", lambda: NoteKey("", KEY.public_key)),
)
def test_a_malformed_verifier_key_is_refused_by_name(check, attempt):
    with pytest.raises(KeyRefused) as said:
        attempt()
    assert said.value.check == check


@settings(max_examples=60, derandomize=True, deadline=None, database=None)
@given(names, st.binary(min_size=32, max_size=32))
def test_a_verifier_key_is_read_as_it_was_written(name, public_key):
    key = NoteKey(name, public_key)
    assert NoteKey.parse(key.text()) == key


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"{text}\n\n{LINE}".encode("utf-8", "replace")))
def test_any_bytes_are_a_note_or_refused(given_):
    try:
        note = Note.parse(given_)
    except CheckFailed:
        return
    assert note.encode() == given_, "there is one form only"
