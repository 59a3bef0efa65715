"""The parts of pages that follow from the code: `python docs/generate.py` writes them anew, `--check` only compares.

A part stands between two lines, `<!-- begin NAME: made by docs/generate.py -->` and `<!-- end NAME -->`. What is around
it is written by hand. What the code does not say (what a member means) is said in docs/meanings.py; nothing may be
missing there.
"""
# ruff: noqa: INP001 - a script, in a folder that is no package

from __future__ import annotations

import re
import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

import click  # noqa: E402 - after the path
import orjson  # noqa: E402
from meanings import (  # noqa: E402
    ADVICE,
    EVENT_MEANS,
    MORE_MEANS,
    OBJECTS,
    SETTINGS_MEAN,
    SOURCE_MEANS,
    TERMS_MEAN,
)

from api.cli.main import cli  # noqa: E402
from api.http.openapi import document  # noqa: E402
from api.http.problems import TITLES  # noqa: E402
from ledger.domain import values  # noqa: E402
from ledger.domain.events import DATA, EVENT, SOURCE, AnyData  # noqa: E402
from ledger.domain.terms import IDENTIFIER, POSITION, TARGET, TARGET_NAME, TERMS  # noqa: E402
from ledger.domain.vocabulary import STATUSES, VOCABULARY  # noqa: E402
from ledger.settings import CONFIG_FILE, PREFIX, Settings  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ledger.domain.values import Record, Value

PAGES = ("README.md", "docs/reference/*.md")
HELP_COLUMNS = 100

_PART = re.compile(
    r"(?P<begin><!-- begin (?P<name>[a-z-]+): made by docs/generate\.py -->\n).*?(?P<end><!-- end (?P=name) -->\n)",
    re.DOTALL,
)


# ------------------------------------------------------------------------------------------------------- the events


def events() -> Iterator[str]:
    """Every type of event with what it carries."""
    yield "### What is posted\n"
    yield from _members(EVENT, EVENT_MEANS)
    yield "### Sources\n"
    yield from _members(SOURCE, SOURCE_MEANS)
    for kind, types in DATA.items():
        yield f"## On {'an' if kind[0] == 'a' else 'a'} {kind}\n"
        yield f"Statuses: {_listed(STATUSES[kind])}; `none` before it begins.\n"
        yield f"### Terms of {'an' if kind[0] == 'a' else 'a'} {kind}\n"
        yield from _table(
            ["member", "holds", "which is"],
            ([f"`{name}`", _holds(value), TERMS_MEAN[kind][name]] for name, value in TERMS[kind].items()),
        )
        yield f"### Types on {'an' if kind[0] == 'a' else 'a'} {kind}\n"
        yield from _table(["type", "needs", "may have"], (_carried(kind, name, data) for name, data in types.items()))
    yield "## Members that are no terms\n"
    yield from _table(["member", "holds", "which is"], _others())
    for name, (record, said, means) in OBJECTS.items():
        yield f"## {'An' if name[0] in 'aeiou' else 'A'} {name}\n"
        yield from [f"{said}\n"] if said else []
        yield from _members(record, means)


_ONE_OR_MORE = ", one or more"


def _members(record: Record, means: dict[str, str]) -> Iterator[str]:
    assert set(means) == set(record.members), f"say what each of {sorted(record.members)} means"
    yield from _table(
        ["member", "holds", "which is"],
        (
            [f"`{name}`{' (required)' if name in record.required else ''}", _holds(value), means[name]]
            for name, value in record.members.items()
        ),
    )


def _carried(kind: str, type_: str, data: Record) -> list[str]:
    """A row: a type, what its data need, and what else they may have."""
    needs = _listed(data.required)
    if {"set", "add", "remove"} <= data.members.keys():
        needs = "one or more of `set`, `add`, `remove`"
    elif type_ == "corrected":
        needs = "`of`, and `effective_on`, `data` or both"
    given = {"set", "add", "remove"} if "set" in data.members else set()
    if type_ == "corrected":
        given = {"effective_on", "data"}
    left = [name for name in data.members if name not in {*data.required, *given}]
    if data.members.keys() >= TERMS[kind].keys():
        left = [name for name in left if name not in TERMS[kind]]
        others = f"the {'other ' if data.required else ''}terms"
        return [f"`{type_}`", needs, ", ".join([others, *(f"`{name}`" for name in left)])]
    return [f"`{type_}`", needs, _listed(left)]


