"""Digests: each alert in exactly one, at the hour its readers chose, whoever is killed meanwhile."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from tests.builders import a_filing, a_notice, a_proposed_sale
from tests.world import START, Fuse, Killed, World, a_world
from worker.alerts.delivery import DeliveryState
from worker.alerts.hold import About
from worker.cli.explain import record_lines
from worker.ledger.digest_tables import digest_entries, digests
from worker.ledger.digests import Composed
from worker.ledger.record_tables import entries
from worker.ledger.tables import deliveries
from worker.pipeline import Pipeline, Step
from worker.standins.forms import as_xml
from worker.watchlists.destination import Destination
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.loading import load_watchlists

MAIL = Destination("email", "jane@example.com")
DAILY = "daily 07:30 America/New_York"
#: 07:30 in New York on the day after START.
MORNING = datetime(2026, 9, 2, 11, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def a_list(digest: str = DAILY, extra: str = "", *, name: str = "Example Industries") -> bytes:
    return f"""
name: {name}
owner: Jane Doe
issuers:
  - 1999500
when:
  market_value: over 200k
tell:
  - to: email:jane@example.com
    digest: {digest}
{extra}""".encode()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        made.watchlist = a_list()
        yield made


def tell(world: World) -> None:
    """One look whether a digest is due, and its delivery."""
    pipeline = world.pipeline()
    pipeline.digest()
    pipeline.deliver()
    world.clock.move(timedelta(minutes=1))


def publish(
    world: World, number: int = 1, value: int = 250_000, *, age: timedelta = timedelta(minutes=1)
) -> None:
    """A notice of that market value, read at once."""
    world.clock.move(timedelta(seconds=15))
    filing = a_filing(accession=f"0001950047-26-{number:06}", accepted_at=world.clock() - age)
    world.publish(filing, a_notice(proposed_sales=(a_proposed_sale(market_value=Decimal(value)),)))
    world.once()


def texts(world: World) -> list[str]:
    """The text parts of the mails, in the order they came."""
    return [str(mail.mail.get_body(("plain",)).get_content()) for mail in world.mail.received]  # type: ignore[union-attr]


def told_in(world: World) -> dict[str, int | None]:
    """The digest of each entry, by accession."""
    with world.ledger.database.read() as connection:
        rows = connection.execute(sa.select(digest_entries.c.accession, digest_entries.c.digest_id))
        return dict(rows.all())


def sent(world: World) -> list[datetime]:
    """The times for which a digest was sent."""
    query = sa.select(digests.c.slot).where(digests.c.delivery_id.is_not(None)).order_by(digests.c.slot)
    with world.ledger.database.read() as connection:
        return list(connection.execute(query).scalars())


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


def crossings(folder: Path) -> int:
    with a_world(folder) as world:
        prepare(world)
        fuse = Fuse()
        morning(world, fuse)
        return len(fuse.crossings)


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
    (tmp_path / "whole").mkdir()
    points = crossings(tmp_path / "whole")
    assert points > 8
    for point in range(1, points + 1):
        for after in (False, True):
            folder = tmp_path / f"{point}-{after}"
            folder.mkdir()
            with a_world(folder) as world:
                prepare(world)
                with pytest.raises(Killed):
                    morning(world, Fuse(at=point, after=after))
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
        with killed_at_statement(world, statement) as reached:
            world.clock.move(timedelta(minutes=6))
            try:
                world.pipeline().digest()
            except Killed:
                assert reached == [True]
        states = world.ledger.report.deliveries_by_state()
        if states == {DeliveryState.ROLLED_UP: 2, DeliveryState.OWED: 1}:
            break
        assert states == {DeliveryState.HELD: 2}
        assert set(told_in(world).values()) == {None}
    assert statement > 10
    tell(world)
    assert len(world.mail.received) == 1


class killed_at_statement:  # noqa: N801  reads as what it does
    """Kills the worker before that SQL statement, within whatever transaction it stands."""

    def __init__(self, world: World, number: int) -> None:
        self._engine = world.ledger.database.engine
        self._left, self._reached = number, [False]

    def __enter__(self) -> list[bool]:
        event.listen(self._engine, "before_cursor_execute", self._count)
        return self._reached

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._count)

    def _count(self, *_: object) -> None:
        self._left -= 1
        if self._left == 0:
            self._reached[0] = True
            raise Killed("statement")


@pytest.mark.parametrize(("day", "what"), [(date(2026, 11, 1), "repeats"), (date(2027, 3, 14), "skips")])
def test_on_the_day_the_clocks_change_there_is_exactly_one_digest(world: World, day: date, what: str) -> None:
    """At 02:30 in New York, which that day has twice, or not at all."""
    assert what
    world.watchlist = a_list("{every: daily 02:30 America/New_York, when_empty: always}")
    world.clock.now = datetime.combine(day, datetime.min.time(), tzinfo=UTC) - 2 * HOUR
    tell(world)
    ends = world.clock() + timedelta(hours=34)
    while world.clock() < ends:
        world.clock.move(timedelta(minutes=14))
        tell(world)
    slots = [slot for slot in sent(world) if slot.date() == day]
    assert len(slots) == 1
    assert len(world.mail.received) == len(sent(world)) == 2


def test_an_empty_day_sends_its_coverage_line_on_business_days_alone(world: World) -> None:
    world.pipeline().poll()
    world.pipeline().reconcile()
    tell(world)
    for _ in range(7):
        world.clock.move(DAY)
        world.pipeline().poll()
        tell(world)
    # From Wednesday morning on; Labor Day is Monday the 7th.
    days = [slot.date().day for slot in sent(world)]
    assert days == [2, 3, 4, 5, 8]
    assert "EDGAR's index for 1 Sep is not out yet. Seen 0. Matched 0." in texts(world)[0]
    assert "No notice on your watchlists" in texts(world)[0]


@pytest.mark.parametrize(("when", "number"), [("always", 7), ("never", 0)])
def test_an_empty_day_is_as_its_readers_asked(world: World, when: str, number: int) -> None:
    world.watchlist = a_list(f"{{every: {DAILY}, when_empty: {when}}}")
    tell(world)
    for _ in range(7):
        world.clock.move(DAY)
        tell(world)
    assert len(world.mail.received) == number


def test_a_reader_in_sydney_gets_it_at_their_own_hour_about_edgars_days(world: World) -> None:
    world.watchlist = a_list("daily 07:30 Australia/Sydney")
    world.pipeline().poll()
    world.pipeline().reconcile()
    tell(world)
    publish(world)
    # 07:30 on Wednesday in Sydney is 17:30 on Tuesday in New York.
    world.clock.now = datetime(2026, 9, 1, 21, 29, tzinfo=UTC)
    tell(world)
    assert world.mail.received == []
    world.clock.now = datetime(2026, 9, 1, 21, 30, tzinfo=UTC)
    tell(world)
    (text,) = texts(world)
    assert "WEDNESDAY, 2 SEPTEMBER 2026" in text
    assert "to 2 September 2026, 07:30 (Australia/Sydney)" in " ".join(text.split())
    assert "EDGAR's index for 1 Sep is not out yet." in text
    assert "2 Sep " not in text.partition("WHAT WAS LOOKED AT")[2]


def test_a_day_whose_index_was_late_is_spoken_of_again_once_it_is_out(world: World) -> None:
    pipeline = world.pipeline()
    pipeline.poll()
    pipeline.reconcile()
    tell(world)
    for morning_after in (MORNING, MORNING + DAY):
        world.clock.now = morning_after
        tell(world)
    world.clock.now = MORNING + DAY + 2 * HOUR
    world.ledger.days.settle(date(2026, 9, 1), [], world.clock())
    world.clock.now = MORNING + 2 * DAY
    tell(world)
    world.clock.now = MORNING + 3 * DAY
    tell(world)
    assert ["EDGAR's index for 1 Sep is not out yet" in text for text in texts(world)] == [
        True,
        True,
        False,
        False,
    ]
    assert ["EDGAR's index for 1 Sep: 0 notices." in text for text in texts(world)] == [
        False,
        False,
        True,
        False,
    ]


def test_after_downtime_one_digest_makes_up_for_all(world: World) -> None:
    tell(world)
    publish(world, 1)
    world.clock.now = MORNING + 4 * DAY + 3 * HOUR
    publish(world, 2)
    tell(world)
    tell(world)
    (text,) = texts(world)
    assert "2 notices about Example Industries Inc." in text
    assert "From 1 September 2026, 16:06 to 6 September 2026, 10:30" in text
    assert sent(world) == [MORNING + 4 * DAY]
    world.clock.now = MORNING + 5 * DAY
    publish(world, 3)
    tell(world)
    assert sent(world) == [MORNING + 4 * DAY, MORNING + 5 * DAY]


def test_a_weekly_digest_comes_on_its_day(world: World) -> None:
    world.watchlist = a_list("weekly fri 17:00 Europe/London")
    tell(world)
    publish(world)
    for _ in range(14 * 4):
        world.clock.move(6 * HOUR)
        tell(world)
    assert sent(world) == [
        datetime(2026, 9, 4, 16, 0, tzinfo=UTC),
        datetime(2026, 9, 11, 16, 0, tzinfo=UTC),
    ]


def two_lists(world: World, **lists: bytes) -> None:
    """Let the world's worker read those lists instead of its one."""
    index = WatchlistIndex(
        load_watchlists({f"lists/{name}.yaml": text for name, text in lists.items()}, None)
    )
    made = world.pipeline

    def pipeline(fuse: Fuse | None = None) -> Pipeline:
        story = made(fuse)
        object.__setattr__(story.reader, "watchlists", lambda: index)
        object.__setattr__(story.digests, "watchlists", lambda: index)
        return story

    world.pipeline = pipeline  # type: ignore[method-assign]


