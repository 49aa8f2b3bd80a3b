"""What a server of asyncio needs beside tests that wait: a loop, a thread, and an end in order."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from ssl import SSLContext
from threading import Thread
from types import TracebackType
from typing import Self

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]]


class Loopback(ABC):
    """Listens on free ports of 127.0.0.1, on a loop and in a thread of its own, inside a `with` block.

    At its end nobody new is let in, and whoever is still served is cancelled and awaited.
    """

    @abstractmethod
    async def _open(self) -> None:
        """Open every port, by `_listen`."""

    async def _listen(self, serve: Serve, *, tls: SSLContext | None = None) -> int:
        """The port on which each connection is served so from now on."""

        async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await serve(reader, writer)
            except asyncio.CancelledError:
                # Our own end. Raised on, Python 3.12.1 and before log it as an error (cpython#113538).
                writer.transport.abort()

        server = await asyncio.start_server(served, "127.0.0.1", 0, ssl=tls)
        self._opened.callback(server.close)
        return int(server.sockets[0].getsockname()[1])

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            runner = stack.enter_context(asyncio.Runner())
            self._opened = stack.enter_context(ExitStack())
            runner.run(self._open())
            self._loop = runner.get_loop()
            thread = Thread(target=self._loop.run_forever, name=type(self).__name__, daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(self._loop.call_soon_threadsafe, self._loop.stop)
            self._end = stack.pop_all().close
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()
