"""What a score follows: the laws of comparing names, and what speaks for and against them."""

from hypothesis import given
from hypothesis import strategies as st

from ledger.screening.comparing import LEAST_LIKENESS, Asked, name_score
from ledger.screening.corroboration import Agreement, birth_dates, countries, raised_or_lowered
from ledger.screening.lexicon import Lexicon
from ledger.screening.names import words_of

WORDS = "quanguo chen usama bin laden ivan petrov al bank melli iran limited muhammad hassan abdul rahman 3".split()
names = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5)
scores = st.floats(0, 1)
agreements = st.none() | st.builds(Agreement, scores, st.just(""))


def likeness(asked, listed):
    """How like one name is to another."""
    lexicon = Lexicon()
    listed_words, asked_words = words_of(listed), words_of(asked)
    [numbers] = lexicon.add([listed_words])
    like = [lexicon.like(word).by_number for word in asked_words]
    return Asked(asked_words, like).likeness(listed_words, numbers).value


@given(names.flatmap(lambda words: st.tuples(st.just(words), st.permutations(words))))
def test_the_same_words_in_any_order_are_the_same_name(both):
    one, other = both
    assert likeness(" ".join(one), " ".join(other)) > 1 - 1e-6


@given(names, names)
def test_likeness_is_between_0_and_1(one, other):
    assert 0 <= likeness(" ".join(one), " ".join(other)) <= 1 + 1e-6


@given(names, st.sampled_from(WORDS))
def test_a_word_more_makes_it_less_like(words, more):
    assert likeness(" ".join([*words, more]), " ".join(words)) < 1


def test_what_differs_on_both_sides_counts_more_than_what_is_left_out_on_one():
    assert likeness("ivan petrov", "ivan petrov smirnov") > likeness("ivan petrov kuznetsov", "ivan petrov smirnov")
    assert likeness("ivan petrov", "ivan smirnov") < 0.5


def test_a_slip_of_the_pen_a_joined_name_and_an_initial_cost_little():
    for asked, listed, least in [
        ("quangou chen", "chen quanguo", 0.8),
        ("abdulrahman hassan", "hassan abdul rahman", 0.95),
        ("abdul rahman hassan", "hassan abdulrahman", 0.95),
        ("mohammed hussein", "muhammad husayn", 0.9),
        ("v putin", "vladimir putin", 0.7),
        ("محمد بن سلمان", "Muhammad bin Salman", 0.8),
        ("Salman Muhammad", "محمد سلمان", 0.8),
    ]:
        assert least <= likeness(asked, listed) < 1, (asked, listed)


def test_a_number_is_that_number_or_another_one():
    assert likeness("khatam 3", "khatam 4") < likeness("khatam", "khatam 4")


@given(st.floats(LEAST_LIKENESS, 1), st.floats(LEAST_LIKENESS, 1))
def test_the_score_of_a_name_rises_with_its_likeness(one, other):
    low, high = sorted((one, other))
    assert name_score(low, weak=False) <= name_score(high, weak=False) <= 1
    assert name_score(high, weak=True) < name_score(high, weak=False)


@given(scores, agreements, agreements, agreements)
def test_a_score_stays_between_0_and_1(score, birth, country, identifier):
    assert 0 <= raised_or_lowered(score, birth, country, identifier) <= 1


@given(scores)
def test_what_is_missing_changes_nothing(score):
    assert raised_or_lowered(score, None, None, None) == score


@given(st.floats(0.5, 0.95))
def test_what_agrees_raises_and_what_contradicts_lowers_and_excludes_nobody(score):
    agrees, contradicts = Agreement(1.0, ""), Agreement(0.0, "")
    for place in range(2):
        others = [None] * 3
        raised, lowered = (raised_or_lowered(score, *[*others[:place], each, *others[place + 1 :]])
                           for each in (agrees, contradicts))  # fmt: skip
        assert raised > score > lowered >= score * 0.7


def test_dates_of_birth_agree_as_far_as_they_say():
    for asked, listed, score in [
        ("1955-03-01", "1955-03-01", 1.0),
        ("1955-03", "1955-03-01", 0.8),
        ("1955-03-01", "1955-01-03", 0.7),
        ("1955", "1955-03-01", 0.6),
        ("1955", "1955~", 0.6),
        ("1956", "[1954-01-01..1957-12-31]", 0.6),
        ("1955-03-01", "1955-07-12", 0.3),
        ("1957", "1955~", 0.3),
        ("1956", "1955", 0.15),
        ("1990", "1955", 0.0),
    ]:
        found = birth_dates([asked], [listed])
        assert found.score == score, (asked, listed)
        assert asked in found.detail
        assert listed in found.detail
    assert birth_dates(["1990", "1955"], ["1955"]).score == 0.6
    assert birth_dates(["12/3/55"], ["1955"]) is None
    assert birth_dates([], ["1955"]) is None
    assert birth_dates(["1955"], []) is None


def test_countries_agree_where_one_is_the_same():
    assert countries(["actor:cn", "actor:us"], ["actor:us"]) == (1.0, "actor:us on both sides")
    assert countries(["actor:cn"], ["actor:us"]) == (0.0, "actor:cn, listed as actor:us")
    assert countries([], ["actor:us"]) is countries(["actor:us"], []) is None
