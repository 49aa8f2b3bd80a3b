"""`form144 ...` in a hurry, for what has to end within a minute: claims hold and pauses last a tenth as
long. The long torture runs the program as it is.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from worker import due, handover
from worker.alerts.retry import Patience, verdict
from worker.cli import main


def hurry() -> None:
    due.POLL_LEASE = timedelta(seconds=6)
    due.RECONCILE_LEASE = timedelta(seconds=15)
    due.READ_LEASE = timedelta(seconds=9)
    # Half of it is still longer than the 10 seconds that Slack is given to answer.
    due.DELIVER_LEASE = timedelta(seconds=22)
    due.FOLLOW_UP_LEASE = timedelta(seconds=15)
    due.POLL_RETRY = timedelta(seconds=2)
    due.DOCUMENT_PATIENCE = timedelta(hours=1)
    patience = Patience(
        first=timedelta(seconds=1),
        longest=timedelta(seconds=5),
        settling=timedelta(seconds=4),
        resends=tuple(pause / 10 for pause in Patience().resends),
    )
    handover.__dict__["verdict"] = partial(verdict, patience=patience)


if __name__ == "__main__":
    hurry()
    main()
