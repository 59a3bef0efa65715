"""Query parameters: their forms, and how they are read: none that is not known, and none twice."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache, wraps
from typing import Any, ClassVar, TypeVar, cast
from urllib.parse import parse_qsl

from flask import request
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, ValidationError, fields, missing

from api.http.problems import ProblemError, invalid_parameters
from ledger.domain.dates import parse_day
from ledger.domain.events import kind_of
from ledger.domain.values import LARGEST_INTEGER, SLUG_LENGTH, SLUG_PATTERN, is_slug, text_problem
from ledger.domain.vocabulary import KINDS
from ledger.projections.words import words_in
from ledger.times import moment

T = TypeVar("T")
View = TypeVar("View", bound=Callable[..., Any])
_SHARE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,15})?\Z")
MOST_WORDS = 32
"""How many words a query may look for."""


class Query(Schema):
    """The parameters of one request."""

    class Meta:
        unknown = RAISE

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.named = {field.data_key or name: (name, field) for name, field in self.fields.items()}
        """Each parameter by its name in the query: the member it becomes, and the field that reads it."""
        self.usual = {
            name: field.load_default for name, field in self.fields.items() if field.load_default is not missing
        }
        self.required = {given: name for given, (name, field) in self.named.items() if field.required}


class Parameter(fields.Field[T]):
    """A parameter that says of itself what it takes, in the OpenAPI document."""

    form: ClassVar[dict[str, Any]] = {"type": "string"}

    def __init__(self, description: str, *, example: Any = None, **more: Any) -> None:
        shown = {} if example is None else {"example": example}
        super().__init__(metadata={**self.form, "description": description, **shown}, **more)


class Day(Parameter[int]):
    """A day `YYYY-MM-DD`, as an ordinal."""

    form: ClassVar = {"type": "string", "format": "date"}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        try:
            return parse_day(value)
        except ValueError as error:
            raise ValidationError(str(error)) from None


class Moment(Parameter[int]):
    """A time as RFC 3339, or a date which means to the end of that day, UTC; in microseconds."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        try:
            return moment(value)
        except ValueError as error:
            raise ValidationError(str(error)) from None


class Start(Moment):
    """A time as RFC 3339, or a date which means from its beginning, UTC; in microseconds."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        return super()._deserialize(f"{value}T00:00:00Z" if len(value) == 10 else value, attr, data, **kwargs)


class Words(Parameter[str]):
    """Words to look for, without what no text can have."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if problem := text_problem(value):
            raise ValidationError(problem)
        if len(words_in(value)) > MOST_WORDS:
            raise ValidationError(f"must have {MOST_WORDS} words at the most")
        return str(value)


class ActorName(Parameter[str]):
    """An actor, as `actor:us` or `us`."""

    form: ClassVar = {"type": "string", "pattern": f"^(actor:)?{SLUG_PATTERN}$", "maxLength": 126}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        slug = value.removeprefix("actor:")
        if not is_slug(slug):
            raise ValidationError("must be an actor, as actor:us or us")
        return f"actor:{slug}"


class SubjectName(Parameter[str]):
    """A subject, as `measure:us-xinjiang`; `us` is `actor:us`."""

    form: ClassVar = {"type": "string", "pattern": f"^(({'|'.join(KINDS)}):)?{SLUG_PATTERN}$", "maxLength": 130}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        subject = value if ":" in value else f"actor:{value}"
        if kind_of(subject) not in KINDS or not is_slug(subject.partition(":")[2]):
            raise ValidationError("must be a subject, as measure:SLUG, agreement:SLUG, act:SLUG or actor:SLUG")
        return subject


class SlugName(Parameter[str]):
    """A slug."""

    form: ClassVar = {"type": "string", "pattern": f"^{SLUG_PATTERN}$", "maxLength": SLUG_LENGTH}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not is_slug(value):
            raise ValidationError("must be a slug, as hong-kong")
        return str(value)


class Hash(Parameter[bytes]):
    """A SHA-256, in hexadecimal."""

    form: ClassVar = {"type": "string", "pattern": "^[0-9a-f]{64}$"}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bytes:
        if len(value) != 64 or not set(value) <= set("0123456789abcdef"):
            raise ValidationError("must be 64 hexadecimal digits in lower case")
        return bytes.fromhex(value)


class Count(Parameter[int]):
    """A whole number within bounds."""

    def __init__(self, description: str, least: int, most: int = LARGEST_INTEGER, **more: Any) -> None:
        super().__init__(description, **more)
        self.least, self.most = least, most
        self.metadata = {**self.metadata, "type": "integer", "minimum": least, "maximum": most}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        text = str(value)
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= 16 else -1
        if not self.least <= number <= self.most:
            raise ValidationError(f"must be a whole number from {self.least} to {self.most}")
        return number


