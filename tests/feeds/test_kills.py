"""kill -9 of an import: nothing of it is there, or all; then it is simply run again."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_killed_at_any_statement_it_left_nothing_or_all_and_can_be_run_again(database_url):
    step = 1 if database_url.startswith("sqlite") else 6  # there it takes longer, and is what the commit is
    program = [sys.executable, "-m", "tests.feeds.killed_everywhere", database_url, str(step)]
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(program, env=variables, capture_output=True, text=True, timeout=240)
    assert ran.returncode == 0, ran.stderr
    moments, _ = map(int, ran.stdout.split())
    assert moments > 30 / step
