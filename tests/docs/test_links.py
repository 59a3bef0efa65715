"""No link of a page leads nowhere, and what the pages name is there."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import fields
from typing import TYPE_CHECKING
from urllib.parse import unquote

import click
import orjson
import pytest

from api.cli.main import cli
from api.http.openapi import document
from api.http.problems import TITLES
from ledger.settings import Settings
from tests.docs.pages import ROOT, blocks_of

if TYPE_CHECKING:
    from pathlib import Path

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("fixtures/*.md")])
OURS = [page for page in PAGES if page.name == "README.md" or ("docs" in page.parts and "adr" not in page.parts)]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
INNER_VARIABLES = {"RETORSION_CONFIG", "RETORSION_TEST_POSTGRESQL", "RETORSION_"}


def ids(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    text = FENCED.sub("", page.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(text)}


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    broken = []
    for target in LINK.findall(FENCED.sub("", page.read_text("utf-8"))):
        name, _, anchor = unquote(target).partition("#")
        if "://" in name:
            continue
        there = (page.parent / name).resolve() if name else page
        if not there.exists() or (anchor and there.suffix == ".md" and anchor not in anchors(there)):
            broken.append(target)
    assert broken == []


def test_every_page_is_reached_from_the_readme() -> None:
    reached, todo = set(), [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        if page in reached:
            continue
        reached.add(page)
        for target in LINK.findall(page.read_text("utf-8")):
            there = (page.parent / target.partition("#")[0]).resolve()
            if there.suffix == ".md" and there.exists():
                todo.append(there)
    assert {ids(page) for page in OURS} <= {ids(page) for page in reached}


@pytest.mark.parametrize("page", OURS, ids=ids)
def test_every_command_named_is_there(page: Path) -> None:
    context = click.Context(cli)
    commands = set(cli.list_commands(context))
    named = set(re.findall(r"^(?:.* api )?retorsion (?:--\S+ \S+ )?([a-z]+)\b", _code(page), re.MULTILINE))
    assert named - commands == set()


@pytest.mark.parametrize("page", OURS, ids=ids)
def test_every_path_named_is_served(page: Path) -> None:
    served = [re.sub(r"\{\w+\}", r"[^/]+", path) for path in orjson.loads(document())["paths"]]
    text = re.sub(r"\{\w+\}|\$(?!1\b)\w+", "x", _code(page))
    for several in re.findall(r"\{([\w,]+)\}", text):
        text = text.replace(f"{{{several}}}", several.partition(",")[0])
    named = set(re.findall(r"/v1/[\w/-]+(?<!/)", text))
    assert [path for path in sorted(named) if not any(re.fullmatch(route, path) for route in served)] == []


@pytest.mark.parametrize("page", OURS, ids=ids)
def test_every_variable_and_every_problem_named_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    variables = {f"RETORSION_{field.name.upper()}" for field in fields(Settings)} | INNER_VARIABLES
    assert set(re.findall(r"\bRETORSION_[A-Z_]*", text)) - variables == set()
    assert set(re.findall(r"/problems/([a-z-]+)", text)) - set(TITLES) == set()


@pytest.mark.parametrize("drawing", sorted(ROOT.glob("docs/**/*.svg")), ids=ids)
def test_every_drawing_says_in_words_what_it_shows_and_fits_light_and_dark(drawing: Path) -> None:
    text = drawing.read_text("utf-8")
    svg = ET.fromstring(text)  # noqa: S314 - our own file
    said = {each: svg.find(f"{{http://www.w3.org/2000/svg}}{each}") for each in ("title", "desc")}
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby", "").split() == [element.get("id") for element in said.values()]
    assert all(element.text.strip() for element in said.values())
    light, dark = text.split("@media (prefers-color-scheme: dark)")
    used = {name for names in re.findall(r'class="([a-z ]+)"', text) for name in names.split()}
    assert used <= set(re.findall(r"(?:\.|^ +)([a-z]+) \{", light, re.MULTILINE))
    coloured = set(re.findall(r"^ +(\S+) \{.*#", light, re.MULTILINE))
    assert coloured == set(re.findall(r"^ +(\S+) \{.*#", dark, re.MULTILINE))


def _code(page: Path) -> str:
    """What stands in a page as code."""
    text = page.read_text("utf-8")
    blocks = "\n".join(block.text for block in blocks_of(text) if block.language == "sh")
    return "\n".join([blocks, *re.findall(r"`([^`\n]+)`", FENCED.sub("", text))])
