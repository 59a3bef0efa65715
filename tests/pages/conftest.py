"""One demo for the session, with the fixtures, served by the real command; one browser; a new tab for each test."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.pages.browser import Visit, started, visiting
from tests.process import command, environment, free_port, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser


@dataclass(frozen=True)
class Demo:
    """A running ledger with the fixtures, and a token that may append to it."""

    url: str
    token: str

    def get(self, path: str, **query: Any) -> Any:
        """The JSON that the API answers with."""
        answer = httpx.get(self.url + path, params=query or None)
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextmanager
def demonstrating() -> Iterator[Demo]:
    """`retorsion demo`, until the end of the block."""
    with running([str(command()), "demo", "--port", str(free_port())], environment()) as served:
        token = re.search(r"^Append token: (\S+)$", served.printed(), re.MULTILINE)
        assert token, served.printed()
        yield Demo(served.url, token[1])


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """The demo. Nobody appends to it: who wants to, starts one of their own with `demonstrating`."""
    with demonstrating() as running_demo:
        yield running_demo


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, started once; and stopped before tests of anything else, whose asyncio Playwright's would stand in."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = started(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Browser, demo: Demo) -> Iterator[Visit]:
    """A tab on the demo, at a desk, in light."""
    with visiting(browser, demo.url) as tab:
        yield tab


@pytest.fixture
def visiting_as(browser: Browser, demo: Demo) -> Callable[..., AbstractContextManager[Visit]]:
    """`with visiting_as(width=PHONE, dark=True, scripts=False) as visit:`."""
    return lambda **options: visiting(browser, demo.url, **options)
