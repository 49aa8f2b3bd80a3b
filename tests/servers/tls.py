"""TLS in front of a server that has none of its own, as stunnel would do it."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from pathlib import Path

from tests.servers.loopback import Loopback

#: A certificate for localhost that nobody's machine trusts, with its key.
CERTIFICATE = Path(__file__).parents[1] / "standins" / "certificates" / "localhost.pem"


class TlsFront(Loopback):
    """Listens on a free port of 127.0.0.1 and passes on what it deciphers; open inside a `with` block."""

    def __init__(self, port: int) -> None:
        self._behind = port
        self.port = 0

    async def _open(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        self.port = await self._listen(self._serve, tls=context)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        replies, server = await asyncio.open_connection("127.0.0.1", self._behind)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_pass_on(reader, server))
                both.create_task(_pass_on(replies, writer))
        finally:
            for one in (server, writer):
                one.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, ssl.SSLError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()
