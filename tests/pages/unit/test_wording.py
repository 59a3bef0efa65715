"""The words of the pages: all there, all used, and nothing in them is taken for markup that was not written as such."""

import re
from pathlib import Path

import pytest
from markupsafe import Markup

import api.pages
from api.pages.wording import WORDS, say
from ledger.domain.events import EVENT_TYPES
from ledger.domain.vocabulary import (
    ACT_CATEGORIES,
    ACTOR_CATEGORIES,
    AGREEMENT_CATEGORIES,
    ATTRIBUTIONS,
    GROUNDS,
    INSTRUMENTS,
    KINDS,
    STATUSES,
    VOCABULARY,
)

FOLDER = Path(api.pages.__file__).parent
SOURCES = "".join(
    file.read_text("utf-8") for file in FOLDER.rglob("*") if file.suffix in {".py", ".html", ".xml"}
)  # fmt: skip


def test_what_is_put_in_is_escaped_but_for_markup():
    assert say("inline.about", day="<b>") == "about &lt;b&gt;"
    assert say("inline.about", day=Markup("<time>x</time>")) == "about <time>x</time>"
    assert say("foot.answer", sequence=312, newest=4020) == "Answer at event 312 of 4,020"


def test_what_the_modules_of_the_proofs_say_stands_with_all_other_words():
    """A module gives names; the page has the words for each, and none that no module gives."""
    modules = {file.name: file.read_text("utf-8") for file in (FOLDER / "static").glob("*.js")}
    failures = re.findall(r"(?:CheckFailed|wrong|CannotCheck|OtherKey)\(([^;]*);", "".join(modules.values()))
    given = {name for failure in failures for name in re.findall(r'"([^"\\]*)"', failure)}
    named = {*WORDS["audit"]["checks"], *WORDS["audit"]["reasons"]}
    assert given - named == set(), "words in a module"
    quoted = set(re.findall(r'"([a-z0-9_]+)"', "".join(modules.values())))
    assert named - quoted == set(), "words that no module gives"


def test_one_is_told_from_many():
    assert say("chain.days", count=1) == "1 day"
    assert say("chain.days", count=0) == "0 days"
    assert say("chain.days", count=1234) == "1,234 days"


@pytest.mark.parametrize(
    ("section", "codes"),
    [
        ("status", {"none", *(status for of in STATUSES.values() for status in of)}),
        ("types", set(EVENT_TYPES)),
        ("kinds", set(KINDS)),
        ("categories", {*ACTOR_CATEGORIES, *ACT_CATEGORIES, *AGREEMENT_CATEGORIES}),
        ("attributions", set(ATTRIBUTIONS)),
        ("grounds", set(GROUNDS)),
        ("instruments", set(INSTRUMENTS)),
    ],
)
def test_each_code_has_its_word(section, codes):
    assert set(WORDS[section]) == codes


def test_the_labels_are_those_of_the_vocabulary():
    for name in ("instruments", "grounds"):
        assert WORDS[name] == {each["code"]: each["label"] for each in VOCABULARY[name]}


def test_each_text_is_used_and_each_that_is_used_is_there():
    sections = {"status", "types", "kinds", "categories", "attributions", "grounds", "instruments", "members", "lists"}
    there = {
        f"{section}.{name}"
        for section, texts in WORDS.items()
        if isinstance(texts, dict) and section not in sections
        for name in texts
    }
    names = re.findall(r"[\"'](\w+\.\w+)[\"']", SOURCES)
    said = {name for name in names if not name.endswith((".html", ".xml", ".js", ".css", ".svg"))}
    made = {f"status_sentence.{status}" for status in WORDS["status"]}
    made |= {"terms.no_instruments", "terms.no_expires_on", "editor.corrected", "editor.retracted"}
    assert {name for name in there if name not in said and name not in made} == set()
    assert {name for name in said if name.split(".")[0] in WORDS and name.split(".")[0] not in sections} <= there | made
