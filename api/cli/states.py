"""States as tables: of an actor, what stands for and against it; of any other subject, what it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.table import Column, Table
from rich.text import Text

from api.cli.tables import lines, pairs, stacked, table, text, width_of_output
from api.cli.wording import in_words, names, suspension, target

Json = Any

_LISTS = {"imposing": "Imposes", "targeted": "Is targeted by", "agreements": "Is party to"}


def state_table(state: Json) -> RenderableType:
    """The state of a measure, an agreement, an act or an actor."""
    title = _title(state)
    head: list[Text | str] = [text(title, "bold")] if title else []
    return stacked([lines([*head, f"{state['subject']}, {_standing(state)}", _as_of(state)]), pairs(_members(state))])


def actor_state_table(asked: str, state: Json) -> RenderableType:
    """What an actor imposes, what is imposed on it and its affiliates, and its agreements."""
    actor = state["actor"]
    head: list[Text | str] = [
        text(_title(actor), "bold"),
        text(f"{actor['subject']}, {_standing(actor)}"),
        _as_of(state),
    ]
    if actor["subject"] != asked:
        head.append(text(f"{asked} was merged into it and reads as it does"))
    parts: list[RenderableType] = [lines(head)]
    if about := list(_members(actor)):
        parts.append(pairs(about))
    parts.append(_summary(state["summary"]))
    for name, title in _LISTS.items():
        items = state[name]["items"]
        heading = f"{title}{'' if items else ': nothing'}{_ended(name, state['summary'])}"
        parts.append(_listed(name, heading, items, actor["subject"]) if items else text(heading, "bold"))
    return stacked(parts)


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
        until = f" until {state['valid_to']}" if state["valid_to"] else ""
        yield "valid", text(f"since {state['valid_from'] or 'ever'}{until}{dating}")
    yield "version", text(str(state["version"]))
    for name, value in {**(state["terms"] or {}), **{name: state.get(name) for name in _BESIDES}}.items():
        if (said := in_words(name, value)) and name not in {"title", "name"}:
            yield name, lines(said)


_BESIDES = ("suspension", "suspensions", "merged_into")


def _summary(summary: Json) -> Table:
    """How many there are of each status; empty where there can be none."""
    counts = {
        "Imposing": summary["imposing"],
        "Targeted directly": summary["targeted"]["direct"],
        "Through affiliates": summary["targeted"]["affiliates"],
        "Agreements": summary["agreements"],
    }
    made = table("Status", *(Column(name, justify="right") for name in counts))
    for status in dict.fromkeys(status for of in counts.values() for status in of):
        made.add_row(text(status), *(_count(of.get(status)) for of in counts.values()))
    return made


def _count(number: int | None) -> Text:
    return text("" if number is None else str(number), "bold" if number else "dim")


def _ended(name: str, summary: Json) -> str:
    """How many are not listed, because they have ended."""
    counts = [summary[name]] if name != "targeted" else list(summary[name].values())
    ended = sum(each.get(status, 0) for each in counts for status in ("lifted", "expired", "terminated"))
    return f" (without {ended} ended)" if ended else ""


def _listed(name: str, title: str, items: Json, actor: str) -> Table:
    """One of the three lists. A subject is on one line, if it can be: one may want to copy it."""
    width = width_of_output()
    longest = max(len(item["subject"]) for item in items)
    what = Column(
        "Agreement" if name == "agreements" else "Measure", width=max(min(longest, width // 2), width * 2 // 5)
    )
    who = {"imposing": ("Against",), "targeted": ("By", "Reaches it"), "agreements": ("Parties",)}[name]
    made = table("Status, since", what, *who, title=title, spaced=True)
    for item in items:
        made.add_row(_status(item), _what(item), *_who(name, item, actor))
    return made


def _status(item: Json) -> Text:
    since = [item["status_since"]] if item["status_since"] else []
    return lines([text(item["status"], _STYLES.get(item["status"], "")), *since])


_STYLES = {"in_force": "bold", "announced": "cyan", "partly_suspended": "yellow", "suspended": "yellow"}


def _what(item: Json) -> Text:
    """The title, the subject, and what it does; how it is suspended, where it is."""
    terms = item["terms"]
    said = [text(terms["title"], "bold"), text(item["subject"])]
    said += [text(each, "dim") for each in in_words("instruments", terms.get("instruments"))]
    suspensions = [item["suspension"]] if item.get("suspension") else item.get("suspensions") or []
    said += [text(f"suspended {suspension(each)}") for each in suspensions]
    return lines(said)


def _who(name: str, item: Json, actor: str) -> Iterator[Text]:
    terms = item["terms"]
    if name == "agreements":
        yield text(names(terms["parties"]))
    elif name == "imposing":
        yield lines(target(each) for each in terms["targets"])
    else:
        yield text(names(terms["imposed_by"]))
        yield lines([_how(item, actor), *([f"since {item['since']}"] if item["since"] else [])])


def _how(item: Json, actor: str) -> str:
    if item["as"] == "direct":
        return "directly"
    return "as a group related to it" if item["through"] == [actor] else f"through {names(item['through'])}"
