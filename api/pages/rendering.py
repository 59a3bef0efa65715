"""Templates, and what all of them can call."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from flask import current_app
from jinja2.ext import Extension
from markupsafe import Markup

from api.pages.inline import as_recorded, every_element, path_of, subject_link
from api.pages.markup import joined, tag
from api.pages.when import is_today, linked
from api.pages.wording import a_day, a_time, day_in_words, say, weekday, words
from ledger.domain.dates import day_text
from ledger.times import time_text

_STATUS = Markup(
    '<span class="status {code}"><svg class="shape {code}" width="14" height="14" aria-hidden="true">'
    '<use href="#shape-{code}"/></svg> {word}</span>'
)


@cache
def status_in_words(code: str) -> Markup:
    """The shape of a status and its word."""
    return _STATUS.format(code=code, word=words("status")[code])


@lru_cache(maxsize=512)
def options(section: str, chosen: str) -> Markup:
    """The codes of a section to choose from, by their words."""
    return joined(
        tag("option", word, value=code, selected="" if code == chosen else None)
        for code, word in words(section).items()
    )


LONG_TITLE = 90
"""In letters: a longer one is set smaller, so that what it is about stays on the first screen."""

TEMPLATE_GLOBALS: dict[str, Any] = {
    "LONG_TITLE": LONG_TITLE,
    "say": say,
    "words": words,
    "a_day": a_day,
    "a_time": a_time,
    "as_recorded": as_recorded,
    "day_text": day_text,
    "every_element": every_element,
    "is_today": is_today,
    "linked": linked,
    "options": options,
    "path_of": path_of,
    "status": status_in_words,
    "subject_link": subject_link,
    "time_text": time_text,
    "day_in_words": day_in_words,
    "weekday": weekday,
}


_SAID = re.compile(r"\{\{ say\('([\w.]+)'\) \}\}")


class Said(Extension):
    """Texts that are the same each time stand in the template when it is compiled: half of what a page would call."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Each `{{ say('a.text') }}` as what it says."""
        return _SAID.sub(lambda called: str(say(called[1])), source)


_MACROS = ("parts", "dates")
"""Templates of macros, which all others find by these names: to import them in each would take longer than a page."""


def render(template: str, **shown: Any) -> str:
    """What the template makes of it. Everything is escaped that is not markup."""
    environment = current_app.jinja_env
    for name in _MACROS:
        if name not in environment.globals:  # not yet: most commands and requests show no page
            environment.globals[name] = environment.get_template(f"{name}.html").module
    return environment.get_template(template).render(shown)
