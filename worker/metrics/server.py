"""The port: /metrics for Prometheus, /livez and /readyz for who starts and stops processes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from ipaddress import ip_address
from socket import AF_INET, AF_INET6
from threading import Thread

import structlog
from prometheus_client import CollectorRegistry, Info, ProcessCollector
from prometheus_client.exposition import choose_encoder

from worker.errors import ConfigurationError, Mistake
from worker.metrics.collector import LedgerCollector
from worker.metrics.readiness import not_ready
from worker.metrics.readings import Readings
from worker.settings import Settings

log = structlog.get_logger()

#: Who does not finish a request in that many seconds is hung up on.
PATIENCE = 10


@contextmanager
def serving(settings: Settings, clock: Callable[[], datetime]) -> Iterator[int | None]:
    """Serve this process's metrics where a port is set, until the context ends; yields the port, or None.

    Raises ConfigurationError where the port cannot be had.
    """
    if settings.metrics_port is None:
        yield None
        return
    readings = Readings(settings.ledger_url, clock)
    try:
        server = _Server(
            (settings.metrics_address, settings.metrics_port), readings, registry(settings, readings)
        )
    except OSError as error:
        readings.close()
        where = f"port {settings.metrics_port} of {settings.metrics_address}"
        what = f"{where} cannot be used: {error.strerror}"
        hint = "every process on a machine needs a port of its own"
        raise ConfigurationError([Mistake("FORM144_METRICS_PORT", what, hint)]) from None
    thread = Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        readings.close()


def registry(settings: Settings, readings: Readings) -> CollectorRegistry:
    """The ledger's metrics, and the process's own."""
    made = CollectorRegistry()
    made.register(LedgerCollector(readings, settings.notifiers))
    ProcessCollector(registry=made)
    Info("form144_build", "The version of form144.", registry=made).info({"version": version("form144")})
    # The repr of a secret is dots: the same for every secret.
    digest = sha256(repr(settings).encode()).hexdigest()[:12]
    words = (
        "A digest of the process's settings, secrets aside: processes that differ in it are set differently."
    )
    Info("form144_config", words, registry=made).info({"hash": digest})
    return made


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], readings: Readings, metrics: CollectorRegistry) -> None:
        self.address_family = AF_INET6 if ip_address(address[0]).version == 6 else AF_INET
        self.readings = readings
        self.metrics = metrics
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - nobody's business
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):  # who asked has gone: nobody's loss
            log.error("metrics_not_served", exc_info=error)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = PATIENCE

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/metrics":
            encode, content_type = choose_encoder(self.headers.get("Accept", ""))
            self._answer(200, encode(self.server.metrics), content_type)
        elif path == "/livez":
            self._answer(200, b"alive\n")
        elif path == "/readyz":
            missing = not_ready(self.server.readings)
            said = "\n".join(missing) or "ready"
            self._answer(503 if missing else 200, f"{said}\n".encode())
        else:
            self._answer(404, b"/metrics, /livez and /readyz are here\n")

    def _answer(self, status: int, body: bytes, content_type: str = "text/plain; charset=utf-8") -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Who asks how often is no news."""
