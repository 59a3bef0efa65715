"""marshmallow schemas built from what `ledger.domain` declares, so that both say the same.

`ledger.domain` checks what comes in, leanly; these schemas are how that is told to others: the OpenAPI document is made
from them. A property test says that both take and refuse the same.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from ledger.domain.events import DATA, EVENT, AnyData
from ledger.domain.terms import TERMS
from ledger.domain.values import (
    Code,
    Dated,
    Flag,
    Integer,
    ListOf,
    Problem,
    Record,
    Reference,
    Text,
    Value,
    Word,
    without_nulls,
)


class Checked(fields.Field[Any]):
    """A value that `ledger.domain` checks."""

    def __init__(self, value: Value, **kwargs: Any) -> None:
        super().__init__(metadata=_described(value), **kwargs)
        self._value = value
        if self.allow_none and "enum" in self.metadata:
            self.metadata["enum"].append(None)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        problems: list[Problem] = []
        self._value.check(value, "", problems)
        if problems:
            raise ValidationError([problem.detail for problem in problems])
        return value


def _described(value: Value) -> dict[str, Any]:
    """The JSON Schema of a value that is no list and no object of ours."""
    match value:
        case Code():
            return {"type": "string", "enum": list(value.codes)}
        case Reference() | Word(pattern=str()):
            return {"type": "string", "pattern": value.pattern}
        case Dated(exact=True):
            return {"type": "string", "format": "date"}
        case Dated():
            return {"type": "string", "description": "A day, month or year, with ~, ? or % behind it, or [..] (EDTF)"}
        case Integer():
            return {"type": "integer", "minimum": value.least}
        case Text(required=True):
            return {"type": "string", "minLength": 1}
        case AnyData():
            return {"type": "object", "description": "What the type of the event carries"}
        case _:
            return {"type": "boolean" if isinstance(value, Flag) else "string"}


def field_of(value: Value, name: str, *, required: bool, null: bool) -> fields.Field[Any]:
    """The field for `value`, in a schema whose name begins with `name`; `null` says whether it may be that."""
    given: dict[str, Any] = {"required": required, "allow_none": null}
    match value:
        case ListOf():
            length = validate.Length(min=value.least) if value.least else None
            return fields.List(_element(value.element, name), validate=length, **given)
        case Record():
            return fields.Nested(schema_of(value, name), **given)
        case _:
            return Checked(value, **given)


def _member_name(name: str, member: str) -> str:
    return f"{name}{member.title().replace('_', '')}"


def _element(value: Value, name: str) -> fields.Field[Any]:
    return fields.Nested(schema_of(value, name)) if isinstance(value, Record) else Checked(value)


@cache
def schema_of(record: Record, name: str) -> type[Schema]:
    """The schema of `record`, with that name in the OpenAPI document."""
    members: dict[str, Any] = {
        member: field_of(
            value,
            _member_name(name, member),
            required=member in record.required,
            null=member not in record.required and member not in record.kept,
        )
        for member, value in record.members.items()
    }
    if rule := record.rule:

        @validates_schema(skip_on_field_errors=True)
        def whole(_self: Schema, data: Any, **_: Any) -> None:
            if detail := rule(without_nulls(data)):
                raise ValidationError(detail)

        members["whole"] = whole
    members["Meta"] = type("Meta", (), {"unknown": RAISE, "register": False})
    return type(name, (Schema,), members)


def data_schema(kind: str, type_: str) -> type[Schema]:
    """What the `data` of an event of that type on a subject of that kind carries."""
    return schema_of(DATA[kind][type_], f"{kind.title()}{type_.title()}Data")


def event_schema() -> type[Schema]:
    """An event as it is posted; its `data` is told by `data_schema`."""
    return schema_of(EVENT, "PostedEvent")


@cache
def terms_schema(kind: str) -> type[Schema]:
    """The terms of a state: every member, `[]` or null where nothing is known."""
    name = f"{kind.title()}Terms"
    members: dict[str, Any] = {
        member: field_of(value, _member_name(name, member), required=True, null=not isinstance(value, ListOf))
        for member, value in TERMS[kind].items()
    }
    return type(name, (Schema,), {**members, "Meta": type("Meta", (), {"unknown": RAISE, "register": False})})
