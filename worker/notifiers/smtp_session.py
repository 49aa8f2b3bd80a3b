"""An SMTP session that ends when its time is over, however slowly the server says whatever it says."""

from __future__ import annotations

import re
import smtplib
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader, RawIOBase
from typing import Any

#: What is sent between two looks at the clock, in bytes: one record of TLS.
PIECE = 16_384


class MessageLeftError(Exception):
    """The connection broke when the message may have been whole on the other side. Says how."""


class Session(smtplib.SMTP):
    """One session, in which each step (a connection, a reply with all its lines, a piece that is sent) takes
    `timeout` seconds at most, and all of them `within`; `hand_over` and `part` have a time of their own
    beyond that. What takes longer raises OSError or smtplib's own errors. A host's addresses are tried one
    after the other, each for `timeout`.
    """

    file: BufferedReader | None

    def __init__(self, host: str, port: int, *, timeout: float, within: float, **more: Any) -> None:
        self._ends_at = time.monotonic() + within
        self._step, self._step_ends_at = timeout, self._ends_at
        super().__init__(host, port, timeout=timeout, **more)

    def hand_over(self, mail: bytes, *, taking: float) -> tuple[int, bytes]:
        """Send the message and return what the server makes of it, for which it has `taking` seconds from the
        final dot on. Raises SMTPDataError where it wants no message now, OSError or smtplib's own errors
        where not all of it left, and MessageLeftError where it may have.
        """
        code, reply = self.docmd("DATA")
        if code != 354:
            raise smtplib.SMTPDataError(code, reply)
        # RFC 5321 4.5.2
        text = re.sub(rb"(?m)^\.", b"..", mail)
        text += (b"" if text.endswith(b"\r\n") else b"\r\n") + b".\r\n"
        # The dot goes with what is before it: alone it would wait for an acknowledgement.
        last = (len(text) - 1) // PIECE * PIECE
        self.send(text[:last])
        try:
            with self._anew(taking):
                self.send(text[last:])
                return self.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise MessageLeftError(type(error).__name__) from None

    def part(self, *, within: float) -> None:
        """Say goodbye, and wait so many seconds for an answer at most. Raises nothing."""
        with suppress(OSError, smtplib.SMTPException), self._anew(within):
            self.quit()

    # -- what smtplib calls ------------------------------------------------------------------------

    def send(self, s: Any) -> None:
        data = s.encode(self.command_encoding) if isinstance(s, str) else s
        for start in range(0, len(data), PIECE):
            self._begin_step()
            self.wait_at_most_a_step()
            super().send(data[start : start + PIECE])

    def getreply(self) -> tuple[int, bytes]:
        self._begin_step()
        if self.file is None:
            self.file = BufferedReader(_Replies(self))
        return super().getreply()

    # -- the clock ---------------------------------------------------------------------------------

    def wait_at_most_a_step(self) -> socket.socket:
        """The socket, which waits for what is left of this step. Raises TimeoutError where nothing is."""
        left = self._step_ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the session took too long")
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        self.sock.settimeout(left)
        return self.sock

    def _begin_step(self) -> None:
        self._step_ends_at = min(time.monotonic() + self._step, self._ends_at)

    @contextmanager
    def _anew(self, seconds: float) -> Iterator[None]:
        """What is done inside has so many seconds in all, whatever was spent before."""
        before = self._ends_at, self._step
        self._ends_at, self._step = time.monotonic() + seconds, seconds
        try:
            yield
        finally:
            self._ends_at, self._step = before


class EncryptedSession(Session, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte; `context` verifies the server's certificate."""


class _Replies(RawIOBase):
    """What the server says. A line that comes byte by byte is waited for no longer than any other."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._session.wait_at_most_a_step().recv_into(buffer)
