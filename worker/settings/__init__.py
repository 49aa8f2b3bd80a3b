"""The environment, read once and checked whole: every mistake is named at once, with what to do.

A secret may stand in a variable or in the file that `VARIABLE_FILE` names; it never shows in a repr.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from worker.edgar.contact import Contact
from worker.errors import ConfigurationError, Mistake
from worker.settings import broker, values
from worker.settings.values import MailServer, Secret
from worker.watchlists.destination import Destination, addressed
from worker.watchlists.notifiers import Notifiers, amiss

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What one installation is told. Every field is a row of the table of settings in docs/operate.md."""

    contact: Contact | None
    ledger_url: Secret
    broker_url: Secret
    data: Path
    watchlists: Path
    templates: Path | None
    requests_per_second: float
    poll_seconds: float
    feed_rows: int
    edgar_url: str | None
    slack_token: Secret | None
    slack_url: str | None
    slack_webhooks: Mapping[str, Secret] = field(default_factory=dict)
    mail_server: MailServer | None
    mail_from: str | None
    operator: Destination | None
    fallback: Destination | None
    anchor: Destination | None
    slack_ack: str
    confidential: tuple[Destination, ...] = ()
    burst: int
    burst_minutes: float
    log_level: str
    log_format: str
    metrics_port: int | None
    metrics_address: str
    ping_url: Secret | None
    sentry_dsn: Secret | None

    @property
    def is_embedded(self) -> bool:
        """True where one process is everything: the broker lives in its memory."""
        return self.broker_url.startswith("memory://")

    @property
    def notifiers(self) -> Notifiers:
        """The notifiers there are means for; of webhooks also the names."""
        means = {
            "console": True,
            "slack": self.slack_token,
            "slack-webhook": self.slack_webhooks,
            "email": self.mail_server,
        }
        names = {"slack-webhook": tuple(self.slack_webhooks)}
        return {name: names.get(name) for name, given in means.items() if given}


LOG_LEVELS = ("debug", "info", "warning", "error")

#: Every variable this program reads, with its sentence in docs/operate.md. `_FILE` stands for the variable
#: that names a file holding the secret.
VARIABLES: dict[str, str] = {
    "EDGAR_CONTACT": "your name and e-mail address, which the SEC requires of every program that asks",
    "FORM144_LEDGER_URL": "where the ledger is; default: the SQLite file ledger.sqlite in FORM144_DATA",
    "FORM144_BROKER_URL": "redis://, rediss:// or sentinel://; default memory://, one process (or _FILE)",
    "FORM144_DATA": "folder for what the program keeps; default form144-data",
    "FORM144_WATCHLISTS": "folder of watchlists; default watchlists",
    "FORM144_TEMPLATES": "folder of your own templates, which go before the shipped ones",
    "FORM144_REQUESTS_PER_SECOND": "requests to the SEC, for all processes together; default 5, at most 9",
    "FORM144_POLL_SECONDS": "seconds between looks at the feed in EDGAR's hours; default 10",
    "FORM144_FEED_ROWS": "rows of the feed a request: 10, 20, 40, 80 or 100 (default); 100 rows are 60 kB",
    "FORM144_EDGAR_URL": "another EDGAR, such as a stand-in on this machine",
    "FORM144_SLACK_TOKEN": "Slack bot token; the notifier slack is there where it is set (or _FILE)",
    "FORM144_SLACK_URL": "another Slack, such as a stand-in on this machine",
    "FORM144_SLACK_WEBHOOKS": "incoming webhooks as name=url, comma between (or _FILE)",
    "FORM144_SMTP_URL": "mail server as smtp://user:password@host:587 or smtps://...:465 (or _FILE)",
    "FORM144_MAIL_FROM": "sender of the e-mails, an address of your own domain",
    "FORM144_OPERATOR": "who is told what went wrong, as a destination such as email:ops@example.com",
    "FORM144_FALLBACK": "destination that gets what another one refused or can get no more, saying so",
    "FORM144_ANCHOR": "who is sent the end of the record once a day, such as email:auditor@example.com",
    "FORM144_CONFIDENTIAL_DESTINATIONS": "whom confidential lists may tell, comma between; default nobody",
    "FORM144_BURST": "messages a destination gets one by one before the rest is told in one; default 10",
    "FORM144_BURST_MINUTES": "the minutes in which they are counted; default 10",
    "FORM144_SLACK_ACK": "emoji by which a reader acknowledges an alert in Slack; default white_check_mark",
    "FORM144_LOG_LEVEL": "debug, info, warning or error; default info",
    "FORM144_LOG_FORMAT": "text or json; default text on a terminal, json elsewhere",
    "FORM144_METRICS_PORT": "port for /metrics, /livez and /readyz of each process; default none",
    "FORM144_METRICS_ADDRESS": "address they are served on; default 127.0.0.1, this machine only",
    "FORM144_PING_URL": "dead-man's switch: https address asked after each good poll (or _FILE)",
    "FORM144_SENTRY_DSN": "Sentry project that hears of errors, without names or addresses (or _FILE)",
}

