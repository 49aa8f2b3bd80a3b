"""The environment, read once and checked whole: every mistake is named at once, with what to do.

A secret may stand in a variable or in the file that `VARIABLE_FILE` names; it never shows in a repr.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from worker.edgar.contact import Contact
from worker.errors import ConfigurationError, Mistake

T = TypeVar("T")


class Secret(str):
    """Text that prints as dots."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'•••'"


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where e-mail is handed in. `tls` is "starttls" (port 587), "implicit" (465) or "none", which is
    allowed on this machine only.
    """

    host: str
    port: int
    tls: str
    username: str | None
    password: Secret | None


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What one installation is told. Every field is a row of the README's table of settings."""

    contact: Contact | None
    ledger_url: Secret
    broker_url: Secret
    data: Path
    watchlists: Path
    templates: Path | None
    requests_per_second: float
    poll_seconds: float
    edgar_url: str | None
    slack_token: Secret | None
    slack_url: str | None
    slack_webhooks: Mapping[str, Secret] = field(default_factory=dict)
    mail_server: MailServer | None
    mail_from: str | None
    log_level: str
    log_format: str

    @property
    def is_embedded(self) -> bool:
        """True where one process is everything: the broker lives in its memory."""
        return self.broker_url.startswith("memory://")


#: Every variable this program reads, with the sentence README prints. `_FILE` stands for the variable
#: that names a file holding the secret.
VARIABLES: dict[str, str] = {
    "EDGAR_CONTACT": "your name and e-mail address, which the SEC requires of every program that asks",
    "FORM144_LEDGER_URL": "where the ledger is; default: the SQLite file ledger.sqlite in FORM144_DATA",
    "FORM144_BROKER_URL": "Celery's broker; default memory://, everything in one process",
    "FORM144_DATA": "folder for what the program keeps; default form144-data",
    "FORM144_WATCHLISTS": "folder of watchlists; default watchlists",
    "FORM144_TEMPLATES": "folder of your own templates, which go before the shipped ones",
    "FORM144_REQUESTS_PER_SECOND": "requests to the SEC, for all processes together; default 5, at most 10",
    "FORM144_POLL_SECONDS": "seconds between looks at the feed in EDGAR's hours; default 10",
    "FORM144_EDGAR_URL": "another EDGAR, such as a stand-in on this machine",
    "FORM144_SLACK_TOKEN": "Slack bot token; the notifier slack is there where it is set (or _FILE)",
    "FORM144_SLACK_URL": "another Slack, such as a stand-in on this machine",
    "FORM144_SLACK_WEBHOOKS": "incoming webhooks as name=url, comma between (or _FILE)",
    "FORM144_SMTP_URL": "mail server as smtp://user:password@host:587 or smtps://...:465 (or _FILE)",
    "FORM144_MAIL_FROM": "sender of the e-mails, an address of your own domain",
    "FORM144_LOG_LEVEL": "debug, info, warning or error; default info",
    "FORM144_LOG_FORMAT": "text or json; default text on a terminal, json elsewhere",
}

