"""Intake: one attempt to read one filing, and what is done where it does not come to its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from worker import due
from worker.edgar.client import Document, Edgar
from worker.errors import Awaiting, ConfigurationError, Unreachable
from worker.going_on import kept
from worker.ledger.drills import Drill
from worker.ledger.filings import ClaimedFiling
from worker.ledger.ledger import Ledger
from worker.ledger.readings import Reading
from worker.reading import READINGS_CUT_SHORT, Reader

log = structlog.get_logger()

#: How soon one whose reading broke is read again.
BROKEN = timedelta(seconds=5)


@dataclass(frozen=True, kw_only=True)
class Intake:
    """Fetches a document, has it read, and writes down what followed, or why nothing did."""

    ledger: Ledger
    edgar: Edgar
    reader: Reader
    clock: Callable[[], datetime]
    wait: Callable[[float], object]  # where the ledger is away for a moment

    def attempt(self, claim: ClaimedFiling, awaited: list[str]) -> bool:
        """Read it once and settle the claim; True where that raised alerts. What it waits for is added to
        `awaited`.

        Raises Unreachable where the ledger stays away: the filing is due again when the claim's lease ends.
        Nothing else that breaks keeps other filings from being read.
        """
        try:
            return self._read(claim, awaited)
        except Unreachable:
            raise
        except Exception as error:
            log.exception("reading_broke")
            # It counts as cut short: its readers are told of what breaks every time.
            why = f"an error that nobody foresaw: {type(error).__name__}"
            self._postpone(claim, self.clock() + BROKEN, why, cut_short=True)
            return False

    def _read(self, claim: ClaimedFiling, awaited: list[str]) -> bool:
        try:
            reading = self._reading(claim)
        except ConfigurationError as error:
            self._postpone(claim, self.clock() + due.AGENT_REFUSED, str(error))
            return False
        except Unreachable as error:
            log.info("not_readable_yet", why=str(error))
            awaited.extend([error.accession] if isinstance(error, Awaiting) else ())
            self._postpone(claim, due.next_look(claim, error, self.clock()), str(error))
            return False
        if not kept(partial(self.ledger.readings.record, claim, reading, self.clock()), self.wait):
            log.warning("read_after_lease")
            return False
        return bool(reading.alerts)

    def _reading(self, claim: ClaimedFiling) -> Reading:
        drill = self.ledger.drills.take_up(claim.filing, self.clock())
        return self.reader.read(claim, self._document(claim, drill), drill)

    def _document(self, claim: ClaimedFiling, drill: Drill | None) -> Document | None:
        """None where there is none to be had: a drill's own, or one that EDGAR never served. What cuts its
        reader short may do so while it is fetched.
        """
        if drill is not None or claim.cut_short >= READINGS_CUT_SHORT:
            return None
        # The submission has a header that says when it was accepted, where only its day is known.
        fetch = self.edgar.document if claim.filing.accepted_at else self.edgar.submission
        try:
            return fetch(claim.filing)
        except Unreachable as error:
            if due.waits_for_document(claim, error, self.clock()):
                raise
            return None

    def _postpone(self, claim: ClaimedFiling, at: datetime, why: str, *, cut_short: bool = False) -> None:
        kept(partial(self.ledger.filings.postpone, claim, at, why, cut_short=cut_short), self.wait)