#: Variables whose value may stand in the file that VARIABLE_FILE names.
SECRETS = (
    "FORM144_LEDGER_URL",
    "FORM144_BROKER_URL",
    "FORM144_SLACK_TOKEN",
    "FORM144_SLACK_WEBHOOKS",
    "FORM144_SMTP_URL",
    "FORM144_PING_URL",
    "FORM144_SENTRY_DSN",
)


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raises ConfigurationError naming every mistake at once.

    The contact may be absent: what never asks the SEC works without; `Settings.contact` is None then.
    """
    settings, mistakes = as_far_as_read(environment)
    if mistakes:
        raise ConfigurationError(mistakes)
    return settings


def as_far_as_read(environment: Mapping[str, str] | None = None) -> tuple[Settings, tuple[Mistake, ...]]:
    """The settings, with the default in the place of what is wrong, and everything that is."""
    reader = _Reader(os.environ if environment is None else environment)
    data = reader.read("FORM144_DATA", Path, Path("form144-data"))
    settings = Settings(
        contact=reader.read("EDGAR_CONTACT", Contact.parse, None),
        data=data,
        ledger_url=reader.read(
            "FORM144_LEDGER_URL", values.ledger_url, Secret(f"sqlite:///{data / 'ledger.sqlite'}")
        ),
        broker_url=reader.read("FORM144_BROKER_URL", broker.broker_url, Secret("memory://")),
        watchlists=reader.read("FORM144_WATCHLISTS", Path, Path("watchlists")),
        templates=reader.read("FORM144_TEMPLATES", values.folder, None),
        requests_per_second=reader.read("FORM144_REQUESTS_PER_SECOND", values.rate, 5.0),
        poll_seconds=reader.read("FORM144_POLL_SECONDS", values.seconds, 10.0),
        feed_rows=reader.read("FORM144_FEED_ROWS", values.feed_rows, 100),
        edgar_url=reader.read("FORM144_EDGAR_URL", values.base_url, None),
        slack_token=reader.read("FORM144_SLACK_TOKEN", values.token, None),
        slack_url=reader.read("FORM144_SLACK_URL", values.base_url, None),
        slack_webhooks=reader.read("FORM144_SLACK_WEBHOOKS", values.webhooks, {}),
        mail_server=reader.read("FORM144_SMTP_URL", values.mail_server, None),
        mail_from=reader.read("FORM144_MAIL_FROM", values.address, None),
        operator=reader.read("FORM144_OPERATOR", addressed, None),
        fallback=reader.read("FORM144_FALLBACK", addressed, None),
        anchor=reader.read("FORM144_ANCHOR", addressed, None),
        confidential=reader.read("FORM144_CONFIDENTIAL_DESTINATIONS", values.destinations, ()),
        burst=reader.read("FORM144_BURST", values.count, 10),
        burst_minutes=reader.read("FORM144_BURST_MINUTES", values.minutes, 10.0),
        slack_ack=reader.read("FORM144_SLACK_ACK", values.emoji, "white_check_mark"),
        log_level=reader.read(
            "FORM144_LOG_LEVEL", values.one_of("debug", "info", "warning", "error"), "info"
        ),
        log_format=reader.read("FORM144_LOG_FORMAT", values.one_of("text", "json"), "auto"),
        metrics_port=reader.read("FORM144_METRICS_PORT", values.port, None),
        metrics_address=reader.read("FORM144_METRICS_ADDRESS", values.ip_address, "127.0.0.1"),
        ping_url=reader.read("FORM144_PING_URL", values.secret_url, None),
        sentry_dsn=reader.read("FORM144_SENTRY_DSN", values.sentry_dsn, None),
    )
    if settings.mail_server and not settings.mail_from:
        reader.mistakes.append(
            Mistake("FORM144_MAIL_FROM", "is not set, and FORM144_SMTP_URL is", "set the sender's address")
        )
    for name, to in (
        ("FORM144_OPERATOR", settings.operator),
        ("FORM144_FALLBACK", settings.fallback),
        ("FORM144_ANCHOR", settings.anchor),
    ):
        if to is not None and (found := amiss(to, settings.notifiers)):
            what, hint = found
            instead = "" if hint.endswith("?") else ", or take another destination"
            reader.mistakes.append(Mistake(name, what, f"{hint}{instead}"))
    allowed = {to.key for to in settings.confidential}
    if settings.fallback is not None and allowed and settings.fallback.key not in allowed:
        why = "gets what other destinations refuse, and is not among FORM144_CONFIDENTIAL_DESTINATIONS"
        reader.mistakes.append(Mistake("FORM144_FALLBACK", why, "add it there, or take another one"))
    return settings, tuple(reader.mistakes)


def environment_without_ours() -> dict[str, str]:
    """The environment without the variables of this program, for a process that is given its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("FORM144_", "EDGAR_"))}


def _meant(name: str) -> str:
    # All names begin alike, so that less than this is no likeness.
    near = get_close_matches(name.removesuffix("_FILE"), VARIABLES, n=1, cutoff=0.8)
    return f"did you mean {near[0]}?" if near else "docs/operate.md has a table of them all"


class _Reader:
    """Reads one variable after the other and collects what is wrong."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.mistakes = [
            Mistake(name, "is not a variable this program knows", _meant(name))
            for name in environment
            if name.startswith("FORM144_") and name.removesuffix("_FILE") not in VARIABLES
        ]
        self.mistakes += [
            Mistake(f"{name}_FILE", "is not read: only secrets may stand in a file", f"set {name} itself")
            for name in VARIABLES
            if name not in SECRETS and environment.get(f"{name}_FILE")
        ]
        self.mistakes += [
            Mistake(name, "would overrule what this program tells Celery", "unset it for this program")
            for name in broker.OVERRULING
            if environment.get(name)
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
        text = self._environment.get(name, "").strip()
        file = self._environment.get(f"{name}_FILE", "") if name in SECRETS else ""
        if not file:
            return text
        if text:
            self.mistakes.append(Mistake(f"{name}_FILE", f"is set, and so is {name}", "unset one of the two"))
            return ""
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            # Not by its name: somebody may have put the secret itself in its place.
            self.mistakes.append(Mistake(f"{name}_FILE", f"names a file that cannot be read: {reason}"))
            return ""
