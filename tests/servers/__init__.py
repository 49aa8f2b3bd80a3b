"""Real servers for the tests, started from what is there: the one an environment variable names, one on
PATH, or the one that comes with the test dependencies.
"""

from __future__ import annotations

import os
import socket

import pytest


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def absent(what: str) -> None:
    """A laptop may lack a server, CI may not."""
    if os.environ.get("CI"):
        pytest.fail(f"CI is set and there is no {what}")
    pytest.skip(f"no {what} on this machine")
