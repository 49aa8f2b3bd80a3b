"""The history that questions about several notices need, for commands that decide again what was decided."""

from __future__ import annotations

from datetime import timedelta

from worker.cli.documents import Found, opened_ledger
from worker.filings.filing import Filing
from worker.filings.notice import Form144Notice
from worker.ledger.ledger import Ledger
from worker.settings import Settings
from worker.watchlists.conditions.recent import RecentNotices, filed_on
from worker.watchlists.index import WatchlistIndex


def earlier_notices(
    ledger: Ledger, filing: Filing, notice: Form144Notice, reach: int | None
) -> RecentNotices | None:
    """The issuer's notices of so many days before this one, as far as the ledger reaches back; None where
    nobody asks or the notice does not say which issuer's.
    """
    day = filed_on(filing, notice)
    if reach is None or notice.issuer_cik is None or day is None:
        return None
    return ledger.history.recent(notice.issuer_cik, day - timedelta(days=reach), day)


def known_before(found: Found, index: WatchlistIndex, settings: Settings) -> RecentNotices | None:
    """The same for whatever these lists ask of it; None for a file, which stands in no ledger."""
    if found.record is None or index.history_days is None:
        return None
    with opened_ledger(settings) as ledger:
        return earlier_notices(ledger, found.filing, found.notice, index.history_days)
