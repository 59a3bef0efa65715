"""Templates, and what all of them can call."""

from __future__ import annotations

from typing import Any

from flask import render_template

from api.pages.wording import a_day, a_time, day_in_words, say, weekday, words

TEMPLATE_GLOBALS: dict[str, Any] = {
    "say": say,
    "words": words,
    "a_day": a_day,
    "a_time": a_time,
    "day_in_words": day_in_words,
    "weekday": weekday,
}


def render(template: str, **shown: Any) -> str:
    """What the template makes of it. Everything is escaped that is not markup."""
    return render_template(template, **shown)
