"""A mail server that takes its time: how long it is waited for, and what is known of the message then."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from typing import Any

import pytest

from tests.notifiers.rigs import KEY, NOW, a_message
from tests.servers.loopback import Loopback
from worker.errors import Unknown, Unreachable
from worker.notifiers.email import EmailNotifier, Security

#: Seconds that no test waits for.
NEVER = 60.0

SAID = {"": "220 here", "EHLO": "250 here", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on"}
SAID |= {".": "250 taken", "QUIT": "221 bye"}


class SlowServer(Loopback):
    """Says what `SAID` has on each command ("" is the greeting, "." the final dot), so many seconds late; a
    negative number says it byte by byte, with those seconds in between.
    """

    def __init__(self, late: Mapping[str, float]) -> None:
        self.late, self.heard = late, [""]
        self.answered: list[str] = []

    async def _open(self) -> None:
        self.port = await self._listen(self._serve)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), suppress(ConnectionError):
            await self._say("", writer)
            in_data = False
            while line := await reader.readline():
                text = line.decode().strip()
                word = text if in_data else text[:4].upper()
                if in_data and word != ".":
                    continue
                in_data = word == "DATA"
                self.heard.append(word)
                await self._say(word, writer)

    async def _say(self, word: str, writer: asyncio.StreamWriter) -> None:
        late, said = self.late.get(word, 0.0), f"{SAID[word]}\r\n".encode()
        for piece in [said] if late >= 0 else [bytes([one]) for one in said]:
            await asyncio.sleep(abs(late))
            writer.write(piece)
            await writer.drain()
        self.answered.append(word)


@contextmanager
def mailer(late: Mapping[str, float], **times: float) -> Iterator[tuple[SlowServer, EmailNotifier]]:
    values: dict[str, Any] = {"timeout": NEVER, "taking": NEVER, "within": 3 * NEVER, "parting": NEVER}
    with SlowServer(late) as server:
        yield (
            server,
            EmailNotifier(
                "127.0.0.1",
                server.port,
                sender="alerts@example.com",
                clock=lambda: NOW,
                security=Security.NONE,
                **(values | times),
            ),
        )


def test_the_receipt_is_given_back_while_a_server_still_thinks_about_the_farewell() -> None:
    with mailer({"QUIT": NEVER}, parting=0.2) as (server, email):
        assert email.send(a_message(), "jane@example.com", KEY).reference == "250 taken"
        assert server.heard[-1] == "QUIT"
        assert "QUIT" not in server.answered


def test_a_server_that_is_silent_before_the_message_is_left_and_did_not_get_it() -> None:
    with mailer({"DATA": NEVER}, timeout=0.3) as (server, email):
        with pytest.raises(Unreachable):
            email.send(a_message(), "jane@example.com", KEY)
        assert "." not in server.heard


def test_a_message_is_not_handed_over_where_its_answer_would_not_fit_in_the_session() -> None:
    late = dict.fromkeys(("EHLO", "MAIL", "RCPT", "DATA"), 0.4)
    with mailer(late, within=NEVER + 1) as (server, email):
        with pytest.raises(Unreachable):
            email.send(a_message(), "jane@example.com", KEY)
        assert "." not in server.heard


def test_the_answer_has_its_time_after_a_slow_session_and_no_more_than_that() -> None:
    late = {"EHLO": 0.2, "MAIL": 0.2, "RCPT": 0.2, ".": 1.0}
    with mailer(late, timeout=0.9, taking=NEVER, within=NEVER + NEVER) as (_, email):
        assert email.send(a_message(), "jane@example.com", KEY).reference == "250 taken"
    with mailer({".": NEVER}, taking=0.3) as (server, email):
        with pytest.raises(Unknown):
            email.send(a_message(), "jane@example.com", KEY)
        assert server.heard[-1] == "."


@pytest.mark.parametrize(("word", "error"), [("RCPT", Unreachable), (".", Unknown)])
def test_a_reply_that_drips_is_waited_for_no_longer_than_another(word: str, error: type[Exception]) -> None:
    with mailer({word: -0.2}, timeout=0.6, taking=0.6) as (server, email):
        with pytest.raises(error):
            email.send(a_message(), "jane@example.com", KEY)
        assert word not in server.answered
