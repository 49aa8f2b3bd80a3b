"""The server under the HTTP stand-ins leaves nothing behind when it closes, and hides no error of its own."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from threading import Event, Thread

import pytest

from worker.standins.http_server import HttpHandler, HttpServer


class Waiting(HttpServer):
    """Answers /quick at once, breaks on /broken, and says anything else only when it closes."""

    def __init__(self) -> None:
        super().__init__(Handler)
        self.asked = Event()


class Handler(HttpHandler):
    server: Waiting

    def do_GET(self) -> None:  # noqa: N802 - the base class's name
        if self.path == "/broken":
            raise ValueError("an error of the stand-in")
        if self.path != "/quick":
            self.server.asked.set()
            self.server.closing.wait()
        self.send_response(204)
        self.end_headers()


@pytest.fixture
def server() -> Iterator[Waiting]:
    server = Waiting()
    server.start()
    yield server
    if not server.closing.is_set():
        server.close()


@pytest.fixture
def client(server: Waiting) -> Iterator[HTTPConnection]:
    client = HTTPConnection("127.0.0.1", server.server_port)
    yield client
    client.close()


def closed(server: Waiting) -> bool:
    closing = Thread(target=server.close, daemon=True)
    closing.start()
    closing.join(60)
    return not closing.is_alive()


def test_closing_ends_a_connection_that_its_client_keeps(server: Waiting, client: HTTPConnection) -> None:
    client.request("GET", "/quick")
    client.getresponse().read()
    assert isinstance(client.sock, socket.socket)
    assert closed(server)
    assert client.sock.recv(1) == b""


def test_closing_does_not_wait_for_an_answer_that_is_due_later(
    server: Waiting, client: HTTPConnection
) -> None:
    client.request("GET", "/late")
    server.asked.wait()
    assert closed(server)


def test_an_error_of_the_stand_in_is_shown_and_a_client_that_hung_up_is_not(
    server: Waiting, client: HTTPConnection, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_connection(("127.0.0.1", server.server_port)) as leaving:
        leaving.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # leaves with a reset
        leaving.send(b"GET /late HTTP/1.1\r\n\r\n")
        server.asked.wait()
    client.request("GET", "/broken")
    with pytest.raises(ConnectionError):
        client.getresponse()
    assert closed(server)
    shown = capfd.readouterr().err
    assert "ValueError: an error of the stand-in" in shown
    assert shown.count("Traceback") == 1
