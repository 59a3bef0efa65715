"""Responses: which subject answers which, and since when (domain.md, Projections).

A subject answers another one from the first day on which one of its standing events names it in `in_response_to`.
"""

from collections.abc import Sequence

from ledger.domain.corrections import Record, Told
from ledger.domain.events import answered
from ledger.store.session import Session
from ledger.store.tables import STILL_KNOWN, responses


class Answers:
    """What batches change in who answers whom, gathered to be written at once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._sequences: dict[str, int] = {}
        self._added: list[tuple[str, str, int]] = []
        self._anew: dict[str, dict[str, int]] = {}

    def add(self, subject: str, sequence: int, told: Sequence[tuple[Told, int]], record: Record | None) -> None:
        """What `subject` answers by what is newly `told`; by all of `record`, where it is folded anew.

        It is known from `sequence` on, the last of its batch.
        """
        self._sequences[subject] = sequence
        if record is None:
            self._added += [(subject, name, day) for each, day in told for name in answered(each.data)]
            return
        first_named: dict[str, int] = {}
        for entry in record.entries():
            for name in answered(entry.data):
                first_named.setdefault(name, entry.day)
        self._anew[subject] = first_named

    def write(self) -> None:
        """Compare with what was known, close what is known no more, and open what is new."""
        changing = {subject for subject, _, _ in self._added} | set(self._anew)
        if not changing:
            return
        known: dict[str, dict[str, int]] = {subject: {} for subject in changing}
        for subject, name, day in self._session.rows(
            "SELECT subject, answered, named_on FROM responses"
            f" WHERE subject IN {self._session.listed('subjects')} AND known_to = :still",
            subjects=self._session.listing(changing),
            still=STILL_KNOWN,
        ):
            known[subject][name] = day
        wanted = {subject: self._anew.get(subject, dict(known[subject])) for subject in changing}
        for subject, name, day in self._added:
            wanted[subject].setdefault(name, day)
        closed: list[tuple[int, str, str]] = []
        opened = []
        for subject in sorted(changing):
            was, now, sequence = known[subject], wanted[subject], self._sequences[subject]
            closed += [(sequence, subject, name) for name, day in was.items() if now.get(name) != day]
            opened += [(subject, name, sequence, STILL_KNOWN, day) for name, day in now.items() if was.get(name) != day]
        self._session.run_each(
            f"UPDATE responses SET known_to = ? WHERE subject = ? AND answered = ? AND known_to = {STILL_KNOWN}",
            closed,
        )
        self._session.insert(responses, opened)
