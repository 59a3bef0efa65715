"""Whether the server that this process works for still serves: a file that it removes when it is told to stop."""

import os
from pathlib import Path

SERVING = "RETORSION_SERVING"
"""Names a file that is there as long as the server serves: once it is gone, streams end."""


def serving() -> bool:
    """Whether the server still serves; so it does where nobody said how to tell."""
    marker = os.environ.get(SERVING)
    return marker is None or Path(marker).exists()


def stop_serving() -> None:
    """From now on, in every worker, it does not."""
    if marker := os.environ.get(SERVING):
        Path(marker).unlink(missing_ok=True)
