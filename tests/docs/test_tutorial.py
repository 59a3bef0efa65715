"""Every command of the tutorial, the README and the how-to guides runs, and prints what the page says.

How a page is read, and how to bring its output up to date: see `tests.docs.pages`.
"""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.docs.pages import ROOT, faults_of, outcomes_of
from tests.feeds.published import published

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from tests import postgresql
    from tests.docs.pages import Outcome

ON_POSTGRESQL = "docs/how-to/postgresql.md"
PAGES = [
    "docs/tutorial.md",
    "README.md",
    *sorted(page.relative_to(ROOT).as_posix() for page in (ROOT / "docs" / "how-to").glob("*.md")),
]
PAGES.remove(ON_POSTGRESQL)
Read = dict[str, "Future[list[Outcome]]"]
AT_ONCE = 3  # most of the time they wait for servers and commands to start


@pytest.fixture(scope="module", autouse=True)
def _what_readers_have() -> None:
    missing = [tool for tool in ("bash", "curl") if shutil.which(tool) is None]
    if missing:
        absent = pytest.fail if os.environ.get("CI") else pytest.skip
        absent(f"the pages need {' and '.join(missing)}: apt-get install {' '.join(missing)}")


@pytest.fixture(scope="module")
def read(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[list[Outcome]]]]:
    """What came of each of the pages whose tests are to run, as soon as it is there: several are read at once."""
    selected = {item.name for item in request.session.items}
    wanted = [page for page in PAGES if f"{test_every_command_prints_what_the_page_says.__name__}[{page}]" in selected]
    with ThreadPoolExecutor(AT_ONCE) as readers:
        yield {page: readers.submit(outcomes_of, ROOT / page, tmp_path_factory.mktemp("page")) for page in wanted}


@pytest.mark.parametrize("page", PAGES)
def test_every_command_prints_what_the_page_says(read: Read, page: str) -> None:
    if "../shared/data/" in (ROOT / page).read_text("utf-8"):
        published("")
    assert not (faults := faults_of(read[page].result())), f"{page}, {faults}"


def test_every_command_on_postgresql_prints_what_the_page_says(
    postgresql_server: postgresql.Server, tmp_path: Path
) -> None:
    postgresql_server.create("retorsion")
    try:
        assert not (faults := faults_of(outcomes_of(ROOT / ON_POSTGRESQL, tmp_path, postgresql_server))), faults
    finally:
        postgresql_server.drop("retorsion")
