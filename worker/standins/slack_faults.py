"""How a stand-in's HTTP server misbehaves: faults that are queued by name and used up one request each."""

from __future__ import annotations

import json
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from worker.standins.http_server import HttpHandler, HttpServer


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One HTTP answer."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, value: Any, *, status: int = 200, retry_after: int | None = None) -> Answer:
        return cls._made(json.dumps(value), "application/json; charset=utf-8", status, retry_after)

    @classmethod
    def plain(cls, text: str, *, status: int = 200, retry_after: int | None = None) -> Answer:
        return cls._made(text, "text/plain; charset=utf-8", status, retry_after)

    @classmethod
    def html(cls, text: str, *, status: int = 200) -> Answer:
        return cls._made(text, "text/html; charset=utf-8", status, None)

    @classmethod
    def _made(cls, text: str, kind: str, status: int, retry_after: int | None) -> Answer:
        headers = {"Content-Type": kind}
        if retry_after is not None:
            headers["Retry-After"] = str(retry_after)
        return cls(status=status, body=text.encode(), headers=headers)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What goes wrong with one request; made by the class methods.

    `taken` requests are carried out before they go wrong, the others never are.
    """

    answer: Answer | None = None
    taken: bool = False
    dropped: bool = False
    delay: float = 0.0

    @classmethod
    def rate_limited(cls, seconds: int) -> Fault:
        error = {"ok": False, "error": "ratelimited"}
        return cls(answer=Answer.json(error, status=429, retry_after=seconds))

    @classmethod
    def status(cls, code: int, body: str = "") -> Fault:
        return cls(answer=Answer.plain(body, status=code))

    @classmethod
    def error(cls, code: str) -> Fault:
        """One of Slack's error codes, in an answer whose HTTP status is 200 as Slack's are."""
        return cls(answer=Answer.json({"ok": False, "error": code}))

    @classmethod
    def html_page(cls, status: int = 200) -> Fault:
        """A page of some proxy on the way, where an answer was expected."""
        return cls(answer=Answer.html("<html><body>Service unavailable</body></html>", status=status))

    @classmethod
    def lost_answer(cls) -> Fault:
        """The request is carried out; the connection breaks before the answer."""
        return cls(taken=True, dropped=True)

    @classmethod
    def reset(cls) -> Fault:
        """The connection breaks and nothing was carried out; the client cannot tell the difference."""
        return cls(dropped=True)

    @classmethod
    def slow(cls, seconds: float) -> Fault:
        """The request is carried out at once; its answer comes late."""
        return cls(taken=True, delay=seconds)


class FaultyServer:
    """An HTTP server on a free port of 127.0.0.1, in a thread of its own, open inside a `with` block.

    A subclass says which queue of faults a path belongs to (`name_of`) and what a request comes to
    (`carry_out`); requests are carried out one at a time. `asked` counts them by that name, faulty ones
    too.
    """

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._one_at_a_time = threading.Lock()
        self._server = HttpServer(self._handler())

    def name_of(self, path: str) -> str:
        raise NotImplementedError

    def carry_out(self, path: str, headers: Mapping[str, str], body: dict[str, Any]) -> Answer:
        raise NotImplementedError

    @property
    def root(self) -> str:
        return self._server.url

    def queue_fault(self, name: str, fault: Fault, times: int) -> None:
        self._faults[name].extend([fault] * times)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()

    def _answer(self, handler: HttpHandler) -> None:
        path = urlsplit(handler.path).path
        body = _body(handler)
        with self._one_at_a_time:
            self.asked[self.name_of(path)] += 1
            waiting = self._faults[self.name_of(path)]
            fault = waiting.popleft() if waiting else Fault(taken=True)
            answer = fault.answer
            if fault.taken:
                answer = self.carry_out(path, dict(handler.headers.items()), body)
        self._server.closing.wait(fault.delay)
        if fault.dropped or answer is None:
            handler.reset()
            return
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        handler.wfile.write(answer.body)

    def _handler(self) -> type[HttpHandler]:
        outer = self

        class Handler(HttpHandler):
            def do_POST(self) -> None:  # noqa: N802 - the base class's name
                outer._answer(self)

            do_GET = do_POST  # noqa: N815

        return Handler


def _body(handler: HttpHandler) -> dict[str, Any]:
    """The arguments of a request: its query, and its body as JSON or as a form."""
    arguments: dict[str, Any] = dict(parse_qsl(urlsplit(handler.path).query))
    raw = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
    if handler.headers.get("Content-Type", "").startswith("application/json"):
        arguments.update(json.loads(raw or b"{}"))
    else:
        arguments.update(parse_qsl(raw.decode()))
    return arguments
