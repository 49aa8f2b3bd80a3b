"""Amendments: what readers see of them, and where, whatever is cut short."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from tests.builders import a_filing, a_notice, a_proposed_sale
from tests.conftest import ROOT
from tests.conversations.amending import AMENDMENT, ORIGINAL, amend, an_amendment, own_points, posts
from tests.deaths import each_death
from tests.world import START, WATCHLIST, Fuse, Killed, World, a_world
from worker.alerts.delivery import DeliveryState
from worker.due import READ_LEASE
from worker.filings.filing import Party, Role
from worker.filings.reader import read_notice
from worker.ledger.tables import filings
from worker.pipeline import Step
from worker.standins.slack_faults import Fault

OVER_100K = WATCHLIST.replace(b"tell:", b"when:\n  market_value: over 100k\ntell:")


def assert_a_conversation(world: World) -> None:
    """The original once and marked, the amendment once, in its thread; both mails in one conversation."""
    assert world.ledger.report.deliveries_by_state() == {DeliveryState.DELIVERED: 4}
    original, amendment = posts(world)
    assert original.thread_ts is None
    assert amendment.thread_ts == original.ts
    assert "Units to be sold 10,000 → 12,500" in str(amendment.blocks)
    assert original.text.startswith("Amended 1 September 2026, 17:42 ET. Form 144, Example Industries Inc.")
    assert "|1 September 2026, 17:42 ET>. What changed is in the thread." in str(original.blocks[1])
    assert len(world.mails()) == 2
    mails = {str(received.mail["Message-ID"]): received.mail for received in world.mail.received}
    first, second = mails.values()
    assert first["References"] == f"<form144.{ORIGINAL}@example.com>"
    assert second["References"] == f"{first['References']} {first['Message-ID']}"
    assert first["Subject"] == second["Subject"]


def test_an_amendment_goes_into_the_thread_of_its_original_which_says_that_it_was_amended(
    world: World,
) -> None:
    world.publish()
    world.settle()
    before = posts(world)[0]
    amend(world)
    assert_a_conversation(world)
    assert posts(world)[0].metadata == before.metadata


def run_amended(world: World, fuse: Fuse) -> None:
    world.clock.now = START + timedelta(minutes=97)
    world.publish(*an_amendment())
    pipeline = world.pipeline(fuse)
    for step in (pipeline.poll, pipeline.read, pipeline.deliver, pipeline.follow_up):
        step()


def test_killed_at_any_point_of_an_amendment_and_started_again_the_conversation_is_the_same(
    tmp_path: Path,
) -> None:
    whole = Fuse()
    (tmp_path / "whole").mkdir()
    with a_world(tmp_path / "whole") as world:
        world.publish()
        world.settle()
        run_amended(world, whole)
        assert_a_conversation(world)
    assert {"ledger.threads.place", "slack.amend", "ledger.marks.done"} <= set(whole.crossings)
    for world, fuse in each_death(tmp_path, own_points(whole)):
        world.publish()
        world.settle()
        with pytest.raises(Killed):
            run_amended(world, fuse)
        world.settle()
        assert_a_conversation(world)


def test_a_reply_whose_answer_was_lost_is_found_in_its_thread_and_not_posted_again(world: World) -> None:
    world.publish()
    world.settle()
    world.slack.fail_next("chat.postMessage", Fault.lost_answer())
    amend(world)
    assert_a_conversation(world)


@pytest.mark.parametrize("fault", [Fault.lost_answer(), Fault.status(500), Fault.rate_limited(30)])
def test_a_mark_whose_answer_was_lost_is_set_again(world: World, fault: Fault) -> None:
    world.publish()
    world.settle()
    world.slack.fail_next("chat.update", fault)
    amend(world)
    assert_a_conversation(world)


def test_a_message_that_was_deleted_meanwhile_is_not_marked_and_nothing_else_suffers(world: World) -> None:
    world.publish()
    world.settle()
    world.slack.fail_next("chat.update", Fault.error("message_not_found"))
    amend(world)
    assert world.ledger.report.deliveries_by_state() == {DeliveryState.DELIVERED: 4}
    assert "Amended" not in posts(world)[0].text
    assert world.ledger.report.ended_lanes() == {}


def test_a_message_that_takes_no_replies_is_answered_beside_it(world: World) -> None:
    world.publish()
    world.settle()
    world.slack.fail_next("chat.postMessage", Fault.error("cannot_reply_to_message"))
    amend(world)
    assert [post.thread_ts for post in posts(world)] == [None, None]
    assert world.ledger.report.deliveries_by_state() == {DeliveryState.DELIVERED: 4}


def test_an_amendment_below_the_threshold_reaches_the_readers_of_the_original(world: World) -> None:
    world.watchlist = OVER_100K
    world.publish()
    world.settle()
    amend(world, proposed_sales=(a_proposed_sale(market_value=Decimal(50_000), units=2_000),))
    original, amendment = posts(world)
    assert amendment.thread_ts == original.ts
    assert "would raise no alert here" in str(amendment.blocks)
    assert "Market value $50,000, not over" in str(amendment.blocks)
    assert len(world.mails()) == 2


def test_an_amendment_that_names_another_issuer_reaches_the_readers_of_the_original(world: World) -> None:
    world.publish()
    world.settle()
    world.clock.now = START + timedelta(minutes=97)
    other = Party(cik=1_999_777, name="Other Corp", role=Role.ISSUER)
    filing, notice = an_amendment(issuer_cik=1_999_777, issuer_name="Other Corp")
    world.publish(a_filing(accession=filing.accession, form_type="144/A", parties=(other,)), notice)
    world.settle()
    original, amendment = posts(world)
    assert amendment.thread_ts == original.ts
    assert "in the notice it amends" in str(amendment.blocks)


def test_whoever_was_taken_off_the_list_hears_nothing_of_the_amendment(world: World) -> None:
    world.watchlist = OVER_100K
    world.publish()
    world.settle()
    world.watchlist = OVER_100K.replace(b"  - email:jane@example.com\n", b"")
    amend(world, proposed_sales=(a_proposed_sale(market_value=Decimal(50_000)),))
    assert (len(posts(world)), len(world.mails())) == (2, 1)


def test_an_original_that_was_never_alerted_is_said_to_be(world: World) -> None:
    world.watchlist = OVER_100K
    world.publish(notice=a_notice(proposed_sales=(a_proposed_sale(market_value=Decimal(50_000)),)))
    world.settle()
    assert world.posts() == 0
    amend(world)
    (post,) = posts(world)
    assert post.thread_ts is None
    assert "No alert went here about the notice it amends." in str(post.blocks)
    assert "Aggregate market value $50,000" in str(post.blocks)


def test_an_original_nobody_knows_is_said_to_be_unknown(world: World) -> None:
    amend(world)
    (post,) = posts(world)
    assert f"The notice it amends ({ORIGINAL}) is not known here" in str(post.blocks)
    assert "No alert went here about" in str(post.blocks)


def test_an_amendment_of_an_amendment_stays_in_the_conversation_and_marks_what_it_amends(
    world: World,
) -> None:
    world.publish()
    world.settle()
    amend(world)
    world.clock.move(timedelta(days=3))
    filing = a_filing(accession="0001950047-26-000300", form_type="144/A", accepted_at=world.clock())
    world.publish(
        filing,
        a_notice(
            submission_type="144/A",
            previous_accession=AMENDMENT,
            proposed_sales=(a_proposed_sale(units=15_000),),
        ),
    )
    world.settle()
    original, first, second = posts(world)
    assert first.thread_ts == second.thread_ts == original.ts
    assert "Units to be sold 12,500 → 15,000" in str(second.blocks)
    assert first.text.startswith("Amended 4 September")
    roots = {str(received.mail["References"]).split()[0] for received in world.mail.received}
    assert roots == {f"<form144.{ORIGINAL}@example.com>"}


def test_a_second_amendment_of_one_notice_adds_to_its_mark(world: World) -> None:
    world.publish()
    world.settle()
    amend(world)
    _, notice = an_amendment(proposed_sales=(a_proposed_sale(units=15_000),))
    world.clock.now = START + timedelta(minutes=120)
    again = a_filing(accession="0001950047-26-000300", form_type="144/A", accepted_at=world.clock())
    world.publish(again, notice)
    world.settle()
    assert posts(world)[0].text.startswith(
        "Amended 1 September 2026, 17:42 ET and 1 September 2026, 18:06 ET. Form 144"
    )


def test_an_amendment_read_before_its_original_waits_for_it(world: World) -> None:
    world.publish(*an_amendment())
    world.publish(document_lag=timedelta(minutes=3))
    world.clock.now = START + timedelta(minutes=97)
    world.settle()
    texts = [post.text for post in posts(world)]
    assert len(texts) == 2
    assert "Units to be sold 10,000 → 12,500" in str(posts(world)[1].blocks)
    assert posts(world)[1].thread_ts == posts(world)[0].ts
    assert texts[0].startswith("Amended")


def test_an_original_of_an_older_day_is_read_before_its_amendment_gives_up(world: World) -> None:
    """Nobody was running when both were announced, and the newest day is read first."""
    world.publish(a_filing(accepted_at=START - timedelta(days=5)))
    world.publish(*an_amendment())
    world.clock.now = START + timedelta(minutes=97)
    pipeline = world.pipeline()
    pipeline.poll()
    world.clock.move(timedelta(hours=1))
    world.settle()
    texts = [str(post.blocks) for post in posts(world)]
    assert ["Units to be sold 10,000 → 12,500" in text for text in texts] == [False, True]


def test_an_amendment_that_waits_is_fetched_less_and_less_often(world: World) -> None:
    world.publish(*an_amendment())
    world.publish(document_lag=timedelta(hours=2))
    world.clock.now = START + timedelta(minutes=97)
    world.settle()
    with world.ledger.database.read() as connection:
        tried = sa.select(filings.c.attempts).where(filings.c.accession == AMENDMENT)
        assert connection.scalar(tried) in range(8, 15)
    told = str(posts(world)[0].blocks)
    assert f"The notice it amends ({ORIGINAL}) is not known here" in told


def test_an_original_that_comes_after_its_amendment_joins_it_and_is_marked(world: World) -> None:
    world.publish(*an_amendment())
    world.clock.now = START + timedelta(minutes=97)
    world.settle()
    world.publish()
    world.settle()
    amendment, original = posts(world)
    assert original.thread_ts == amendment.ts
    assert original.text.startswith("Amended 1 September 2026, 17:42 ET")


def test_an_original_that_was_not_delivered_has_no_thread_and_the_amendment_stands_alone(
    world: World,
) -> None:
    world.publish()
    world.slack.fail_next("chat.postMessage", Fault.error("invalid_blocks"))
    world.settle()
    amend(world)
    (post,) = posts(world)
    assert post.thread_ts is None
    assert "Units to be sold" in str(post.blocks)


def test_a_reader_that_read_the_amendment_twice_tells_once(world: World) -> None:
    world.publish()
    world.settle()
    world.clock.now = START + timedelta(minutes=97)
    world.publish(*an_amendment())
    slow = world.pipeline()
    slow.poll()
    claim = world.ledger.filings.claim(world.clock(), READ_LEASE, "slow")
    assert claim is not None
    document = slow.edgar.document(claim.filing)
    world.clock.move(READ_LEASE)
    for step in (Step.READ, Step.DELIVER, Step.READ, Step.DELIVER):
        getattr(world.pipeline(), step)()
    assert not world.ledger.readings.record(claim, slow.reader.read(claim, document), world.clock())
    world.settle()
    assert_a_conversation(world)


def test_the_secs_own_144a_goes_to_the_thread_of_its_original_with_what_it_changes(world: World) -> None:
    document = (ROOT / "tests" / "samples" / "sec_144a.xml").read_bytes()
    sample = read_notice(document)
    (sale,) = sample.proposed_sales
    original = replace(
        sample,
        submission_type="144",
        previous_accession=None,
        proposed_sales=(replace(sale, units=15_000),),
    )
    world.watchlist = (
        f"name: x\nowner: y\nissuers: [{sample.issuer_cik}]\ntell: [slack:#ir-alerts]\n".encode()
    )
    issuer = Party(cik=sample.issuer_cik or 0, name="RUFUS TEST CO", role=Role.ISSUER)
    first = a_filing(accession=str(sample.previous_accession), parties=(issuer,))
    world.publish(first, original)
    world.settle()
    world.edgar.publish(a_filing(accession=AMENDMENT, form_type="144/A", parties=(issuer,)), document)
    world.settle()
    told, amended = posts(world)
    assert amended.thread_ts == told.ts
    shown = str(amended.blocks)
    assert "Units to be sold 15,000 → 17,087" in shown
    assert "adopted 15 August 2022" in shown
    assert "adopted 1 January 1933" not in shown
    assert "adopted 2 January 1933" not in shown
