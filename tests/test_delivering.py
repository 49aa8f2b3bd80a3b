"""What a reader may rely on, each claim from a failure that other notifiers are known for."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from structlog.testing import capture_logs

from tests.world import World
from worker.alerts.delivery import DeliveryState
from worker.standins.slack_faults import Fault
from worker.watchlists.destination import Destination

THREE = b"""
name: Example Industries
owner: Jane Doe
issuers: [1999500]
tell: [email:gone@example.com, email:busy@example.com, email:jane@example.com]
"""

CONFIDENTIAL = b"""
name: Project Nightingale
owner: Ada Canary
reason: we may bid for it
visibility: confidential
issuers: [1999500]
tell: [slack:#ir-alerts, email:jane@example.com]
"""


def test_one_mailbox_is_gone_one_is_busy_and_the_third_is_mailed_once(world: World) -> None:
    world.watchlist = THREE
    world.mail.answers["gone@example.com"] = "550 5.1.1 no such mailbox"
    world.mail.answers["busy@example.com"] = "451 4.3.0 try later"
    world.publish()
    world.once()
    assert world.ledger.report.deliveries_by_state() == {
        DeliveryState.REFUSED: 1,
        DeliveryState.OWED: 1,
        DeliveryState.DELIVERED: 1,
    }
    (before,) = world.mails()
    del world.mail.answers["busy@example.com"]
    world.settle()
    assert world.ledger.report.deliveries_by_state() == {
        DeliveryState.REFUSED: 1,
        DeliveryState.DELIVERED: 2,
    }
    assert world.mails()[before] == 1
    assert Counter(mail.recipients for mail in world.mail.received) == {
        ("jane@example.com",): 1,
        ("busy@example.com",): 1,
    }
    assert world.mail.attempts["gone@example.com"] == 1


def test_a_mail_that_is_tried_again_keeps_its_message_id(world: World) -> None:
    world.watchlist = THREE
    world.publish()
    world.mail.lose_next_answer()
    world.settle()
    # Taken twice by one mailbox, whose answer was lost; the same message by its Message-ID.
    assert sorted(world.mails().values()) == [1, 1, 2]
    assert set(world.ledger.report.deliveries_by_state()) == {DeliveryState.DELIVERED}


def test_slack_took_the_post_and_dropped_its_answer_and_there_is_one_post(world: World) -> None:
    world.publish()
    world.slack.fail_next("chat.postMessage", Fault.lost_answer())
    world.once()
    assert world.ledger.report.deliveries_by_state()[DeliveryState.UNKNOWN] == 1
    world.settle()
    assert world.posts() == 1
    assert world.ledger.report.deliveries_by_state() == {DeliveryState.DELIVERED: 2}


def test_a_confidential_list_is_named_to_nobody_also_where_everything_goes_wrong(world: World) -> None:
    world.watchlist = CONFIDENTIAL
    world.operator = Destination("email", "ops@example.com")
    world.fallback = Destination("email", "desk@example.com")
    world.slack.fail_next("chat.postMessage", Fault.error("is_archived"))
    with capture_logs() as logged:
        world.publish()
        world.settle()
        for _ in range(2):
            world.clock.move(timedelta(minutes=6))
            pipeline = world.pipeline()
            pipeline.follow_up()
            pipeline.deliver()
    mails = b"\n".join(received.raw for received in world.mail.received)
    assert b"desk@example.com" in mails
    assert b"ops@example.com" in mails
    said = f"{mails!r} {logged} {world.slack.messages}"
    for word in ("Nightingale", "Canary", "we may bid", "example.yaml"):
        assert word not in said
