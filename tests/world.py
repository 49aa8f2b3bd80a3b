"""A whole world on this machine for the pipeline's tests: EDGAR, Slack, a mail server, a ledger, a clock.

Nothing is faked but the other side of the wire, and time, which moves when a test says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar, cast

import sqlalchemy as sa

from tests.builders import a_filing, a_notice
from worker.aftermath import Aftermath
from worker.alerts.delivery import DeliveryState
from worker.anchors import Anchors
from worker.conversations import Conversations
from worker.digests import Digests
from worker.edgar.budget import LocalBudget
from worker.edgar.client import Edgar
from worker.edgar.contact import Contact
from worker.edgar.sites import Sites
from worker.filings.filing import Filing
from worker.filings.notice import Form144Notice
from worker.handover import Handover
from worker.ledger.conversation_tables import threads
from worker.ledger.ledger import Ledger
from worker.ledger.tables import deliveries, filings
from worker.messages.slack_limits import problems
from worker.messages.templates import shipped
from worker.messages.writer import Writer
from worker.notifiers.base import Notifier
from worker.notifiers.email import EmailNotifier, Security
from worker.notifiers.slack import SlackNotifier
from worker.pipeline import Pipeline, Step
from worker.reading import Reader
from worker.reconciliation import Reconciliation
from worker.standins.edgar.server import NO_TIME, EdgarStandin
from worker.standins.forms import as_xml
from worker.standins.mail import MailStandIn
from worker.standins.slack import SlackStandIn
from worker.watchlists.destination import Destination
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.loading import load_watchlists

START = datetime(2026, 9, 1, 20, 6, tzinfo=UTC)

WATCHLIST = b"""
name: Example Industries
owner: Jane Doe
issuers:
  - 1999500
tell:
  - slack:#ir-alerts
  - email:jane@example.com
"""

T = TypeVar("T")


@dataclass
class Clock:
    """Time that stands still until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


@dataclass
class Fuse:
    """Kills the process that burns it: at the `at`-th crossing, on the way out or on the way back."""

    at: int = -1
    after: bool = False
    crossings: list[str] = field(default_factory=list)

    def cross(self, name: str, *, returning: bool) -> None:
        if not returning:
            self.crossings.append(name)
        if len(self.crossings) == self.at and returning is self.after:
            raise Killed(name)


class Killed(BaseException):
    """What kill -9 is to a process: nothing catches it, nothing is tidied up."""


class Wire:
    """A part whose every call crosses the fuse, before it is made and after it was answered."""

    def __init__(self, part: object, name: str, fuse: Fuse) -> None:
        self._part, self._name, self._fuse = part, name, fuse

    def __getattr__(self, name: str) -> object:
        value = getattr(self._part, name)
        path = f"{self._name}.{name}"
        if not callable(value):
            return value if isinstance(value, (str, dict, bool)) else Wire(value, path, self._fuse)

        def call(*arguments: object, **named: object) -> object:
            self._fuse.cross(path, returning=False)
            try:
                answer = value(*arguments, **named)
            except Exception:
                self._fuse.cross(path, returning=True)
                raise
            self._fuse.cross(path, returning=True)
            return self._pages(answer, path) if isinstance(answer, Iterator) else answer

        return call

    def _pages(self, pages: Iterator[object], path: str) -> Iterator[object]:
        try:
            for page in pages:
                self._fuse.cross(f"{path}[]", returning=False)
                self._fuse.cross(f"{path}[]", returning=True)
                yield page
        except Exception:
            self._fuse.cross(f"{path}[]", returning=False)
            self._fuse.cross(f"{path}[]", returning=True)
            raise


def wired(part: T, name: str, fuse: Fuse) -> T:
    return cast("T", Wire(part, name, fuse))


