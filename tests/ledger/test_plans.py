"""The statements that run all the time find their rows by an index, however many rows there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy import event

from tests.builders import a_notice
from tests.ledger.migrating import LATER, run
from tests.ledger.readings import a_match, a_raised_alert, a_reading
from tests.servers.postgres import PostgresServer
from worker.alerts.delivery import Receipt
from worker.filings.filing import Filing, FoundBy
from worker.ledger import counters, tally
from worker.ledger.counters import Counters
from worker.ledger.database import Database
from worker.ledger.gauges import Gauges
from worker.ledger.ledger import Ledger
from worker.watchlists.destination import Destination

#: Filings, the newest fifth of which is due, and an alert for every fifth, as quickly as both databases take
#: them; with everything that a filing and an alert leave behind, each some time after the one before.
FILL = (
    """INSERT INTO filings (accession, form_type, parties, found_by, accepted_at, day, indexed, quiet,
        seen_at, read_at, state, due_at, attempts, postponed)
    SELECT CAST(n AS VARCHAR), '144', '[]', 'feed', {then}, {day}, FALSE, FALSE, {then},
        CASE WHEN n <= 40000 THEN {then} END, CASE WHEN n > 40000 THEN 'announced' ELSE 'read' END,
        CASE WHEN n > 40000 THEN :due END, 0, 0
    FROM {numbers}""",
    """INSERT INTO documents (accession, url, sha256, body, fetched_at)
    SELECT CAST(n AS VARCHAR), '', '', '', {then} FROM {numbers} WHERE n <= 40000 AND n > 30000""",
    """INSERT INTO notices (accession, notice, issuer_cik, seller_cik, previous_accession)
    SELECT CAST(n AS VARCHAR), '{notice}', n % 5000, n, CASE WHEN n % 10 = 0 THEN CAST(n - 1 AS VARCHAR) END
    FROM {numbers} WHERE n <= 40000 AND n > 30000""",
    """INSERT INTO lanes (notifier, address, open_at)
    SELECT 'email', 'a' || n, :now FROM {numbers} WHERE n <= 500""",
    """INSERT INTO alerts (id, accession, watchlist_id, list_digest, match, raised_at)
    SELECT n, CAST(n AS VARCHAR), 'list', '', '{match}', {then}
    FROM {numbers} WHERE n <= 40000 AND n > 30000""",
    """INSERT INTO deliveries (id, alert_id, notifier, address, key, message, state, due_at, attempts,
        owed_since, settled_at, receipt)
    SELECT n, n, 'email', 'a' || (n % 500 + 1), CAST(n AS VARCHAR), '{{"text":"x"}}',
        CASE WHEN n > 39900 THEN 'owed' WHEN n % 500 = 0 THEN 'refused' ELSE 'delivered' END,
        CASE WHEN n > 39900 THEN :due END, 0, {then}, CASE WHEN n <= 39900 THEN {then} END, 'r' || n
    FROM {numbers} WHERE n <= 40000 AND n > 30000""",
    """INSERT INTO attempts (delivery_id, number, started_at, ended_at, outcome)
    SELECT n, 1, {then}, {then}, 'delivered' FROM {numbers} WHERE n <= 39900 AND n > 30000""",
    """INSERT INTO threads (delivery_id, top_id, mark_attempts)
    SELECT n, n, 0 FROM {numbers} WHERE n <= 39900 AND n > 30000""",
    """INSERT INTO acknowledgements (alert_id, person, acknowledged_at, how)
    SELECT n, 'Jane Doe', {then}, 'cli' FROM {numbers} WHERE n <= 39900 AND n > 30000 AND n % 2 = 0""",
    """INSERT INTO digests (id, notifier, address, schedule, slot, since, composed_at, entries)
    SELECT n, 'email', 'a' || n, 'daily', {then}, {then}, {then}, 0 FROM {numbers} WHERE n <= 500""",
    """INSERT INTO digest_entries (id, notifier, address, schedule, accession, watchlist_id, item, entered_at,
        digest_id)
    SELECT n, 'email', 'a' || (n % 500 + 1), 'daily', CAST(n AS VARCHAR), 'list', '{{}}', {then},
        CASE WHEN n <= 39900 THEN n % 500 + 1 END
    FROM {numbers} WHERE n <= 40000 AND n > 30000""",
    """INSERT INTO polls (id, started_at, ended_at, back_to, pages, rows, new_filings)
    SELECT n, {then}, {then}, {then}, 1, 0, 0 FROM {numbers}""",
    """INSERT INTO entries (id, at, kind, subject, body, sealed)
    SELECT n, '2026-09-01T20\\:06\\:00.000000Z', 'announced', CAST(n AS VARCHAR), '{{}}', n <= 49990
    FROM {numbers}""",
    """INSERT INTO links (position, entry_id, entry_hash, hash)
    SELECT n, n, '', '' FROM {numbers} WHERE n <= 49990""",
)
SQLITE = {
    "numbers": "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 50000)"
    " SELECT n FROM c)",
    "day": "date('2026-09-01', '-' || ((50000 - n) / 20) || ' days')",
    "then": "strftime('%Y-%m-%d %H\\:%M\\:%f000', '2026-09-01 20\\:00', ((n - 50000) * 10) || ' minutes')",
}
POSTGRESQL = {
    "numbers": "generate_series(1, 50000) AS g(n)",
    "day": "date '2026-09-01' - (50000 - n) / 20",
    "then": "timestamptz '2026-09-01 20\\:00\\:00+00' - (50000 - n) * interval '10 minutes'",
}
#: Of these the program gives out the ids.
NUMBERED = ("alerts", "deliveries", "digests", "digest_entries", "polls", "entries")

#: Partial indexes: what is due, or waits for its link, and nothing else.
FEW = ("ix_filings_due", "ix_entries_loose")

#: The tables that grow with every filing, alert or poll, and other names they go by.
LARGE = {
    "filings",
    "documents",
    "notices",
    "alerts",
    "deliveries",
    "attempts",
    "threads",
    "acknowledgements",
    "digest_entries",
    "polls",
    "entries",
    "links",
    "told",
    "top",
    "post",
}

#: How SQLite and PostgreSQL say it; SQLite calls it a search where it looks for the least without an index.
WHOLE = re.compile(r"^SCAN (\w+)|^SEARCH (\w+)$|Seq Scan on (\w+)")

#: Who asks so for one row goes along the table from its one end, and stops at the first.
ENDS = {
    "polls": r"ORDER BY polls\.id( DESC)?\s+LIMIT|max\(polls\.id\)",
    "links": r"ORDER BY links\.position DESC\s+LIMIT",
}


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def year(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """One for all: filling it takes seconds."""
    url = f"sqlite:///{tmp_path_factory.mktemp('year') / 'ledger.sqlite'}"
    with ExitStack() as stack:
        if request.param == "postgresql":
            server: PostgresServer = request.getfixturevalue("postgres")
            run(server.url(), "CREATE DATABASE year")
            stack.callback(run, server.url(), "DROP DATABASE year WITH (FORCE)")
            url = server.url("year")
        ledger = Ledger.open(url, migrate=True)
        stack.callback(ledger.close)
        fill(ledger.database)
        yield ledger


def fill(database: Database) -> None:
    words = SQLITE if database.is_sqlite else POSTGRESQL
    # What follows a colon would be taken for a parameter's name.
    notice, match = (
        msgspec.json.encode(one).decode().replace(":", r"\:").replace("'", "''")
        for one in (a_notice(), a_match())
    )
    values = {"now": LATER, "due": LATER - timedelta(minutes=1)}
    with database.write() as connection:
        for statement in FILL:
            text = sa.text(statement.format(**words, notice=notice, match=match))
            wanted = [name for name in values if f":{name}" in statement]
            types = [sa.bindparam(name, type_=sa.DateTime(timezone=True)) for name in wanted]
            connection.execute(text.bindparams(*types), {name: values[name] for name in wanted})
        if not database.is_sqlite:  # PostgreSQL counts by itself after a while, SQLite never does
            for table in NUMBERED:
                sequence = f"pg_get_serial_sequence('{table}', 'id')"
                connection.execute(sa.text(f"SELECT setval({sequence}, 50001)"))
            connection.execute(sa.text("ANALYZE"))


def plans(ledger: Ledger, *asked: object) -> list[str]:
    """How the database would carry out each statement that was sent while those were called."""
    sent: dict[str, object] = {}

    def note(_c: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        sent[statement] = parameters

    event.listen(ledger.database.engine, "before_cursor_execute", note)
    for call in asked:
        assert callable(call)
        call()
    event.remove(ledger.database.engine, "before_cursor_execute", note)
    found = []
    explain = "EXPLAIN QUERY PLAN " if ledger.database.is_sqlite else "EXPLAIN "
    with ledger.database.read() as connection:
        for statement, parameters in sent.items():
            if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
                rows = connection.exec_driver_sql(explain + statement, parameters).all()  # type: ignore[arg-type]
                found.append(f"{statement}\n" + "\n".join(str(row[-1]) for row in rows))
    return found


def whole_tables(plan: str) -> list[str]:
    """The lines of a plan that go through all of a large table, one row after the other."""
    ends = {table for table, asked in ENDS.items() if re.search(asked, plan)}
    return [
        line
        for line in plan.splitlines()
        if (scan := WHOLE.search(line)) is not None
        and scan[scan.lastindex or 0] in LARGE - ends
        and not any(few in line for few in FEW)
    ]


def assert_no_whole_tables(found: list[str]) -> None:
    assert [(plan, lines) for plan in found if (lines := whole_tables(plan))] == []


LEASE = timedelta(minutes=1)
TO = Destination("email", "a7")


def test_reading_a_notice_reads_no_table_from_end_to_end(year: Ledger) -> None:
    claim = year.filings.claim(LATER, LEASE, "reader")
    assert claim is not None
    again = Filing(accession="50000", form_type="144", parties=(), found_by=FoundBy.FEED, accepted_at=LATER)
    found = plans(
        year,
        lambda: year.filings.announce([again], LATER),
        lambda: year.filings.claim(LATER, LEASE, "worker"),
        lambda: year.filings.claim(LATER, LEASE, "worker", ["39999"]),
        lambda: year.families.original("40000", "39999"),
        lambda: year.history.recent(77, LATER.date() - timedelta(days=30)),
        lambda: year.silences.active(LATER),
        lambda: year.readings.record(claim, a_reading(a_raised_alert(TO)), LATER),
    )
    assert len(found) >= 10
    assert_no_whole_tables(found)


def test_delivering_a_message_reads_no_table_from_end_to_end(year: Ledger) -> None:
    claimed = year.deliveries.claim(LATER, LEASE, "worker")
    assert claimed is not None
    found = plans(
        year,
        lambda: year.deliveries.claim(LATER, LEASE, "worker"),
        lambda: year.threads.place(claimed, LATER, day_began=LATER - timedelta(hours=12)),
        lambda: year.deliveries.delivered(claimed, Receipt(reference="r"), LATER, lane_opens_at=LATER),
        lambda: year.rollups.crowds(LATER, most=10, within=timedelta(minutes=10)),
    )
    assert len(found) >= 10
    assert_no_whole_tables(found)


def test_what_comes_round_every_few_seconds_reads_no_table_from_end_to_end(year: Ledger) -> None:
    days = LATER - timedelta(days=3)
    found = plans(
        year,
        lambda: year.filings.due(LATER, at_most=2),
        lambda: year.deliveries.due(LATER),
        lambda: year.chores.is_due("poll", LATER),
        year.polls.first,
        year.polls.last_complete,
        lambda: year.days.settled(LATER.date()),
        lambda: year.redirects.set_aside(LATER),
        lambda: year.redirects.next(TO, LATER),
        lambda: year.troubles.untold(LATER),
        lambda: year.acknowledgements.awaited("email", days),
        lambda: year.acknowledgements.awaited_answers("email", days),
        lambda: year.marks.due(LATER),
        lambda: year.anchors.is_owed("key"),
        lambda: year.drills.end_overdue(LATER),
        year.digests.waiting,
        year.digests.last,
        year.chain.seal,
    )
    assert len(found) >= 18
    assert_no_whole_tables(found)


def test_a_scrape_reads_no_table_from_end_to_end(year: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def gauges() -> Gauges:
        return Gauges(year.database, Counters(year.database, unreadable_class=str, failure_class=str))

    days = (LATER.date() - timedelta(days=1),)
    caught_up = gauges()
    assert caught_up.read(LATER, days).counted is not None
    found = plans(
        year,
        lambda: caught_up.read(LATER, days),
        lambda: caught_up.read(LATER + timedelta(hours=2), days),
        year.reloads.last,
        lambda: year.chores.error("reconcile"),
        year.chain.head,
        year.chain.loose,
        year.chain.loose_since,
        lambda: year.report.last_tried_for(LATER),
    )
    monkeypatch.setattr(tally, "SLICE", 10)
    monkeypatch.setattr(counters, "PATIENCE", timedelta(seconds=-1))
    behind = gauges()
    found += plans(year, *[lambda: behind.read(LATER, days)] * 3)
    assert len(found) >= 30
    assert_no_whole_tables(found)


def test_what_arrived_long_ago_is_not_gone_through_to_find_what_is_due_now(year: Ledger) -> None:
    crowds, *_, marks = plans(
        year,
        lambda: year.rollups.crowds(LATER, most=10, within=timedelta(minutes=10)),
        lambda: year.marks.due(LATER),
    )
    assert "ix_deliveries_state" not in marks
    arrived = [line for line in crowds.splitlines() if "ix_deliveries_state" in line and "notifier=?" in line]
    assert [line for line in arrived if "settled_at>?" not in line] == []
