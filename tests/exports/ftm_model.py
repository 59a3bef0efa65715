"""What the FollowTheMoney model asks of an entity, by `ftm_model.json`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

SCHEMAS = json.loads(Path(__file__).with_name("ftm_model.json").read_text("utf-8"))["schemas"]

_FORMS = {
    "date": re.compile(r"\d{4}(-\d{2}(-\d{2})?)?"),
    "country": re.compile(r"[a-z]{2}"),
    "entity": re.compile(r"[0-9a-zA-Z]([0-9a-zA-Z.-]*[0-9a-zA-Z])?"),
    "url": re.compile(r"https?://\S+"),
}
MEMBERS = {
    "id": str,
    "caption": str,
    "schema": str,
    "properties": dict,
    "datasets": list,
    "referents": list,
    "target": bool,
    "first_seen": str,
    "last_seen": str,
    "last_change": str,
}


def faults(entity: dict[str, Any]) -> list[str]:
    """What is wrong with an entity."""
    found = [f"{name} is no {type_.__name__}" for name, type_ in MEMBERS.items() if type(entity.get(name)) is not type_]
    found += [f"{name} is no member" for name in entity.keys() - MEMBERS.keys()]
    schema = SCHEMAS.get(entity["schema"])
    if schema is None:
        return [*found, f"there is no schema {entity['schema']}"]
    properties = entity["properties"]
    found += [f"{name} is required" for name in schema["required"] if not properties.get(name)]
    for name, values in properties.items():
        type_ = schema["properties"].get(name)
        if type_ is None:
            found.append(f"a {entity['schema']} has no {name}")
            continue
        if not values or len(set(values)) < len(values):
            found.append(f"{name} has nothing, or something twice")
        form = _FORMS.get(type_, re.compile(r".+", re.DOTALL))
        found += [f"{name} is no {type_}: {value}" for value in values if not form.fullmatch(value)]
    if not _FORMS["entity"].fullmatch(entity["id"]):
        found.append(f"{entity['id']} is no id")
    return found


def assert_sound(entities: dict[str, dict[str, Any]]) -> None:
    """Each is as the model has it, and what they refer to is there."""
    for id_, entity in entities.items():
        assert faults(entity) == [], entity
        assert id_ == entity["id"]
        if entity["schema"] == "Sanction":
            assert entities.keys() >= set(entity["properties"]["entity"]), entity
