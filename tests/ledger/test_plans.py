"""The statements that run all the time find their rows by an index, however many rows there are."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy import event

from tests.builders import a_notice
from tests.ledger.migrating import LATER
from worker.ledger.ledger import Ledger

#: A year's filings, of which the newest fifth is due, and an alert for every tenth, as quickly as both
#: databases take them.
FILL = (
    """INSERT INTO filings (accession, form_type, parties, found_by, accepted_at, day, indexed, quiet,
        seen_at, state, due_at, attempts, postponed)
    SELECT CAST(n AS VARCHAR), '144', '[]', 'feed', :now, {day}, FALSE, FALSE, :now,
        CASE WHEN n > 40000 THEN 'announced' ELSE 'read' END, CASE WHEN n > 40000 THEN :due END, 0, 0
    FROM {numbers}""",
    """INSERT INTO notices (accession, notice, issuer_cik)
    SELECT CAST(n AS VARCHAR), '{notice}', n % 5000 FROM {numbers} WHERE n <= 40000""",
    """INSERT INTO lanes (notifier, address, open_at)
    SELECT 'email', 'a' || n, :now FROM {numbers} WHERE n <= 500""",
    """INSERT INTO alerts (id, accession, watchlist_id, list_digest, match, raised_at)
    SELECT n, CAST(n AS VARCHAR), 'list', '', '{{}}', :now FROM {numbers} WHERE n <= 10000""",
    """INSERT INTO deliveries (id, alert_id, notifier, address, key, message, state, due_at, attempts,
        owed_since, settled_at)
    SELECT n, n, 'email', 'a' || (n % 500 + 1), CAST(n AS VARCHAR), '{{"text":"x"}}',
        CASE WHEN n > 9900 THEN 'owed' ELSE 'delivered' END, CASE WHEN n > 9900 THEN :due END, 0, :now,
        CASE WHEN n <= 9900 THEN :now END
    FROM {numbers} WHERE n <= 10000""",
)
SQLITE = {
    "numbers": "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 50000)"
    " SELECT n FROM c)",
    "day": "date('2026-09-01', '-' || (n % 365) || ' days')",
}
POSTGRESQL = {
    "numbers": "generate_series(1, 50000) AS g(n)",
    "day": "date '2026-09-01' - (n % 365)",
}


#: Holds the filings that are due and no other.
DUE = "ix_filings_due"


@pytest.fixture
def year(ledger: Ledger) -> Ledger:
    database = ledger.database
    words = SQLITE if database.is_sqlite else POSTGRESQL
    # What follows a colon would be taken for a parameter's name.
    notice = msgspec.json.encode(a_notice()).decode().replace(":", r"\:").replace("'", "''")
    with database.write() as connection:
        for statement in FILL:
            types = [sa.bindparam(name, type_=sa.DateTime(timezone=True)) for name in ("now", "due")]
            text = sa.text(statement.format(**words, notice=notice))
            wanted = [one for one in types if f":{one.key}" in statement]
            values = {"now": LATER, "due": LATER - timedelta(minutes=1)}
            connection.execute(text.bindparams(*wanted), {one.key: values[one.key] for one in wanted})
        if not database.is_sqlite:  # PostgreSQL counts by itself after a while, SQLite never does
            connection.execute(sa.text("ANALYZE"))
    return ledger


def plans(ledger: Ledger, *asked: object) -> list[str]:
    """How the database would carry out each statement that was sent while those were called."""
    sent: list[tuple[str, object]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        sent.append((statement, parameters))

    event.listen(ledger.database.engine, "before_cursor_execute", note)
    for call in asked:
        assert callable(call)
        call()
    event.remove(ledger.database.engine, "before_cursor_execute", note)
    found = []
    explain = "EXPLAIN QUERY PLAN " if ledger.database.is_sqlite else "EXPLAIN "
    with ledger.database.read() as connection:
        for statement, parameters in sent:
            if statement.startswith(("SELECT", "UPDATE", "WITH")):
                rows = connection.exec_driver_sql(explain + statement, parameters).all()  # type: ignore[arg-type]
                found.append(f"{statement}\n" + "\n".join(str(row[-1]) for row in rows))
    return found


def whole_tables(plan: str) -> list[str]:
    """The lines of a plan that go through all of a large table, one row after the other."""
    large = ("filings", "deliveries", "alerts", "notices", "documents")
    return [
        line
        for line in plan.partition("\n")[2].splitlines()
        if (line.startswith("SCAN ") and any(f" {table}" in line for table in large) and DUE not in line)
        or ("Seq Scan on" in line and any(f" on {table}" in line for table in large))
    ]


def test_claiming_and_sweeping_read_no_table_from_end_to_end(year: Ledger) -> None:
    lease = timedelta(minutes=1)
    claimed = year.deliveries.claim(LATER, lease, "worker")
    assert claimed is not None
    found = plans(
        year,
        lambda: year.filings.claim(LATER, lease, "worker"),
        lambda: year.filings.due(LATER, at_most=2),
        lambda: year.deliveries.claim(LATER, lease, "worker"),
        lambda: year.deliveries.due(LATER),
        lambda: year.threads.place(claimed, LATER, day_began=LATER - timedelta(hours=12)),
        lambda: year.chores.is_due("poll", LATER),
        year.polls.last_complete,
        lambda: year.rollups.crowds(LATER, most=10, within=timedelta(minutes=10)),
        lambda: year.marks.due(LATER),
        year.chain.loose,
    )
    assert len(found) >= 10
    assert [(plan, lines) for plan in found if (lines := whole_tables(plan))] == []


def test_what_arrived_long_ago_is_not_gone_through_to_find_what_is_due_now(year: Ledger) -> None:
    crowds, *_, marks = plans(
        year,
        lambda: year.rollups.crowds(LATER, most=10, within=timedelta(minutes=10)),
        lambda: year.marks.due(LATER),
    )
    assert "ix_deliveries_state" not in marks
    arrived = [line for line in crowds.splitlines() if "ix_deliveries_state" in line and "notifier=?" in line]
    assert [line for line in arrived if "settled_at>?" not in line] == []
