"""`make screenshots`: a picture of each page at 390 and 1280 px, light and dark, with the fixtures: build/screenshots.

For eyes, not for comparison: whoever changes how a page looks looks at all of them. The pictures in the README are the
first screens of some; they are made with the others.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.pages.addresses import PAGES
from tests.pages.browser import DESK, PHONE, started, visiting
from tests.pages.conftest import demonstrating

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "screenshots"
IN_README = {"actor": (DESK, False), "dyad": (DESK, True), "measure": (PHONE, False), "audit": (PHONE, True)}
"""The pages that the README shows: their width, and whether dark."""
PICTURES = ROOT / "docs" / "pictures"


def main(wanted: list[str]) -> None:
    """Of all pages, or of those named."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demonstrating() as demo, sync_playwright() as playwright:
        browser = started(playwright)
        for name, path in PAGES.items():
            if wanted and name not in wanted:
                continue
            for width in (PHONE, DESK):
                for dark in (False, True):
                    with visiting(browser, demo.url, width=width, dark=dark) as visit:
                        visit.page.goto(demo.url + path, wait_until="load")
                        file = FOLDER / f"{name}-{width}-{'dark' if dark else 'light'}.png"
                        visit.page.screenshot(path=file, full_page=True)
                        if IN_README.get(name) == (width, dark):
                            visit.page.screenshot(path=PICTURES / f"{name}.png")
        browser.close()
    sys.stdout.write(f"{FOLDER}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
