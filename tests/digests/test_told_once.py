"""Each alert is told in exactly one digest, whoever is killed meanwhile."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from tests.deaths import each_death, killed_before
from tests.digests.conftest import (
    DAILY,
    DAY,
    HOUR,
    MAIL,
    MORNING,
    a_list,
    publish,
    sent,
    tell,
    texts,
    told_in,
)
from tests.world import START, Fuse, Killed, World, a_world
from worker.alerts.delivery import DeliveryState
from worker.cli.explain import record_lines
from worker.ledger.digest_tables import digest_entries, digests
from worker.ledger.digests import Composed
from worker.ledger.record_tables import entries
from worker.ledger.tables import deliveries
from worker.watchlists.destination import Destination


def test_an_alert_for_a_digest_waits_and_comes_once_at_its_hour(world: World) -> None:
    tell(world)
    publish(world)
    assert world.mail.received == []
    assert world.ledger.report.deliveries_by_state() == {DeliveryState.HELD: 1}
    world.clock.now = MORNING - timedelta(minutes=5)
    tell(world)
    assert world.mail.received == []
    world.clock.now = MORNING
    tell(world)
    tell(world)
    (text,) = texts(world)
    assert "EXAMPLE INDUSTRIES INC." in text
    assert "Jane Q. Example proposes to sell 10,000 units" in text
    assert world.ledger.report.deliveries_by_state() == {
        DeliveryState.ROLLED_UP: 1,
        DeliveryState.DELIVERED: 1,
    }


def test_one_who_wants_both_gets_both(world: World) -> None:
    world.watchlist = a_list(extra="    also_at_once: true\n")
    tell(world)
    publish(world)
    assert len(world.mail.received) == 1
    world.clock.now = MORNING
    tell(world)
    assert len(world.mail.received) == 2
    assert "told 1 September 2026, 16:07 ET" in " ".join(texts(world)[-1].split())


def test_what_is_large_comes_at_once_and_the_rest_in_the_morning(world: World) -> None:
    at_once = "  - {to: email:jane@example.com, when: {market_value: over 1M}}\n"
    world.watchlist = a_list(extra=at_once)
    tell(world)
    publish(world, 1, 250_000)
    assert world.mail.received == []
    publish(world, 2, 5_000_000)
    assert len(world.mail.received) == 1
    world.clock.now = MORNING
    tell(world)
    assert "2 notices about Example Industries Inc." in texts(world)[-1]


def test_the_ledger_says_what_is_held_for_the_digest_and_then_that_it_was_told(world: World) -> None:
    tell(world)
    publish(world)
    record = world.ledger.records.of("0001950047-26-000001")
    assert record is not None
    said = "\n".join(record_lines(record))
    assert f"held by the watchlist: held for the digest, {DAILY}" in said
    world.clock.now = MORNING
    tell(world)
    record = world.ledger.records.of("0001950047-26-000001")
    assert record is not None
    assert "told in the digest of 2026-09-02 11:30:00 UTC, delivered" in "\n".join(record_lines(record))


def prepare(world: World) -> None:
    world.watchlist = a_list()
    tell(world)
    publish(world, 1)
    publish(world, 2)
    world.clock.now = MORNING


def morning(world: World, fuse: Fuse | None = None) -> None:
    pipeline = world.pipeline(fuse)
    pipeline.digest()
    pipeline.deliver()


def test_a_digest_killed_between_send_and_mark_sends_nothing_twice(tmp_path: Path) -> None:
    """Killed at every touch of ledger and mail server, before and after, and started again."""
    whole = Fuse()
    (tmp_path / "whole").mkdir()
    with a_world(tmp_path / "whole") as world:
        prepare(world)
        morning(world, whole)
    points = len(whole.crossings)
    assert points > 8
    for world, fuse in each_death(tmp_path, range(1, points + 1)):
        prepare(world)
        with pytest.raises(Killed):
            morning(world, fuse)
        for _ in range(8):
            world.clock.move(timedelta(minutes=1))
            tell(world)
        # A mail server cannot be asked: the same Message-ID may come twice, never a second one.
        assert len(world.mails()) == 1
        assert sent(world) == [MORNING]
        assert len(set(told_in(world).values())) == 1
        assert None not in told_in(world).values()


def test_a_digest_killed_between_any_two_statements_is_owed_whole_or_not_at_all(world: World) -> None:
    prepare(world)
    statement = 0
    while True:
        statement += 1
        world.clock.move(timedelta(minutes=6))
        with suppress(Killed), killed_before(world.ledger, statement):
            world.pipeline().digest()
        states = world.ledger.report.deliveries_by_state()
        if states == {DeliveryState.ROLLED_UP: 2, DeliveryState.OWED: 1}:
            break
        assert states == {DeliveryState.HELD: 2}
        assert set(told_in(world).values()) == {None}
    assert statement > 10
    tell(world)
    assert len(world.mail.received) == 1


def test_what_waits_for_a_digest_that_no_list_asks_for_any_more_is_told_at_its_hour(world: World) -> None:
    tell(world)
    publish(world)
    world.watchlist = a_list("weekly sun 03:00 Asia/Tokyo")
    tell(world)
    world.clock.now = MORNING
    tell(world)
    assert "1 notice about Example Industries Inc." in texts(world)[0]
    world.clock.now = MORNING + DAY
    tell(world)
    assert len(world.mail.received) == 1


def test_what_is_committed_while_a_digest_is_made_is_in_the_next(world: World) -> None:
    tell(world)
    publish(world, 1)
    world.clock.now = MORNING
    waiting = world.ledger.digest_contents.waiting(MAIL, DAILY)
    publish(world, 2)
    before = world.ledger.digests.last()[MAIL, DAILY]
    made = Composed(
        destination=MAIL,
        schedule=DAILY,
        slot=MORNING,
        since=before.until,
        entries=tuple(entry.id for entry in waiting),
        message=None,
        key="0" * 64,
    )
    assert world.ledger.digests.tell(made, world.clock())
    world.clock.now = MORNING + DAY
    tell(world)
    found = told_in(world)
    assert None not in found.values()
    assert len(set(found.values())) == 2


def test_of_two_workers_with_the_same_digest_one_tells(world: World) -> None:
    prepare(world)
    one, two = world.pipeline(), world.pipeline()
    waiting = tuple(entry.id for entry in world.ledger.digest_contents.waiting(MAIL, DAILY))
    made = [
        Composed(
            destination=MAIL,
            schedule=DAILY,
            slot=slot,
            since=START,
            entries=waiting,
            message=None,
            key=str(number) * 64,
        )
        for number, slot in enumerate((MORNING, MORNING, MORNING + DAY))
    ]
    assert [world.ledger.digests.tell(each, world.clock()) for each in made] == [True, False, False]
    for pipeline in (one, two):
        pipeline.digest()
    assert len(set(told_in(world).values())) == 1


def test_a_digest_that_is_refused_goes_to_the_fallback_whole(world: World) -> None:
    world.watchlist = a_list(f"{{every: {DAILY}, attach: csv}}")
    world.fallback = Destination("email", "fallback@example.com")
    world.mail.answers["jane@example.com"] = "550 5.1.1 No such mailbox"
    tell(world)
    publish(world)
    world.clock.now = MORNING
    tell(world)
    pipeline = world.pipeline()
    pipeline.follow_up()
    pipeline.deliver()
    (received,) = world.mail.received
    assert received.recipients == ("fallback@example.com",)
    assert "Jane Q. Example proposes to sell" in texts(world)[0]
    assert [part.get_filename() for part in received.mail.iter_attachments()] == [
        "form144-digest-2026-09-02.csv"
    ]


def test_a_digest_begins_no_thread_and_stands_in_none(world: World) -> None:
    world.watchlist = a_list().replace(b"email:jane@example.com", b'"slack:#ir-alerts"')
    tell(world)
    publish(world, 1)
    for morning_after in (MORNING, MORNING + DAY):
        world.clock.now = morning_after
        publish(world, morning_after.day + 10)
        world.clock.move(HOUR)
        tell(world)
    assert world.posts() == 2
    assert all(message.thread_ts is None for message in world.slack.messages["ir-alerts"])


def test_a_digest_is_in_the_record(world: World) -> None:
    prepare(world)
    morning(world)
    with world.ledger.database.read() as connection:
        found = connection.execute(sa.select(entries.c.kind, entries.c.subject, entries.c.body)).all()
        sha, key = connection.execute(
            sa.select(digests.c.sha256, deliveries.c.key).join(
                deliveries, deliveries.c.id == digests.c.delivery_id
            )
        ).one()
    (body,) = [row.body for row in found if (row.kind, row.subject) == ("digest", key)]
    assert '"entries":2' in body
    assert '"destination":"email:jane@example.com"' in body
    (rendered,) = [row.body for row in found if (row.kind, row.subject) == ("rendered", key)]
    assert sha in rendered


def test_a_digest_that_cannot_be_made_keeps_no_other_from_being_told(world: World) -> None:
    world.watchlist += f'  - {{to: "email:anne@example.com", digest: {DAILY}}}\n'.encode()
    tell(world)
    publish(world)
    with world.ledger.database.write() as connection:
        theirs = digest_entries.c.address == "anne@example.com"
        connection.execute(sa.update(digest_entries).where(theirs).values(item=sa.literal_column("'{}'")))
    world.clock.now = MORNING
    with capture_logs() as logs:
        tell(world)
    assert [mail.recipients for mail in world.mail.received] == [("jane@example.com",)]
    assert [one["event"] for one in logs if one["log_level"] == "error"] == ["not_done"]
