"""Wiring: builds the story over the real parts, and finds every mistake before anything starts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timedelta
from functools import partial

from worker.aftermath import Aftermath
from worker.anchors import Anchors
from worker.conversations import Conversations
from worker.digests import Digests
from worker.edgar.budget import LocalBudget
from worker.edgar.client import Edgar
from worker.edgar.hours import poll_interval
from worker.handover import Handover
from worker.ledger.in_use import in_use
from worker.ledger.ledger import Ledger
from worker.ledger.pace import Pace
from worker.ledger.troubles import Trouble
from worker.messages.templates import shipped
from worker.messages.writer import Writer
from worker.notifiers.base import Notifier
from worker.notifiers.slack import SlackNotifier
from worker.parts import (
    clock,
    load_lists,
    make_data_folder,
    open_edgar,
    open_ledger,
    open_notifiers,
    open_ping,
    tickers,
)
from worker.pipeline import Pipeline, Step
from worker.reading import Reader
from worker.reconciliation import Reconciliation
from worker.settings import Settings
from worker.watched_folder import WatchedFolder
from worker.watchlists.watchlist import Watchlist

#: Slack takes about one message a second and channel (https://docs.slack.dev/apis/web-api/rate-limits).
SPACING = {"slack": timedelta(seconds=1.1), "slack-webhook": timedelta(seconds=1.1)}


@contextmanager
def ready(settings: Settings, *, alone: bool) -> Iterator[Sequence[Watchlist]]:
    """Find every mistake before anything starts: settings, ledger, watchlists; then hold the ledger.

    `alone` is the one process that needs no other: it brings the schema up to date, and takes back at
    once what its predecessor held when it died. Yields the watchlists. Raises ConfigurationError.
    """
    with open_edgar(settings, LocalBudget(per_second=settings.requests_per_second)) as edgar:
        make_data_folder(settings)
        known = tickers(settings, edgar, clock())
    lists = load_lists(settings, known)
    with in_use(settings.ledger_url, alone=alone) as nobody_else:
        with closing(open_ledger(settings, migrate=alone)) as ledger:
            if nobody_else:
                ledger.void_claims(clock())
        yield lists


def build_pipeline(settings: Settings, *, ring: Callable[[Step], None]) -> Pipeline:
    """The whole story over the real parts. Raises ConfigurationError with everything that is wrong, and then
    leaves nothing open.
    """
    with ExitStack() as stack:
        ledger = stack.enter_context(closing(open_ledger(settings, migrate=settings.is_embedded)))
        pace = Pace(ledger.database, time.time, per_second=settings.requests_per_second)
        edgar = stack.enter_context(open_edgar(settings, pace))
        pipeline = _over(settings, ledger, edgar, ring=ring)
        stack.pop_all()
    return pipeline


def _over(settings: Settings, ledger: Ledger, edgar: Edgar, *, ring: Callable[[Step], None]) -> Pipeline:
    notifiers = open_notifiers(settings)
    watchlists = WatchedFolder(
        settings.watchlists,
        tickers=lambda: tickers(settings, edgar, clock(), reloading=True),
        notifiers=settings.notifiers,
        confidential=settings.confidential,
        clock=clock,
        taken=lambda lists, at: ledger.reloads.taken(at, lists),
        kept_out=partial(_kept_out, ledger),
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
        digests=Digests(
            ledger=ledger,
            watchlists=watchlists,
            writer=writer,
            secret=ledger.secret(),
            index_page=edgar.sites.index_page,
            clock=clock,
        ),
        clock=clock,
        ring=ring,
        poll_again=_poll_again(settings),
        ping=open_ping(settings, ledger),
        anchors=Anchors(
            ledger=ledger,
            writer=writer,
            secret=ledger.secret(),
            clock=clock,
            destination=settings.anchor,
        ),
    )


def _slack_asked(notifiers: Mapping[str, Notifier]) -> SlackNotifier | None:
    """The notifier that can be asked who acknowledged, where there is one."""
    slack = notifiers.get("slack")
    return slack if isinstance(slack, SlackNotifier) else None


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
