"""Search: the words of every event, and which subjects and states a query finds.

A query finds a text when each of its words begins a word of the text, whatever the case and the accents. The words are
cut here, for both databases alike; SQLite keeps them in FTS5, PostgreSQL in a tsvector.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson

from ledger.store.events import Event
from ledger.store.session import Session

_WORD = re.compile(r"[^\W_]+")
_LONGEST_WORD = 60


def words_in(text: str) -> list[str]:
    """The words of `text`, in lower case and without accents; other scripts as hexadecimal, which keeps beginnings."""
    if text.isascii():
        return [word[:_LONGEST_WORD] for word in _WORD.findall(text.lower())]
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return [
        word[:_LONGEST_WORD] if word.isascii() else "x" + word.encode().hex()[:_LONGEST_WORD]
        for word in _WORD.findall(plain)
    ]


def texts_in(value: Any) -> Iterator[str]:
    """Every text in a JSON value, but for the names of members."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from texts_in(member)
    elif isinstance(value, list):
        for element in value:
            yield from texts_in(element)


def found_by(words: Sequence[str], texts: Iterable[str]) -> bool:
    """Whether each of `words` begins a word of `texts`."""
    there = set(words_in(" ".join(texts)))
    return all(word in there or any(other.startswith(word) for other in there) for word in words)


def store_words(session: Session, events: Sequence[Event]) -> None:
    """Make `events` findable by their words: of subject, data, sources and comment, and of the names of members there.

    What is found by the index has the words, or only the names of members: so it is looked at again (see `found_by`).
    """
    if session.dialect == "sqlite":
        rows = [{"sequence": event.sequence, "words": indexed_text(event)} for event in events]
        session.run_each("INSERT INTO event_words (rowid, words) VALUES (:sequence, :words)", rows)
    else:
        rows = [{"sequence": event.sequence, "words": sorted(set(words_in(indexed_text(event))))} for event in events]
        session.run_each(
            "INSERT INTO event_words (sequence, words) VALUES (:sequence, array_to_tsvector(CAST(:words AS text[])))",
            rows,
        )


def event_found_by(words: Sequence[str], leaf: bytes) -> bool:
    """Whether each of `words` begins a word of the event with that leaf: of its subject, data, sources or comment."""
    event = orjson.loads(leaf)
    said = [event["subject"].partition(":")[2], event["data"], event["sources"], event["comment"]]
    return found_by(words, texts_in(said))


def indexed_text(event: Event) -> str:
    """Text that FTS5 cuts into the same words as `words_in`: as it is where that is ASCII without escapes."""
    said = [event.subject.partition(":")[2], *event.said]
    json = orjson.dumps(said).decode()
    return json if json.isascii() and "\\" not in json else " ".join(words_in(" ".join(texts_in(said))))


def sequences_with(session: Session, name: str) -> str:
    """SQL for a subquery: the sequences of all events in which the word bound as `name` (see `bound`) begins a word.

    And of some others, in which it only begins the name of a member.
    """
    if session.dialect == "sqlite":
        return f"(SELECT rowid FROM event_words WHERE event_words MATCH :{name})"
    return f"(SELECT sequence FROM event_words WHERE words @@ CAST(:{name} AS tsquery))"


def bound(session: Session, word: str) -> str:
    """A word in the form in which `sequences_with` takes it."""
    return f'"{word}"*' if session.dialect == "sqlite" else f"{word}:*"


def forget_words(session: Session) -> None:
    """Empty the index."""
    if session.dialect == "sqlite":
        session.run("INSERT INTO event_words (event_words) VALUES ('delete-all')")
    else:
        session.run("DELETE FROM event_words")
