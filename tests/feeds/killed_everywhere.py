"""A program: kills an import at each statement on the database, one after the other, and sees what is there then.

    python -m tests.feeds.killed_everywhere URL STEP

Each time a child process imports a reading, and gets SIGKILL at its n-th statement; n grows by STEP. Then there has to
be nothing of it, or all: events, reading and entries. It prints how many statements there were, and after how many it
was all there.
"""

import os
import signal
import sys
from itertools import count

from ledger.service import Ledger
from tests.feeds.made import entry, feed_of, imported, reading

STATEMENTS = {"execute", "executemany", "copy", "commit"}
FEED = feed_of(
    reading(*(entry(f"made-{number}") for number in range(30))),
    reading(*(entry(f"made-{number}", name="Another") for number in range(25, 55)), *(entry("made-1"),)),
)


def killed_at(statement, url, number):
    """Import a reading in a child that is killed at that statement; whether it was."""
    child = os.fork()
    if child == 0:
        ledger, left = Ledger.open(url), count(statement, -1)

        def kill(frame, event, argument):
            name = argument.__name__ if event == "c_call" else frame.f_code.co_name
            if event in {"call", "c_call"} and name in STATEMENTS and next(left) == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.setprofile(kill)
        imported(ledger, FEED, number, f"2020-0{number + 1}-01", max_removals=100)
        sys.setprofile(None)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def stored(url):
    """How many events and readings there are, and of how many entries it is kept what was said."""
    ledger = Ledger.open(url)
    with ledger.reading() as session:
        entries = session.value("SELECT count(*) FROM entries")
        found = (session.value("SELECT count(*) FROM events"), len(ledger.readings()), entries)
    ledger.close()
    return found


def main(url, step):
    moments = whole = 0
    for number, expected in enumerate([(252 + 61, 1, 60), (252 + 61 + 79, 2, 110)]):
        before, killed, statement = stored(url), True, 0
        while killed and stored(url) == before:
            killed = killed_at(statement, url, number)
            statement += step
        assert stored(url) == expected, f"at statement {statement} {before} became {stored(url)}"
        moments, whole = moments + statement // step, whole + killed
    ledger = Ledger.open(url)
    assert not ledger.rebuild(check=True)
    ledger.close()
    sys.stdout.write(f"{moments} {whole}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
