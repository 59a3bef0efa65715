"""The kinds of value that an event may carry, each with what makes one well formed.

`accepts` only tells whether a value is; nearly every one is, and this is quick. Where one is not, `check` says all that
is wrong: it appends to a list, with an RFC 6901 pointer, never raises and never stops at the first finding. A property
test says that `accepts` takes exactly that in which `check` finds nothing. What these say is said only here: the fold
relies on it, and the marshmallow schemas are built from it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from ledger.domain import dates, vocabulary

SLUG_LENGTH = 120
SLUG_PATTERN = r"[a-z0-9]+(?:-[a-z0-9]+)*"
LARGEST_INTEGER = 2**53 - 1

_slug = re.compile(SLUG_PATTERN + r"\Z").match
_url = re.compile(r"https?://[^\s/?#]+\S*\Z", re.IGNORECASE).match
_sha256 = re.compile(r"[0-9a-f]{64}\Z").match


class Problem(NamedTuple):
    """One thing that is wrong with what was posted, and where (RFC 6901)."""

    pointer: str
    detail: str


Problems = list[Problem]


def is_slug(text: str) -> bool:
    """Whether `text` is a slug: domain.md, Subjects."""
    return len(text) <= SLUG_LENGTH and _slug(text) is not None


def step(name: str) -> str:
    """`name` as one step of a pointer, whatever characters it holds."""
    escaped = name.replace("~", "~0").replace("/", "~1")
    return "/" + escaped.encode("utf-8", "backslashreplace").decode("utf-8")


def text_problem(value: str) -> str | None:
    """Why `value` cannot be kept as it was received, or None."""
    if "\0" in value:
        return "must not contain a NUL character"
    if not value.isascii():
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            return "must not contain a lone surrogate"
    return None


def require_storable(value: Any, at: str, problems: Problems, depth: int) -> None:
    """Append to `problems` what a leaf cannot hold of any JSON `value`, nested `depth` times at the most."""
    if isinstance(value, str):
        if problem := text_problem(value):
            problems.append(Problem(at, problem))
    elif isinstance(value, float) or (isinstance(value, int) and abs(value) > LARGEST_INTEGER):
        problems.append(Problem(at, f"must be an integer, {LARGEST_INTEGER} at the most"))
    elif isinstance(value, dict | list) and depth == 0:
        problems.append(Problem(at, "is nested more deeply than the data of any event"))
    elif isinstance(value, dict):
        for name, member in value.items():
            if problem := text_problem(name):
                problems.append(Problem(at + step(name), f"the name of a member {problem}"))
            require_storable(member, at + step(name), problems, depth - 1)
    elif isinstance(value, list):
        for index, element in enumerate(value):
            require_storable(element, f"{at}/{index}", problems, depth - 1)


class Value:
    """A kind of value. Subclasses say which are well formed, and what is wrong with the others."""

    accepts: Callable[[Any], bool]
    """Whether a value is well formed. Made once from what is declared, for it is asked of all that is posted."""
    detail = ""
    """What is wrong with a value that is not accepted, where that is always the same."""
    refers = False
    """Whether a value of this kind can name a subject."""

    def check(self, value: Any, at: str, problems: Problems) -> None:
        """Append to `problems` what is wrong with `value`, which stands at pointer `at`."""
        if not self.accepts(value):
            problems.append(Problem(at, self.detail))

    def name(self, value: Any, found: list[str]) -> None:
        """Append to `found` every subject that a well-formed `value` names."""

    def references(self, value: Any, at: str) -> Iterator[tuple[str, str]]:
        """Every (pointer, subject) that a well-formed `value` names: as `name`, and where."""
        return iter(())


class Text(Value):
    """Text, kept as received. A `required` one is not blank."""

    def __init__(self, *, required: bool = False) -> None:
        self.required = required

        def accepts(value: Any) -> bool:
            return type(value) is str and text_problem(value) is None and (not required or value.strip() != "")

        self.accepts = accepts

    def check(self, value: Any, at: str, problems: Problems) -> None:
        if type(value) is not str:
            problems.append(Problem(at, "must be text"))
        elif problem := text_problem(value):
            problems.append(Problem(at, problem))
        elif self.required and not value.strip():
            problems.append(Problem(at, "must not be blank"))


class Word(Value):
    """Text of one form. Short ones are remembered: the same actors, topics and addresses come again and again."""

    def __init__(self, detail: str, has_form: Callable[[str], bool], pattern: str | None = None) -> None:
        self.detail = detail
        self.pattern = pattern
        remembered = lru_cache(maxsize=16384)(has_form)

        def accepts(value: Any) -> bool:
            return type(value) is str and (remembered(value) if len(value) <= 200 else has_form(value))

        self.accepts = accepts


class Reference(Word):
    """A subject of one of `kinds`, written `kind:slug`."""

    refers = True

    def __init__(self, *kinds: str) -> None:
        self.kinds = kinds
        of_a_kind = re.compile(f"(?:{'|'.join(kinds)}):(.*)\\Z").match
        super().__init__(
            "must be " + " or ".join(f"{kind}:SLUG" for kind in kinds),
            lambda text: (found := of_a_kind(text)) is not None and is_slug(found[1]),
            f"^(?:{'|'.join(kinds)}):{SLUG_PATTERN}$",
        )

    def name(self, value: Any, found: list[str]) -> None:
        found.append(value)

    def references(self, value: Any, at: str) -> Iterator[tuple[str, str]]:
        yield at, value


class Code(Value):
    """A code of one of the closed lists."""

    def __init__(self, name: str, codes: tuple[str, ...]) -> None:
        self.codes = codes
        self.detail = f"is not one of the codes of {name}: {', '.join(codes)}"
        known = frozenset(codes)
        self.accepts = lambda value: type(value) is str and value in known


class Dated(Value):
    """A day (`exact`), or one of the EDTF forms of domain.md's `effective_on`."""

    def __init__(self, *, exact: bool) -> None:
        self.exact = exact
        self._parse: Callable[[str], object] = dates.parse_day if exact else dates.parse_dating
        parse = self._parse

        def accepts(value: Any) -> bool:
            try:
                return type(value) is str and parse(value) is not None
            except ValueError:
                return False

        self.accepts = accepts

    def check(self, value: Any, at: str, problems: Problems) -> None:
        if type(value) is not str:
            problems.append(Problem(at, "must be a day, as 2020-07-09" if self.exact else f"must be {dates.FORMS}"))
            return
        try:
            self._parse(value)
        except ValueError as error:
            problems.append(Problem(at, str(error)))


