"""Search: the words of every event, and which subjects and states a query finds.

A query finds a text when each of its words begins a word of the text, whatever the case and the accents. The words are
cut here, for both databases alike; SQLite keeps them in FTS5, PostgreSQL in a tsvector.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import column, table

from ledger.store.session import Session

_WORD = re.compile(r"[^\W_]+")
_ASCII_WORDS = bytes(ord(chr(code).lower()) if chr(code).isalnum() else 0x20 for code in range(256))
"""For each byte of ASCII what it is of a word, in lower case, or a space between words."""
_LONGEST_WORD = 60
_POSTGRESQL_INDEX = table("event_words", column("sequence"), column("words"))
"""What is given as text with spaces between words PostgreSQL takes for a tsvector."""
_WAITING = 256
"""So many events at the most wait until their words are put into the index."""


def words_in(text: str) -> list[str]:
    """The words of `text`, in lower case and without accents; other scripts as hexadecimal, which keeps beginnings."""
    if text.isascii():  # in a third of the time
        return [word[:_LONGEST_WORD] for word in text.encode().translate(_ASCII_WORDS).decode().split()]
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


def store_words(session: Session, words_to: int, newest: int) -> int:
    """Make the events after `words_to`, up to `newest`, findable by their words, once enough of them wait for it.

    An index of words is cheap to write for many events and dear for one. Until then they are looked at one by one: so
    does `sequences_with` give them. Indexed is the leaf, as text that FTS5 cuts into words as `words_in` does. Returns
    up to which event the index goes then.
    """
    if newest - words_to < _WAITING:
        return words_to
    index_words(session, words_to + 1, newest)
    session.run("UPDATE appending SET words_to = :newest", newest=newest)
    return newest


def index_words(session: Session, first: int, last: int) -> None:
    """Put the words of the events from `first` to `last` into the index, and one for the hash of each leaf."""
    leaves = session.stream(
        "SELECT sequence, leaf, leaf_hash FROM events WHERE sequence BETWEEN :first AND :last ORDER BY sequence",
        first=first,
        last=last,
    )
    while rows := list(islice(leaves, 1000)):
        texts = [(sequence, f"{indexed_text(leaf)} {word_of(hash_)}") for sequence, leaf, hash_ in rows]
        if session.dialect == "sqlite":
            session.run_each("INSERT INTO event_words (rowid, words) VALUES (?, ?)", texts)
        else:
            words = [(sequence, " ".join(words_in(text))) for sequence, text in texts]
            session.insert(_POSTGRESQL_INDEX, words)


def event_found_by(words: Sequence[str], leaf: bytes) -> bool:
    """Whether each of `words` begins a word of the event with that leaf: of its subject, data, sources or comment."""
    event = orjson.loads(leaf)
    said = [event["subject"].partition(":")[2], event["data"], event["sources"], event["comment"]]
    return found_by(words, texts_in(said))


def event_names(actor: str, leaf: bytes) -> bool:
    """Whether the event with that leaf is on `actor` or names it in its data, in what it corrects too."""
    event = orjson.loads(leaf)
    return actor == event["subject"] or actor in texts_in(event["data"])


def indexed_text(leaf: bytes) -> str:
    """Text that FTS5 cuts into the same words as `words_in`: as it is where that is ASCII without escapes."""
    if leaf.isascii() and b"\\" not in leaf:
        return leaf.decode()
    return " ".join(words_in(" ".join(texts_in(orjson.loads(leaf)))))


def word_of(leaf_hash: bytes) -> str:
    """The word by which an event is found by the hash of its leaf, together with few others or none."""
    return leaf_hash[:8].hex()


def sequences_with(session: Session, name: str) -> str:
    """SQL for a subquery: the sequences of all events with the words bound as `name` (see `matching`).

    And of some others: in which they only stand beside what was said, and those whose words are not in the index yet.
    """
    return f"({indexed_with(session, name)} UNION ALL SELECT sequence FROM events WHERE sequence > ({WORDS_TO}))"


WORDS_TO = "SELECT words_to FROM appending"
"""SQL for the last event whose words are in the index."""


def indexed_with(session: Session, name: str) -> str:
    """SQL for a query: the sequences, of those whose words are in the index."""
    if session.dialect == "sqlite":
        return f"SELECT rowid AS sequence FROM event_words WHERE event_words MATCH :{name}"
    return f"SELECT sequence FROM event_words WHERE words @@ CAST(:{name} AS tsquery)"


def matching(session: Session, *, beginning: Sequence[str] = (), whole: Sequence[str] = ()) -> str:
    """What `sequences_with` takes for events that have a word for each of `beginning` to begin, and each of `whole`."""
    cut = [word for word in whole if len(word) == _LONGEST_WORD]  # of which the index may have more
    begun, whole = [*beginning, *cut], [word for word in whole if word not in cut]
    if session.dialect == "sqlite":
        return " AND ".join([*(f'"{word}"*' for word in begun), *(f'"{word}"' for word in whole)])
    return " & ".join([*(f"{word}:*" for word in begun), *whole])


def forget_words(session: Session) -> None:
    """Empty the index."""
    session.run("UPDATE appending SET words_to = 0")
    if session.dialect == "sqlite":
        session.run("INSERT INTO event_words (event_words) VALUES ('delete-all')")
    else:
        session.run("DELETE FROM event_words")
