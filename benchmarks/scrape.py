"""What a scrape of the metrics costs, on a ledger of a year: 50,000 filings, 5,000 alerts, 10,000 deliveries.

    python -m benchmarks.scrape

Prints the first scrape of a process, which counts everything, and the median of the later ones, with the
number of SQL statements. SQLite, on this machine, in this process; the time of the CPU depends less on what
else the machine does.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, generate_latest
from sqlalchemy import event

from tests.builders import a_filing
from tests.ledger.readings import a_match
from tests.messages import samples
from worker.alerts.delivery import DeliveryState
from worker.ledger.ledger import Ledger
from worker.ledger.tables import alerts, attempts, days, deliveries, facts, filings, lanes, polls
from worker.messages.templates import shipped
from worker.messages.writer import Writer
from worker.metrics.collector import LedgerCollector
from worker.metrics.readings import Readings
from worker.watchlists.destination import Destination

NOW = datetime(2026, 11, 20, 20, tzinfo=UTC)
FILINGS, ALERTS, POLLS = 50_000, 5_000, 200_000
NOTIFIERS = ("slack", "email")


def fill(url: str) -> None:
    """A year of it. What the scrape never reads (documents, notices) is left out."""
    writer, draw = Writer([shipped()]), random.Random(144)
    messages = {name: writer.write(samples.an_alert(), Destination(name)).message for name in NOTIFIERS}
    ledger = Ledger.open(url, migrate=True)
    seen = [
        NOW - timedelta(minutes=10.5 * (FILINGS - place)) + timedelta(seconds=draw.uniform(18, 100))
        for place in range(FILINGS)
    ]
    with ledger.database.write() as connection:
        _insert(connection, filings, [_filing(place, at) for place, at in enumerate(seen)])
        addresses = [f"desk-{number}" for number in range(10)]
        _insert(
            connection,
            lanes,
            [{"notifier": name, "address": to, "open_at": NOW} for name in NOTIFIERS for to in addresses],
        )
        _insert(connection, alerts, [_alert(place, seen[place * 10]) for place in range(ALERTS)])
        told = [
            (
                2 * place + which + 1,
                place + 1,
                name,
                seen[place * 10] + timedelta(seconds=draw.uniform(1, 20)),
            )
            for place in range(ALERTS)
            for which, name in enumerate(NOTIFIERS)
        ]
        _insert(
            connection,
            deliveries,
            [
                {
                    "id": number,
                    "alert_id": alert,
                    "notifier": name,
                    "address": addresses[alert % 10],
                    "key": sha256(str(number).encode()).hexdigest(),
                    "message": messages[name],
                    "state": DeliveryState.DELIVERED,
                    "attempts": 1,
                    "owed_since": at,
                    "first_attempt_at": at,
                    "settled_at": at,
                    "receipt": "1700000000.000100",
                }
                for number, alert, name, at in told
            ],
        )
        _insert(
            connection,
            attempts,
            [
                {"delivery_id": number, "number": 1, "started_at": at, "ended_at": at, "outcome": "delivered"}
                for number, _, _, at in told
            ],
        )
        _insert(connection, polls, [_poll(place) for place in range(POLLS)])
        first = seen[0].date()
        listed = [first + timedelta(days=number) for number in range((NOW.date() - first).days)]
        _insert(connection, days, [{"day": day, "indexed": 137, "indexed_at": NOW} for day in listed])
        connection.execute(sa.insert(facts).values(name="indexes-begin", value=str(first)))
    ledger.close()


def _filing(place: int, seen_at: datetime) -> dict[str, Any]:
    return {
        "accession": f"0001950047-26-{place:06d}",
        "form_type": "144",
        "parties": a_filing().parties,
        "found_by": "feed" if place % 50 else "index",
        "accepted_at": seen_at - timedelta(seconds=18),
        "day": seen_at.date(),
        "indexed": True,
        "quiet": False,
        "seen_at": seen_at,
        "state": "read" if place % 500 else "unreadable",
        "attempts": 1,
        "postponed": 0,
        "read_at": seen_at,
    }


def _alert(place: int, at: datetime) -> dict[str, Any]:
    return {
        "id": place + 1,
        "accession": f"0001950047-26-{place * 10:06d}",
        "watchlist_id": "ir",
        "list_digest": "0" * 64,
        "match": a_match(),
        "raised_at": at,
    }


def _poll(place: int) -> dict[str, Any]:
    at = NOW - timedelta(seconds=10 * (POLLS - place))
    counts = {"pages": 1, "rows": 100, "new_filings": 0}
    return {"started_at": at, "ended_at": at, "back_to": at, **counts}


def _insert(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    for begin in range(0, len(rows), 5000):
        connection.execute(sa.insert(table), rows[begin : begin + 5000])


def main(scrapes: int = 30) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'ledger.sqlite'}"
        fill(url)
        readings = Readings(url, lambda: NOW, kept=timedelta(0))
        registry = CollectorRegistry()
        registry.register(LedgerCollector(readings, NOTIFIERS))
        statements: list[str] = []

        def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            statements.append(statement)

        event.listen(sa.Engine, "before_cursor_execute", count)
        taken, worked, body = [], [], b""
        for _ in range(scrapes + 1):
            statements.clear()
            began, cpu = time.perf_counter(), time.process_time()
            body = generate_latest(registry)
            taken.append((time.perf_counter() - began) * 1000)
            worked.append((time.process_time() - cpu) * 1000)
        event.remove(sa.Engine, "before_cursor_execute", count)
        readings.close()
        assert f"form144_alerts_total {ALERTS:.1f}".encode() in body
        asked = sum(statement.lstrip().upper().startswith(("SELECT", "WITH")) for statement in statements)
        print(
            f"ledger of {FILINGS:,} filings, {2 * ALERTS:,} deliveries, {POLLS:,} polls\n"
            f"first scrape of a process {taken[0]:7.1f} ms, {worked[0]:.1f} ms of the CPU\n"
            f"each later one            {statistics.median(taken[1:]):7.1f} ms, "
            f"{statistics.median(worked[1:]):.1f} ms of the CPU, {asked} statements, {len(body):,} bytes"
        )


if __name__ == "__main__":
    main()
