"""Answer: what the local EDGAR says to one request, and the HTTP server that says it."""

from __future__ import annotations

import gzip
import socket
import struct
import sys
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock
from typing import Any, cast

import msgspec


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One request as it came in; `target` is the path with its query, `at` the stand-in's time."""

    at: datetime
    target: str
    agent: str

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


class Ending(StrEnum):
    """How the connection is left after the answer."""

    WHOLE = "whole"
    CUT = "cut"  #: half of the promised bytes, then the connection closes
    RESET = "reset"  #: no byte at all and a TCP reset


class Packing(StrEnum):
    """Whether the body is compressed with gzip, and says so in its Content-Encoding."""

    AS_ASKED = "as asked"
    ALWAYS = "always"
    NEVER = "never"  #: the body travels as it is, and so do its own headers


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A status, a body, and how it travels. `wait` is in seconds of real time. `packing` says whether the
    body is compressed on its way.
    """

    body: bytes
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    ending: Ending = Ending.WHOLE
    wait: float = 0.0
    packing: Packing = Packing.AS_ASKED


class AnsweringServer(ThreadingHTTPServer):
    """Puts every GET to `answer` and sends what comes back. Port 0, loopback, one thread a connection."""

    daemon_threads = False  # closing waits for the handlers, so that no socket outlives the server
    request_queue_size = 128

    def __init__(self, clock: Callable[[], datetime], answer: Callable[[Asked], Answer]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.clock = clock
        self.answer = answer
        self.closing = Event()
        self._open: set[socket.socket] = set()
        self._lock = Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a client that hangs up is part of the play
            super().handle_error(request, client_address)

    def close(self) -> None:
        """Stop serving, end the connections that are kept alive, wait for their threads."""
        self.closing.set()
        self.shutdown()
        with self._lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # already gone
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Apache"
    sys_version = ""
    disable_nagle_algorithm = True  # an answer is two writes; without this each costs 40 ms

    def do_GET(self) -> None:
        server = cast("AnsweringServer", self.server)
        asked = Asked(at=server.clock(), target=self.path, agent=self.headers.get("User-Agent", ""))
        answer = server.answer(asked)
        if answer.wait:
            server.closing.wait(answer.wait)
        if answer.ending is Ending.RESET:
            self._reset()
            return
        body = answer.body
        accepted = "gzip" in self.headers.get("Accept-Encoding", "")
        compressed = answer.packing is Packing.ALWAYS or (answer.packing is Packing.AS_ASKED and accepted)
        if compressed:
            body = gzip.compress(body, compresslevel=1)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(body)))
        if compressed:
            self.send_header("Content-Encoding", "gzip")
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()
        if answer.ending is Ending.CUT:
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
        else:
            self.wfile.write(body)

    def _reset(self) -> None:
        no_linger = struct.pack("ii", 1, 0)  # closing such a socket sends RST instead of FIN
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_linger)
        self.connection.close()
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Quiet: what was asked is kept in `EdgarStandin.requests`."""
