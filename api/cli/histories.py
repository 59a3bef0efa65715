"""Histories as tables: each event of a subject, what it changed, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.table import Column
from rich.text import Text

from api.cli.tables import lines, stacked, table, text
from api.cli.wording import in_words

Json = Any


def history_table(subject: str, items: Json) -> RenderableType:
    """Every event of `subject`, in the order of recording."""
    made = table("Event", Column("What it changed", overflow="fold", ratio=1), spaced=True)
    made.expand = True
    for item in items:
        made.add_row(lines(_event(item)), lines(_changes(item)))
    count = f"{len(items)} event{'s' if len(items) != 1 else ''}, in the order of recording, as they read now"
    return stacked([lines([text(subject, "bold"), count]), made])


def _event(item: Json) -> Iterator[Text]:
    yield text(f"{item['sequence']} {item['type']}", "bold")
    if item["effective_on"]:
        yield text(f"on {item['effective_on']}")
    yield text(f"version {item['version']}", "dim")
    for mark in ("corrected", "retracted"):
        if item[f"{mark}_by"]:
            yield text(f"{mark} by {item[f'{mark}_by']}", "yellow")


def _changes(item: Json) -> Iterator[Text]:
    if of := (item["data"] or {}).get("of"):
        yield text(f"of event {of}:")
    for change in item["changes"]:
        yield from _change(**change)
    if not item["changes"]:
        yield text("nothing" + (", since it is retracted" if item["retracted_by"] else ""), "dim")
    for name, said in _remarks(item):
        yield text(f"{name}: {said}", "dim")


def _change(field: str, before: Json, after: Json) -> Iterator[Text]:
    name = field.removeprefix("data.")
    if isinstance(before or [], list) and isinstance(after or [], list):
        gone = [each for each in before or [] if each not in (after or [])]
        come = [each for each in after or [] if each not in (before or [])]
        for sign, style, elements in (("−", "red", gone), ("+", "green", come)):
            for said in in_words(name, elements):
                yield text(f"{field} {sign} {said}", style)
        if gone or come:
            return
    was, now = ("; ".join(in_words(name, value)) for value in (before, after))
    yield text(f"{field}: {was} → {now or 'nothing'}" if was else f"{field}: {now}")


def _remarks(item: Json) -> Iterator[tuple[str, str]]:
    """Why, from where, and by whom."""
    if reason := (item["data"] or {}).get("reason"):
        yield "reason", reason
    if item["comment"]:
        yield "comment", item["comment"]
    for source in item["sources"]:
        yield (
            "source",
            ", ".join(source[name] for name in ("title", "publisher", "published_on", "url") if source.get(name)),
        )
    yield "recorded", f"{item['recorded_at']} by {item['recorded_by']}"
