"""States as tables: of an actor, what stands for and against it; of any other subject, what it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from api.cli.tables import lines, pairs, table, text
from api.cli.wording import in_words, named, names, suspension, target

Json = Any

_STATUSES = ("announced", "in_force", "partly_suspended", "suspended", "lifted", "expired", "terminated")
_LISTS = {"imposing": "Imposes", "targeted": "Is targeted by", "agreements": "Is party to"}


def state_table(state: Json) -> RenderableType:
    """The state of a measure, an agreement, an act or an actor."""
    title = _title(state)
    head = [text(title, "bold")] if title else []
    return _stacked([lines([*head, f"{state['subject']}, {_standing(state)}", _as_of(state)]), pairs(_members(state))])


def actor_state_table(asked: str, state: Json) -> RenderableType:
    """What an actor imposes, what is imposed on it and its affiliates, and its agreements."""
    actor = state["actor"]
    head = [text(_title(actor), "bold"), text(f"{actor['subject']}, {_standing(actor)}"), _as_of(state)]
    if actor["subject"] != asked:
        head.append(text(f"{asked} was merged into it and reads as it does"))
    parts: list[RenderableType] = [lines(head)]
    if about := list(_members(actor)):
        parts.append(pairs(about))
    parts.append(_summary(state["summary"]))
    for name, title in _LISTS.items():
        items = state[name]["items"]
        parts.append(_listed(name, title, items) if items else text(f"{title}: nothing{_ended(name, state['summary'])}", "bold"))
    return _stacked(parts)


def _stacked(parts: Iterable[RenderableType]) -> Group:
    return Group(*(Padding(part, (0, 0, 1, 0)) for part in parts))


def _title(state: Json) -> str:
    terms = state["terms"] or {}
    return str(terms.get("title") or terms.get("name") or "")


def _as_of(state: Json) -> str:
    known = f"as known at event {state['sequence']}"
    return f"as of {state['at']}, {known}" + (f", {state['known_at']}" if state["known_at"] else "")


def _standing(state: Json) -> str:
    """`in_force since 2020-07-09`."""
    if state["status"] == "none":
        return "not begun yet on that day"
    approximate = state["dating"] == "approximate" and state["valid_from"] == state["status_since"]
    since = "" if state["status_since"] is None else f" since {state['status_since']}"
    return f"{state['status']}{since}{' (approximate)' if since and approximate else ''}"


def _members(state: Json) -> Iterator[tuple[str, RenderableType]]:
    """What is known of a subject, by name; what is not is left out."""
    if state["valid_from"] or state["valid_to"]:
        dating = f", {state['dating']}" if state["dating"] != "exact" else ""
        yield "valid", text(f"from {state['valid_from'] or 'ever'} to {state['valid_to'] or 'further notice'}{dating}")
    yield "version", text(str(state["version"]))
    for name, value in {**(state["terms"] or {}), **{name: state.get(name) for name in _BESIDES}}.items():
        if (said := in_words(name, value)) and name not in {"title", "name"}:
            yield name, lines(said)


_BESIDES = ("suspension", "suspensions", "merged_into")


def _summary(summary: Json) -> Table:
    """How many there are of each status; what cannot be is left empty."""
    counts = {
        "imposing": summary["imposing"],
        "targeted directly": summary["targeted"]["direct"],
        "targeted through affiliates": summary["targeted"]["affiliates"],
        "agreements": summary["agreements"],
    }
    made = table("", *(Column(_breakable(status), justify="right") for status in _STATUSES))
    for name, of in counts.items():
        made.add_row(text(name), *(_count(of.get(status)) for status in _STATUSES))
    return made


def _breakable(status: str) -> Text:
    """On two lines where it has two words: these columns are narrow."""
    return text(status.replace("_", "_\N{ZERO WIDTH SPACE}") if "_" in status else status)


def _count(number: int | None) -> Text:
    return text("" if number is None else str(number), "bold" if number else "dim")


def _ended(name: str, summary: Json) -> str:
    """How many are not listed, because they have ended."""
    counts = [summary[name]] if name != "targeted" else list(summary[name].values())
    ended = sum(each.get(status, 0) for each in counts for status in ("lifted", "expired", "terminated"))
    return f" ({ended} ended, left out)" if ended else ""


def _listed(name: str, title: str, items: Json) -> Table:
    what = "Agreement" if name == "agreements" else "Measure"
    columns = {
        "imposing": ("Status", what, "Against"),
        "targeted": ("Status", what, "By", "Reaches it"),
        "agreements": ("Status", what, "Parties"),
    }[name]
    made = table(*(Column(each, overflow="fold", ratio=_RATIOS.get(each)) for each in columns), title=title, spaced=True)
    made.expand = True
    for item in items:
        made.add_row(_status(item), _what(item), *_who(name, item))
    return made


_RATIOS = {"Measure": 4, "Agreement": 4, "Against": 3, "Parties": 3, "By": 1, "Reaches it": 2}


def _status(item: Json) -> Text:
    since = item["status_since"]
    return lines([text(item["status"], _STYLES.get(item["status"], "")), *([f"since {since}"] if since else [])])


_STYLES = {"in_force": "bold", "announced": "cyan", "partly_suspended": "yellow", "suspended": "yellow"}


def _what(item: Json) -> Text:
    """The title, the subject, and what it does; how it is suspended, where it is."""
    terms = item["terms"]
    said = [text(terms["title"], "bold"), text(item["subject"])]
    said += [text(each, "dim") for each in in_words("instruments", terms.get("instruments"))]
    suspensions = [item["suspension"]] if item.get("suspension") else item.get("suspensions") or []
    said += [text(f"suspended {suspension(each)}") for each in suspensions]
    return lines(said)


def _who(name: str, item: Mapping[str, Json]) -> Iterator[Text]:
    terms = item["terms"]
    if name == "agreements":
        yield text(names(terms["parties"]))
    elif name == "imposing":
        yield lines(target(each) for each in terms["targets"])
    else:
        yield text(names(terms["imposed_by"]))
        how = "directly" if item["as"] == "direct" else f"through {names(item['through'])}"
        yield lines([how, *([f"since {item['since']}"] if item["since"] else [])])


__all__ = ["actor_state_table", "named", "state_table"]
