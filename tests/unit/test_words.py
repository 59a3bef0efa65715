"""What a search finds: ledger/projections/words.py."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.audit.leaves import leaf_of
from ledger.projections.words import event_found_by, found_by, indexed_text, texts_in, words_in


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


@given(st.text(st.characters(max_codepoint=127), max_size=200))
def test_words_of_ascii_are_cut_as_all_others_are(text):
    """They go another way, which is faster; a letter of another script sends them the common one."""
    assert [*words_in(text), *words_in("é")] == words_in(f"{text} é")


values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


def leaf(said):
    return leaf_of({"subject": "measure:m-1", "data": said, "sources": [], "comment": None})


@given(values)
def test_the_index_has_every_word_that_a_search_can_find(said):
    said = json.loads(json.dumps(said).encode("utf-8", "replace"))
    indexed = set(words_in(indexed_text(leaf(said))))
    assert set(words_in(" ".join(["m-1", *texts_in(said)]))) <= indexed


@given(values, st.text(max_size=3))
def test_an_event_is_found_by_its_texts_and_not_by_the_names_of_members(said, query):
    said = json.loads(json.dumps(said).encode("utf-8", "replace"))
    words = words_in(query.encode("utf-8", "replace").decode())
    assert event_found_by(words, leaf(said)) == found_by(words, ["m-1", *texts_in(said)])
