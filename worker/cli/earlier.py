"""The history that questions about several notices need, for commands that decide again what was decided."""

from __future__ import annotations

from datetime import timedelta

from worker.filings.filing import Filing
from worker.filings.notice import Form144Notice
from worker.ledger.ledger import Ledger
from worker.watchlists.conditions.recent import RecentNotices, filed_on


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
