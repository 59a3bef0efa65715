"""A program: kills a witness at each moment of cosigning, one after the other, and sees what the next one does.

    python -m tests.audit.killed_everywhere FOLDER

Each time a child process cosigns a checkpoint, gives the cosignature out through a pipe, and gets SIGKILL after its
n-th call of a function in C: all that touches files is one. Then a witness that starts in the same folder is asked to
cosign a fork of that checkpoint. It prints how many moments there were, and in how many the cosignature had been given
out; it ends with an error if both were ever cosigned. One thread alone, since it forks.
"""

import os
import signal
import sys
from itertools import count
from pathlib import Path

from api.witness.records import Records, prepared
from api.witness.witness import OtherSize, Witness
from tests.audit.logs import Log

LOG = Log("ledger.example", leaves=8)
FORK = Log(LOG.origin, leaves=8, fork="another history", forked_after=3)


def cosigned(folder, body):
    """Whether a witness that starts there cosigns it; otherwise it is at another size, and any other refusal raises."""
    records = Records(folder)
    try:
        Witness(records, [LOG.key.note_key]).add_checkpoint(body)
    except OtherSize:
        return False
    finally:
        records.close()
    return True


def killed_after(calls, folder, body):
    """Cosign `body` in a child that is killed after so many calls. Returns what it gave out, and if it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        witness = Witness(Records(folder), [LOG.key.note_key])
        left = count(calls, -1)

        def kill(_frame, event, _argument):
            if event.startswith("c_") and next(left) == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.setprofile(kill)
        signature = witness.add_checkpoint(body)
        os.write(writing, signature.line().encode())
        sys.setprofile(None)
        os._exit(0)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as pipe:
        return pipe.read(), os.WIFSIGNALED(status)


def main(parent):
    """A folder for each moment; half the time something was cosigned there before."""
    moments = given_out = 0
    killed = True
    while killed:
        folder, start = parent / str(moments), 3 if moments % 2 else 0
        with prepared(folder, "desk.example/witness", ""):
            if start:
                assert cosigned(folder, LOG.submission(0, start))
            given, killed = killed_after(moments, folder, LOG.submission(start, 7))
            both = cosigned(folder, FORK.submission(start, 7)) and bool(given)
            assert not both, f"killed after {moments} calls it gave out a cosignature and then cosigned a fork"
        moments, given_out = moments + 1, given_out + bool(given)
    sys.stdout.write(f"{moments} {given_out}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
