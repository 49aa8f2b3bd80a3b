"""The patient: what every check looks at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from worker import parts
from worker.errors import Mistake
from worker.ledger.ledger import Ledger
from worker.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Patient:
    """One installation as its settings describe it, which may hold `mistakes`: the defaults stand in for
    those.
    """

    settings: Settings
    mistakes: tuple[Mistake, ...]
    clock: Callable[[], datetime]

    def ledger(self) -> Ledger:
        """Opened for one check, which closes it. Raises ConfigurationError or Unreachable."""
        return parts.open_ledger(self.settings, migrate=False)
