"""A reading: what a list said on the day when it was published, in the ledger's words, whatever its file's form."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from ledger.errors import Refused
from ledger.feeds.programmes import Programme


class BrokenList(Refused):
    """A file that is not the list it should be, or not the whole of it. The text says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Authority:
    """A body that acts for an imposer: an actor that is registered on first use."""

    slug: str
    name: str
    part_of: str
    """The imposer's slug."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a reading, as it was read."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Target:
    """Who is listed: one actor for each entry of a list."""

    slug: str
    terms: Mapping[str, Any]
    """The terms of the actor (domain.md, The terms), `category` and `name` among them. Of a member that is left out the
    reading says nothing; `[]` and None say that there is none."""
    updated_on: str | None = None
    """The day on which the entry says that it was last changed."""
    in_part: frozenset[str] = frozenset()
    """Members of which only a part was read: what was known beyond it stays, of a text all of it."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The smallest thing that the issuer lists and delists by itself: a measure against one target."""

    slug: str
    target: str
    """The target's slug."""
    programmes: tuple[Programme, ...]
    """In the order in which they are printed; none twice."""
    authority: str
    """The slug of one of the feed's authorities."""
    legal_basis: tuple[str, ...] | None = ()
    """None where the reading says nothing of it."""
    description: str | None = None
    listed_on: str | None = None
    """The listing date: a day, with `~` where it is only about that day; None where the list states none."""
    ended_on: str | None = None
    """The day on which the list itself says that it ended."""
    updated_on: str | None = None
    group: str = ""
    """What is published, and so can be missing, as one: an act of the Journal; "" where that is the whole list."""
    is_addition: bool = False
    """Whether only what amends its group has it: that the group itself lacks it does not say then that it is gone."""
    file: str = ""
    """The name of the file that says so, where a reading has several of one form; "" for the reading as a whole."""
    url: str | None = None
    """The issuer's own announcement, where the list names it."""
    in_part: frozenset[str] = frozenset()
    """As of a target."""


@dataclass(slots=True)
class Reading:
    """What one list said on one day."""

    files: list[File]
    published_on: str | None = None
    """The day that the file states; None where it states none."""
    targets: dict[str, Target] = field(default_factory=dict)
    listings: dict[str, Listing] = field(default_factory=dict)
    """By their slugs, in the order of the file."""
    whole: frozenset[str] = frozenset({""})
    """The groups that were read whole: what such a group has no more is gone. Of any other nothing is ever gone."""
    warnings: list[str] = field(default_factory=list)

    @property
    def sha256(self) -> str:
        """Of the file; where there are several, of what `sha256sum` prints of them in the order of their names."""
        return self.files[0].sha256 if len(self.files) == 1 else sha256(self.sums.encode()).hexdigest()

    @property
    def sums(self) -> str:
        """What `sha256sum` prints of the files, in the order of their names."""
        return "".join(f"{file.sha256}  {file.name}\n" for file in sorted(self.files, key=lambda file: file.name))


@dataclass(frozen=True, slots=True)
class Feed:
    """A published list, and how it is read."""

    name: str
    title: str
    publisher: str
    imposer: str
    """A slug of an actor."""
    authorities: tuple[Authority, ...]
    read: Callable[[Path], Reading]
    """What the file or folder at that path says. Raises BrokenList where it is not this list, or is not whole."""
    licence: str
    """Under which the list may be used, and how its issuer wants to be named."""
    addresses: Mapping[str, str] = field(default_factory=dict)
    """Where its publisher offers each file of a reading, by the name that `read` expects; empty where nobody does."""
    is_chronicle: bool = False
    """Whether its rows tell what happened, and not what stands: each one's date counts however late the row
    comes, and a row that goes was a mistake."""

    @property
    def gone(self) -> Literal["lifted", "retracted"]:
        """What becomes of a measure whose entry is gone."""
        return "retracted" if self.is_chronicle else "lifted"


def file_at(path: Path) -> File:
    """The file at `path`. Raises BrokenList where there is none that can be read."""
    digest = sha256()
    try:
        with path.open("rb") as opened:
            while part := opened.read(1 << 20):
                digest.update(part)
    except OSError as error:
        raise BrokenList(f"{path} cannot be read: {error.strerror}") from None
    return File(path.name, digest.hexdigest())


def unknown_tags(unknown: Iterable[str]) -> list[str]:
    """Warnings of tags that `programmes.csv` lacks."""
    return [f"the programme {tag!r} is not in programmes.csv: it has no instruments" for tag in sorted(unknown)]
