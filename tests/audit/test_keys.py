"""Signing keys: read as Go wrote them, and silent about the secret."""

from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.audit.keys import SigningKey
from ledger.audit.note import KeyRefused, open_note, sign_note
from tests.audit.refusals import refused

KEY = SigningKey("example.com/log", bytes(range(32)))
TEXT = KEY.text()
ID = KEY.note_key.key_id.hex()


def test_it_has_the_public_key_of_rfc_8032():
    """Section 7.1, TEST 1: the key, and the signature of nothing."""
    key = SigningKey("rfc", bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    assert key.public_key.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert key.sign_bytes(b"").hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )


def test_a_new_key_is_another_each_time_and_signs():
    first, second = SigningKey.generate("example.com/log"), SigningKey.generate("example.com/log")
    assert first.seed != second.seed
    assert open_note(sign_note("a line\n", first), [first.note_key]).text == "a line\n"


@settings(max_examples=40, derandomize=True, deadline=None, database=None)
@given(st.binary(min_size=32, max_size=32))
def test_it_is_read_as_it_was_written(seed):
    key = SigningKey("example.com/log", seed)
    assert SigningKey.parse(key.text()) == key
    assert (
        key.text() == f"PRIVATE+KEY+example.com/log+{key.note_key.key_id.hex()}+" + b64encode(b"\x01" + seed).decode()
    )


def test_it_does_not_show_its_secret():
    assert KEY.seed.hex() not in repr(KEY)
    assert repr(KEY) == "SigningKey(name='example.com/log')"


def test_an_error_does_not_quote_the_secret():
    secret = TEXT.rsplit("+", 1)[1]
    for wrong in (
        TEXT[:-1],
        TEXT + "\n",
        TEXT.replace(ID, "00000000"),
        f"PRIVATE+KEY+{secret}",
        f"PRIVATE+KEY+a b+{secret}",
    ):
        with pytest.raises(KeyRefused) as said:
            SigningKey.parse(wrong)
        assert secret[:8] not in str(said.value)


def parsed(name="example.com/log", key_id=ID, material=b"\x01" + KEY.seed, prefix="PRIVATE+KEY+"):
    return lambda: SigningKey.parse(f"{prefix}{name}+{key_id}+{b64encode(material).decode()}")


@refused(
    ("private key", lambda: SigningKey.parse("")),
    ("private key", lambda: SigningKey.parse(KEY.note_key.text())),
    ("private key", parsed(prefix="PRIVATE+")),
    ("private key", parsed(prefix="private+key+")),
    ("private key", parsed(prefix=" PRIVATE+KEY+")),
    ("private key", parsed(material=b"\x01" + KEY.seed[1:])),
    ("private key", parsed(material=b"\x01" + KEY.seed + KEY.public_key)),
    ("private key", parsed(material=b"\x01")),
    ("signature type", parsed(material=b"\x04" + KEY.seed)),
    ("key", parsed(material=b"")),
    ("key", lambda: SigningKey.parse(TEXT + "\n")),
    ("key", lambda: SigningKey.parse(TEXT[:-1])),
    ("key ID", parsed(key_id="00000000")),
    ("key ID", parsed(name="example.com/other")),
    ("key name", parsed(name="")),
    ("key name", parsed(name="example.com log")),
    ("key name", lambda: SigningKey.generate("example.com+log")),
    ("key name", lambda: SigningKey("", KEY.seed)),
    ("private key", lambda: SigningKey("name", b"short")),
)
def test_a_malformed_key_is_refused_by_name(check, attempt):
    with pytest.raises(KeyRefused) as said:
        attempt()
    assert said.value.check == check
