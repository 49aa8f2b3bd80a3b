"""Real servers for the tests, started from what is there: the one an environment variable names, one on
PATH, or the one that comes with the test dependencies.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Mapping
from typing import NoReturn

import pytest


class AbsentError(Exception):
    """No such server is on this machine, or none of those that are here starts."""


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def absent(what: str, environment: Mapping[str, str] = os.environ) -> NoReturn:
    """A laptop may lack a server, CI may not."""
    if environment.get("CI"):
        pytest.fail(f"CI is set and there is no {what}")
    pytest.skip(f"no {what} on this machine")


def wait_for(answers: Callable[[], bool], *, alive: Callable[[], bool], seconds: float = 20) -> None:
    """Return once it answers. Raises OSError where it died, or never did in that time."""
    deadline = time.monotonic() + seconds
    while not answers():
        if time.monotonic() > deadline or not alive():
            raise OSError("the server does not answer")
        time.sleep(0.02)
