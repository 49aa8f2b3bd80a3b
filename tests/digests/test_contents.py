"""What a digest says, to whom, and what it keeps to itself."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import sqlalchemy as sa

from tests.builders import a_filing, a_notice, a_proposed_sale
from tests.digests.conftest import DAILY, DAY, HOUR, MORNING, a_list, publish, tell, texts
from tests.world import START, Fuse, World
from worker.alerts.delivery import DeliveryState
from worker.alerts.hold import About
from worker.ledger.digest_tables import digest_entries, digests
from worker.pipeline import Pipeline
from worker.standins.forms import as_xml
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.loading import load_watchlists


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


def test_a_near_miss_is_told_with_how_much_was_missing(world: World) -> None:
    tell(world)
    publish(world, 1, 188_000)
    publish(world, 2, 100_000)
    world.clock.now = MORNING
    tell(world)
    text = " ".join(texts(world)[0].split())
    assert "NEAR MISSES" in text
    assert "Market value $188,000, not over $200k, missed by 6.0 %" in text
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
