"""Names are cut into words that are the same in whatever script, case and transliteration they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.screening.names import folded, plain_words, weight_of, words_of


def plain(text):
    return [word.plain for word in words_of(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("CHEN, Quanguo", ["quanguo", "chen"]),
        ("COMERCIAL CIMEX, S.A.", ["comercial", "cimex", "sa"]),
        ("ANGLO-CARIBBEAN CO., LTD.", ["anglo", "caribbean", "company", "limited"]),
        ("O’Bryan", ["obryan"]),
        ("Al-Qa‘ida", ["al", "qaida"]),
        ("陈全国", ["chen", "quan", "guo"]),
        ("Сергей Лавров", ["sergey", "lavrov"]),
        ("Γιώργος", ["giorgos"]),
        ("YV2965", ["yv2965"]),
        ("محمد القاعدة", ["mhmd", "al", "qdh"]),
        ("M/V KHATAM 3", ["mv", "khatam", "3"]),
        ("Boris N. Yeltsin", ["boris", "n", "yeltsin"]),
        (",", []),
    ],
)
def test_a_name_is_cut_into_words(text, words):
    assert plain(text) == words


@pytest.mark.parametrize(
    "alike",
    [
        ["Mohammed", "Muhammad", "Mohamed", "Mouhammad"],
        ["Yusuf", "Yousuf"],
        ["Sergey", "Sergei", "Sergej", "Сергей"],
        ["Tchaikovsky", "Chaykovskiy"],
        ["Abdallah", "Abdalla"],
        ["Philipp", "Filip"],
    ],
)
def test_what_is_transliterated_in_several_ways_sounds_alike(alike):
    assert len({words_of(name)[0].folded for name in alike}) == 1


@given(st.text())
def test_whatever_is_written_the_words_are_plain(text):
    for word in words_of(text):
        assert word.plain.isascii()
        assert word.plain.isalnum()
        assert word.plain == word.plain.lower()
        assert 0 < word.weight <= 1


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12))
def test_a_word_of_letters_is_one_word_and_sounds_like_something(plain_word):
    assert folded(plain_word)
    assert plain_words(plain_word.upper()) == [plain_word]


def test_particles_and_forms_of_companies_say_half_of_other_words():
    assert weight_of("al") == weight_of("xu") / 2
    assert weight_of("limited") == weight_of("quanguo") / 2