def test_two_lists_with_one_destination_and_schedule_make_one_digest(world: World) -> None:
    two_lists(
        world, one=a_list(name="First"), two=a_list(name="Second"), three=a_list("weekdays 09:00 Asia/Tokyo")
    )
    tell(world)
    publish(world)
    world.clock.now = MORNING
    tell(world)
    by_hour = [text for text in texts(world) if "(America/New_York)" in text]
    assert len(by_hour) == 1
    assert "1 notice about Example Industries Inc." in by_hour[0]
    assert "First; Second" in by_hour[0]
    assert len(world.mail.received) == 2


def test_a_confidential_list_is_named_nowhere_in_its_digest(world: World) -> None:
    secret = a_list(f"{{every: {DAILY}, attach: csv}}", "visibility: confidential\n", name="Project Canary")
    world.watchlist = secret
    tell(world)
    publish(world, 1)
    publish(world, 2, 190_000)
    world.clock.now = MORNING
    tell(world)
    (received,) = world.mail.received
    everything = received.mail.as_string() + "".join(
        str(part.get_content()) for part in received.mail.walk() if not part.is_multipart()
    )
    assert "a confidential watchlist" in everything
    assert "Canary" not in everything
    assert "Jane Doe" not in everything
    with world.ledger.database.read() as connection:
        rows = [*connection.execute(sa.select(digests)), *connection.execute(sa.select(digest_entries))]
    assert "Canary" not in str(rows)