class Flag(Value):
    """true or false."""

    detail = "must be true or false"

    def __init__(self) -> None:
        self.accepts = lambda value: type(value) is bool


class Integer(Value):
    """An integer from `least` to 2^53 - 1."""

    def __init__(self, least: int) -> None:
        self.least = least
        self.detail = f"must be an integer from {least} to {LARGEST_INTEGER}"
        self.accepts = lambda value: type(value) is int and least <= value <= LARGEST_INTEGER


class ListOf(Value):
    """A list of values of one kind, of at least `least`."""

    def __init__(self, element: Value, *, least: int = 0) -> None:
        self.element = element
        self.least = least
        self.refers = element.refers
        accepted = element.accepts
        self.accepts = lambda value: type(value) is list and len(value) >= least and all(map(accepted, value))

    def check(self, value: Any, at: str, problems: Problems) -> None:
        if type(value) is not list:
            problems.append(Problem(at, "must be a list"))
        elif len(value) < self.least:
            problems.append(Problem(at, "must not be empty"))
        else:
            check = self.element.check
            for index, element in enumerate(value):
                check(element, f"{at}/{index}", problems)

    def name(self, value: Any, found: list[str]) -> None:
        for element in value:
            self.element.name(element, found)

    def references(self, value: Any, at: str) -> Iterator[tuple[str, str]]:
        for index, element in enumerate(value):
            yield from self.element.references(element, f"{at}/{index}")


