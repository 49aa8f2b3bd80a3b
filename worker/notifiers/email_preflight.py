"""A mail server before a message is sent: does it answer, is it who it says, does it take us?

Nothing is sent: the session ends after MAIL FROM with RSET (RFC 5321, 4.1.1.5).
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, suppress

from worker.notifiers.check import Check, broken, fine, not_asked, warning
from worker.notifiers.email import Security, connect, read_address

#: A mail server that takes less than this may refuse a digest with its attachment.
SMALL = 2_000_000

#: How long a server may take for all it is asked, in seconds.
WITHIN = 60.0

SERVER, ENCRYPTION, LOGIN, SENDER, SIZE = (
    "SMTP server",
    "SMTP encryption",
    "SMTP login",
    "SMTP sender",
    "SMTP size",
)


class EmailPreflight:
    """Asks one mail server. The arguments are those of `EmailNotifier`."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        sender: str,
        security: Security = Security.STARTTLS,
        username: str | None = None,
        password: str | None = None,
        tls: ssl.SSLContext | None = None,
        timeout: float = 10.0,
    ) -> None:
        self._host, self._port, self._security = host, port, security
        self._sender = read_address(sender)
        self._username, self._password = username, password
        self._tls = tls or ssl.create_default_context()
        self._timeout = timeout

    def checks(self) -> Iterator[Check]:
        """Connection, encryption, login, sender, size; it ends with the first that nothing can follow."""
        with ExitStack() as stack:
            try:
                smtp = connect(
                    self._host,
                    self._port,
                    self._security,
                    tls=self._tls,
                    timeout=self._timeout,
                    within=WITHIN,
                )
            except ssl.SSLError as error:
                yield _untrusted(error)
                return
            except (OSError, smtplib.SMTPException) as error:
                hint = "check host, port and firewall; 587 is STARTTLS, 465 is TLS from the first byte"
                yield broken(SERVER, f"no session with {self._host}:{self._port} ({_kind(error)})", hint)
                return
            stack.callback(_closed, smtp)
            try:
                yield from self._session(smtp)
            except (OSError, smtplib.SMTPException) as error:
                yield broken(SERVER, f"it hung up in the middle of the session ({_kind(error)})")

    def _session(self, smtp: smtplib.SMTP) -> Iterator[Check]:
        smtp.ehlo_or_helo_if_needed()
        yield fine(SERVER, f"{self._host}:{self._port} answers")
        encryption = self._encrypted(smtp)
        yield encryption
        if self._security is not Security.NONE and encryption != _ENCRYPTED:
            return
        smtp.ehlo_or_helo_if_needed()
        login = self._logged_in(smtp)
        yield login
        if login.mark == "broken":
            return
        code, _ = smtp.mail(self._sender.addr_spec)
        with suppress(OSError, smtplib.SMTPException):
            smtp.rset()
        if 200 <= code < 300:
            yield fine(SENDER, f"{self._sender.addr_spec} is taken")
        else:
            hint = "it has to be an address that this login may send from"
            yield broken(SENDER, f"{self._sender.addr_spec} is refused: {code}", hint)
        yield _size(smtp)

    def _encrypted(self, smtp: smtplib.SMTP) -> Check:
        if self._security is Security.NONE:
            return not_asked(ENCRYPTION, "none is asked for, which only this machine's own server may do")
        if self._security is Security.TLS:
            return _ENCRYPTED
        if not smtp.has_extn("starttls"):
            hint = "take smtps:// and port 465, or another server: nothing is sent unencrypted"
            return broken(ENCRYPTION, "the server does not offer STARTTLS", hint)
        try:
            smtp.starttls(context=self._tls)
        except ssl.SSLError as error:
            return _untrusted(error)
        except (OSError, smtplib.SMTPException) as error:
            return broken(ENCRYPTION, f"STARTTLS failed ({_kind(error)})")
        return _ENCRYPTED

    def _logged_in(self, smtp: smtplib.SMTP) -> Check:
        offered = smtp.esmtp_features.get("auth", "").strip()
        if not (self._username and self._password):
            return _NOBODY_OFFERED if offered else _NOBODY
        if self._security is Security.NONE:
            return warning(LOGIN, "the password is not sent, because nothing is encrypted", "use smtp://")
        if not offered:
            return broken(LOGIN, "the server does not offer AUTH", "take user and password out of the URL")
        try:
            smtp.login(self._username, self._password)
        except smtplib.SMTPAuthenticationError as error:
            hint = "check user and password; many servers want an app password here"
            return broken(LOGIN, f"the server refused the login: {error.smtp_code}", hint)
        return fine(LOGIN, "accepted")


_NOBODY = not_asked(LOGIN, "no user is configured and none is asked for")
_NOBODY_OFFERED = warning(
    LOGIN,
    "the server offers AUTH and no user is configured",
    "write smtp://user:password@host, unless the server knows this machine",
)
_ENCRYPTED = fine(ENCRYPTION, "TLS, with a certificate that is verified")


def _untrusted(error: ssl.SSLError) -> Check:
    if isinstance(error, ssl.SSLCertVerificationError):
        hint = "use the name the certificate is made out to, or have its authority trusted on this machine"
        return broken(ENCRYPTION, f"the certificate is not trusted: {error.verify_message}", hint)
    hint = "smtps:// is for ports that are encrypted from the first byte (465), smtp:// for STARTTLS (587)"
    return broken(ENCRYPTION, f"the server does not speak TLS here ({_kind(error)})", hint)


def _size(smtp: smtplib.SMTP) -> Check:
    """RFC 1870: no SIZE, and SIZE 0, name no limit."""
    limit = smtp.esmtp_features.get("size", "").strip()
    if not limit.isdigit() or int(limit) == 0:
        return not_asked(SIZE, "the server names no limit")
    found = f"messages up to {int(limit) / 1_000_000:,.1f} MB"
    return warning(SIZE, found, "a long digest may be refused") if int(limit) < SMALL else fine(SIZE, found)


def _kind(error: Exception) -> str:
    """What happened, without the server's words, which may repeat what it was told."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__} {error.smtp_code}"
    return type(error).__name__


def _closed(smtp: smtplib.SMTP) -> None:
    with suppress(OSError, smtplib.SMTPException):
        smtp.quit()
    smtp.close()
