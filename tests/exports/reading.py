"""What exports say, as their readers take it."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.client import Api

Json = Any


def exported(api: Api, form: str, **query: Json) -> bytes:
    """The body of `/v1/export/FORM`."""
    answer = api.get(f"/v1/export/{form}", **query)
    assert answer.status_code == 200, answer.text
    return answer.data


def lines(api: Api, form: str, **query: Json) -> list[Json]:
    """The values of NDJSON."""
    return [json.loads(line) for line in exported(api, form, **query).splitlines()]


def rows(api: Api, form: str, **query: Json) -> list[dict[str, str]]:
    """The rows of CSV, by their columns."""
    return list(csv.DictReader(io.StringIO(exported(api, form, **query).decode(), newline="")))


def entities(api: Api, **query: Json) -> dict[str, Json]:
    """The entities of `ftm`, none twice, by their ids."""
    found = lines(api, "ftm", **query)
    by_id = {each["id"]: each for each in found}
    assert len(by_id) == len(found)
    return by_id


def sanction(api: Api, slug: str, **query: Json) -> Json:
    """The properties of a measure's `Sanction`."""
    return entities(api, **query)[f"sanction--{slug}"]["properties"]


def examples(number: int) -> Callable[[Any], Any]:
    """So many, the same each time, so that a failure is nobody's luck; not made smaller, which takes minutes."""
    return settings(
        max_examples=number,
        derandomize=True,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
