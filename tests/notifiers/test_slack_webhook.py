"""The reduced mode says what it cannot do."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Thread

import pytest

from tests.notifiers.rigs import KEY, NOW, a_message
from worker.alerts.message import Message
from worker.errors import Refused, Unknown, Unreachable
from worker.messages import slack_limits
from worker.notifiers.slack_webhook import SlackWebhookNotifier
from worker.standins.slack import SlackStandIn
from worker.standins.slack_faults import Fault


def test_a_webhook_posts_the_same_text_and_blocks() -> None:
    with SlackStandIn(check=slack_limits.problems) as standin:
        SlackWebhookNotifier({"ir": standin.webhook_url("#ir-alerts")}).send(a_message(), "ir", KEY)
        (posted,) = standin.messages["ir-alerts"]
        assert posted.text == a_message().text
        assert tuple(posted.blocks) == a_message().blocks


def test_a_lost_answer_is_unknown_and_nobody_can_be_asked() -> None:
    with SlackStandIn(check=slack_limits.problems) as standin:
        webhook = SlackWebhookNotifier({"ir": standin.webhook_url("#ir-alerts")})
        standin.fail_next("webhook", Fault.lost_answer())
        with pytest.raises(Unknown):
            webhook.send(a_message(), "ir", KEY)
        with pytest.raises(Refused):
            webhook.find("ir", KEY, NOW)
        assert len(standin.messages["ir-alerts"]) == 1


@pytest.mark.parametrize("url", ["hooks.example.com/T0/secret", "http://exa mple/secret", "file:///secret"])
def test_a_webhook_url_that_is_none_is_not_repeated_in_the_error(url: str) -> None:
    with pytest.raises((Refused, Unknown)) as raised:
        SlackWebhookNotifier({"ir": url}).send(a_message(), "ir", KEY)
    assert "secret" not in str(raised.value)


@contextmanager
def a_server_that_breaks_off(*, after: int) -> Iterator[int]:
    """Takes one connection and resets it once it has read so many bytes; the port."""

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            left = after
            while left > 0:
                left -= len(connection.recv(min(left, 65_536)))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_what_cannot_have_left_whole_is_sent_again(scheme: str) -> None:
    """The body is more than the buffers on the way hold; over TLS the handshake is cut short."""
    with a_server_that_breaks_off(after=100_000 if scheme == "http" else 1) as port:
        webhook = SlackWebhookNotifier({"ir": f"{scheme}://127.0.0.1:{port}/secret"})
        with pytest.raises(Unreachable):
            webhook.send(Message(text="x" * 32_000_000), "ir", KEY)


def test_a_network_that_takes_no_connection_has_posted_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, ExitStack() as callers:
        for _ in range(4):
            caller = callers.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(full.getsockname())
        webhook = SlackWebhookNotifier({"ir": f"http://127.0.0.1:{full.getsockname()[1]}/secret"}, timeout=1)
        with pytest.raises(Unreachable):
            webhook.send(a_message(), "ir", KEY)


def test_a_connection_that_breaks_after_the_whole_request_may_have_posted() -> None:
    with a_server_that_breaks_off(after=4_000) as port:
        webhook = SlackWebhookNotifier({"ir": f"http://127.0.0.1:{port}/secret"})
        with pytest.raises(Unknown):
            webhook.send(Message(text="x" * 8_000), "ir", KEY)
