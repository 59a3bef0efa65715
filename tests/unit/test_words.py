"""What a search finds: ledger/projections/words.py."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.projections.words import found_by, texts_in, words_in, words_of_event


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("cote", "Côte d'Ivoire"),
        ("CÔTE ivoire", "Cote d'Ivoire"),
        ("xinj sanc", "Sanctions over Xinjiang"),
        ("turkiye", "Türkiye"),
        ("strasse", "Straße"),
        ("习近", "习近平"),
        ("ЕГОР", "Егор Гайдар"),
        ("13818", "Executive Order 13818"),
        ("", "anything"),
    ],
)
def test_a_query_finds_what_begins_with_its_words_whatever_the_case_and_accents(query, text):
    assert found_by(words_in(query), [text])


@pytest.mark.parametrize(("query", "text"), [("jiang", "Xinjiang"), ("tibet law", "the law"), ("平", "习近平")])
def test_a_query_does_not_find_what_lacks_one_of_its_words(query, text):
    assert not found_by(words_in(query), [text])


values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(values)
def test_the_words_of_an_event_are_those_of_its_texts_and_not_of_the_names_of_members(said):
    said = json.loads(json.dumps(said).encode("utf-8", "replace"))
    assert words_of_event("measure:m-1", said) == sorted({"m", "1", *words_in(" ".join(texts_in(said)))})