class Record(Value):
    """An object with named members; no other is taken, and null is as if left out.

    `rule` looks at what was given (without nulls), where each member is right, and returns what is wrong with the
    whole, or None.
    With `clears`, null clears a member, save those named in `kept`.
    """

    def __init__(
        self,
        members: Mapping[str, Value],
        *,
        required: tuple[str, ...] = (),
        rule: Callable[[Mapping[str, Any]], str | None] | None = None,
        clears: bool = False,
        kept: tuple[str, ...] = (),
    ) -> None:
        self.members = dict(members)
        self.required = required
        self.rule = rule
        self.clears = clears
        self.kept = kept
        self._referring = [(name, kind) for name, kind in self.members.items() if kind.refers]
        self.refers = bool(self._referring)
        accepting = {name: kind.accepts for name, kind in members.items()}

        def accepts(value: Any) -> bool:
            if type(value) is not dict:
                return False
            for name, given in value.items():
                accepted = accepting.get(name)
                if accepted is None or (name in kept if given is None else not accepted(given)):
                    return False
            for name in required:
                if value.get(name) is None:
                    return False
            return rule is None or not rule(without_nulls(value))

        self.accepts = accepts

    def check(self, value: Any, at: str, problems: Problems) -> None:
        if type(value) is not dict:
            problems.append(Problem(at, "must be an object"))
            return
        found_before = len(problems)
        for name, given in value.items():
            kind = self.members.get(name)
            if kind is None:
                problems.append(Problem(at + step(name), f"is not a member that is known here: {self._known()}"))
            elif given is not None:
                kind.check(given, f"{at}/{name}", problems)
            elif name in self.kept:
                problems.append(Problem(f"{at}/{name}", "cannot be cleared"))
        for name in self.required:
            if value.get(name) is None:
                problems.append(Problem(f"{at}/{name}", "is required"))
        if self.rule and len(problems) == found_before and (detail := self.rule(without_nulls(value))):
            problems.append(Problem(at, detail))

    def _known(self) -> str:
        return ", ".join(self.members) or "none"

    def name(self, value: Any, found: list[str]) -> None:
        for name, kind in self._referring:
            given = value.get(name)
            if given is not None:
                kind.name(given, found)

    def references(self, value: Any, at: str) -> Iterator[tuple[str, str]]:
        for name, kind in self._referring:
            given = value.get(name)
            if given is not None:
                yield from kind.references(given, f"{at}/{name}")


def without_nulls(record: Mapping[str, Any]) -> dict[str, Any]:
    """What `record` gives: null is as if left out."""
    return {name: value for name, value in record.items() if value is not None}


def in_order(record: Mapping[str, Any]) -> dict[str, Any]:
    """The same with its members in the order of their names: as a leaf has them, however they were posted."""
    return {name: record[name] for name in sorted(record) if record[name] is not None}


TITLE = Text(required=True)
"""Text that must say something."""
TEXT = Text()
SLUG = Word(
    "must be a slug, as hong-kong: a-z, 0-9 and single hyphens, at most 120 characters", is_slug, f"^{SLUG_PATTERN}$"
)
URL = Word(
    "must be an address that starts with http:// or https://",
    lambda text: _url(text) is not None and text_problem(text) is None,
)
SHA256 = Word("must be 64 hexadecimal digits in lower case", lambda text: _sha256(text) is not None, "^[0-9a-f]{64}$")
DAY = Dated(exact=True)
DATING = Dated(exact=False)
FLAG = Flag()
ACTOR = Reference("actor")
ANSWERABLE = Reference("measure", "agreement", "act")
INSTRUMENT = Code("instruments", vocabulary.INSTRUMENTS)
GROUND = Code("grounds", vocabulary.GROUNDS)
ATTRIBUTION = Code("attributions", vocabulary.ATTRIBUTIONS)
ACTOR_CATEGORY = Code("actor_categories", vocabulary.ACTOR_CATEGORIES)
ACT_CATEGORY = Code("act_categories", vocabulary.ACT_CATEGORIES)
AGREEMENT_CATEGORY = Code("agreement_categories", vocabulary.AGREEMENT_CATEGORIES)
