"""Query parameters: their forms, and the parser that takes none that is not known and none twice."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from flask import Request
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, ValidationError, fields, validate
from webargs.flaskparser import FlaskParser

from api.http.problems import ProblemError, invalid_parameters
from ledger.domain.dates import parse_day
from ledger.domain.events import kind_of
from ledger.domain.values import LARGEST_INTEGER, is_slug, text_problem
from ledger.domain.vocabulary import KINDS
from ledger.projections.words import words_in
from ledger.times import moment


MOST_WORDS = 32
"""How many words a query may look for."""


class Query(Schema):
    """The parameters of one request."""

    class Meta:
        unknown = RAISE


class Day(fields.Field[int]):
    """A day `YYYY-MM-DD`, as an ordinal."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        try:
            return parse_day(value)
        except ValueError as error:
            raise ValidationError(str(error)) from None


class Moment(fields.Field[int]):
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


class Plain(fields.Field[str]):
    """Text without what cannot be stored."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if problem := text_problem(value):
            raise ValidationError(problem)
        return str(value)


class Words(Plain):
    """Words to look for."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if len(words_in(text)) > MOST_WORDS:
            raise ValidationError(f"must have {MOST_WORDS} words at the most")
        return text


class ActorName(fields.Field[str]):
    """An actor, as `actor:us` or `us`."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        slug = value.removeprefix("actor:")
        if not is_slug(slug):
            raise ValidationError("must be an actor, as actor:us or us")
        return f"actor:{slug}"


class SubjectName(fields.Field[str]):
    """A subject, as `measure:us-xinjiang`; `us` is `actor:us`."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        subject = value if ":" in value else f"actor:{value}"
        if kind_of(subject) not in KINDS or not is_slug(subject.partition(":")[2]):
            raise ValidationError("must be a subject, as measure:SLUG, agreement:SLUG, act:SLUG or actor:SLUG")
        return subject


class SlugName(fields.Field[str]):
    """A slug."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not is_slug(value):
            raise ValidationError("must be a slug, as hong-kong")
        return str(value)


class Count(fields.Field[int]):
    """A whole number within bounds."""

    def __init__(self, least: int, most: int = LARGEST_INTEGER, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        text = str(value)
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= 16 else -1
        if not self.least <= number <= self.most:
            raise ValidationError(f"must be a whole number from {self.least} to {self.most}")
        return number


class Flag(fields.Field[bool]):
    """`true` or `false`."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if value not in {"true", "false"}:
            raise ValidationError("must be true or false")
        return bool(value == "true")


def one_of(codes: tuple[str, ...]) -> fields.String:
    """One of some codes."""
    return fields.String(validate=validate.OneOf(codes, error=f"must be one of {', '.join(codes)}"))


class Parser(FlaskParser):
    """Reads a query into a plain dict; what is not a list may come once."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {}

    def load_querystring(self, req: Request, schema: Schema) -> dict[str, Any]:
        """The parameters as the schema takes them."""
        given: dict[str, Any] = {}
        twice: dict[str, str] = {}
        for name, values in req.args.lists():
            if isinstance(schema.fields.get(name), fields.List):
                given[name] = values
            else:
                given[name] = values[0]
                if len(values) > 1:
                    twice[name] = "can be given once"
        if twice:
            raise invalid_parameters(twice)
        return given

    def handle_error(self, error: ValidationError, *_: Any, **__: Any) -> NoReturn:
        """422, with all that is wrong."""
        raise invalid_parameters({name: _said(found) for name, found in error.normalized_messages()["query"].items()})


def _said(found: Any) -> str:
    if isinstance(found, dict):
        return "; ".join(dict.fromkeys(_said(each) for each in found.values()))
    text = "; ".join(found)
    return "is not a parameter of this request" if text == "Unknown field." else text


class Resource(Blueprint):
    """A blueprint whose parameters are read by Parser."""

    ARGUMENTS_PARSER = Parser()


def today() -> int:
    """The ordinal of today's date in UTC."""
    return datetime.now(UTC).date().toordinal()


def unreadable(detail: str) -> ProblemError:
    """400: not what it should be, whatever it says."""
    return ProblemError(400, "bad-request", detail)
