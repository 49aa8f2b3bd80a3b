"""A server of asyncio beside tests that wait ends when its block does, whatever it was at."""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack

import pytest

from tests.servers.loopback import Loopback


class Patient(Loopback):
    """Says `?` and waits for an answer that never comes."""

    async def _open(self) -> None:
        self.port = await self._listen(self._wait)

    async def _wait(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"?")
        await reader.read()


def test_at_the_end_whoever_is_still_served_hears_of_it_and_nothing_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with ExitStack() as after:
        with Patient() as server:
            client = after.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=60))
            assert client.recv(10) == b"?"
        assert client.recv(10) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=60)
    assert caplog.messages == []


def test_a_port_that_cannot_be_opened_is_an_error_where_it_is_asked_for() -> None:
    class Broken(Patient):
        async def _open(self) -> None:
            await super()._open()
            raise OSError("no other port is free")

    broken = Broken()
    with pytest.raises(OSError, match="no other port"), broken:
        pytest.fail("it was entered")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", broken.port), timeout=60)
