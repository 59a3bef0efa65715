"""As of which day, and as known when: the options of the commands that ask so, and what they come to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from ledger.projections.asof import Knowledge
    from ledger.projections.lists import When
    from ledger.store.session import Session

F = TypeVar("F", bound=Callable[..., Any])

at_option = click.option("--at", metavar="DAY", help="As of which day, as 2020-07-10. [default: today in UTC]")
known_at_option = click.option(
    "--known-at",
    metavar="TIME",
    help="As known when: a time, as 2020-07-10T12:00:00Z; a day, which means to its end, UTC; "
    "or the sequence of an event.",
)


def as_of_options(command: F) -> F:
    """The options that say as of which day, and as known when."""
    return at_option(known_at_option(command))


def as_of_query(at: str | None, known_at: str | None) -> dict[str, str | None]:
    """Those options as parameters of a request."""
    by_sequence = known_at is not None and known_at.isascii() and known_at.isdigit()
    return {"at": at, "known_at_sequence" if by_sequence else "known_at": known_at}


def asked(session: Session, at: str | None, known_at: str | None) -> tuple[When, int | None]:
    """What is asked for, and the time in `known_at`, in microseconds; None where it is no time. Raises BadParameter."""
    from ledger.domain.dates import parse_day
    from ledger.projections.asof import known_at_time, known_now
    from ledger.projections.lists import When
    from ledger.store.events import head_of
    from ledger.times import moment

    try:
        day = parse_day(at) if at is not None else datetime.now(UTC).date().toordinal()
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--at") from None
    head = head_of(session)
    if known_at is None:
        return When(day, known_now(head)), None
    if known_at.isascii() and known_at.isdigit():
        return When(day, known_once(session, known_at, "--known-at")), None
    try:
        time = moment(known_at)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--known-at") from None
    return When(day, known_at_time(session, head, time)), time


def known_once(session: Session, sequence: str, option: str) -> Knowledge:
    """What was known once the event with that sequence, a number, was recorded. Raises BadParameter."""
    from ledger.projections.asof import known_at_sequence
    from ledger.store.events import head_of

    head = head_of(session)
    number = int(sequence) if len(sequence) <= 16 else head.sequence + 1
    if (knowledge := known_at_sequence(session, head, number)) is None:
        raise click.BadParameter(f"the newest event is {head.sequence}", param_hint=option)
    return knowledge