def test_the_coverage_line_counts_for_its_readers_alone(world: World) -> None:
    """What other lists matched is not for them: that there is such a list may be confidential."""
    other = a_list(name="Other").replace(b"email:jane@example.com", b"email:other@example.com")
    two_lists(world, one=a_list().replace(b"over 200k", b"over 900k"), two=other)
    pipeline = world.pipeline()
    pipeline.poll()
    pipeline.reconcile()
    tell(world)
    publish(world)
    world.clock.now = MORNING
    tell(world)
    mine = {
        received.recipients[0]: text for received, text in zip(world.mail.received, texts(world), strict=True)
    }
    assert "Seen 1. Matched 0." in mine["jane@example.com"]
    assert "Seen 1. Matched 1." in mine["other@example.com"]


def test_a_near_miss_is_told_with_how_much_was_missing(world: World) -> None:
    tell(world)
    publish(world, 1, 188_000)
    publish(world, 2, 100_000)
    world.clock.now = MORNING
    tell(world)
    text = " ".join(texts(world)[0].split())
    assert "NEAR MISSES" in text
    assert "market_value over 200k: 188,000 <= 200,000, missed by 6.0 %" in text
    assert "100,000" not in text
    assert "No notice on your watchlists" in text


def test_a_silenced_alert_is_told_as_kept_back_with_who_and_why(world: World) -> None:
    world.ledger.silences.add(
        About.ISSUER,
        "1999500",
        author="Joe Roe",
        reason="we know of this plan",
        now=START - HOUR,
        expires_at=START + 30 * DAY,
    )
    tell(world)
    publish(world)
    world.clock.now = MORNING
    tell(world)
    text = " ".join(texts(world)[0].split())
    assert "KEPT BACK A silence holds these alerts" in text
    assert "silenced by Joe Roe: we know of this plan" in text
    # It stays with the silence: only a person lets it go.
    assert world.ledger.report.deliveries_by_state()[DeliveryState.HELD] == 1
    world.clock.move(DAY)
    tell(world)
    assert "KEPT BACK" not in texts(world)[1]


