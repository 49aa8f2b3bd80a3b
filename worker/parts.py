"""The real parts one by one, as the settings say: ledger, EDGAR, notifiers, tickers; and the clock."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex

import msgspec
import structlog

from worker.edgar.budget import Budget, LocalBudget
from worker.edgar.client import Edgar
from worker.edgar.sites import SEC, Sites
from worker.edgar.tickers import Company
from worker.errors import ConfigurationError, Mistake, Unreachable
from worker.ledger.ledger import Ledger
from worker.notifiers.base import Notifier
from worker.notifiers.console import ConsoleNotifier
from worker.notifiers.email import EmailNotifier
from worker.notifiers.ping import Ping
from worker.notifiers.slack import SlackNotifier
from worker.notifiers.slack_webhook import SlackWebhookNotifier
from worker.settings import Settings
from worker.settings.values import Secret
from worker.watched_folder import Tickers, counted, read_folder
from worker.watchlists.loading import FolderReading, read_watchlists
from worker.watchlists.watchlist import Watchlist

log = structlog.get_logger()

#: How old the copy of the SEC's ticker file may be before it is fetched again.
TICKERS_KEEP = timedelta(hours=24)

#: What to do about `own_ledger`.
OWN_LEDGER_HINT = "set FORM144_LEDGER_URL to postgresql://..., unless all of them run on this machine"

#: Monitors think in minutes.
PING_EVERY = timedelta(minutes=1)


def clock() -> datetime:
    """The time, aware, in UTC. Everything else takes it as an argument."""
    return datetime.now(UTC)


def open_ledger(settings: Settings, *, migrate: bool) -> Ledger:
    """The ledger, made where there is none and `migrate` says so. Raises ConfigurationError, also where
    there is none to open, or Unreachable.
    """
    if migrate:
        make_data_folder(settings)
    elif (file := ledger_file(settings.ledger_url)) is not None and not file.exists():
        named = "FORM144_DATA" if file == settings.data / "ledger.sqlite" else "FORM144_LEDGER_URL"
        hint = f"form144 run makes it, or set {named}"
        # Opened all the same, SQLite would make an empty file of it.
        raise ConfigurationError([Mistake(named, f"there is no ledger at {file}", hint)])
    return Ledger.open(settings.ledger_url, migrate=migrate)


def ledger_file(url: str) -> Path | None:
    """The file behind a ledger's URL, None where it is no file."""
    scheme, _, file = url.partition(":///")
    return Path(file.partition("?")[0]) if scheme.startswith("sqlite") and file else None


def own_ledger(settings: Settings) -> str | None:
    """What goes wrong where workers run on several machines and the ledger is a file; None where it is not,
    or where one process is everything.
    """
    if settings.is_embedded or ledger_file(settings.ledger_url) is None:
        return None
    return "is a file: workers on another machine keep a ledger of their own there, and tell everybody twice"


def make_data_folder(settings: Settings) -> None:
    """Raises ConfigurationError where it is not there and cannot be made."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"the folder {settings.data} cannot be made: {error.strerror}"
        raise ConfigurationError([Mistake("FORM144_DATA", what, "name one that can be written to")]) from None


def open_edgar(settings: Settings, budget: Budget) -> Edgar:
    """EDGAR under the declared contact. Raises ConfigurationError where none is declared."""
    if settings.contact is None:
        why = "is not set; the SEC refuses programs that do not say who runs them"
        hint = 'set it to your name and e-mail address: EDGAR_CONTACT="Jane Doe jane@example.com"'
        raise ConfigurationError([Mistake("EDGAR_CONTACT", why, hint)])
    sites = Sites.at(settings.edgar_url) if settings.edgar_url else SEC
    return Edgar(settings.contact, budget, sites=sites, feed_rows=settings.feed_rows)


def open_notifiers(settings: Settings) -> dict[str, Notifier]:
    """Every notifier the settings give the means for, by name. The console needs none."""
    notifiers: list[Notifier] = [ConsoleNotifier(sys.stdout)]
    if settings.slack_token:
        notifiers.append(_slack(settings.slack_token, settings.slack_url))
    if settings.slack_webhooks:
        notifiers.append(SlackWebhookNotifier(settings.slack_webhooks))
    if settings.mail_server and settings.mail_from:
        server = settings.mail_server
        notifiers.append(
            EmailNotifier(
                server.host,
                server.port,
                sender=settings.mail_from,
                clock=clock,
                security=server.security,
                username=server.username,
                password=server.password,
                # Per step; for the answer that the message was taken; for the whole session, which fits in
                # half a lease with the farewell and some of the time in which the receipt is kept.
                timeout=10,
                taking=60,
                within=100,
            )
        )
    return {notifier.name: notifier for notifier in notifiers}


def _slack(token: Secret, base_url: str | None) -> SlackNotifier:
    return SlackNotifier(token, base_url=f"{base_url}/") if base_url else SlackNotifier(token)


def open_ping(settings: Settings, ledger: Ledger) -> Callable[[], None]:
    """The dead-man's ping, one every PING_EVERY from all processes together; without a URL, nothing."""
    if settings.ping_url is None:
        return lambda: None

    def my_turn() -> bool:
        now = clock()
        return ledger.chores.is_due("ping", now) and ledger.chores.claim(
            "ping", now, PING_EVERY, token_hex(8)
        )

    return Ping(settings.ping_url, my_turn=my_turn)


