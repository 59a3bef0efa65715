"""The leaves of the log: canonical bytes as RFC 8785 has them, and their hash as RFC 6962 has it."""

import json
import os
from hashlib import sha256
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.audit.leaves import leaf_hash, leaf_of
from ledger.domain.events import DATA, EVENT
from ledger.domain.values import LARGEST_INTEGER, ListOf, Record, Value

VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors" / "jcs"
"""Those of RFC 8785's author, which lie beside the project, not in it."""
BEYOND_AN_EVENT = {"values.json", "weird.json", "structures.json"}
"""Vectors with floating-point numbers, or with names of members that are not ASCII: no event has either."""

names = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=12)
texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))
events = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | texts,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(names, inner, max_size=5),
    max_leaves=15,
)


@settings(max_examples=120, derandomize=True, deadline=None, database=None)
@given(st.dictionaries(names, events, max_size=6))
def test_they_are_what_rfc_8785_says_for_all_that_an_event_may_hold(event):
    assert leaf_of(event) == rfc8785.dumps(event)


def test_no_character_is_written_otherwise():
    for point in [*range(1, 0x3000), 0xD7FF, 0xE000, 0xFEFF, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000, 0x1F600, 0x10FFFF]:
        event = {"comment": f"a{chr(point)}b"}
        assert leaf_of(event) == rfc8785.dumps(event), hex(point)


def members(value: Value):
    """The name of every member that a value of that kind may have, at any depth."""
    if isinstance(value, Record):
        for name, inner in value.members.items():
            yield name
            yield from members(inner)
    if isinstance(value, ListOf):
        yield from members(value.element)


def test_every_member_of_an_event_has_a_name_in_ascii():
    """So that sorting by bytes, by code points and by UTF-16 code units is the same."""
    carried = (record for types in DATA.values() for record in types.values())
    found = {*members(EVENT), *(name for record in carried for name in members(record))}
    assert {"targets", "related_to", "archived_sha256"} <= found
    assert all(name.isascii() for name in found)


def vectors():
    """The pairs of input and output. That they are missing is said plainly, and is a failure under CI."""
    if not VECTORS.is_dir():
        absent = pytest.fail if os.environ.get("CI") else pytest.skip
        absent("the vectors of RFC 8785 are missing: ../shared/vectors/jcs has to lie beside the project")
    return {
        path.name: (path.read_bytes(), (VECTORS / "output" / path.name).read_bytes())
        for path in VECTORS.glob("input/*.json")
    }


def test_they_are_those_of_the_published_vectors():
    found = vectors()
    assert len(found) >= 6
    assert set(found) >= BEYOND_AN_EVENT
    for name, (given_, canonical) in found.items():
        value = json.loads(given_)
        assert rfc8785.dumps(value) == canonical, f"the reference itself disagrees on {name}"
        if name not in BEYOND_AN_EVENT:
            assert leaf_of(value) == canonical, name


def test_its_hash_is_that_of_a_zero_byte_and_the_leaf():
    """RFC 6962, 2.1; the published hashes of two short leaves."""
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert leaf_hash(b"L123456").hex() == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    assert leaf_hash(b"x") == sha256(b"\x00x").digest()
