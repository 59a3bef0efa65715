"""`long`: one subject with 10,000 events, beside one with 10: any as-of question, and appending in order.

The long history is of the worst kind: each event sets another text on a day of its own, most come in the order of
their days, some late, and each is a transaction of its own, so that every pair of a day and a time has its own answer.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from itertools import count, islice, product

from benchmarks.figures import Bar, Figure, Figures, microseconds
from benchmarks.ledgers import BY, folder, opened, sqlite_url
from benchmarks.practice import Posted, imposed
from benchmarks.questions import Question, answer_all
from benchmarks.rounds import Rounds, in_turn, timed
from ledger.service import Ledger

LONG, SHORT = 10_000, 10
ASKING_BAR = Bar(1.5, at_most=True)
APPENDING_BAR = Bar(1.2, at_most=True)
_FIRST_DAY = date(1950, 1, 1)
_LATE_FROM = 0.9
"""From which part of the history on its events come late, in batches, as each is folded from the first event on."""
_LATE_BATCH = 50
_PLACES = (0.0, 0.1, 0.5, 0.9, 1.0)
"""Where in the history the days and times lie that are asked for."""
_REPEATED = 40
_ROUNDS = 15
_APPENDED = 10


def figures() -> Figures:
    """Without HTTP, which would hide it."""
    with (
        folder() as place,
        opened(sqlite_url(place / "long.db")) as long,
        opened(sqlite_url(place / "short.db")) as short,
    ):
        _append_history(long, "measure:long", LONG)
        _append_history(short, "measure:short", SHORT)
        yield _asking(long, short)
        yield _appending(long)


def _asking(long: Ledger, short: Ledger) -> Figure:
    """The worst of all pairs of a day and a time."""
    worst: tuple[Rounds, str] | None = None
    for day, known in product(_PLACES, (*_PLACES, None)):
        found = in_turn(
            partial(_answering, long, _question(long, "measure:long", LONG, day, known)),
            partial(_answering, short, _question(short, "measure:short", SHORT, day, known)),
            _ROUNDS,
        )
        if worst is None or found.slowness > worst[0].slowness:
            worst = found, f"at {day:.0%}, known at {'now' if known is None else format(known, '.0%')}"
    assert worst, "something is asked"
    found, where = worst
    what = f"worst (at, known_at) of a subject with {LONG:,} events, beside {SHORT} ({where})"
    ours, bare = microseconds(found.seconds_ours / _REPEATED), microseconds(found.seconds_bare / _REPEATED)
    return Figure("long", what, ours, bare, found.slowness, ASKING_BAR)


def _answering(ledger: Ledger, question: Question) -> float:
    return timed(lambda: answer_all(ledger, [question] * _REPEATED))


def _appending(ledger: Ledger) -> Figure:
    """Single appends in order, each durable, to the long subject and to ever other ones that are short."""
    coming_long = _history("measure:long", LONG)
    numbers = count()

    def append_long() -> float:
        events = list(islice(coming_long, _APPENDED))
        return timed(lambda: _append_each(ledger, events))

    def append_short() -> float:
        name = f"measure:short-{next(numbers)}"
        _append_each(ledger, islice(_history(name), SHORT))
        events = list(islice(_history(name, SHORT), _APPENDED))
        return timed(lambda: _append_each(ledger, events))

    found = in_turn(append_long, append_short, _ROUNDS)
    what = f"append in order to a subject with {LONG:,} events, beside {SHORT}"
    ours, bare = microseconds(found.seconds_ours / _APPENDED), microseconds(found.seconds_bare / _APPENDED)
    return Figure("in-order", what, ours, bare, found.slowness, APPENDING_BAR)


def _append_each(ledger: Ledger, events: Iterator[Posted] | list[Posted]) -> None:
    for event in events:
        ledger.append([event], by=BY)


def _append_history(ledger: Ledger, subject: str, number: int) -> None:
    in_order = int(number * _LATE_FROM)
    _append_each(ledger, islice(_history(subject), in_order))
    late = list(islice(_history(subject, in_order), number - in_order))
    while late:
        batch, late = late[:_LATE_BATCH], late[_LATE_BATCH:]
        for index, event in enumerate(batch):
            event["effective_on"] = _day((len(late) + index) * 7 % in_order + 1).isoformat()
        ledger.append(batch, by=BY)


def _history(subject: str, start: int = 0) -> Iterator[Posted]:
    """A measure, imposed and then amended without end, from that event on."""
    for number in count(start):
        if number == 0:
            yield imposed(subject, _day(0))
        else:
            yield _amended(subject, number)


def _amended(subject: str, number: int) -> Posted:
    return {
        "type": "amended",
        "subject": subject,
        "effective_on": _day(number).isoformat(),
        "data": {"set": {"description": f"As amended for the {number}th time"}},
    }


def _day(number: int) -> date:
    return _FIRST_DAY + timedelta(days=number)


def _question(ledger: Ledger, subject: str, number: int, day: float, known: float | None) -> Question:
    """The question at those parts of the history."""
    on = _day(int(day * number)).toordinal()
    if known is None:
        return Question(subject, on, None)
    with ledger.reading() as session:
        recorded_at = session.value(
            "SELECT recorded_at FROM events WHERE subject = :subject AND version = :version",
            subject=subject,
            version=max(1, int(known * number)),
        )
    return Question(subject, on, recorded_at)
