"""A worker keeps to one processor.

Python's threads run one at a time, and each reading of the database hands the turn to another one. Where that is on
another processor, which may have gone to sleep meanwhile, handing it over costs more than the reading itself: on two
processors a worker that keeps to one of them answers a third more. Who wants more of them busy starts more workers.
"""

import os
import socket
from contextlib import suppress

_SEAT = "\0retorsion-processor-{}"
"""Names of sockets outside the file system: who has bound one has it alone, until its process ends, however it ends."""
_taken: list[socket.socket] = []


def keep_to_a_free_processor() -> None:
    """Let this thread, and those that it starts, run on a processor to which no other worker on the machine keeps.

    Where there is none, or the system knows nothing of the kind, it runs where the system says.
    """
    if not hasattr(os, "sched_setaffinity"):
        return
    for processor in sorted(os.sched_getaffinity(0)):
        seat = socket.socket(socket.AF_UNIX)
        try:
            seat.bind(_SEAT.format(processor))
        except OSError:  # another worker has it
            seat.close()
            continue
        _taken.append(seat)
        with suppress(OSError):  # a sandbox may refuse it
            os.sched_setaffinity(0, {processor})
        return
