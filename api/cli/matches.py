"""Matches as a table: each name that was asked for, and below it whom it may mean, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Column

from api.cli.tables import lines, stacked, table, text

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from api.cli.names import Row

Json = Any


def matches_table(rows: Sequence[Row], answer: Json) -> RenderableType:
    """All of them, and when they were read."""
    made = table("Name", Column("Score", justify="right"), "May be", "Why", spaced=True)
    for row in rows:
        results = answer["responses"][f"line {row.line}"]["results"]
        if not results:
            made.add_row(text(row.name), text("none", "dim"), "", "")
        for number, result in enumerate(results):
            score = text(f"{result['score']:.3f}", "bold" if result["match"] else "dim")
            marked = [score, text("match", "bold")] if result["match"] else [score]
            made.add_row(text(row.name if number == 0 else ""), lines(marked), _listed(result), lines(_why(result)))
    return stacked([lines(_head(rows, answer)), made])


def _head(rows: Sequence[Row], answer: Json) -> Iterator[str]:
    matching = sum(any(result["match"] for result in response["results"]) for response in answer["responses"].values())
    yield f"{len(rows)} {'names' if len(rows) > 1 else 'name'}, {matching} with a match"
    known = f"as known at event {answer['sequence']}" + (f", {answer['known_at']}" if answer["known_at"] else "")
    yield f"as of {answer['at']}, {known}"
    for feed, age in answer["feeds"].items():
        yield f"{feed}: published {age['published_on']}, read {age['read_at']}" if age else f"{feed}: never read"


def _listed(result: Json) -> Text:
    return lines([text(result["caption"], "bold"), *result["measures"]])


def _why(result: Json) -> list[str]:
    return [each["detail"] for each in result["explanations"].values()]
