"""What the stand-ins that speak HTTP share: a server on loopback, opened and closed without leftovers, and a
handler that can reset its connection. What is answered, and what may go wrong, is each stand-in's own.
"""

from __future__ import annotations

import socket
import struct
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any


class HttpServer(ThreadingHTTPServer):
    """Listens on a free port of 127.0.0.1 from the beginning, answers between `start` and `close`; one thread
    a connection. A handler that waits waits for `closing`, which ends every wait.
    """

    daemon_threads = False  # closing waits for the handlers, so that no socket outlives the server
    request_queue_size = 128

    def __init__(self, handler: type[HttpHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.closing = Event()
        self._open: set[socket.socket] = set()
        self._lock = Lock()
        self._thread = Thread(target=self.serve_forever, args=(0.01,), name="stand-in")

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"http://127.0.0.1:{self.server_port}"

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Stop serving, end the connections that are kept alive, wait for their threads."""
        self.closing.set()
        self.shutdown()
        self._thread.join()
        with self._lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # already gone
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the play; anything else is ours, and is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class HttpHandler(BaseHTTPRequestHandler):
    """Keeps connections alive, as the real hosts do."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # an answer is two writes; without this each costs 40 ms

    def reset(self) -> None:
        """End the connection with a TCP reset, in place of an answer or of what is left of one."""
        no_linger = struct.pack("ii", 1, 0)  # closing such a socket sends RST instead of FIN
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_linger)
        self.connection.close()
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Quiet: what was asked stands in the stand-in's own records."""
