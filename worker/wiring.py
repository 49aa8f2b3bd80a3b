"""Wiring: builds the real parts from the settings, reads what lies on disk, and owns the clock."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

import msgspec
import structlog

from worker.aftermath import Aftermath
from worker.conversations import Conversations
from worker.edgar.budget import Budget, LocalBudget
from worker.edgar.client import Edgar
from worker.edgar.hours import poll_interval
from worker.edgar.sites import SEC, Sites
from worker.edgar.tickers import Company
from worker.errors import ConfigurationError, Mistake, Unreachable
from worker.handover import Handover
from worker.ledger.in_use import in_use
from worker.ledger.ledger import Ledger
from worker.ledger.pace import Pace
from worker.ledger.troubles import Trouble
from worker.messages.templates import shipped
from worker.messages.writer import Writer
from worker.notifiers.base import Notifier
from worker.notifiers.console import ConsoleNotifier
from worker.notifiers.email import EmailNotifier
from worker.notifiers.slack import SlackNotifier
from worker.notifiers.slack_webhook import SlackWebhookNotifier
from worker.pipeline import Pipeline, Step
from worker.reading import Reader
from worker.reconciliation import Reconciliation
from worker.settings import Settings
from worker.settings.values import Secret
from worker.watched_folder import Tickers, WatchedFolder, counted, read_folder
from worker.watchlists.loading import load_watchlists
from worker.watchlists.watchlist import Watchlist

log = structlog.get_logger()

#: Slack takes about one message a second and channel (https://docs.slack.dev/apis/web-api/rate-limits).
SPACING = {"slack": timedelta(seconds=1.1), "slack-webhook": timedelta(seconds=1.1)}

#: How old the copy of the SEC's ticker file may be before it is fetched again.
TICKERS_KEEP = timedelta(hours=24)


def clock() -> datetime:
    """The time, aware, in UTC. Everything else takes it as an argument."""
    return datetime.now(UTC)


def open_ledger(settings: Settings, *, migrate: bool) -> Ledger:
    """The ledger, made where there is none and `migrate` says so. Raises ConfigurationError or
    Unreachable.
    """
    if migrate:
        settings.data.mkdir(parents=True, exist_ok=True)
    return Ledger.open(settings.ledger_url, migrate=migrate)


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
                # Per step of the session, of which there are about eight: all of them fit in half a lease.
                timeout=10,
            )
        )
    return {notifier.name: notifier for notifier in notifiers}


def _slack(token: Secret, base_url: str | None) -> SlackNotifier:
    return SlackNotifier(token, base_url=f"{base_url}/") if base_url else SlackNotifier(token)


def _slack_asked(notifiers: Mapping[str, Notifier]) -> SlackNotifier | None:
    """The notifier that can be asked who acknowledged, where there is one."""
    slack = notifiers.get("slack")
    return slack if isinstance(slack, SlackNotifier) else None


def tickers(settings: Settings, edgar: Edgar | None, now: datetime) -> Tickers | None:
    """The SEC's tickers: the copy in the data folder while it is fresh, else fetched; where that fails
    the old copy, or None where there is none. Without `edgar` nothing is fetched.
    """
    copy = settings.data / "company_tickers.json"
    age = now - datetime.fromtimestamp(copy.stat().st_mtime, UTC) if copy.exists() else None
    if edgar is not None and (age is None or age > TICKERS_KEEP):
        try:
            fetched = edgar.tickers().companies
        except Unreachable as error:
            log.warning("tickers_not_fetched", why=str(error), copy=age is not None)
        else:
            settings.data.mkdir(parents=True, exist_ok=True)
            part = copy.with_suffix(".part")
            part.write_bytes(msgspec.json.encode(fetched))
            part.replace(copy)
    if not copy.exists():
        return None
    companies = msgspec.json.decode(copy.read_bytes(), type=dict[str, Company])
    return {ticker: (company.cik, company.title) for ticker, company in companies.items()}


@contextmanager
def ready(settings: Settings, *, alone: bool) -> Iterator[Sequence[Watchlist]]:
    """Find every mistake before anything starts: settings, ledger, watchlists; then hold the ledger.

    `alone` is the one process that needs no other: it brings the schema up to date, and takes back at
    once what its predecessor held when it died. Yields the watchlists. Raises ConfigurationError.
    """
    with open_edgar(settings, LocalBudget(per_second=settings.requests_per_second)) as edgar:
        known = tickers(settings, edgar, clock())
    files = read_folder(settings.watchlists)
    try:
        watchlists = load_watchlists(
            files, known, notifiers=settings.notifiers, confidential=settings.confidential
        )
    except ConfigurationError as error:
        # On a terminal somebody is looking who may; anywhere else it is a log.
        raise error if sys.stderr.isatty() else ConfigurationError([counted(error)]) from None
    settings.data.mkdir(parents=True, exist_ok=True)
    with in_use(settings.ledger_url, alone=alone) as nobody_else:
        ledger = open_ledger(settings, migrate=alone)
        if nobody_else:
            ledger.void_claims(clock())
        ledger.close()
        yield watchlists


def build_pipeline(settings: Settings, *, ring: Callable[[Step], None]) -> Pipeline:
    """The whole story over the real parts. Raises ConfigurationError with everything that is wrong."""
    ledger = open_ledger(settings, migrate=settings.is_embedded)
    edgar = open_edgar(settings, Pace(ledger.database, time.time, per_second=settings.requests_per_second))
    notifiers = open_notifiers(settings)
    watchlists = WatchedFolder(
        settings.watchlists,
        tickers=lambda: tickers(settings, edgar, clock()),
        notifiers=set(notifiers),
        confidential=settings.confidential,
        clock=clock,
        taken=lambda: ledger.reloads.taken(clock()),
        kept_out=lambda mistakes: _kept_out(ledger, mistakes, clock()),
    )
    folders = [folder for folder in (settings.templates, shipped()) if folder]
    writer = Writer(folders)
    reader = Reader(
        watchlists=watchlists,
        writer=writer,
        history=ledger.history,
        families=ledger.families,
        silences=ledger.silences,
        secret=ledger.secret(),
        index_page=edgar.sites.index_page,
        clock=clock,
    )
    return Pipeline(
        ledger=ledger,
        edgar=edgar,
        reconciliation=Reconciliation(ledger=ledger, edgar=edgar, clock=clock),
        reader=reader,
        handover=Handover(
            deliveries=ledger.deliveries,
            threads=ledger.threads,
            notifiers=notifiers,
            spacing=SPACING,
            clock=clock,
        ),
        aftermath=Aftermath(
            redirects=ledger.redirects,
            troubles=ledger.troubles,
            chores=ledger.chores,
            acknowledgements=ledger.acknowledgements,
            slack=_slack_asked(notifiers),
            acknowledged_by=settings.slack_ack,
            notifiers=notifiers,
            clock=clock,
            operator=settings.operator,
            fallback=settings.fallback,
        ),
        conversations=Conversations(
            rollups=ledger.rollups,
            marks=ledger.marks,
            writer=writer,
            notifiers=notifiers,
            secret=ledger.secret(),
            clock=clock,
            burst=settings.burst,
            burst_within=timedelta(minutes=settings.burst_minutes),
        ),
        clock=clock,
        ring=ring,
        poll_again=_poll_again(settings),
    )


def _kept_out(ledger: Ledger, mistakes: int, now: datetime) -> None:
    """Have `form144 status` and the operator hear that an edit of the watchlists was not taken."""
    why = f"{mistakes} mistake{'s' * (mistakes != 1)} in an edit; form144 check names them"
    ledger.reloads.kept_out(mistakes, now)
    ledger.troubles.note(Trouble.WATCHLISTS, "watchlists", why, now)


def _poll_again(settings: Settings) -> Callable[[datetime], timedelta]:
    """How long after a poll the next one is due. A stand-in keeps no hours."""
    pause = timedelta(seconds=settings.poll_seconds)
    if settings.edgar_url:
        return lambda _now: pause
    return partial(poll_interval, when_open=pause)


def fetch_document(settings: Settings, url: str) -> bytes:
    """The document behind a URL of the SEC's, for a person who reads one. Raises ValueError where the URL
    is not on the SEC's hosts.
    """
    with open_edgar(settings, LocalBudget()) as edgar:
        return edgar.fetch(url).body
