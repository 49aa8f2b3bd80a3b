"""The dead-man's ping: an address that is asked after each good poll, and whose owner hears when it is not.

A poll that fails asks for nothing: silence is the signal, and it is the same signal whether the SEC, this
program, its machine or its network is what failed. Any monitor that expects a GET at least every few minutes
will do (https://healthchecks.io/docs/http_api/).
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Lock, Thread
from urllib.parse import urlsplit

import structlog

from worker.errors import Unreachable

log = structlog.get_logger()

#: For the connection, and for each part of the answer.
TIMEOUT = 5.0


class Ping:
    """Asks for `url` in a thread of its own: polling waits for nothing and fails of nothing.

    The certificate is verified, redirects are not followed, and the URL, which is a secret, is in no log.
    """

    def __init__(self, url: str, *, my_turn: Callable[[], bool], tls: ssl.SSLContext | None = None) -> None:
        """`url` is https, or http on this machine. `my_turn` is False while somebody pinged a moment ago; it
        may raise Unreachable.
        """
        where = urlsplit(url)
        self._secure = where.scheme == "https"
        self._host, self._port = where.hostname or "", where.port
        self._target = (where.path or "/") + (f"?{where.query}" if where.query else "")
        self._my_turn = my_turn
        self._tls = tls or ssl.create_default_context()
        self._under_way = Lock()
        self._failing = False

    def __call__(self) -> None:
        """A poll was good. Returns at once; while an earlier ping is under way there is no other."""
        if not self._under_way.acquire(blocking=False):
            return
        try:
            Thread(target=self._ping, name="ping", daemon=True).start()
        except (RuntimeError, MemoryError) as error:  # the machine has no thread to spare
            self._note(str(error) or type(error).__name__)
            self._under_way.release()

    def wait(self) -> None:
        """Until no ping is under way."""
        with self._under_way:
            pass

    def _ping(self) -> None:
        try:
            if self._my_turn():
                self._note(self._ask())
        except Unreachable as error:
            self._note(str(error))
        finally:
            self._under_way.release()

    def _note(self, why: str | None) -> None:
        """Log the first failure and the first success after it."""
        if why and not self._failing:
            log.warning("ping_failed", why=why)
        elif self._failing and not why:
            log.info("ping_works_again")
        self._failing = why is not None

    def _ask(self) -> str | None:
        """None where the other side took it, else why not, in words that name no address."""
        connection = (
            HTTPSConnection(self._host, self._port, timeout=TIMEOUT, context=self._tls)
            if self._secure
            else HTTPConnection(self._host, self._port, timeout=TIMEOUT)
        )
        try:
            connection.request("GET", self._target, headers={"User-Agent": "form144"})
            status = connection.getresponse().status
        except (OSError, HTTPException, ValueError) as error:
            return type(error).__name__
        finally:
            connection.close()
        return None if 200 <= status < 300 else f"HTTP {status}"
