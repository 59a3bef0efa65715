"""An answer to screening as a file that an auditor can check later: what was asked, and what was answered when.

It carries a checkpoint of the log that covers all that was known: no event before it can have been changed since
without that showing. A ledger with that history, this one or a copy, gives the same answer to the same question.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Self

from ledger.audit.checks import CheckFailed
from ledger.audit.note import Note, NoteKey
from ledger.audit.policy import Policy
from ledger.audit.sealed import require_members, sealed, unsealed
from ledger.audit.tree import root_at
from ledger.domain.dates import parse_day
from ledger.log.nodes import reading_nodes
from ledger.projections.asof import known_at_sequence
from ledger.projections.lists import When
from ledger.screening.answers import Inquiry, age_of, responses
from ledger.screening.queries import queries_of
from ledger.screening.screening import Screening
from ledger.store.events import head_of
from ledger.store.readings import all_readings
from ledger.store.session import Session

FORMAT = "retorsion/screening/1"
"""What the member `format` says. Whatever changes in the format changes the number."""
MEDIA_TYPE = "application/vnd.retorsion.screening"
_MEMBERS = frozenset({"answer", "asked", "checkpoint", "format", "software"})
_ASKED = frozenset({"feed", "limit", "threshold", "cutoff"})


class ScreeningRefused(CheckFailed):
    """The file is no answer to screening, or not the one that the ledger gives."""


@dataclass(frozen=True, slots=True)
class Screened:
    """What such a file says: only claims, until the ledger was asked again."""

    answer: Mapping[str, Any]
    inquiry: Inquiry
    note: Note
    software: str
    """Which version of Retorsion gave the answer: another one may score otherwise."""

    @property
    def sequence(self) -> int:
        """As known once that event was."""
        return int(self.answer["sequence"])

    @property
    def day(self) -> int:
        """As of that day, an ordinal."""
        return parse_day(self.answer["at"])

    @classmethod
    def parse(cls, given: bytes) -> Self:
        """Strictly. Raises ScreeningRefused, NoteRefused."""
        whole = unsealed(given, ScreeningRefused)
        require_members("members", whole, _MEMBERS, ScreeningRefused)
        if whole["format"] != FORMAT:
            raise ScreeningRefused("format", f"it is {str(whole['format'])[:80]!r}, and {FORMAT!r} is read here")
        require_members("what was asked", whole["asked"], _ASKED, ScreeningRefused)
        answer, checkpoint, software = whole["answer"], whole["checkpoint"], whole["software"]
        if not isinstance(checkpoint, str) or not isinstance(software, str):
            raise ScreeningRefused("members", "checkpoint and software are texts")
        return cls(answer, _inquiry(answer, whole["asked"]), Note.parse(checkpoint.encode()), software)


def check_screened(session: Session, screening: Screening, given: bytes, key: NoteKey) -> Screened:
    """What an answer to screening says, that the ledger gives still: `key` has signed its checkpoint over this history.

    Raises a CheckFailed that says which check it was: ScreeningRefused, NoteRefused, CheckpointRefused, PolicyRefused.
    """
    screened = Screened.parse(given)
    checkpoint, head = Policy(key).open(screened.note).checkpoint, head_of(session)
    if not screened.sequence <= checkpoint.size <= head.sequence:
        sizes = f"read at {screened.sequence}, the checkpoint has {checkpoint.size}, this ledger {head.sequence}"
        raise ScreeningRefused("events", f"{sizes}: none may be less than the one before")
    if root_at(checkpoint.size, reading_nodes(session)) != checkpoint.root_hash:
        raise ScreeningRefused("root hash", "this ledger has another history than the one that was signed")
    knowledge = known_at_sequence(session, head, screened.sequence)
    if knowledge is None or knowledge.sequence != screened.sequence:
        raise ScreeningRefused("sequence", f"nothing is read at {screened.sequence}, in the middle of a batch")
    found = _plain(responses(session, screening, When(screened.day, knowledge), screened.inquiry))
    for name, response in screened.answer["responses"].items():
        if response != found[name]:
            detail = f"this ledger gives another one to the query {name!r}{_by_another(screened)}"
            raise ScreeningRefused("answer", detail)
    _require_read(session, screened.answer["feeds"])
    return screened


def _require_read(session: Session, ages: Mapping[str, Any]) -> None:
    """Each feed was published on that day and read at that time, or it is said that it had not been read."""
    read = [(each.feed, age_of(each)) for each in all_readings(session)]
    for feed, age in ages.items():
        if age is not None and (feed, age) not in read:
            raise ScreeningRefused("feeds", f"this ledger has no such reading of {feed}")


def _by_another(screened: Screened) -> str:
    """Why that may be."""
    mine = version("retorsion")
    return "" if mine == screened.software else f"; Retorsion {screened.software} gave it, and this is {mine}"


def evidence(answer: Mapping[str, Any], inquiry: Inquiry, note: Note) -> bytes:
    """The file that shows `answer`, which a checkpoint in `note` covers."""
    asked = {"feed": inquiry.feed, "limit": inquiry.limit, "threshold": inquiry.threshold, "cutoff": inquiry.cutoff}
    return sealed(
        {
            "answer": _plain(answer),
            "asked": _plain(asked),
            "checkpoint": note.encode().decode(),
            "format": FORMAT,
            "software": version("retorsion"),
        }
    )


def _plain(value: Any) -> Any:
    """`value` with numbers as RFC 8785 writes them, which has no `1.0`; tuples as lists."""
    if isinstance(value, Mapping):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(element) for element in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _inquiry(answer: Any, asked: Mapping[str, Any]) -> Inquiry:
    """What was asked, as the answer repeats it. Raises ScreeningRefused."""
    try:
        posted = {name: response["query"] for name, response in answer["responses"].items()}
        answer["feeds"].items()
        parse_day(answer["at"])
        numbers = [answer["sequence"], asked["limit"], asked["threshold"], asked["cutoff"]]
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ScreeningRefused("answer", "it is none to screening") from None
    queries = queries_of({"queries": posted})
    feed = asked["feed"]
    if isinstance(queries, list) or not all(type(each) in {int, float} for each in numbers):
        raise ScreeningRefused("answer", "it repeats no query that can be asked")
    if type(answer["sequence"]) is not int or type(asked["limit"]) is not int or not isinstance(feed, str | None):
        raise ScreeningRefused("what was asked", "feed is a text or null; sequence and limit are whole numbers")
    return Inquiry(queries, feed, asked["limit"], asked["threshold"], asked["cutoff"])