def tickers(
    settings: Settings, edgar: Edgar | None, now: datetime, *, reloading: bool = False
) -> Tickers | None:
    """The SEC's tickers: the copy in the data folder while it is fresh, else fetched; where that fails
    the old copy, or None where there is none that can be read. Without `edgar` nothing is fetched.

    Raises ConfigurationError where the SEC refuses our agent, unless `reloading`: no edit of a watchlist is
    to blame for that, and the next poll says it.
    """
    failures = (Unreachable, ConfigurationError) if reloading else (Unreachable,)
    copy = settings.data / "company_tickers.json"
    known, age = _copied(copy, now)
    if edgar is not None and (known is None or age > TICKERS_KEEP):
        try:
            known = edgar.tickers().companies
        except failures as error:
            log.warning("tickers_not_fetched", why=str(error), copy=known is not None)
        else:
            _copy(known, copy)
    if known is None:
        return None
    return {ticker: (company.cik, company.title) for ticker, company in known.items()}


def read_lists(
    settings: Settings, known: Tickers | None, folder: Path, files: Mapping[str, bytes] | None = None
) -> FolderReading:
    """A folder of watchlists as this installation would take it, or `files` as if they stood there. Raises
    ConfigurationError where it cannot be read; mistakes in it are values.
    """
    return read_watchlists(
        read_folder(folder) if files is None else files,
        known,
        notifiers=settings.notifiers,
        confidential=settings.confidential,
        folder=str(folder),
    )


def load_lists(settings: Settings, known: Tickers | None) -> tuple[Watchlist, ...]:
    """The installation's lists. Raises ConfigurationError with every mistake; only their number where nobody
    looks on who may: in a log, and anywhere else than on a terminal.
    """
    reading = read_lists(settings, known, settings.watchlists)
    if reading.mistakes:
        error = ConfigurationError(reading.mistakes)
        raise error if sys.stderr.isatty() else ConfigurationError([counted(error)])
    return reading.watchlists


def _copied(copy: Path, now: datetime) -> tuple[Mapping[str, Company] | None, timedelta]:
    """The companies of the copy and its age, which is nothing where there is no copy that can be read: a
    disk that was full or a person may have damaged it.
    """
    try:
        companies = msgspec.json.decode(copy.read_bytes(), type=dict[str, Company])
        return companies, now - datetime.fromtimestamp(copy.stat().st_mtime, UTC)
    except FileNotFoundError:
        return None, timedelta(0)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        log.warning("tickers_copy_not_read", why=type(error).__name__)
        return None, timedelta(0)


def _copy(companies: Mapping[str, Company], copy: Path) -> None:
    """Several processes may do so at a time: each writes a file of its own, and the last one counts."""
    part = copy.with_name(f".{copy.name}.{token_hex(4)}")
    try:
        copy.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(msgspec.json.encode(companies))
        part.replace(copy)
    except OSError as error:
        log.warning("tickers_not_copied", why=error.strerror)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def fetch_document(settings: Settings, url: str) -> bytes:
    """The document behind a URL of the SEC's, for a person who reads one. Raises ValueError where the URL
    is not on the SEC's hosts.
    """
    with open_edgar(settings, LocalBudget()) as edgar:
        return edgar.fetch(url).body
