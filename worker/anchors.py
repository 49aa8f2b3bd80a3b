"""Anchors: once a day, the end of the record goes out to somebody who keeps it.

Its message is owed like any other, so that it arrives once, is tried again, and is itself in the record.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from worker.alerts.raising import delivery_key
from worker.filings.filing import eastern_day
from worker.ledger.ledger import Ledger
from worker.messages.anchored import Anchor, page_of, plain_anchor
from worker.messages.writer import Writer
from worker.watchlists.destination import Destination

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Anchors:
    """Sends anchors to `destination`, where there is one."""

    ledger: Ledger
    writer: Writer
    secret: bytes = field(repr=False)  # behind the delivery keys
    clock: Callable[[], datetime]
    destination: Destination | None

    def owe(self) -> bool:
        """Owe today's anchor, where it is not owed yet and there is anything to anchor. It may be cut short
        anywhere, and done by several at once: the day, in Washington, has one key.
        """
        now, to = self.clock(), self.destination
        if to is None:
            return False
        key = delivery_key(self.secret, "anchor", eastern_day(now).isoformat(), to)
        if self.ledger.anchors.is_owed(key):
            return False
        self.ledger.chain.seal()
        head = self.ledger.chain.head()
        if not head.position:
            return False
        anchor = Anchor(at=now, position=head.position, text=str(head))
        written = self.writer.write_page(page_of(anchor), plain_anchor(anchor), to)
        if written.problem:
            log.error("template_failed", why=written.problem)
        return self.ledger.anchors.owe(to, head, written.message, key, now, problem=written.problem)
