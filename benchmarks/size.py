"""`size`: what an as-of question costs in a ledger of 50,000 events, beside one of 5,000."""

from itertools import islice

from benchmarks.figures import Bar, Figure, Figures, microseconds
from benchmarks.ledgers import folder, opened, sqlite_url
from benchmarks.practice import practice
from benchmarks.questions import answer_all, questions_on
from benchmarks.rounds import in_turn, timed

BAR = Bar(1.3, at_most=True)
LARGE, SMALL = 50_000, 5_000
_QUESTIONS = 500
_ROUNDS = 30


def figures() -> Figures:
    """Without HTTP, which would hide it. Every other question is as known at a time long ago."""
    with (
        folder() as place,
        opened(sqlite_url(place / "large.db"), islice(practice(), LARGE)) as large,
        opened(sqlite_url(place / "small.db"), islice(practice(), SMALL)) as small,
    ):
        of_large, of_small = questions_on(large, _QUESTIONS), questions_on(small, _QUESTIONS)
        found = in_turn(
            lambda: timed(lambda: answer_all(large, of_large)),
            lambda: timed(lambda: answer_all(small, of_small)),
            _ROUNDS,
        )
    what = f"as-of question with {LARGE:,} events, beside {SMALL:,}"
    ours, bare = microseconds(found.seconds_ours / _QUESTIONS), microseconds(found.seconds_bare / _QUESTIONS)
    yield Figure("size", what, ours, bare, found.slowness, BAR)