def _others() -> Iterator[list[str]]:
    """A row for each member of any data that is no term of the subject itself."""
    found: dict[str, list[str]] = {}
    for kind, types in DATA.items():
        for type_, data in types.items():
            for name, value in data.members.items():
                if TERMS[kind].get(name) is None or type_ not in {"announced", "imposed", "reciprocated", "concluded"}:
                    if kind in {"act", "actor"} and name in TERMS[kind]:
                        continue
                    holds = _holds(value).removesuffix(_ONE_OR_MORE)
                    if holds not in found.setdefault(name, []):
                        found[name].append(holds)
    assert found.keys() == MORE_MEANS.keys(), f"say what each of {sorted(found)} means"
    for name, meaning in MORE_MEANS.items():
        yield [f"`{name}`", " or ".join(found[name]), meaning]


_OBJECTS: list[tuple[Value, str]] = [
    (TARGET, "[target](#a-target)"),
    (TARGET_NAME, "[name of a target](#a-name-of-a-target)"),
    (POSITION, "[position](#a-position)"),
    (IDENTIFIER, "[identifier](#an-identifier)"),
    (SOURCE, "[source](#sources)"),
    (values.SLUG, "slug"),
    (values.SHA256, "64 hexadecimal digits"),
    (values.URL, "http or https address"),
]
_KINDS: list[tuple[type[Value], str]] = [
    (values.Text, "text"),
    (values.Flag, "true or false"),
    (values.Integer, "whole number"),
    (values.Record, "object"),
    (AnyData, "object"),
]


def _holds(value: Value) -> str:
    """What a value is, in words."""
    if isinstance(value, values.ListOf):
        return f"list: {_holds(value.element)}{_ONE_OR_MORE if value.least else ''}"
    if isinstance(value, values.Code):
        return _code(value)
    if isinstance(value, values.Reference):
        return "subject" if len(value.kinds) == len(STATUSES) else " or ".join(value.kinds)
    if isinstance(value, values.Dated):
        return "plain day" if value.exact else "[day](#days)"
    named = [name for known, name in _OBJECTS if value is known]
    return [*named, *(name for kind, name in _KINDS if isinstance(value, kind))][0]


def _code(value: values.Code) -> str:
    for name, codes in VOCABULARY.items():
        if name != "about" and value.codes == tuple(each if isinstance(each, str) else each["code"] for each in codes):
            return f"[code](vocabulary.md#{name.replace('_', '-')})"
    if len(value.codes) <= 2:
        return " or ".join(f"`{code}`" for code in value.codes)
    return "one of the types below"


# ---------------------------------------------------------------------------------------------------- the vocabulary

_COLUMNS = {
    "label": "means",
    "definition": "is",
    "group": "group",
    "opensanctions": "OpenSanctions",
    "gsdb": "GSDB",
    "cameo": "CAMEO",
    "ftm": "FollowTheMoney",
}


def vocabulary() -> Iterator[str]:
    """Every closed list with its codes."""
    for name, codes in VOCABULARY.items():
        if name == "about":
            continue
        yield f"## {name.replace('_', ' ').capitalize()}\n"
        if isinstance(codes[0], str):
            yield f"{_listed(codes)}.\n"
            continue
        unknown = {key for code in codes for key in code} - {"code", *_COLUMNS}
        assert not unknown, f"{name}: {unknown}"
        columns = [key for key in _COLUMNS if any(key in code for code in codes)]
        yield from _table(
            ["code", *(_COLUMNS[key] for key in columns)],
            ([f"`{code['code']}`", *(str(code.get(key) or "") for key in columns)] for code in codes),
        )


# ------------------------------------------------------------------------------------- settings, commands, problems


def configuration() -> Iterator[str]:
    """Every setting."""
    names = [field.name for field in fields(Settings)]
    assert set(names) == set(SETTINGS_MEAN), f"say what each of {names} means"
    rows = [[f"`{PREFIX}{name.upper()}`", _default(name), SETTINGS_MEAN[name]] for name in names]
    rows.append([f"`{PREFIX}CONFIG`", f"`{CONFIG_FILE}`", "the file with settings; one that is named must be there"])
    yield from _table(["variable", "by default", "is"], rows)


def _default(name: str) -> str:
    value = getattr(Settings(), name)
    if value == "":
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def commands() -> Iterator[str]:
    """What `--help` prints, of each command."""
    yield from _help(cli, "retorsion", None)


