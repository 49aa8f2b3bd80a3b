"""Real servers for the tests, started from what is there: the one an environment variable names, one on
PATH, or the one that comes with the test dependencies.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from random import SystemRandom
from typing import NoReturn

import pytest


class AbsentError(Exception):
    """No such server is on this machine, or none of those that are here starts."""


class EndedError(OSError):
    """A server's process ended before it answered."""


#: Below the ports that systems give to whoever asks for any (Linux: from 32768, RFC 6335: from 49152): every
#: client of every other test draws from those.
PORTS = range(15_000, 32_000)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody has at this moment and that nobody is given by chance."""
    # Not of `random` itself: the tests of every xdist worker begin with the same seed.
    for port in SystemRandom().sample(PORTS, 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("a hundred ports were tried, and none is free")


@contextmanager
def nobody_listens() -> Iterator[int]:
    """A port of 127.0.0.1 that refuses everybody: it is taken, and not listened on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield int(taken.getsockname()[1])


class Server(ABC):
    """A program that listens on a port of 127.0.0.1, and on the same one each time it comes back."""

    def __init__(self) -> None:
        self.port = free_port()
        self._ran = False
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers. Raises OSError where it does not.

        Somebody may take the port between its choice and the first start: there it takes another.
        """
        for _ in range(0 if self._ran else 3):
            try:
                self._start_here()
            except EndedError:
                self.port = free_port()
            else:
                return
        self._start_here()

    @abstractmethod
    def stop(self) -> None:
        """End it, whether or not it runs."""

    @abstractmethod
    def _launch(self) -> subprocess.Popen[bytes]:
        """The process, just started."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether this very process answers on the port: another server may be there."""

    def _start_here(self) -> None:
        process = self._process = self._launch()
        try:
            wait_for(self._answers, alive=lambda: process.poll() is None)
        except BaseException:
            self.stop()
            raise
        self._ran = True


def absent(what: str, environment: Mapping[str, str] = os.environ) -> NoReturn:
    """A laptop may lack a server, CI may not."""
    if environment.get("CI"):
        pytest.fail(f"CI is set and there is no {what}")
    pytest.skip(f"no {what} on this machine")


def wait_for(answers: Callable[[], bool], *, alive: Callable[[], bool], seconds: float = 60) -> None:
    """Return once it answers. Raises EndedError where it died, OSError where it never did in that time."""
    deadline = time.monotonic() + seconds
    while not answers():
        if not alive():
            raise EndedError("the server ended")
        if time.monotonic() > deadline:
            raise OSError("the server does not answer")
        time.sleep(0.02)
