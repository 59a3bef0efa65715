"""The published vectors, which lie beside the project, not in it (their README says whose they are)."""

import json
import os
from pathlib import Path

import pytest

VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors"


def vectors(under):
    """Path and content of each JSON file there. That they are missing is said plainly, and is a failure under CI."""
    paths = sorted((VECTORS / under).rglob("*.json"))
    if not paths:
        absent = pytest.fail if os.environ.get("CI") else pytest.skip
        absent(f"vectors are missing: ../shared/vectors/{under} has to lie beside the project")
    return [(str(path.relative_to(VECTORS)), json.loads(path.read_bytes())) for path in paths]
