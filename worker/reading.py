"""Reading: from one document to everything that follows from it, before any of it is written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from worker.alerts.alert import Alert
from worker.alerts.raising import delivery_key, destinations_owed
from worker.edgar.client import Document
from worker.errors import UnreadableFiling
from worker.filings.announcement import notice_from_announcement
from worker.filings.filing import Filing
from worker.filings.notice import Form144Notice
from worker.filings.reader import read_notice
from worker.ledger.filings import ClaimedFiling
from worker.ledger.history import History
from worker.ledger.readings import Owed, RaisedAlert, Reading
from worker.messages.writer import Writer
from worker.watchlists.conditions.recent import RecentNotices
from worker.watchlists.destination import Destination
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.match import Match
from worker.watchlists.matching import match
from worker.watchlists.watchlist import Watchlist

log = structlog.get_logger()

#: A document that cuts its reader short is not tried more often; its readers are told it is unreadable.
READINGS_CUT_SHORT = 5


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads documents against the watchlists as they are at that moment."""

    watchlists: Callable[[], WatchlistIndex]
    writer: Writer
    history: History
    secret: bytes  # behind the delivery keys
    index_page: Callable[[Filing], str]  # the page a person opens
    clock: Callable[[], datetime]

    def read(self, claim: ClaimedFiling, document: Document | None) -> Reading:
        """Everything that follows from the document; None is one that EDGAR never served.

        A document that cannot be read still reaches everybody whose list names its issuer or seller:
        they are told that, and why, nobody could read it.
        """
        notice, unreadable_because = self._notice(claim, document)
        index = self.watchlists()
        lists = {watchlist.id: watchlist for watchlist in index.watchlists}
        alerts = [
            self._raise(lists[found.watchlist_id], found, claim, notice, unreadable_because)
            for found in match(notice, claim.filing, index, recent=self._recent(notice, index))
            if found.raises_alert
        ]
        return Reading(
            url=document.url if document else "",
            body=document.body if document else b"",
            fetched_at=self.clock(),
            notice=notice,
            unreadable_because=unreadable_because,
            alerts=tuple(alerts),
        )

    def _notice(self, claim: ClaimedFiling, document: Document | None) -> tuple[Form144Notice, str | None]:
        try:
            if document is None:
                raise UnreadableFiling("EDGAR announced the filing and never served its document")
            if claim.cut_short >= READINGS_CUT_SHORT:
                raise UnreadableFiling(f"reading it was cut short {claim.cut_short} times")
            return read_notice(document.body), None
        except UnreadableFiling as error:
            log.error("unreadable", accession=claim.filing.accession, why=str(error))
            return notice_from_announcement(claim.filing), str(error)

    def _recent(self, notice: Form144Notice, index: WatchlistIndex) -> RecentNotices | None:
        """The issuer's earlier notices, where any list asks about them and the issuer is known."""
        if index.history_days is None or notice.issuer_cik is None:
            return None
        since = (notice.notice_date or self.clock().date()) - timedelta(days=index.history_days)
        return self.history.recent(notice.issuer_cik, since)

    def _raise(
        self,
        watchlist: Watchlist,
        found: Match,
        claim: ClaimedFiling,
        notice: Form144Notice,
        unreadable_because: str | None,
    ) -> RaisedAlert:
        alert = Alert(
            filing=claim.filing,
            notice=notice,
            match=found,
            list_name=None if watchlist.is_confidential else watchlist.name,
            seen_at=claim.seen_at,
            raised_at=self.clock(),
            document_url=self.index_page(claim.filing),
            unreadable_because=unreadable_because,
        )
        owed = [self._owe(alert, to) for to in destinations_owed(watchlist.destinations)]
        return RaisedAlert(match=found, list_digest=watchlist.digest, owed=tuple(owed))

    def _owe(self, alert: Alert, to: Destination) -> Owed:
        written = self.writer.write(alert, to)
        if written.problem:
            log.error("template_failed", accession=alert.filing.accession, why=written.problem)
        key = delivery_key(self.secret, alert.filing.accession, alert.match.watchlist_id, to)
        return Owed(destination=to, message=written.message, key=key)