def _help(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    context = click.Context(
        command,
        info_name=name,
        parent=parent,
        terminal_width=HELP_COLUMNS,
        max_content_width=HELP_COLUMNS,
        help_option_names=cli.context_settings["help_option_names"],
    )
    yield f"## {context.command_path}\n"
    said = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    yield f"```text\n{said}\n```\n"
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            found = command.get_command(context, each)
            assert found, "a command that is listed is there"
            yield from _help(found, each, context)


def problems() -> Iterator[str]:
    """Every problem type."""
    assert set(ADVICE) == set(TITLES), f"say what to do about {sorted(set(ADVICE) ^ set(TITLES))}"
    rows = ([f"`/problems/{slug}`", str(ADVICE[slug][0]), TITLES[slug], ADVICE[slug][1]] for slug in TITLES)
    yield from _table(["`type`", "`status`", "`title`", "what to do"], rows)


# ---------------------------------------------------------------------------------------------------------- the HTTP

_COLLECTIONS = {"measures": "measure", "agreements": "agreement", "acts": "act", "actors": "actor"}
_METHODS = ("get", "post")


def routes() -> Iterator[str]:
    """Every request of the OpenAPI document; those that are alike for several kinds of subject on one line."""
    alike: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for path, operations in _paths().items():
        for method in _METHODS:
            if operation := operations.get(method):
                collection = path.split("/")[2] if path.startswith("/v1/") and "{slug}" in path else ""
                pattern = path.replace(f"/v1/{collection}/", "/v1/{}/")
                said = re.sub(rf"\b{_COLLECTIONS.get(collection, '-')}\b", "subject", operation["summary"])
                key = (method.upper(), pattern, said, _parameters_of(operation))
                alike.setdefault(key, []).append((collection, operation["summary"]))
    rows = []
    for (method, pattern, said, given), found in alike.items():
        collections, summaries = zip(*found, strict=True)
        several = len(found) > 1
        path = pattern.replace("/{}/", f"/{{{','.join(collections)}}}/" if several else f"/{collections[0]}/")
        rows.append([f"`{method} {path}`", (said if several else summaries[0]).removesuffix("."), given])
    yield from _table(["request", "answers", "parameters"], rows)


def _parameters_of(operation: dict[str, Any]) -> str:
    return _listed(each["name"] for each in operation.get("parameters", ()) if each["in"] == "query")


def parameters() -> Iterator[str]:
    """Every query parameter, and every header that a request may have."""
    found: dict[tuple[str, str], list[str]] = {}
    for operations in _paths().values():
        for method in _METHODS:
            for each in operations.get(method, {}).get("parameters", ()):
                said = found.setdefault((each["in"], each["name"]), [])
                if (description := each.get("description", "")) and description not in said:
                    said.append(description)
    for place, title in (("query", "parameter"), ("header", "header")):
        rows = sorted([f"`{name}`", "<br>".join(said)] for (where, name), said in found.items() if where == place)
        yield from _table([title, "means"], rows)


def _paths() -> dict[str, Any]:
    paths: dict[str, Any] = orjson.loads(document())["paths"]
    return paths


# ------------------------------------------------------------------------------------------------------- the writing

PARTS: dict[str, Callable[[], Iterable[str]]] = {
    "events": events,
    "vocabulary": vocabulary,
    "configuration": configuration,
    "commands": commands,
    "problems": problems,
    "routes": routes,
    "parameters": parameters,
}


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    lines = [head, ["---"] * len(head), *rows]
    yield "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def generated(text: str) -> str:
    """A page with its parts as they should be."""
    return _PART.sub(lambda part: f"{part['begin']}\n{chr(10).join(PARTS[part['name']]())}\n{part['end']}", text)


def pages() -> list[Path]:
    """The pages that have such parts."""
    return sorted(page for pattern in PAGES for page in ROOT.glob(pattern))


def main(*, check: bool) -> int:
    """Write the pages, or only say which are not as they should be. Returns how many were not."""
    stale = 0
    for page in pages():
        text = page.read_text("utf-8")
        if (new := generated(text)) != text:
            stale += 1
            click.echo(f"{page.relative_to(ROOT)} {'is not as the code has it' if check else 'is written anew'}")
            if not check:
                page.write_text(new, "utf-8")
    return stale if check else 0


if __name__ == "__main__":
    sys.exit(min(main(check="--check" in sys.argv), 1))
