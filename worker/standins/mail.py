"""A mail server on this machine: takes what is sent to it, keeps it, and misbehaves on demand."""

from __future__ import annotations

import asyncio
import re
import ssl
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_RULES
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

#: A reply that is no reply: the connection breaks instead.
HANG_UP = "hang up"


@dataclass(frozen=True, kw_only=True)
class Received:
    """One envelope the server took. `mail` is the parsed message, `raw` its bytes as they came."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    encrypted: bool

    @property
    def mail(self) -> EmailMessage:
        mail = message_from_bytes(self.raw, policy=SMTP_RULES)
        assert isinstance(mail, EmailMessage)  # noqa: S101  what this policy makes
        return mail

    def part(self, subtype: str) -> str | None:
        """The text of the `plain` or `html` part, None where there is none."""
        body = self.mail.get_body(preferencelist=(subtype,))
        return None if body is None else str(body.get_content())


@dataclass
class MailStandIn:
    """Use as a context manager; listens on a free port of 127.0.0.1.

    `answers` maps a recipient's address to the reply its RCPT gets (`550 5.1.1 No such mailbox`).
    `tls` turns on STARTTLS, or encryption from the first byte with `implicit_tls`. With `accounts` a client
    has to log in; without any nobody can. `size` is the largest message it takes, in bytes. `received` is
    what was taken, in order; `attempts` counts RCPT commands by address.
    """

    tls: ssl.SSLContext | None = None
    implicit_tls: bool = False
    accounts: dict[str, str] = field(default_factory=dict)
    size: int = 33_554_432
    answers: dict[str, str] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    attempts: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    host: str = "127.0.0.1"
    port: int = 0

    def __post_init__(self) -> None:
        self._faults: defaultdict[str, deque[str]] = defaultdict(deque)
        self._delays: deque[float] = deque()

    def fail_next(self, command: str, reply: str, times: int = 1) -> None:
        """Answer the next MAIL, RCPT or DATA with that reply; DATA's is the one after the final dot."""
        self._faults[command].extend([reply] * times)

    def lose_next_answer(self, times: int = 1) -> None:
        """Take the next messages, and break the connection instead of saying so."""
        self.fail_next("taken", HANG_UP, times)

    def delay_next_answer(self, seconds: float) -> None:
        """Take the next message, and say so late."""
        self._delays.append(seconds)

    def save(self, folder: Path) -> list[Path]:
        """Write every message as an `.eml` file, and its HTML part beside it as `.html` to open."""
        folder.mkdir(parents=True, exist_ok=True)
        files = []
        for number, received in enumerate(self.received, 1):
            recipient = re.sub(r"[^A-Za-z0-9@._-]+", "-", received.recipients[0])
            file = folder / f"{number:02}-{recipient}.eml"
            file.write_bytes(received.raw)
            files.append(file)
            if (html := received.part("html")) is not None:
                page = file.with_suffix(".html")
                page.write_text(html, encoding="utf-8")
                files.append(page)
        return files

    # -- the server --------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        started = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(started,), daemon=True)
        self._thread.start()
        started.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _serve(self, started: threading.Event) -> None:
        loop = self._loop
        asyncio.set_event_loop(loop)
        protocol: Callable[[], SMTP] = partial(
            SMTP,
            _Handler(self),
            hostname="mail.stand-in.example",
            enable_SMTPUTF8=True,
            data_size_limit=self.size,
            auth_exclude_mechanism=None if self.accounts else ("LOGIN", "PLAIN"),
            tls_context=None if self.implicit_tls else self.tls,
            require_starttls=self.tls is not None and not self.implicit_tls,
            # aiosmtpd does not see encryption from the first byte, and warns of an open login.
            auth_required=bool(self.accounts) and not self.implicit_tls,
            auth_require_tls=self.tls is not None and not self.implicit_tls,
            authenticator=self._log_in if self.accounts else None,
            loop=loop,
        )
        server = loop.run_until_complete(
            loop.create_server(protocol, self.host, self.port, ssl=self.tls if self.implicit_tls else None)
        )
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        try:
            loop.run_forever()
        finally:
            server.close()
            for task in (waiting := asyncio.all_tasks(loop)):
                task.cancel()
            loop.run_until_complete(asyncio.gather(*waiting, return_exceptions=True))
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    def _log_in(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any
    ) -> AuthResult:
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False)
        expected = self.accounts.get(data.login.decode())
        known = expected is not None and expected == data.password.decode()
        return AuthResult(success=known, handled=False)

    def next_delay(self) -> float:
        return self._delays.popleft() if self._delays else 0.0

    def next_fault(self, command: str) -> str | None:
        waiting = self._faults[command]
        return waiting.popleft() if waiting else None


class _Handler:
    """What aiosmtpd calls; the names are its own."""

    def __init__(self, mail: MailStandIn) -> None:
        self._mail = mail

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if reply := self._fault(server, "MAIL"):
            return reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._mail.attempts[address] += 1
        if reply := self._fault(server, "RCPT") or self._mail.answers.get(address):
            return reply
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if reply := self._fault(server, "DATA"):
            return reply
        content = envelope.content
        self._mail.received.append(
            Received(
                sender=envelope.mail_from or "",
                recipients=tuple(envelope.rcpt_tos),
                raw=content if isinstance(content, bytes) else (content or "").encode(),
                encrypted=session.ssl is not None or self._mail.implicit_tls,
            )
        )
        await asyncio.sleep(self._mail.next_delay())
        return self._fault(server, "taken") or f"250 2.0.0 OK queued as {len(self._mail.received):06}"

    def _fault(self, server: SMTP, command: str) -> str | None:
        reply = self._mail.next_fault(command)
        if reply == HANG_UP and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return reply
