"""Cases that are refused, each with the check that has to say so."""

import pytest


def refused(*cases):
    """Each case is the name of the check and a callable that fails it."""
    return pytest.mark.parametrize(
        ("check", "attempt"), cases, ids=[f"{number} {check}" for number, (check, _) in enumerate(cases)]
    )
