"""What a variable's text becomes; each raises ValueError with the rest of a sentence that begins with the
variable's name. No message quotes a secret.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from worker.notifiers.email import Security
from worker.settings.urls import taken_apart, without_more
from worker.watchlists.destination import Destination, addressed

#: How the scheme of FORM144_SMTP_URL asks for encryption, and the port that goes with it.
MAIL_SCHEMES = {"smtp": Security.STARTTLS, "smtps": Security.TLS, "smtp+plain": Security.NONE}
MAIL_PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}


#: The SEC's limit is 10 a second; requests sent that evenly still arrive by 11 now and then.
MOST_REQUESTS = 9


class Secret(str):
    """Text that prints as dots."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'•••'"


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where e-mail is handed in. Without encryption only on this machine."""

    host: str
    port: int
    security: Security
    username: str | None
    password: Secret | None


def ledger_url(text: str) -> Secret:
    if not text.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError("is not sqlite:///file or postgresql://user:password@host/name")
    if text.startswith("postgresql"):
        taken_apart(text)
    elif not re.fullmatch(r"sqlite:///(?!:memory:)[^?]+", text):
        raise ValueError("names no file, or more than a file; write sqlite:///file and nothing behind it")
    return Secret(re.sub(r"^postgresql://", "postgresql+psycopg://", text))


def destinations(text: str) -> tuple[Destination, ...]:
    return tuple(addressed(part.strip()) for part in text.split(",") if part.strip())


def folder(text: str) -> Path:
    if not Path(text).is_dir():
        raise ValueError(f"{text} is not a folder")
    return Path(text)


def rate(text: str) -> float:
    rate = _number(text)
    if not 0 < rate <= MOST_REQUESTS:
        raise ValueError(f"is {text}; write at most {MOST_REQUESTS}: the SEC blocks above 10 a second")
    return rate


def seconds(text: str) -> float:
    seconds = _number(text)
    if not 0 < seconds <= 3600:
        raise ValueError(f"is {text}; write a number of seconds up to 3600")
    return seconds


def minutes(text: str) -> float:
    minutes = _number(text)
    if not 0 < minutes <= 1440:
        raise ValueError(f"is {text}; write a number of minutes up to 1440, which is a day")
    return minutes


def count(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text):
        raise ValueError(f"is {text!r}; write a whole number from 1 to 9999")
    return int(text)


def port(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,4}", text) or int(text) > 65535:
        raise ValueError(f"is {text!r}; write a port from 1 to 65535")
    return int(text)


def ip_address(text: str) -> str:
    """Only numbers: where a name leads may change."""
    ipaddress.ip_address(text)
    return text


def feed_rows(text: str) -> int:
    if text not in ("10", "20", "40", "80", "100"):
        raise ValueError(f"is {text}; EDGAR knows pages of 10, 20, 40, 80 or 100 rows")
    return int(text)


def base_url(text: str) -> str:
    url = taken_apart(text)
    is_local = url.hostname in ("127.0.0.1", "localhost", "::1")
    if not url.hostname or (url.scheme != "https" and not (url.scheme == "http" and is_local)):
        raise ValueError("is not https://host, or http:// on this machine only")
    return text.rstrip("/")


def secret_url(text: str) -> Secret:
    try:
        base_url(text)
        whole = text.isascii() and " " not in text
    except ValueError:
        whole = False
    if not whole:
        raise ValueError("is not https://..., or http:// on this machine; it is not shown here")
    return Secret(text)


def token(text: str) -> Secret:
    """Only what a request's header can carry: the HTTP library quotes what it cannot."""
    if not re.fullmatch(r"[!-~]+", text):
        raise ValueError("is not one word of plain characters; it is not shown here")
    return Secret(text)


def sentry_dsn(text: str) -> Secret:
    dsn = secret_url(text)
    if not urlsplit(dsn).username or not urlsplit(dsn).path.strip("/").isdigit():
        raise ValueError("is not https://key@host/number; it is not shown here")
    return dsn


def webhooks(text: str) -> dict[str, Secret]:
    webhooks: dict[str, Secret] = {}
    for number, item in enumerate(filter(None, (part.strip() for part in text.split(","))), start=1):
        name, separator, url = (part.strip() for part in item.partition("="))
        # The value is a secret: the messages count the item instead of quoting it.
        if name in webhooks:
            raise ValueError(f"item {number} has the name of one before it; give each its own")
        try:
            webhooks[name] = Secret(base_url(url))
        except ValueError:
            separator = ""
        if not separator or not name:
            raise ValueError(f"item {number} is not name=https://...")
    return webhooks


def mail_server(text: str) -> MailServer:
    url = taken_apart(text)
    security = MAIL_SCHEMES.get(url.scheme)
    if security is None or not url.hostname:
        raise ValueError("is not smtp://user:password@host:587 or smtps://user:password@host:465")
    if security is Security.NONE and url.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError("is smtp+plain:// to another machine; without TLS only this machine is allowed")
    without_more(url)
    username, password = (unquote(part) if part else None for part in (url.username, url.password))
    if not f"{username}{password}".isascii():
        raise ValueError(
            "has a user or password that is not ASCII, which no log-in here carries; take another"
        )
    return MailServer(
        host=url.hostname,
        port=url.port or MAIL_PORTS[security],
        security=security,
        username=username,
        password=Secret(password) if password else None,
    )


def address(text: str) -> str:
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", text):
        raise ValueError(f"is {text!r}; write one address such as form144@example.com")
    return text


def emoji(text: str) -> str:
    if not re.fullmatch(r":?[a-z0-9_+'-]{1,100}:?", text):
        raise ValueError(f"is {text!r}; write an emoji's name such as white_check_mark")
    return text.strip(":")


def one_of(*words: str) -> Callable[[str], str]:
    def convert(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(f"is {text!r}; write one of {', '.join(words)}")
        return text.lower()

    return convert


def _number(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text):
        raise ValueError(f"is {text!r}; write a number such as 5 or 2.5")
    return float(text)
