"""kill -9 of an import: nothing of it is there, or all; then it is simply run again, also twice at once."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ledger.service import Ledger
from tests.feeds.made import entry, feed_of, imported, reading

ROOT = Path(__file__).parents[2]


def test_killed_at_any_statement_it_left_nothing_or_all_and_can_be_run_again(database_url):
    step = 1 if database_url.startswith("sqlite") else 6  # there it takes longer, and is what the commit is
    program = [sys.executable, "-m", "tests.feeds.killed_everywhere", database_url, str(step)]
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(program, env=variables, capture_output=True, text=True, timeout=240)
    assert ran.returncode == 0, ran.stderr
    moments, _ = map(int, ran.stdout.split())
    assert moments > 30 / step


def test_of_two_imports_at_once_one_appends_and_the_other_finds_it_done(database_url):
    feed = feed_of(reading(*(entry(f"made-{number}") for number in range(200))))
    ledgers = [Ledger.open(database_url) for _ in range(4)]
    with ThreadPoolExecutor(len(ledgers)) as pool:
        came = list(pool.map(lambda ledger: imported(ledger, feed, 0, "2020-01-01"), ledgers))
    assert sorted(each.is_same for each in came) == [False, True, True, True]
    assert (ledgers[0].head().sequence, len(ledgers[0].readings())) == (252 + 401, 1)
    for ledger in ledgers:
        ledger.close()
