"""The command line `retorsion`: one module for each thing that can be done, imported when it is asked for."""

from api.cli.main import main

__all__ = ["main"]