def test_what_nobody_acknowledged_is_told_again_for_a_week(world: World) -> None:
    world.watchlist = a_list(f"{{every: {DAILY}, when_empty: always}}")
    tell(world)
    publish(world, 1)
    publish(world, 2)
    publish(world, 3)
    world.clock.now = MORNING
    (first, *_) = world.ledger.acknowledgements.alerts_of("0001950047-26-000001")
    world.ledger.acknowledgements.add(first, "Joe Roe", how="cli", remark=None, now=MORNING)
    for _ in range(9):
        tell(world)
        world.clock.move(DAY - timedelta(minutes=1))
    found = texts(world)
    assert "acknowledged by Joe Roe" in found[0]
    assert "NOT ACKNOWLEDGED" not in found[0]
    listed = [text.partition("NOT ACKNOWLEDGED")[2].count("000002-index") for text in found]
    assert listed == [0, 1, 1, 1, 1, 1, 1, 1, 0]
    assert all("000001-index" not in text for text in found[1:])


def test_where_nobody_ever_acknowledges_nobody_is_asked_to(world: World) -> None:
    tell(world)
    publish(world)
    for number in range(3):
        world.clock.now = MORNING + number * DAY
        tell(world)
    assert all("NOT ACKNOWLEDGED" not in text for text in texts(world))


def test_an_amendment_marks_the_alert_it_amends(world: World) -> None:
    tell(world)
    publish(world, 1)
    amendment = a_notice(
        submission_type="144/A",
        previous_accession="0001950047-26-000001",
        proposed_sales=(a_proposed_sale(market_value=Decimal(50_000)),),
    )
    world.clock.move(HOUR)
    filing = a_filing(accession="0001950047-26-000002", form_type="144/A", accepted_at=world.clock())
    world.edgar.publish(filing, as_xml(amendment))
    world.once()
    world.clock.now = MORNING
    tell(world)
    text = " ".join(texts(world)[0].split())
    assert "by a notice in this digest" in text
    assert "amends 0001950047-26-000001" in text
    assert "1 amended in this digest and not counted" in text
    assert "market value $50,000.00 (computed)" in text


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


def test_the_sweep_rings_for_digests(world: World) -> None:
    world.pipeline().sweep()
    assert Step.DIGEST in world.rung
    world.rung.clear()
    tell(world)
    world.clock.now -= timedelta(seconds=45)
    world.pipeline().sweep()
    assert Step.DIGEST not in world.rung


def test_the_table_goes_with_the_mail_and_holds_no_formula(world: World) -> None:
    world.watchlist = a_list(f"{{every: {DAILY}, attach: csv}}")
    tell(world)
    filing = a_filing(accepted_at=world.clock() - timedelta(minutes=1))
    world.publish(filing, a_notice(seller_name='=cmd|"/C calc"!A0'))
    world.once()
    world.clock.now = MORNING
    tell(world)
    (received,) = world.mail.received
    (file,) = received.mail.iter_attachments()
    content = file.get_content()
    text = content if isinstance(content, str) else content.decode()
    assert text.startswith("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text[1:]))
    assert row["seller"] == '\'=cmd|"/C calc"!A0'
    assert row["market value USD (computed)"] == "250000.00"


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
