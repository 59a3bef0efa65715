"""The modules that check proofs: the same cases in Node's own test runner and in the browser."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from api.pages.wording import WORDS
from tests.audit.vectors import VECTORS, vectors

PROJECT = Path(__file__).parents[2]
SCRIPTS = Path(__file__).parent / "scripts"
ORIGIN = "http://localhost"
"""A secure context, in which browsers compute signatures; nothing is asked there, see `_from_the_project`."""
RUN = """
async ([module, vectors, words]) => {
  const { cases } = await import(module);
  const found = cases(vectors, words);
  const failed = [];
  for (const [name, run] of found) {
    try { await run(); } catch (error) { failed.push(`${name}: ${error.stack}`); }
  }
  return [found.length, failed];
}
"""
CASES = 98 + 98 + 7 + 11 + 2
"""So many vectors are published; the cases of our own come on top."""


def test_in_node():
    node = shutil.which("node")
    if node is None:
        absent = pytest.fail if os.environ.get("CI") else pytest.skip
        absent("no node: apt-get install nodejs")
    vectors("rfc6962")  # says it, where they are missing
    ended = subprocess.run(
        [node, "--test", "--test-reporter=tap", str(SCRIPTS / "proofs.test.js")],
        env={**os.environ, "VECTORS": str(VECTORS), "WORDS": json.dumps(WORDS["audit"]), "NODE_NO_WARNINGS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, "\n".join(ended.stdout.splitlines()[-80:]) + ended.stderr
    assert len(re.findall(r"^ *ok ", ended.stdout, re.MULTILINE)) > CASES


def test_in_the_browser(browser):
    context = browser.new_context()
    page = context.new_page()
    page.route("**/*", _from_the_project)
    page.goto(f"{ORIGIN}/")
    published = dict(vectors("rfc6962") + vectors("note"))
    module = f"{ORIGIN}/{(SCRIPTS / 'cases.js').relative_to(PROJECT)}"
    count, failed = page.evaluate(RUN, [module, published, WORDS["audit"]])
    context.close()
    assert failed == []
    assert count > CASES


def test_a_wrong_module_is_seen(browser):
    """That the cases can fail: here every root is the right one."""
    context = browser.new_context()
    page = context.new_page()

    def believing(route):
        if route.request.url.endswith("/checks.js"):
            real = (PROJECT / "api/pages/static/checks.js").read_text("utf-8")
            wrong = "export const sameBytes = () => true;\n"
            source = "".join(line for line in real.splitlines(keepends=True) if "const sameBytes" not in line) + wrong
            route.fulfill(body=source, content_type="text/javascript")
        else:
            _from_the_project(route)

    page.route("**/*", believing)
    page.goto(f"{ORIGIN}/")
    module = f"{ORIGIN}/{(SCRIPTS / 'cases.js').relative_to(PROJECT)}"
    _, failed = page.evaluate(RUN, [module, dict(vectors("rfc6962") + vectors("note")), WORDS["audit"]])
    context.close()
    assert len(failed) > 50


def _from_the_project(route):
    path = route.request.url.removeprefix(ORIGIN).lstrip("/")
    place = PROJECT / path
    if path and place.suffix == ".js" and place.is_file():
        route.fulfill(body=place.read_bytes(), content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html><title>cases</title>", content_type="text/html")


def test_every_module_is_read_by_the_strictest_parser():
    """No script says `eval`, writes HTML from text, or speaks to another host: what a policy forbids is not there."""
    for place in sorted((PROJECT / "api/pages/static").glob("*.js")):
        text = place.read_text("utf-8")
        for forbidden in (
            "eval(",
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "https://",
            "http://",
        ):
            said = [
                line for line in text.splitlines() if forbidden in line and not line.lstrip().startswith(("*", "/"))
            ]
            assert said == [], f"{place.name}: {json.dumps(said)}"
