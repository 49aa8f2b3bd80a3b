"""Pruning: what goes, what stays, and a record that still verifies and says what was taken from it."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from tests.builders import a_filing
from tests.ledger.looks import begun, polled
from tests.ledger.readings import LEASE, NOW, SLACK, a_claim, a_reading, owe
from tests.ledger.test_chain import Killed, killed_at
from tests.ledger.test_digests import arrive, enter, made
from worker.alerts.delivery import DeliveryState, Receipt
from worker.cli.record_export import Form, written
from worker.ledger import retention
from worker.ledger.kinds import Kind
from worker.ledger.ledger import Ledger
from worker.ledger.prunable import PRUNED, Prunable
from worker.ledger.retention import KEPT_AT_LEAST
from worker.ledger.tables import deliveries, documents, polls
from worker.ledger.verification import Wrong

LATER = NOW + timedelta(days=400)
BETWEEN = NOW + timedelta(days=200)


def deliver(ledger: Ledger, now: datetime) -> None:
    delivery = ledger.deliveries.claim(now, LEASE, "worker")
    assert delivery is not None
    assert ledger.deliveries.delivered(delivery, Receipt(reference="C1/1.0"), now, lane_opens_at=now)


def a_filing_told(ledger: Ledger, number: int, now: datetime) -> None:
    owe(ledger, SLACK, now=now, number=number)
    deliver(ledger, now)


@pytest.fixture
def years(ledger: Ledger) -> Ledger:
    """A filing told then, and one told more than a year later."""
    a_filing_told(ledger, 1, NOW)
    ledger.chain.seal()
    a_filing_told(ledger, 2, LATER)
    ledger.chain.seal()
    return ledger


def prune(ledger: Ledger, before: datetime = BETWEEN, now: datetime = LATER) -> Prunable:
    return ledger.retention.prune(before, now, by="Jane Doe", reason="five years are over")


def test_it_takes_entries_bodies_and_messages_and_says_so(years: Ledger) -> None:
    would = years.retention.prunable(BETWEEN)
    assert prune(years) == would
    assert (would.entries, would.position, would.documents, would.messages) == (6, 6, 1, 1)
    assert would.still_open is None
    years.chain.seal()
    verified = years.verification.verify()
    assert (verified.finding, verified.pruned, verified.position) == (None, 6, 13)
    *_, last = years.chain.walk()
    assert last.entry is not None
    assert last.entry.kind == Kind.PRUNED
    assert json.loads(last.entry.body) == {
        "by": "Jane Doe",
        "because": "five years are over",
        "before": BETWEEN.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "entries": 6,
        "position": 6,
        "hash": would.hash,
        "documents": 1,
        "messages": 1,
        "polls": 0,
    }


def test_what_is_needed_to_go_on_stays(years: Ledger) -> None:
    before = (years.report.filings_by_state(), years.report.deliveries_by_state())
    prune(years)
    assert (years.report.filings_by_state(), years.report.deliveries_by_state()) == before
    with years.database.read() as connection:
        (first, second) = connection.execute(sa.select(documents).order_by(documents.c.accession)).all()
        (old, new) = connection.execute(sa.select(deliveries).order_by(deliveries.c.id)).all()
    assert (first.body, len(first.sha256), second.body) == (b"", 64, b"<edgarSubmission/>")
    assert (old.message, old.receipt, len(old.key)) == (PRUNED, "C1/1.0", 64)
    assert new.message != PRUNED
    record = years.records.of("0001950047-26-000001")
    assert record is not None
    assert record.notice is not None
    assert years.filings.announce([a_filing(accession="0001950047-26-000001")], LATER) == []
    assert years.filings.claim(LATER, LEASE, "reader") is None


def test_pruning_twice_takes_nothing_twice(years: Ledger) -> None:
    prune(years)
    years.chain.seal()
    again = prune(years)
    assert (again.entries, again.position, again.documents, again.messages) == (0, 6, 0, 0)
    years.chain.seal()
    assert years.verification.verify().finding is None


def test_a_later_pruning_may_take_the_entry_that_tells_of_an_earlier_one(years: Ledger) -> None:
    prune(years)
    years.chain.seal()
    after = LATER + timedelta(days=100)
    a_filing_told(years, 3, after)
    years.chain.seal()
    found = prune(years, LATER + timedelta(days=50), after)
    years.chain.seal()
    verified = years.verification.verify()
    assert (found.entries, verified.finding, verified.pruned) == (7, None, 13)


def test_nothing_younger_than_what_is_still_owed_goes(years: Ledger) -> None:
    owe(years, SLACK, now=NOW + timedelta(days=1), number=3)
    years.chain.seal()
    found = years.retention.prunable(BETWEEN)
    assert found.until == NOW + timedelta(days=1)
    assert found.still_open is not None
    assert "is owed" in found.still_open
    deliver(years, LATER)
    assert years.retention.prunable(BETWEEN).still_open is None


def test_nothing_younger_than_an_unknown_or_an_unread_one_goes(ledger: Ledger) -> None:
    owe(ledger, SLACK)
    delivery = ledger.deliveries.claim(NOW, LEASE, "worker")
    assert delivery is not None
    ledger.deliveries.unknown(delivery, "the answer was lost", NOW, ask_at=None)
    assert ledger.retention.prunable(BETWEEN).still_open == f"delivery {delivery.id} is unknown"
    a_claim(ledger, "0001950047-26-000009", NOW - timedelta(days=1))
    assert ledger.retention.prunable(BETWEEN).still_open == "0001950047-26-000009 is not read yet"


def test_nothing_younger_than_what_waits_for_a_digest_goes(ledger: Ledger) -> None:
    enter(ledger, 7)
    found = ledger.retention.prunable(BETWEEN)
    assert (found.until, found.still_open) == (NOW, "0001950047-26-000007 waits for a digest")
    assert ledger.digests.tell(made(ledger), NOW)
    arrive(ledger, NOW)
    found = ledger.retention.prunable(BETWEEN)
    assert (found.until, found.still_open, found.messages) == (BETWEEN, None, 2)


def test_what_was_refused_keeps_its_message_because_a_person_may_try_it_again(ledger: Ledger) -> None:
    owe(ledger, SLACK)
    delivery = ledger.deliveries.claim(NOW, LEASE, "worker")
    assert delivery is not None
    ledger.deliveries.give_up(delivery, DeliveryState.REFUSED, "no_text", NOW)
    prune(ledger)
    failure = ledger.failed.one(delivery.id)
    assert failure is not None
    assert failure.message == delivery.message


def test_the_last_days_are_always_kept(years: Ledger) -> None:
    with pytest.raises(ValueError, match="is not 30 days ago"):
        prune(years, LATER - KEPT_AT_LEAST + timedelta(seconds=1))


def test_an_entry_taken_out_by_anybody_else_is_still_missed(years: Ledger) -> None:
    prune(years)
    years.chain.seal()
    with years.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM entries WHERE id = 9")
    finding = years.verification.verify().finding
    assert finding is not None
    assert (finding.position, finding.wrong) == (9, Wrong.MISSING)


def test_a_link_of_what_was_pruned_is_as_safe_as_any(years: Ledger) -> None:
    prune(years)
    years.chain.seal()
    with years.database.write() as connection:
        connection.exec_driver_sql("UPDATE links SET entry_hash = hash WHERE position = 3")
    finding = years.verification.verify().finding
    assert finding is not None
    assert (finding.position, finding.wrong) == (3, Wrong.LINK)


def test_killed_at_any_statement_it_took_all_or_nothing(years: Ledger) -> None:
    statements = 0
    while True:
        statements += 1
        try:
            with killed_at(years.database.engine, statements):
                prune(years)
        except Killed:
            assert years.retention.prunable(BETWEEN).entries == 6
            assert years.verification.verify().pruned == 0
        else:
            break
    assert statements > 5
    years.chain.seal()
    assert years.verification.verify().finding is None


def test_of_old_polls_stay_those_that_say_how_far_back_all_was_seen_and_where_to_go_on(
    years: Ledger,
) -> None:
    for error in ("503", None, None, "503", None, "503", "503"):
        polled(years, NOW, error=error)
    first, last, complete = years.polls.first(), years.polls.last(), years.polls.last_complete()
    since = years.history.recent(1_999_500, NOW.date()).since
    assert prune(years).polls == 3
    assert (first, last, complete) == (years.polls.first(), years.polls.last(), years.polls.last_complete())
    assert years.history.recent(1_999_500, NOW.date()).since == since
    assert begun(years, LATER).number == 8
    assert prune(years).polls == 1  # the last of then is not the last any more
    with years.database.read() as connection:
        assert connection.scalars(sa.select(polls.c.id).order_by(polls.c.id)).all() == [1, 2, 5, 8]


@contextmanager
def killed_at_slice(ledger: Ledger, number: int) -> Iterator[None]:
    """Ends the process in the middle of that slice, counted from 1."""
    slices = 0

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        nonlocal slices
        slices += statement.startswith("UPDATE deliveries")
        if slices == number:
            raise Killed

    event.listen(ledger.database.engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(ledger.database.engine, "before_cursor_execute", count)


def said_to_be_gone(ledger: Ledger) -> list[int]:
    """How many entries, documents, messages and polls the record says were pruned, all in all."""
    told = [one.entry.body for one in ledger.chain.walk() if one.entry and one.entry.kind == Kind.PRUNED]
    names = ("entries", "documents", "messages", "polls")
    return [sum(json.loads(body)[name] for body in told) for name in names]


@pytest.fixture
def full_years(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """More of everything than one slice holds, of one thing more than of the other."""
    monkeypatch.setattr(retention, "SLICE", 4)
    for number in range(1, 6):
        a_filing_told(ledger, number, NOW)
    for _ in range(9):
        polled(ledger, NOW)
    a_filing_told(ledger, 6, LATER)
    polled(ledger, LATER)
    ledger.chain.seal()
    return ledger


@pytest.mark.parametrize("slices_a_run", [None, 1, 2, 3])
def test_killed_after_any_slice_and_run_again_it_comes_to_the_same_end(
    full_years: Ledger, slices_a_run: int | None
) -> None:
    ledger = full_years
    would, runs = ledger.retention.prunable(BETWEEN), 0
    assert (would.entries, would.documents, would.messages, would.polls) == (30, 5, 5, 8)
    while slices_a_run:
        runs += 1
        try:
            with killed_at_slice(ledger, slices_a_run + 1):
                prune(ledger)
            break
        except Killed:
            verified = ledger.verification.verify()
            assert (verified.finding, verified.pruned) == (None, min(4 * slices_a_run * runs, 30))
            ledger.chain.seal()
            assert said_to_be_gone(ledger)[0] == verified.pruned
    if slices_a_run is None:
        assert prune(ledger) == would
    else:
        assert runs == math.ceil(8 / slices_a_run)
    ledger.chain.seal()
    verified = ledger.verification.verify()
    assert (verified.finding, verified.pruned) == (None, 30)
    assert said_to_be_gone(ledger) == [30, 5, 5, 8]
    with ledger.database.read() as connection:
        bodies = connection.scalars(sa.select(documents.c.body).order_by(documents.c.accession)).all()
        messages = connection.scalars(sa.select(deliveries.c.message).order_by(deliveries.c.id)).all()
        assert connection.scalars(sa.select(polls.c.id).order_by(polls.c.id)).all() == [1, 10]
    assert [len(body) for body in bodies] == [0, 0, 0, 0, 0, len(b"<edgarSubmission/>")]
    assert [message == PRUNED for message in messages] == [True] * 5 + [False]


def test_what_comes_to_be_owed_while_it_prunes_keeps_the_rest(
    full_years: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    slices = full_years.retention._slices

    def slices_of_a_busy_day(found: Prunable) -> Iterator[object]:
        for number, rows in enumerate(slices(found), start=1):
            if number == 3:
                owe(full_years, SLACK, now=NOW - timedelta(days=1), number=7)
            yield rows

    monkeypatch.setattr(full_years.retention, "_slices", slices_of_a_busy_day)
    found = prune(full_years)
    assert (found.entries, found.position, found.documents, found.messages) == (8, 8, 5, 5)
    assert found.still_open is not None
    assert "is owed" in found.still_open
    full_years.chain.seal()
    assert full_years.verification.verify().finding is None


def test_a_message_that_a_person_tries_again_at_this_moment_keeps_its_words(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    owe(ledger, SLACK)
    delivery = ledger.deliveries.claim(NOW, LEASE, "worker")
    assert delivery is not None
    ledger.deliveries.give_up(delivery, DeliveryState.REFUSED, "no_text", NOW)
    assert ledger.failed.close([delivery.id], NOW, by="Jane Doe", reason="told by phone")
    # As a digest's: nothing but the day on which it came to be owed says how old it is.
    with ledger.database.write() as connection:
        connection.execute(sa.update(deliveries).values(alert_id=None))
    slices = ledger.retention._slices

    def retried_after_it_was_found(found: Prunable) -> Iterator[object]:
        for rows in slices(found):
            assert ledger.failed.retry([delivery.id], LATER, by="Jane Doe", send_again=True) == 1
            yield rows

    monkeypatch.setattr(ledger.retention, "_slices", retried_after_it_was_found)
    assert prune(ledger).messages == 0
    again = ledger.deliveries.claim(LATER, LEASE, "worker")
    assert again is not None
    assert again.message == delivery.message


def test_a_pruned_record_is_exported_and_verified_by_others(years: Ledger, tmp_path: Path) -> None:
    kept = years.chain.head()
    prune(years)
    years.chain.seal()
    file = tmp_path / "record.jsonl"
    assert written(years.chain, file, Form.JSONL, since=None, until=None) == 13
    command = [sys.executable, "-I", "-S", "verifier.py", file.name, str(kept)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "entries 1 to 13 are as they were sealed")
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["entry"] is None for line in lines] == [True] * 6 + [False] * 7
    days = written(years.chain, file, Form.JSONL, since=None, until=LATER + timedelta(days=1))
    assert days == 7
    assert subprocess.run(command[:-1], cwd=tmp_path, capture_output=True, check=False).returncode == 0


def test_a_reading_with_nothing_raised_is_pruned_like_any(ledger: Ledger) -> None:
    claim = a_claim(ledger)
    ledger.readings.record(claim, a_reading(), NOW)
    ledger.chain.seal()
    found = prune(ledger)
    assert (found.entries, found.documents, found.document_bytes) == (2, 1, len(b"<edgarSubmission/>"))
