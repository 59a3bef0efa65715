"""A browser as a reader uses it, and what no page may do in it: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-default-apps", "--disable-dev-shm-usage", "--no-first-run",
]  # fmt: skip
DESK, PHONE, NARROWEST = 1280, 390, 320
HEAVIEST_BYTES = 100_000
LARGEST_SHIFT = 0.05
SERIOUS = {"serious", "critical"}
_AXE = Path(__file__).parent / "vendor" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_SHIFTS = """
  window.shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
  }).observe({type: "layout-shift", buffered: true});
"""


def started(playwright: Playwright) -> Browser:
    """The browser. To find none is a failure under CI, and a skip that says so elsewhere."""
    if not Path(CHROMIUM).exists():
        absent = pytest.fail if os.environ.get("CI") else pytest.skip
        absent(f"no {CHROMIUM}: apt-get install chromium")
    return playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)


class Visit:
    """A tab, and all that happened in it since it was opened: `page` is Playwright's."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.origin = origin
        self.said: list[str] = []
        self.foreign: list[str] = []
        self.bytes = 0
        page.add_init_script(_SHIFTS)
        page.on("console", lambda message: self._heard(message.type, message.text))
        page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        page.on("request", self._asked)
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", self._loaded)

    def _heard(self, kind: str, text: str) -> None:
        # Chromium itself says of an answer of 4xx that it is one: that is no fault of the page.
        if not text.startswith("Failed to load resource: the server responded with a status of 4"):
            self.said.append(f"{kind}: {text}")

    def _asked(self, request: Any) -> None:
        if urlsplit(request.url).scheme in {"http", "https", "ws", "wss"} and not request.url.startswith(self.origin):
            self.foreign.append(request.url)

    def _loaded(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])

    def go(self, path: str, status: int = 200) -> Page:
        """Load a page of the ledger; counts its bytes from nothing."""
        self.bytes = 0
        answer = self.page.goto(self.origin + path, wait_until="load")
        assert answer is not None, path
        assert answer.status == status, f"{path}: {answer.status}"
        return self.page

    def faults(self) -> list[str]:
        """What no page may do (pages.md, Fixed, 1 and 2), where it did it."""
        page, found = self.page, []
        found += [f"the console: {text}" for text in self.said]
        found += [f"another host: {url}" for url in self.foreign]
        found += [f"a cookie: {cookie['name']}" for cookie in page.context.cookies()]
        if self.bytes > HEAVIEST_BYTES:
            found.append(f"{self.bytes:,} bytes")
        if (shift := page.evaluate("window.shift")) > LARGEST_SHIFT:
            found.append(f"the layout shifts by {shift:.3f}")
        wide, window = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        if wide > window:
            found.append(f"{wide} px wide in a window of {window}")
        return found

    def barriers(self) -> list[str]:
        """What axe-core finds to be serious or critical, rule by rule, with the first place of each."""
        self.page.evaluate(_AXE.read_text("utf-8"))
        rules = {"runOnly": {"type": "tag", "values": _RULES}, "rules": {"target-size": {"enabled": True}}}
        found = self.page.evaluate("rules => axe.run(document, rules)", rules)
        return [
            f"{violation['id']}: {violation['help']}: {violation['nodes'][0]['html'][:200]}"
            for violation in found["violations"]
            if violation["impact"] in SERIOUS
        ]


@contextmanager
def visiting(
    browser: Browser, origin: str, *, width: int = DESK, dark: bool = False, scripts: bool = True, **more: Any
) -> Iterator[Visit]:
    """A new tab of a browser that knows nothing yet."""
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if dark else "light",
        java_script_enabled=scripts,
        **more,
    )
    context.set_default_timeout(10_000)
    try:
        yield Visit(context.new_page(), origin)
    finally:
        context.close()
