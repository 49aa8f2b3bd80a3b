"""Alert: a match somebody must hear of; one per accession and watchlist, ever."""

from __future__ import annotations

from datetime import datetime

import msgspec

from worker.filings.amendments import Amendment
from worker.filings.filing import Filing
from worker.filings.notice import Form144Notice
from worker.watchlists.match import Match


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a message may say. What is not here is not known to any template.

    `list_name` is None for a confidential list, whose name reaches no message. `unreadable_because` is a
    sentence where the document could not be read, in which case `notice` holds only the announced
    parties. `document_url` is the page a person opens at the SEC. All instants are aware UTC.

    Of a 144/A, `amendment` is what it changes and `root` the first notice of its family. `was_told` says
    whether the destination was told of an earlier notice of the family, and `only_follows` whether it hears
    of this one for that alone.
    """

    filing: Filing
    notice: Form144Notice
    match: Match
    list_name: str | None
    seen_at: datetime
    raised_at: datetime
    document_url: str
    unreadable_because: str | None = None
    amendment: Amendment | None = None
    was_told: bool = False
    only_follows: bool = False
    root: str | None = None

    @property
    def family(self) -> str:
        """What ties a notice and its amendments together: the accession of the notice first filed."""
        return self.root or self.notice.previous_accession or self.filing.accession
