"""How long after a match its message is at the other side, when nothing else is going on.

    python -m benchmarks.delivery

The worker is the real `form144 run` in a process of its own, against stand-ins for Slack and a mail server
in another. A match is when a reading is committed; delivered is when the other side's receipt is.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from benchmarks.load_stage import FIRST_CIK, stage
from benchmarks.reach import p50_p99, reach
from worker.errors import ConfigurationError, Unreachable
from worker.ledger.ledger import Ledger
from worker.ledger.tables import alerts, deliveries
from worker.settings import environment_without_ours

NOTICES = 100
#: A message a second and channel is Slack's limit: each goes to a channel of its own.
PAUSE = 0.35
#: Half a second is what a doorbell that went astray costs, until the sweep rings again.
MILLISECONDS = 500


def main(notices: int = NOTICES) -> None:
    """Print the table."""
    channels = [f"#channel-{number}" for number in range(notices)]
    with tempfile.TemporaryDirectory() as folder, stage([], channels) as side:
        at = Path(folder)
        (at / "lists").mkdir()
        for number in range(notices):
            tell = f'  - "slack:#channel-{number}"\n  - email:reader-{number}@example.com\n'
            text = f"name: List {number}\nowner: Example Desk\nissuers: [{FIRST_CIK + number}]\ntell:\n{tell}"
            (at / "lists" / f"{number}.yaml").write_text(text)
        settings = side.settings | {
            "FORM144_DATA": folder,
            "FORM144_WATCHLISTS": str(at / "lists"),
            "FORM144_POLL_SECONDS": "0.2",
            "FORM144_REQUESTS_PER_SECOND": "9",
            "FORM144_LOG_LEVEL": "warning",
        }
        worker = subprocess.Popen(
            [sys.executable, "-m", "worker.cli", "run"],
            env=environment_without_ours() | settings,
            stderr=subprocess.DEVNULL,
        )
        try:
            ledger = _open(at / "ledger.sqlite")
            for number in range(notices):
                side.publish(f"0001950047-26-{number:06d}", FIRST_CIK + number)
                time.sleep(PAUSE)
            _wait(ledger, 2 * notices)
            _show(ledger)
            ledger.close()
        finally:
            worker.terminate()
            worker.wait(timeout=30)


def _open(file: Path) -> Ledger:
    """The worker's ledger, once it has made one and looked at the feed."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if file.exists():
                ledger = Ledger.open(f"sqlite:///{file}", migrate=False)
                if ledger.polls.last_complete():
                    return ledger
                ledger.close()
        except (ConfigurationError, Unreachable):
            pass
        time.sleep(0.1)
    raise TimeoutError("the worker did not begin")


def _wait(ledger: Ledger, number: int) -> None:
    deadline = time.monotonic() + 60
    while ledger.report.deliveries_by_state() != {"delivered": number}:
        if time.monotonic() > deadline:
            raise TimeoutError(str(ledger.report.deliveries_by_state()))
        time.sleep(0.2)


def _show(ledger: Ledger) -> None:
    query = sa.select(deliveries.c.notifier, alerts.c.raised_at, deliveries.c.settled_at).join(
        alerts, alerts.c.id == deliveries.c.alert_id
    )
    with ledger.database.read() as connection:
        rows = connection.execute(query).all()
    print(f"match to delivered, quiet, {os.cpu_count()} cores, milliseconds\n")
    print(f"{'':12}{'number':>8}{'p50':>8}{'p99':>8}")
    worst = 0.0
    for notifier in ("slack", "email"):
        spans = [
            (row.settled_at - row.raised_at) / timedelta(milliseconds=1)
            for row in rows
            if row.notifier == notifier
        ]
        p50, p99 = p50_p99(spans)
        worst = max(worst, p99)
        print(f"{notifier:12}{len(spans):8}{p50:8,.0f}{p99:8,.0f}")
    print()
    reach("milliseconds from match to delivered, p99", worst, at_most=MILLISECONDS)


if __name__ == "__main__":
    main()
