"""`csv`: one row for each state, of subjects of every kind that have begun by the day, ended ones too."""

from collections.abc import Iterator, Sequence
from typing import Any

from ledger.domain.dates import day_text
from ledger.exports.rows import csv_lines, listed
from ledger.exports.snapshot import Part, Snapshot
from ledger.projections.lists import When
from ledger.projections.states import Held, held_of_each
from ledger.store.session import Session

COLUMNS = (
    "subject",
    "status",
    "status_since",
    "valid_from",
    "valid_to",
    "dating",
    "title",
    "imposed_by",
    "targets",
    "instruments",
)


def csv_of_states(snapshot: Snapshot) -> Iterator[Part]:
    """The header, then the states by subject."""
    yield Part(csv_lines([COLUMNS]))
    for rows, subjects in snapshot.walked(_rows):
        yield Part(csv_lines(rows), subjects)


def _rows(session: Session, when: When, subjects: list[str]) -> list[Sequence[object]]:
    held = held_of_each(session, subjects, when.day, when.knowledge)
    return [_row(held[subject]) for subject in subjects if subject in held and held[subject].status != "none"]


def target_names(terms: dict[str, Any]) -> list[str]:
    """Whom a measure is on: actors, and groups as they are described."""
    return [target.get("actor") or target["description"] for target in terms["targets"]]


def _row(held: Held) -> tuple[object, ...]:
    terms = held.state.known_terms()
    measure = "instruments" in terms
    return (
        held.subject,
        held.status,
        day_text(held.status_since),
        day_text(held.valid_from),
        day_text(held.valid_to),
        "exact" if held.exact else "approximate",
        terms["name"] if "name" in terms else terms["title"],
        listed(terms["imposed_by"]) if measure else None,
        listed(target_names(terms)) if measure else None,
        listed(terms["instruments"]) if measure else None,
    )