#: Variables whose value may stand in the file that VARIABLE_FILE names.
SECRETS = (
    "FORM144_LEDGER_URL",
    "FORM144_BROKER_URL",
    "FORM144_SLACK_TOKEN",
    "FORM144_SLACK_WEBHOOKS",
    "FORM144_SMTP_URL",
)


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raises ConfigurationError naming every mistake at once.

    The contact may be absent: what never asks the SEC works without; `Settings.contact` is None then.
    """
    reader = _Reader(os.environ if environment is None else environment)
    data = reader.read("FORM144_DATA", Path, Path("form144-data"))
    settings = Settings(
        contact=reader.read("EDGAR_CONTACT", Contact.parse, None),
        data=data,
        ledger_url=reader.read(
            "FORM144_LEDGER_URL", _ledger_url, Secret(f"sqlite:///{data / 'ledger.sqlite'}")
        ),
        broker_url=reader.read("FORM144_BROKER_URL", _broker_url, Secret("memory://")),
        watchlists=reader.read("FORM144_WATCHLISTS", Path, Path("watchlists")),
        templates=reader.read("FORM144_TEMPLATES", _folder, None),
        requests_per_second=reader.read("FORM144_REQUESTS_PER_SECOND", _rate, 5.0),
        poll_seconds=reader.read("FORM144_POLL_SECONDS", _seconds, 10.0),
        edgar_url=reader.read("FORM144_EDGAR_URL", _base_url, None),
        slack_token=reader.read("FORM144_SLACK_TOKEN", Secret, None),
        slack_url=reader.read("FORM144_SLACK_URL", _base_url, None),
        slack_webhooks=reader.read("FORM144_SLACK_WEBHOOKS", _webhooks, {}),
        mail_server=reader.read("FORM144_SMTP_URL", _mail_server, None),
        mail_from=reader.read("FORM144_MAIL_FROM", _address, None),
        log_level=reader.read("FORM144_LOG_LEVEL", _one_of("debug", "info", "warning", "error"), "info"),
        log_format=reader.read("FORM144_LOG_FORMAT", _one_of("text", "json"), "auto"),
    )
    if settings.mail_server and not settings.mail_from:
        reader.mistakes.append(
            Mistake("FORM144_MAIL_FROM", "is not set, and FORM144_SMTP_URL is", "set the sender's address")
        )
    if reader.mistakes:
        raise ConfigurationError(reader.mistakes)
    return settings


class _Reader:
    """Reads one variable after the other and collects what is wrong."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.mistakes = [
            Mistake(name, "is not a variable this program knows", "see the table of settings in the README")
            for name in environment
            if name.startswith("FORM144_") and name.removesuffix("_FILE") not in VARIABLES
        ]

    def read(self, name: str, convert: Callable[[str], T], default: T | None) -> T:
        """The converted value, or the default where it is unset or empty; a mistake is kept and the
        default stands in, so that the rest can be checked too.
        """
        text = self._text(name)
        if text:
            try:
                return convert(text)
            except ValueError as error:
                self.mistakes.append(Mistake(name, str(error), VARIABLES[name]))
        return default  # type: ignore[return-value]  # None is the default of optional fields only

    def _text(self, name: str) -> str:
        file = self._environment.get(f"{name}_FILE", "") if name in SECRETS else ""
        if not file:
            return self._environment.get(name, "").strip()
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            self.mistakes.append(Mistake(f"{name}_FILE", f"{file} cannot be read: {reason}"))
            return ""


def _ledger_url(text: str) -> Secret:
    if not text.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError("is not sqlite:///file or postgresql://user:password@host/name")
    return Secret(re.sub(r"^postgresql://", "postgresql+psycopg://", text))


def _broker_url(text: str) -> Secret:
    if not text.startswith(("memory://", "redis://", "rediss://", "sentinel://", "amqp://", "amqps://")):
        raise ValueError("is not memory://, redis://, rediss://, sentinel:// or amqp://")
    return Secret(text)


def _folder(text: str) -> Path:
    if not Path(text).is_dir():
        raise ValueError(f"{text} is not a folder")
    return Path(text)


def _rate(text: str) -> float:
    rate = float(text)
    if not 0 < rate <= 10:
        raise ValueError(f"is {text}; the SEC allows at most 10 requests a second")
    return rate


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= 3600:
        raise ValueError(f"is {text}; write a number of seconds up to 3600")
    return seconds


def _base_url(text: str) -> str:
    url = urlsplit(text)
    is_local = url.hostname in ("127.0.0.1", "localhost", "::1")
    if not url.hostname or (url.scheme != "https" and not (url.scheme == "http" and is_local)):
        raise ValueError(f"is {text}; write https://host, or http:// on this machine only")
    return text.rstrip("/")


def _webhooks(text: str) -> dict[str, Secret]:
    webhooks = {}
    for number, item in enumerate(filter(None, (part.strip() for part in text.split(","))), start=1):
        name, separator, url = item.partition("=")
        try:
            # The value is a secret: the message counts the item instead of quoting it.
            webhooks[name.strip()] = Secret(_base_url(url.strip()))
        except ValueError:
            separator = ""
        if not separator or not name.strip():
            raise ValueError(f"item {number} is not name=https://...")
    return webhooks


def _mail_server(text: str) -> MailServer:
    url = urlsplit(text)
    tls = {"smtp": "starttls", "smtps": "implicit", "smtp+plain": "none"}.get(url.scheme)
    if tls is None or not url.hostname:
        raise ValueError("is not smtp://user:password@host:587 or smtps://user:password@host:465")
    if tls == "none" and url.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError("is smtp+plain:// to another machine; without TLS only this machine is allowed")
    return MailServer(
        host=url.hostname,
        port=url.port or {"starttls": 587, "implicit": 465, "none": 25}[tls],
        tls=tls,
        username=unquote(url.username) if url.username else None,
        password=Secret(unquote(url.password)) if url.password else None,
    )


def _address(text: str) -> str:
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", text):
        raise ValueError(f"is {text!r}; write one address such as form144@example.com")
    return text


def _one_of(*words: str) -> Callable[[str], str]:
    def convert(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(f"is {text!r}; write one of {', '.join(words)}")
        return text.lower()

    return convert
