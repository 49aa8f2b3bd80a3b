"""E-mail by SMTP: one envelope per recipient, so that one bad mailbox stops nobody else."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.policy import SMTP
from enum import StrEnum

from worker.alerts.delivery import Earlier, Receipt
from worker.alerts.message import Message
from worker.errors import Away, Form144Error, Refused, Unknown, Unreachable
from worker.notifiers.base import WhenUnknown
from worker.notifiers.email_message import compose
from worker.notifiers.said import words
from worker.notifiers.smtp_session import EncryptedSession, MessageLeftError, Session


class Security(StrEnum):
    """How the connection is encrypted. Certificates are verified in both cases that have one."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class EmailNotifier:
    """`email:jane@example.com`. A receipt's reference is the server's reply to the message.

    `sender` is an address with or without a name; its domain makes the Message-IDs. `tls` verifies the
    server's certificate (the system's authorities where it is None). A password is not sent over an
    unencrypted connection: without encryption nobody is logged in.

    `timeout` is in seconds, for each step of a session, `within` for all of them, and `taking` the part of it
    that is kept for the answer that the message was taken: many servers look it through first, and who hangs
    up on them sends it twice (RFC 5321 4.5.3.2.6 asks for ten minutes, which no claim lasts). A server that
    is too slow for that is left before it has the message.
    """

    name = "email"
    when_unknown = WhenUnknown.RESEND  #: the Message-ID is the same, which makes a duplicate recognisable
    can_amend = False

    def __init__(
        self,
        host: str,
        port: int,
        *,
        sender: str,
        clock: Callable[[], datetime],
        security: Security = Security.STARTTLS,
        username: str | None = None,
        password: str | None = None,
        tls: ssl.SSLContext | None = None,
        timeout: float = 20.0,
        taking: float = 60.0,
        within: float = 100.0,
        parting: float = 2.0,
    ) -> None:
        self._host, self._port, self._security = host, port, security
        self._sender = read_address(sender)
        self._clock = clock
        self._credentials = (username, password) if username and password else None
        self._tls = tls or ssl.create_default_context()
        self._timeout, self._taking, self._within, self._parting = timeout, taking, within, parting

    def send(self, message: Message, address: str, key: str, answers: Earlier | None = None) -> Receipt:
        try:
            recipient = read_address(address)
        except ValueError:
            raise Refused("that is no e-mail address", ends_destination=True) from None
        mail = compose(
            message,
            sender=self._sender,
            recipient=recipient,
            key=key,
            answers=answers.key if answers else None,
            now=self._clock(),
        )
        with self._connection() as smtp:
            _expect(smtp.mail(self._sender.addr_spec), "sender")
            _expect(smtp.rcpt(recipient.addr_spec), "recipient")
            try:
                code, reply = smtp.hand_over(mail.as_bytes(), taking=self._taking)
            except smtplib.SMTPDataError as error:
                raise _refusal(error.smtp_code, error.smtp_error, "message") from None
            except MessageLeftError as error:
                raise Unknown(f"the connection broke while the message was handed over ({error})") from None
            _expect((code, reply), "message")
        return Receipt(reference=f"{code} {_words(reply)}")

    def find(self, address: str, key: str, since: datetime, answers: Earlier | None = None) -> Receipt | None:  # noqa: ARG002
        raise Refused("a mail server cannot be asked what it delivered")

    def amend(self, message: Message, key: str, reference: str) -> None:  # noqa: ARG002
        raise Refused("an e-mail that was sent cannot be changed")

    @contextmanager
    def _connection(self) -> Iterator[Session]:
        """A session that is encrypted and logged in. What breaks inside it broke before any message left."""
        try:
            smtp = self._logged_in()
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code, error.smtp_error, "session") from None
        except smtplib.SMTPNotSupportedError as error:
            raise Unreachable(f"the mail server cannot do what is configured: {error}") from None
        except (OSError, smtplib.SMTPException) as error:
            raise Away(f"no connection to the mail server ({type(error).__name__})") from None
        try:
            yield smtp
            # The message is taken by now, and its receipt not written down.
            smtp.part(within=self._parting)
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(f"the mail server hung up ({type(error).__name__})") from None
        finally:
            smtp.close()

    def _logged_in(self) -> Session:
        smtp = connect(
            self._host,
            self._port,
            self._security,
            tls=self._tls,
            timeout=self._timeout,
            within=self._within - self._taking,
        )
        try:
            if self._security is Security.STARTTLS:
                smtp.starttls(context=self._tls)
            smtp.ehlo_or_helo_if_needed()
            if self._credentials and self._security is not Security.NONE:
                self._log_in(smtp, *self._credentials)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _log_in(self, smtp: smtplib.SMTP, username: str, password: str) -> None:
        try:
            smtp.login(username, password)
        except smtplib.SMTPAuthenticationError as error:
            raise _refusal(error.smtp_code, b"", "login") from None
        except UnicodeError:
            raise Refused(
                "user or password is not ASCII, which no log-in here can carry", ends_destination=True
            ) from None


def connect(
    host: str, port: int, security: Security, *, tls: ssl.SSLContext, timeout: float, within: float
) -> Session:
    """A connection to a server that has greeted, encrypted where that is so from the first byte. `timeout` is
    in seconds, for each step, and `within` for all. Raises OSError, and smtplib's own errors.
    """
    if security is Security.TLS:
        return EncryptedSession(host, port, timeout=timeout, within=within, context=tls)
    return Session(host, port, timeout=timeout, within=within)


def read_address(text: str) -> Address:
    """Read `jane@example.com` or `Jane Doe <jane@example.com>`. Raises ValueError where it is neither, or
    where the address is not ASCII, which few servers take (RFC 6531).
    """
    try:
        header = SMTP.header_factory("To", text)
        (address,) = header.addresses
    except (HeaderParseError, AttributeError, IndexError) as error:
        raise ValueError(f"{text!r} is no e-mail address") from error
    if header.defects or not address.username or not address.domain or not address.addr_spec.isascii():
        raise ValueError(f"{text!r} is no e-mail address")
    return Address(address.display_name, address.username, address.domain)


def _expect(answer: tuple[int, bytes], what: str) -> None:
    code, reply = answer
    if not 200 <= code < 300:
        raise _refusal(code, reply, what)


def _refusal(code: int, reply: bytes | str, what: str) -> Form144Error:
    """RFC 5321 4.2.1: 4yz may be repeated, 5yz may not; -1 is smtplib's word for a reply it cannot read."""
    said = f"the mail server refused the {what}: {code} {_words(reply)}".rstrip()
    if 500 <= code < 600:
        return Refused(said, ends_destination=what != "message" and code != 552)
    return Unreachable(said)


def _words(reply: bytes | str) -> str:
    return words(reply if isinstance(reply, str) else reply.decode("ascii", "replace"))
