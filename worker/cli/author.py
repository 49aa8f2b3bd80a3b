"""Who does what a command writes down, where nobody says otherwise: whoever is logged in."""

from __future__ import annotations

import getpass
import os
from typing import Annotated

import typer

from worker.errors import Form144Error

By = Annotated[str | None, typer.Option(help="who does it, for the record; default: the login name")]


def author(by: str | None) -> str:
    """Raises Form144Error where somebody was to be named and nobody is."""
    if by is not None:
        if not by.strip():
            raise Form144Error("--by names nobody")
        return by.strip()
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container's user may have a number and no name
        return f"user {os.getuid()}"
