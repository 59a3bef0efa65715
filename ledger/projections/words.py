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


_STRING = re.compile(r'"([^"]*)"(:?)')


def words_of_event(subject: str, said: Any) -> list[str]:
    """The words by which an event is found: of its subject's slug, and of every text in what it says; none twice."""
    json = orjson.dumps(said).decode()
    plain = "\\" not in json
    # The strings of JSON that are no names of members: many times faster than looking into each value.
    texts = [text for text, is_name in _STRING.findall(json) if not is_name] if plain else list(texts_in(said))
    return sorted(set(words_in(" ".join([subject.partition(":")[2], *texts]))))


def store_words(session: Session, events: Sequence[Event]) -> None:
    """Make `events` findable by their words: subject, data, sources and comment."""
    rows = [(event.sequence, words_of_event(event.subject, event.said)) for event in events]
    if session.dialect == "sqlite":
        session.run_each(
            "INSERT INTO event_words (rowid, words) VALUES (:sequence, :words)",
            [{"sequence": sequence, "words": " ".join(words)} for sequence, words in rows],
        )
    else:
        session.run_each(
            "INSERT INTO event_words (sequence, words) VALUES (:sequence, array_to_tsvector(CAST(:words AS text[])))",
            [{"sequence": sequence, "words": words} for sequence, words in rows],
        )


def sequences_with(session: Session, name: str) -> str:
    """SQL for a subquery with the sequences of events in which the word bound as `name` (see `bound`) begins a word."""
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
