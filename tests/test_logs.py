"""The log of a world's run, as JSON; and what of it reaches Sentry, over HTTP."""

from __future__ import annotations

import builtins
import gzip
import io
import json
import logging
import re
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import pytest
import structlog

from tests.builders import a_filing
from tests.test_confidential import CANARIES, SECRET_LIST
from tests.world import World
from worker import engine
from worker.errors import ConfigurationError
from worker.logs import configure_logging
from worker.notifiers.sentry import sentry
from worker.settings import from_environment
from worker.standins.http_server import HttpHandler, HttpServer
from worker.standins.slack_faults import Fault


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@contextmanager
def logged(format_: str = "json", **more: str) -> Iterator[list[dict[str, Any]]]:
    """The lines of the log, there when the context has ended."""
    written = io.StringIO()
    lines: list[dict[str, Any]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stderr", written)
        configure_logging(
            from_environment({"FORM144_LOG_LEVEL": "debug", "FORM144_LOG_FORMAT": format_, **more})
        )
        yield lines
    lines += [json.loads(line) for line in written.getvalue().splitlines()]


def test_every_line_about_a_claim_says_which_one_and_the_next_line_forgets_it(world: World) -> None:
    first = world.publish()
    second = world.publish(a_filing(accession="0001950047-26-000200"), document_lag=timedelta(minutes=1))
    world.edgar.publish(a_filing(accession="0001950047-26-000201"), b"nothing like a notice")
    filings = {first.accession, second.accession, "0001950047-26-000201"}
    world.slack.fail_next("chat.postMessage", Fault.rate_limited(2))
    world.mail.fail_next("RCPT", "550 5.1.1 no such user")
    with logged() as lines:
        world.settle(for_at_most=timedelta(minutes=5))
        structlog.get_logger().info("afterwards")
    reads = [line for line in lines if line["event"] in ("unreadable", "not_readable_yet")]
    assert {line["accession"] for line in reads} == {second.accession, "0001950047-26-000201"}
    assert all(line["attempt"] >= 1 and "delivery" not in line for line in reads)
    sent = [line for line in lines if line["event"] in ("delivered", "not_delivered", "destination_ended")]
    assert len(sent) > 5
    for line in sent:
        assert {"accession", "alert", "delivery", "key", "attempt", "notifier"} <= line.keys(), line
        # A message about several belongs to no one alert.
        assert (line["accession"] in filings) == (line["alert"] is not None), line
        assert re.fullmatch("[0-9a-f]{64}", line["key"])
    assert {line["event"] for line in sent} == {"delivered", "not_delivered", "destination_ended"}
    (afterwards,) = (line for line in lines if line["event"] == "afterwards")
    assert afterwards.keys() == {"event", "level", "timestamp"}


def test_a_line_of_a_part_that_knows_no_delivery_carries_it_all_the_same(world: World) -> None:
    world.publish()
    pipeline = world.pipeline()
    pipeline.poll()
    with logged() as lines:
        for claim in pipeline._drain(
            lambda now, me: world.ledger.filings.claim(now, timedelta(minutes=1), me)
        ):
            logging.getLogger("somebody.elses").warning("a library speaks")
            assert claim.filing.accession
    (spoken,) = (line for line in lines if line["event"] == "a library speaks")
    assert spoken["accession"] == a_filing().accession


def test_a_task_begins_with_nothing_bound_but_its_own_name() -> None:
    structlog.contextvars.bind_contextvars(accession="of a task that was cut short")
    bound: list[dict[str, Any]] = []

    @engine.app.task(name="form144.look", shared=False)
    def look() -> None:
        bound.append(structlog.contextvars.get_contextvars())

    try:
        look.apply()
    finally:
        del engine.app.tasks["form144.look"]
    assert bound == [{"step": "look"}]


def test_a_traceback_on_a_terminal_shows_no_local_variable() -> None:
    written = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stderr", written)
        configure_logging(from_environment({"FORM144_LOG_FORMAT": "text"}))
        _fail("xoxb-not-a-token")
    assert "RuntimeError" in written.getvalue()
    assert "xoxb-not-a-token" not in written.getvalue()


def _fail(token: str) -> None:
    """Logs an exception in a frame that holds a secret."""
    try:
        raise RuntimeError(f"{len(token)} characters")
    except RuntimeError:
        structlog.get_logger().exception("it_failed", accession="0001950047-26-000123")


class SentryStandIn:
    """Takes envelopes, as Sentry does, and keeps every byte and header of them."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.headers: list[str] = []
        self.arrived = threading.Semaphore(0)
        standin = self

        class Handler(HttpHandler):
            def do_POST(self) -> None:  # noqa: N802 - the base class's name
                body = self.rfile.read(int(self.headers["Content-Length"]))
                is_packed = self.headers.get("Content-Encoding") == "gzip"
                standin.bodies.append((gzip.decompress(body) if is_packed else body).decode())
                standin.headers.append(str(self.headers))
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")
                standin.arrived.release()

        self._server = HttpServer(Handler)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()

    @property
    def dsn(self) -> str:
        return f"http://not-a-key@127.0.0.1:{self._server.server_port}/7"

    def events(self, number: int) -> Sequence[dict[str, Any]]:
        """What came, once that many were sent. The SDK's own flush may return before the last one is."""
        while len(self.bodies) < number:
            assert self.arrived.acquire(timeout=60)
        return [
            found
            for body in self.bodies
            for line in body.splitlines()
            if "level" in (found := json.loads(line))
        ]


@pytest.fixture
def standin() -> Iterator[SentryStandIn]:
    with SentryStandIn() as made:
        yield made
        handler: Any = sentry(made.dsn)
        handler.client.close()


def test_sentry_hears_what_was_logged_as_an_error_and_where(standin: SentryStandIn, world: World) -> None:
    world.edgar.publish(a_filing(), b"nothing like a notice")
    with logged(FORM144_SENTRY_DSN=standin.dsn):
        world.settle()
        _fail("xoxb-not-a-token")
        logging.getLogger("celery.worker").error("a task of %s failed", "jane@example.com")
        structlog.get_logger().warning("only_a_warning")
    unreadable, failed, foreign = standin.events(3)
    assert (unreadable["message"], unreadable["level"]) == ("unreadable", "error")
    assert unreadable["tags"] == {"accession": a_filing().accession, "attempt": "1"}
    (raised,) = failed["exception"]["values"]
    frame = raised["stacktrace"]["frames"][-1]
    assert (raised["type"], frame["function"], frame["module"]) == ("RuntimeError", "_fail", __name__)
    assert failed["fingerprint"] == ["it_failed", "RuntimeError"]
    assert foreign["message"] == "celery.worker logged an error"


def test_no_name_no_address_and_no_list_reaches_sentry(standin: SentryStandIn, world: World) -> None:
    world.watchlist = SECRET_LIST.encode()
    world.mail.fail_next("RCPT", "550 5.1.1 <jane@example.com> is unknown at Zanzibarquux")
    world.slack.fail_next("chat.postMessage", Fault.error("is_archived"))
    world.publish()
    with logged(FORM144_SENTRY_DSN=standin.dsn) as lines:
        structlog.contextvars.bind_contextvars(watchlist="Project Zanzibarquux")
        world.settle()
        _fail("xoxb-not-a-token")
        try:
            raise ValueError("Quimblewick <jane@example.com>")
        except ValueError:
            logging.getLogger("celery.app.trace").exception("Task raised for %s", "#ir-alerts")
    assert "destination_ended" in {line["event"] for line in lines}
    events = standin.events(4)
    assert len(events) >= 4, [event["message"] for event in events]
    everything = "\n".join((*standin.bodies, *standin.headers)).lower()
    secret = (*CANARIES, "jane@", "#ir-alerts", "xoxb", "no such", "16 characters", "example industries")
    assert [word for word in secret if word.lower() in everything] == []
    kept = {"event_id", "timestamp", "level", "platform", "release", "environment"}
    kept |= {"message", "fingerprint", "tags", "exception"}
    assert {key for event in events for key in event} <= kept
    assert str(Path.cwd()) not in everything


def test_a_sentry_that_is_away_hurts_nobody(world: World) -> None:
    world.edgar.publish(a_filing(), b"nothing like a notice")
    dsn = "http://not-a-key@127.0.0.1:9/7"
    with logged(FORM144_SENTRY_DSN=dsn) as lines:
        world.settle()
    assert "unreadable" in {line["event"] for line in lines}
    handler: Any = sentry(dsn)
    handler.client.close(timeout=0)


def test_without_the_extra_the_setting_is_a_mistake_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "sentry_sdk"]:
        monkeypatch.delitem(sys.modules, name)
    real = builtins.__import__

    def without(name: str, *arguments: Any, **named: Any) -> Any:
        if name.partition(".")[0] == "sentry_sdk":
            raise ModuleNotFoundError(name)
        return real(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    settings = from_environment({"FORM144_SENTRY_DSN": "https://not-a-key@sentry.example.com/8"})
    with pytest.raises(ConfigurationError, match=r"form144\[sentry\]"):
        configure_logging(settings)


@pytest.mark.parametrize(
    "dsn",
    ["https://sentry.example.com/7", "https://k3y@sentry.example.com", "http://k3y@sentry.example.com/7"],
)
def test_a_dsn_that_is_none_is_named_without_being_shown(dsn: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        from_environment({"FORM144_SENTRY_DSN": dsn})
    assert [mistake.where for mistake in raised.value.mistakes] == ["FORM144_SENTRY_DSN"]
    assert dsn not in str(raised.value)
    assert "k3y" not in str(raised.value)
