"""Answer: what the local EDGAR says to one request, and the HTTP server that says it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

import msgspec

from worker.standins.http_server import HttpHandler, HttpServer


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


class AnsweringServer(HttpServer):
    """Puts every GET to `answer` and sends what comes back."""

    def __init__(self, clock: Callable[[], datetime], answer: Callable[[Asked], Answer]) -> None:
        super().__init__(_Handler)
        self.clock = clock
        self.answer = answer


class _Handler(HttpHandler):
    server: AnsweringServer
    server_version = "Apache"
    sys_version = ""

    def do_GET(self) -> None:  # noqa: N802 - the base class's name
        server = self.server
        asked = Asked(at=server.clock(), target=self.path, agent=self.headers.get("User-Agent", ""))
        answer = server.answer(asked)
        if answer.wait:
            server.closing.wait(answer.wait)
        if answer.ending is Ending.RESET:
            self.reset()
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