@dataclass
class World:
    """The servers, which outlive any worker, and the worker's pipeline, which `restart` begins anew."""

    folder: Path
    edgar: EdgarStandin
    slack: SlackStandIn
    mail: MailStandIn
    clock: Clock
    ledger: Ledger
    watchlist: bytes = WATCHLIST
    templates: list[Path] = field(default_factory=list)
    operator: Destination | None = None
    fallback: Destination | None = None
    anchor: Destination | None = None
    burst: int = 10
    rung: list[Step] = field(default_factory=list)
    closing: ExitStack = field(default_factory=ExitStack)

    def pipeline(self, fuse: Fuse | None = None) -> Pipeline:
        """A worker as if just started. With a fuse, everything outside of it crosses that."""
        fuse = fuse or Fuse()
        lists = load_watchlists({"watchlists/example.yaml": self.watchlist}, None)
        index = WatchlistIndex(lists)
        ledger = wired(self.ledger, "ledger", fuse)
        edgar = Edgar(
            Contact.parse("Test test@example.com"),
            LocalBudget(per_second=10),
            sites=Sites.at(self.edgar.base_url),
            sleep=lambda _seconds: None,
        )
        self.closing.callback(edgar.close)
        slack = SlackNotifier(self.slack.token, base_url=f"{self.slack.base_url}/")
        mail = EmailNotifier(
            "127.0.0.1",
            self.mail.port,
            sender="form144@example.com",
            clock=self.clock,
            security=Security.NONE,
        )
        notifiers: dict[str, Notifier] = {
            "slack": wired(slack, "slack", fuse),
            "email": wired(mail, "email", fuse),
        }
        return Pipeline(
            ledger=ledger,
            edgar=wired(edgar, "edgar", fuse),
            reconciliation=Reconciliation(ledger=ledger, edgar=wired(edgar, "edgar", fuse), clock=self.clock),
            reader=Reader(
                watchlists=lambda: index,
                writer=Writer([*self.templates, shipped()]),
                history=ledger.history,
                families=ledger.families,
                silences=ledger.silences,
                secret=self.ledger.secret(),
                index_page=edgar.sites.index_page,
                clock=self.clock,
            ),
            handover=Handover(
                deliveries=ledger.deliveries,
                threads=ledger.threads,
                notifiers=notifiers,
                spacing={"slack": timedelta(seconds=1)},
                clock=self.clock,
            ),
            aftermath=Aftermath(
                redirects=ledger.redirects,
                troubles=ledger.troubles,
                chores=ledger.chores,
                acknowledgements=ledger.acknowledgements,
                slack=wired(slack, "slack", fuse),
                notifiers=notifiers,
                clock=self.clock,
                operator=self.operator,
                fallback=self.fallback,
            ),
            conversations=Conversations(
                rollups=ledger.rollups,
                marks=ledger.marks,
                writer=Writer([*self.templates, shipped()]),
                notifiers=notifiers,
                secret=self.ledger.secret(),
                clock=self.clock,
                burst=self.burst,
                burst_within=timedelta(minutes=10),
            ),
            digests=Digests(
                ledger=ledger,
                watchlists=lambda: index,
                writer=Writer([*self.templates, shipped()]),
                secret=self.ledger.secret(),
                index_page=edgar.sites.index_page,
                clock=self.clock,
            ),
            clock=self.clock,
            ring=self.rung.append,
            poll_again=lambda _now: timedelta(seconds=10),
            anchors=Anchors(
                ledger=ledger,
                writer=Writer([*self.templates, shipped()]),
                secret=self.ledger.secret(),
                clock=self.clock,
                destination=self.anchor,
            ),
        )

    def publish(
        self,
        filing: Filing | None = None,
        notice: Form144Notice | None = None,
        *,
        row_gap: timedelta = NO_TIME,
        document_lag: timedelta = NO_TIME,
    ) -> Filing:
        """Announce a filing, by default the one that the watchlist asks about."""
        filing = filing or a_filing()
        document = as_xml(notice or a_notice())
        self.edgar.publish(filing, document, row_gap=row_gap, document_lag=document_lag)
        return filing

    def once(self, fuse: Fuse | None = None) -> None:
        """Let a worker, as if just started, do each step once."""
        pipeline = self.pipeline(fuse)
        for step in (pipeline.sweep, pipeline.poll, pipeline.reconcile, pipeline.read, pipeline.deliver):
            step()

    def settle(self, *, for_at_most: timedelta = timedelta(hours=2)) -> None:
        """Let a worker do everything that is due and move time on, until it has looked at the whole feed
        once more and all is settled. What it rings itself is lost: the sweep alone must be enough.
        """
        pipeline = self.pipeline()
        began = self.clock()
        until = began + for_at_most
        while self.clock() < until:
            self.rung.clear()
            pipeline.sweep()
            for step in dict.fromkeys(self.rung):
                getattr(pipeline, step)()
            looked = self.ledger.polls.last_complete()
            if looked is not None and looked.started_at > began and self._next_due() is None:
                return
            self.clock.move(max(timedelta(seconds=1), (self._next_due() or began) - self.clock()))

    def _next_due(self) -> datetime | None:
        """When the next filing, delivery or mark is due, None where none is; a poll is due before that."""
        arrived = sa.select(deliveries.c.id).where(deliveries.c.state == DeliveryState.DELIVERED)
        waiting = [
            sa.select(sa.func.min(filings.c.due_at)),
            sa.select(sa.func.min(deliveries.c.due_at)),
            sa.select(sa.func.min(threads.c.mark_due_at))
            .join(deliveries, deliveries.c.id == threads.c.amends_id)
            .where(deliveries.c.state == DeliveryState.DELIVERED, threads.c.delivery_id.in_(arrived)),
        ]
        with self.ledger.database.read() as connection:
            found = [instant for query in waiting if (instant := connection.scalar(query))]
        return min(found, default=None)

    def posts(self) -> int:
        """How many messages Slack holds."""
        return sum(len(messages) for messages in self.slack.messages.values())

    def mails(self) -> Counter[str]:
        """How often the mail server took each Message-ID."""
        return Counter(str(received.mail["Message-ID"]) for received in self.mail.received)


@contextmanager
def a_world(folder: Path) -> Iterator[World]:
    clock = Clock()
    with ExitStack() as stack:
        edgar = stack.enter_context(EdgarStandin(clock=clock, per_second=None))
        slack = stack.enter_context(
            SlackStandIn(
                check=problems, channels=["#ir-alerts"], per_second=0, clock=lambda: clock().timestamp()
            )
        )
        mail = stack.enter_context(MailStandIn())
        ledger = Ledger.open(f"sqlite:///{folder / 'ledger.sqlite'}", migrate=True)
        stack.callback(ledger.close)
        world = World(folder, edgar, slack, mail, clock, ledger)
        with world.closing:
            yield world