class Share(Parameter[float]):
    """A number from 0 to 1."""

    form: ClassVar = {"type": "number", "minimum": 0, "maximum": 1}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> float:
        text = str(value)
        if not _SHARE.match(text) or float(text) > 1:
            raise ValidationError("must be a number from 0 to 1, as 0.7")
        return float(text)


class PassedOver(fields.List[str]):
    """What other servers take, and has no meaning here: any number of values."""

    def __init__(self) -> None:
        said = {"description": "Taken for the sake of clients of yente, and passed over", "example": ["any"]}
        super().__init__(fields.String(), metadata=said)


class Flag(Parameter[bool]):
    """`true` or `false`."""

    form: ClassVar = {"type": "boolean"}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if value not in {"true", "false"}:
            raise ValidationError("must be true or false")
        return bool(value == "true")


class Cursor(Parameter[str]):
    """A place in a list, as `next` has it."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        return str(value)


class OneOf(Parameter[str]):
    """One of some codes."""

    def __init__(self, codes: Sequence[str], description: str, **more: Any) -> None:
        super().__init__(description, **more)
        self._codes = tuple(codes)
        self.metadata = {**self.metadata, "enum": list(codes)}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if value not in self._codes:
            raise ValidationError(f"must be one of {', '.join(self._codes)}")
        return str(value)


class SeveralOf(fields.List[str]):
    """Codes, each in a parameter of its own."""

    def __init__(self, codes: Sequence[str], description: str) -> None:
        super().__init__(OneOf(codes, description), metadata={"description": description, "example": [codes[0]]})


class Listing(Query):
    """Which part of a list."""

    limit = Count("How many items at the most", 1, 1000, load_default=100)
    cursor = Cursor("Where the page begins: taken from the `next` of the page before, never made up")


class Resource(Blueprint):
    """A blueprint that documents its views as flask-smorest's does, and runs them without what that wraps around them.

    Each view makes its own response: all that is done for it is to read the parameters of the query.
    """

    def arguments(self, schema: type[Query], **_: Any) -> Callable[[View], View]:
        """Declare the parameters of a view, which takes them as a dict, by what a schema declares.

        flask-smorest's own reads them by a new schema for every request, which costs more than most of our answers.
        """
        declared = schema()
        document = super().arguments(declared, location="query")

        def decorate(view: View) -> View:
            @wraps(view)
            def reading(*args: Any, **kwargs: Any) -> Any:
                return view(query_in(declared), *args, **kwargs)

            return _documented(cast("View", reading), document(view))

        return decorate

    def response(self, *described: Any, **more: Any) -> Callable[[View], View]:
        """Declare what a view answers."""
        document = super().response(*described, **more)
        return lambda view: _documented(view, document(view))

    @staticmethod
    def doc(**described: Any) -> Callable[[View], View]:
        """Declare what else is to be said of a view."""
        document = Blueprint.doc(**described)
        return lambda view: _documented(view, document(view))


def _documented(view: View, described: Any) -> View:
    """`view` itself, with what was written down of it."""
    view._apidoc = described._apidoc  # type: ignore[attr-defined]  # noqa: SLF001  # where flask-smorest keeps it
    return view


def parameters() -> dict[str, list[str]]:
    """The parameters of the request, each with its values, as Werkzeug reads them."""
    found: dict[str, list[str]] = {}
    if text := request.query_string.decode():
        for name, value in _pairs(text):
            found.setdefault(name, []).append(value)
    return found


@lru_cache(maxsize=64)
def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Names and values; kept, since a page looks at its parameters many times."""
    return tuple(parse_qsl(text, keep_blank_values=True, errors="werkzeug.url_quote"))


def query_in(schema: Query) -> dict[str, Any]:
    """The parameters of the request, and what is usual where it has none. Raises 422 with all that is wrong.

    Those that are required must come; none may come that is not declared, and what is not a list may come once.
    """
    query = dict(schema.usual)
    problems: dict[str, str] = {}
    for given, values in parameters().items():
        name, field = schema.named.get(given, (given, None))
        several = isinstance(field, fields.List)
        if field is None:
            problems[given] = "is not a parameter of this request"
        elif len(values) > 1 and not several:
            problems[given] = "can be given once"
        else:
            try:
                query[name] = field.deserialize(values if several else values[0])
            except ValidationError as error:
                problems[given] = _said(error.messages)
    problems |= {
        given: "is required" for given, name in schema.required.items() if name not in query and given not in problems
    }
    if problems:
        raise invalid_parameters(problems)
    return query


def _said(found: Any) -> str:
    if isinstance(found, dict):
        return "; ".join(dict.fromkeys(_said(each) for each in found.values()))
    return "; ".join(found)


def today() -> int:
    """The ordinal of today's date in UTC."""
    return datetime.now(UTC).date().toordinal()


def unreadable(detail: str) -> ProblemError:
    """400: not what it should be, whatever it says."""
    return ProblemError(400, "bad-request", detail)
