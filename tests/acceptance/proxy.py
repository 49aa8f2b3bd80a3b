"""A TCP proxy of ours between the workers and every other side, which cuts, stalls, refuses and swallows.

Only replies are held back or cut, so that what a worker asked for always arrives when it was asked, and
what is lost is the answer: the case that is hard to get right. `swallow` is a connection that died without
a word: nothing passes in either direction any more, and nobody is told.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from tests.servers.loopback import Loopback

CHUNK = 65_536
#: A peer that is gone is noticed by the kernel of the side that waits, sooner or later.
NOTICED_AFTER = 20.0


@dataclass(eq=False)
class _Connection:
    """One client's connection, and what is the matter with it."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    swallowed: bool = False

    def reset(self) -> None:
        """Both ends get a TCP reset, not an orderly end."""
        for writer in (self.client, self.server):
            sock = writer.get_extra_info("socket")
            with suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()


@dataclass(eq=False)
class Lane:
    """One listening port and the server behind it."""

    name: str
    target: tuple[str, int]
    port: int = 0
    stalled_until: float = 0.0
    refused_until: float = 0.0
    to_cut: int = 0  #: how many replies more are cut
    cut_after: int = 0  #: with how many of their bytes let through
    done: Counter[str] = field(default_factory=Counter)  #: what really happened, by word
    open: set[_Connection] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        if loop.time() < self.refused_until:
            self.done["refused"] += 1
            _Connection(client, client).reset()
            return
        try:
            replies, server = await asyncio.open_connection(*self.target)
        except OSError:
            client.transport.abort()
            return
        connection = _Connection(client, server)
        self.open.add(connection)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._ask(reader, connection))
                both.create_task(self._reply(replies, connection))
        except* (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open.discard(connection)
            for writer in (client, server):
                writer.close()

    async def _ask(self, reader: asyncio.StreamReader, connection: _Connection) -> None:
        while data := await reader.read(CHUNK):
            if not connection.swallowed:
                connection.server.write(data)
                await connection.server.drain()
        with suppress(OSError):
            connection.server.write_eof()

    async def _reply(self, replies: asyncio.StreamReader, connection: _Connection) -> None:
        loop = asyncio.get_running_loop()
        while data := await replies.read(CHUNK):
            if (held := self.stalled_until - loop.time()) > 0:
                self.done["stalled"] += 1
                await asyncio.sleep(held)
            if connection.swallowed:
                continue
            if self.to_cut > 0:
                self.to_cut -= 1
                self.done["cut"] += 1
                connection.client.write(data[: self.cut_after])
                await connection.client.drain()
                connection.reset()
                return
            connection.client.write(data)
            await connection.client.drain()
        if not connection.swallowed:
            with suppress(OSError):
                connection.client.write_eof()

    def swallow(self, loop: asyncio.AbstractEventLoop) -> None:
        for connection in self.open:
            if not connection.swallowed:
                connection.swallowed = True
                self.done["swallowed"] += 1
                loop.call_later(NOTICED_AFTER, connection.reset)


class Proxy(Loopback):
    """A lane for each target, on ports of 127.0.0.1; open inside a `with` block. Safe for threads."""

    def __init__(self, targets: Mapping[str, int]) -> None:
        """`targets` are ports of 127.0.0.1, by a name of their own."""
        self.lanes = {name: Lane(name, ("127.0.0.1", port)) for name, port in targets.items()}

    async def _open(self) -> None:
        for lane in self.lanes.values():
            lane.port = await self._listen(lane.serve)

    def port(self, name: str) -> int:
        return self.lanes[name].port

    def cut(self, name: str, *, replies: int, after: int) -> None:
        """The next replies end with a reset after so many bytes."""
        lane = self.lanes[name]
        lane.cut_after = after
        lane.to_cut = replies

    def stall(self, name: str, seconds: float) -> None:
        """No reply passes for so long."""
        self.lanes[name].stalled_until = self._loop.time() + seconds

    def refuse(self, name: str, seconds: float) -> None:
        """Nobody new is let in for so long."""
        self.lanes[name].refused_until = self._loop.time() + seconds

    def swallow(self, name: str) -> None:
        """Every connection that is open now dies without a word."""
        self._loop.call_soon_threadsafe(self.lanes[name].swallow, self._loop)

    def mend(self) -> None:
        """Everything passes again."""
        for lane in self.lanes.values():
            lane.to_cut, lane.stalled_until, lane.refused_until = 0, 0.0, 0.0
