"""The dead-man's ping against real servers on this machine, good and bad."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import structlog

from tests.servers import nobody_listens
from tests.world import World, a_world
from worker import parts
from worker.errors import ConfigurationError, Unreachable
from worker.notifiers.ping import Ping
from worker.settings import from_environment
from worker.standins.edgar.faults import Fault

SECRET_PATH = "/ping/6f1c-not-a-real-one"


@dataclass
class Monitor:
    """A monitor that writes down what it was asked, and answers as it is told."""

    status: int = 200
    location: str | None = None
    asked: list[str] = field(default_factory=list)
    url: str = ""


@contextmanager
def a_monitor(context: ssl.SSLContext | None = None, **how: object) -> Iterator[Monitor]:
    monitor = Monitor(**how)  # type: ignore[arg-type]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            monitor.asked.append(self.path)
            self.send_response(monitor.status)
            if monitor.location:
                self.send_header("Location", monitor.location)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    monitor.url = f"http{'s' * bool(context)}://127.0.0.1:{server.server_port}{SECRET_PATH}"
    try:
        yield monitor
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def asked(ping: Ping, times: int = 1) -> list[str]:
    """The events that were logged by it."""
    with structlog.testing.capture_logs() as logs:
        for _ in range(times):
            ping()
            ping.wait()
    assert SECRET_PATH not in str(logs)
    assert "127.0.0.1" not in str(logs)
    return [f"{log['event']} {log.get('why', '')}".strip() for log in logs]


def always() -> bool:
    return True


def test_a_good_poll_pings_and_a_failed_one_keeps_silent(tmp_path: Path) -> None:
    with a_world(tmp_path) as world, a_monitor() as monitor:
        ping = Ping(monitor.url, my_turn=always)

        def poll(world: World) -> None:
            replace(world.pipeline(), ping=ping).poll()
            ping.wait()
            world.clock.move(timedelta(minutes=1))

        poll(world)
        assert monitor.asked == [SECRET_PATH]
        world.edgar.fail_next("/cgi-bin/browse-edgar", Fault.UNAVAILABLE)
        poll(world)
        assert world.ledger.polls.last() is not None
        assert monitor.asked == [SECRET_PATH]
        poll(world)
        assert monitor.asked == [SECRET_PATH, SECRET_PATH]


def test_all_processes_together_ping_once_a_minute(tmp_path: Path) -> None:
    with a_world(tmp_path) as world, a_monitor() as monitor:
        settings = from_environment({"FORM144_PING_URL": monitor.url})
        for _ in range(3):
            one = parts.open_ping(settings, world.ledger)
            assert isinstance(one, Ping)
            asked(one, times=2)
        assert monitor.asked == [SECRET_PATH]
        with world.ledger.database.write() as connection:
            connection.exec_driver_sql("UPDATE chores SET due_at = '2000-01-01 00:00:00' WHERE name = 'ping'")
        one = parts.open_ping(settings, world.ledger)
        assert isinstance(one, Ping)
        asked(one)
        assert monitor.asked == [SECRET_PATH] * 2


def test_without_a_url_nobody_is_asked(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        parts.open_ping(from_environment({}), world.ledger)()
        assert world.ledger.chores.is_due("ping", world.clock())


def test_a_failure_is_said_once_until_it_works_again() -> None:
    with a_monitor(status=500) as monitor:
        ping = Ping(monitor.url, my_turn=always)
        assert asked(ping, times=3) == ["ping_failed HTTP 500"]
        monitor.status = 200
        assert asked(ping, times=2) == ["ping_works_again"]
        monitor.status = 404
        assert asked(ping, times=2) == ["ping_failed HTTP 404"]


def test_a_machine_without_a_thread_to_spare_is_pinged_from_again_later() -> None:
    with a_monitor() as monitor:
        ping = Ping(monitor.url, my_turn=always)
        threading.stack_size(1 << 46)  # more than any machine has
        try:
            assert asked(ping, times=2) == ["ping_failed can't start new thread"]
        finally:
            threading.stack_size(0)
        assert asked(ping) == ["ping_works_again"]
        assert monitor.asked == [SECRET_PATH]


def test_nobody_there_hurts_nobody() -> None:
    with nobody_listens() as port:
        ping = Ping(f"http://127.0.0.1:{port}{SECRET_PATH}", my_turn=always)
        assert asked(ping) == ["ping_failed ConnectionRefusedError"]


def test_a_ledger_that_is_away_hurts_nobody() -> None:
    def away() -> bool:
        raise Unreachable("the ledger did not answer")

    assert asked(Ping("https://monitor.example.com/x", my_turn=away)) == [
        "ping_failed the ledger did not answer"
    ]


def test_a_redirect_is_a_failure_and_is_not_followed() -> None:
    with a_monitor() as elsewhere, a_monitor(status=302, location=elsewhere.url) as monitor:
        assert asked(Ping(monitor.url, my_turn=always)) == ["ping_failed HTTP 302"]
        assert (len(monitor.asked), elsewhere.asked) == (1, [])


def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_asked() -> None:
    certificate = Path(__file__).with_name("standins") / "certificates" / "localhost.pem"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with a_monitor(context) as monitor:
        assert asked(Ping(monitor.url, my_turn=always)) == ["ping_failed SSLCertVerificationError"]
        assert monitor.asked == []


def test_a_monitor_that_never_answers_keeps_no_poll_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.notifiers.ping.TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        ping = Ping(f"http://127.0.0.1:{deaf.getsockname()[1]}/", my_turn=always)
        with structlog.testing.capture_logs() as logs:
            for _ in range(5):
                ping()  # returns while the first is under way
            ping.wait()
    assert [log["why"] for log in logs] == ["TimeoutError"]


@pytest.mark.parametrize(
    "url", ["http://example.com/x", "ftp://127.0.0.1/x", "https:///x", "https://h/a b", "https://h:0/", "h/x"]
)
def test_only_https_is_taken_and_the_mistake_does_not_quote_the_secret(url: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        from_environment({"FORM144_PING_URL": url})
    assert [mistake.where for mistake in raised.value.mistakes] == ["FORM144_PING_URL"]
    assert url not in str(raised.value)


def test_the_url_may_stand_in_a_file_and_never_shows(tmp_path: Path) -> None:
    (tmp_path / "url").write_text(f"https://monitor.example.com{SECRET_PATH}/\n")
    settings = from_environment({"FORM144_PING_URL_FILE": str(tmp_path / "url")})
    assert settings.ping_url == f"https://monitor.example.com{SECRET_PATH}/"
    assert SECRET_PATH not in repr(settings)
