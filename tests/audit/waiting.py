"""Whether a process waits for a lock, as Linux tells it."""

import time
from pathlib import Path

PATIENCE_SECONDS = 60


def waits_or_ends(process):
    """Wait until `process` waits for somebody's flock, or has ended. Returns whether it waits."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None:
        # proc_locks(5): "1: -> FLOCK ADVISORY WRITE <pid> ..." is one that is blocked
        fields = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
        if any(line[1:3] == ["->", "FLOCK"] and line[5] == str(process.pid) for line in fields):
            return True
        assert time.monotonic() < deadline, "it neither waits nor ends"
        time.sleep(0.01)
    return False
