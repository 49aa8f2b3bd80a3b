"""The SEC's fair-access rules as its servers enforce them: who may ask, and how often.

https://www.sec.gov/about/webmaster-frequently-asked-questions: a declared User-Agent and at most ten
requests a second; whoever exceeds that is blocked for ten minutes, and asking meanwhile extends the block.
"""

from __future__ import annotations

import re
from collections import deque
from datetime import datetime, timedelta

from worker.standins.edgar.answer import Asked
from worker.standins.edgar.faults import Fault

_SECOND = timedelta(seconds=1)
_DECLARED = re.compile(r"\S+ .*[^@\s]+@[^@\s]+\.[^@\s]+")


class Doorkeeper:
    """Refuses undeclared agents and, above `per_second` requests (None: no limit), everybody."""

    def __init__(self, *, per_second: int | None, block_for: timedelta) -> None:
        self.per_second = per_second
        self.block_for = block_for
        self.peak = 0
        self._blocked_until: datetime | None = None
        self._recent: deque[datetime] = deque()

    def refusal(self, asked: Asked) -> Fault | None:
        """Count the request; why it is refused, or None where it may pass."""
        recent = self._recent
        recent.append(asked.at)
        while recent[0] <= asked.at - _SECOND:
            recent.popleft()
        self.peak = max(self.peak, len(recent))
        agent = asked.agent.lower()
        if not _DECLARED.fullmatch(agent) or "://" in agent or "noreply" in agent:
            return Fault.UNDECLARED
        if self.per_second is None:
            return None
        blocked = self._blocked_until is not None and asked.at < self._blocked_until
        if blocked or len(recent) > self.per_second:
            self._blocked_until = asked.at + self.block_for
            return Fault.RATE
        return None
