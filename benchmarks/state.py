"""`state`: the state of a measure as of a day, as known at a time, beside a bare Flask app that says hello."""

from itertools import islice
from random import Random

from benchmarks.clients import get
from benchmarks.figures import Bar, Figure, Figures, per_second
from benchmarks.ledgers import folder, opened, sqlite_url
from benchmarks.practice import practice
from benchmarks.questions import Question, questions_on
from benchmarks.rounds import in_turn
from benchmarks.servers import asked

BAR = Bar(0.45, 0.6)
CLIENTS = 4
EACH = 400
ROUNDS = 20
SETTLED = 20_000


def figures() -> Figures:
    """Over HTTP, from a ledger of some size; every other question is as known at a time long ago."""
    with folder() as place:
        url = sqlite_url(place / "ledger.db")
        with opened(url, islice(practice(), SETTLED)) as ledger:
            questions = questions_on(ledger, 2000)
        chance = Random(1)
        with (
            asked("retorsion", {"RETORSION_DATABASE_URL": url}, CLIENTS) as ours,
            asked("hello", {}, CLIENTS) as bare,
        ):
            found = in_turn(
                lambda: ours.send([list(map(_request, chance.choices(questions, k=EACH))) for _ in range(CLIENTS)]),
                lambda: bare.send([[get("/hello")] * EACH for _ in range(CLIENTS)]),
                ROUNDS,
            )
    what = "a state as of, beside a bare Flask hello"
    sent = CLIENTS * EACH
    ours_text, bare_text = per_second(sent, found.seconds_ours), per_second(sent, found.seconds_bare)
    yield Figure("state", what, ours_text, bare_text, found.speed, BAR)


def _request(question: Question) -> bytes:
    return get(question.path)
