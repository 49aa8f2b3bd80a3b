"""Five hundred alerts in a minute while all others misbehave: nothing lost, nothing twice, in order."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from itertools import cycle
from pathlib import Path

import pytest

from tests.ledger.readings import a_claim, a_match, a_reading
from tests.world import START, World, a_world
from worker.alerts.delivery import DeliveryState
from worker.alerts.message import Message, Summary
from worker.due import DELIVER_LEASE
from worker.ledger.readings import Owed, RaisedAlert
from worker.pipeline import Pipeline
from worker.standins.slack_faults import Fault
from worker.watchlists.destination import Destination

ALERTS = 500
CHANNELS = [Destination("slack", f"#channel-{number}") for number in range(5)]
MAILBOXES = [Destination("email", f"reader-{number}@example.com") for number in range(40)]
DEAD = MAILBOXES[:2]
DESK = Destination("email", "desk@example.com")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        for channel in CHANNELS:
            made.slack._workspace.remember(channel.address)
        for mailbox in DEAD:
            made.mail.answers[mailbox.address] = "550 5.1.1 no such mailbox"
        made.fallback = DESK
        yield made


def a_summary(number: int) -> Summary:
    return Summary(
        issuer=f"Example Industries {number % 7}",
        form="144",
        line="Jane Doe proposes to sell 10,000 units",
        figures="1,230,000 USD",
        check=False,
        url=f"https://www.sec.gov/notice-{number:03}-index.htm",
    )


def raise_alerts(world: World, *, summed_up: bool = False) -> dict[str, Destination]:
    """An alert each 120 ms, half of them for a channel and half for a mailbox: text to destination.

    Only those that are `summed_up` may be told together.
    """
    channels, mailboxes = cycle(CHANNELS), cycle(MAILBOXES)
    meant = {}
    for number in range(ALERTS):
        to = next(channels) if number % 2 else next(mailboxes)
        text = f"alert {number:03} for {to}"
        key = sha256(text.encode()).hexdigest()
        summary = a_summary(number) if summed_up else None
        owed = Owed(destination=to, message=Message(text=text, subject=text, summary=summary), key=key)
        alert = RaisedAlert(match=a_match(), list_digest="0" * 64, owed=(owed,))
        claim = a_claim(world.ledger, f"0001950047-26-{number:06}", world.clock())
        assert world.ledger.readings.record(claim, a_reading(alert), world.clock())
        world.clock.move(timedelta(milliseconds=120))
        meant[text] = to
    return meant


def deliver(world: World, pipeline: Pipeline, weather: random.Random) -> int:
    """Attempt whatever is due now, each attempt in its own weather; how many there were."""
    attempts = 0
    while delivery := world.ledger.deliveries.claim(world.clock(), DELIVER_LEASE, "worker"):
        attempts += 1
        luck = weather.random()
        if delivery.destination.notifier == "slack" and not delivery.may_have_arrived:
            if luck < 0.20:
                world.slack.fail_next("chat.postMessage", Fault.rate_limited(weather.randint(1, 30)))
            elif luck < 0.25:
                world.slack.fail_next("chat.postMessage", Fault.lost_answer())
        elif delivery.destination.notifier == "email" and delivery.destination not in DEAD and luck < 0.05:
            world.mail.lose_next_answer()
        pipeline.handover.attempt(delivery, give_up_at=world.clock() + DELIVER_LEASE / 2)
    return attempts


def test_in_a_storm_nothing_is_lost_nothing_comes_twice_and_each_channel_keeps_its_order(
    world: World,
) -> None:
    meant = raise_alerts(world)
    assert world.clock() - START == timedelta(minutes=1)
    pipeline, weather = world.pipeline(), random.Random(144)
    attempts = 0
    while world._next_due() is not None and world.clock() < START + timedelta(hours=6):
        attempts += deliver(world, pipeline, weather)
        pipeline.follow_up()
        world.clock.move(timedelta(seconds=1))
    assert attempts > ALERTS * 1.1

    states = world.ledger.report.deliveries_by_state()
    for_dead = [text for text, to in meant.items() if to in DEAD]
    assert states == {
        DeliveryState.REFUSED: len(for_dead),
        DeliveryState.DELIVERED: ALERTS,
    }
    for channel in CHANNELS:
        posted = [post.text for post in world.slack.messages[channel.address.removeprefix("#")]]
        assert posted == [text for text, to in meant.items() if to == channel]

    mails = Counter[tuple[str, str]]()
    for received in world.mail.received:
        mails[received.recipients[0], str(received.mail["Message-ID"])] += 1
    by_reader = Counter(address for address, _ in mails)
    # A mail whose answer was lost comes again, under the Message-ID by which it shows as the same one.
    assert sum(mails.values()) > len(mails)
    for mailbox in MAILBOXES:
        expected = 0 if mailbox in DEAD else sum(to == mailbox for to in meant.values())
        assert by_reader[mailbox.address] == expected
    desk = [
        received.part("plain") or ""
        for received in world.mail.received
        if received.recipients == (DESK.address,)
    ]
    assert {text for text in for_dead if any(text in said for said in desk)} == set(for_dead)
    assert by_reader[DESK.address] == len(for_dead)
    assert sorted(str(to) for to in world.ledger.report.ended_lanes()) == sorted(map(str, DEAD))


def test_a_storm_on_a_burst_is_told_together_and_everybody_still_hears_of_each(world: World) -> None:
    meant = raise_alerts(world, summed_up=True)
    pipeline, weather = world.pipeline(), random.Random(144)
    while world._next_due() is not None and world.clock() < START + timedelta(hours=6):
        pipeline.conversations.gather()
        deliver(world, pipeline, weather)
        pipeline.follow_up()
        world.clock.move(timedelta(seconds=1))

    states = world.ledger.report.deliveries_by_state()
    assert set(states) == {DeliveryState.DELIVERED, DeliveryState.REFUSED, DeliveryState.ROLLED_UP}
    for channel in CHANNELS:
        posts = world.slack.messages[channel.address.removeprefix("#")]
        assert len(posts) <= 12
        told = str([(post.text, post.blocks) for post in posts])
        for number, (text, to) in enumerate(meant.items()):
            times = told.count(text) + told.count(f"notice-{number:03}-index")
            assert times == (to == channel), text
    readers = {text: to for text, to in meant.items() if to.notifier == "email"}
    heard: Counter[str] = Counter()
    for mail in {str(received.mail["Message-ID"]): received for received in world.mail.received}.values():
        body = (mail.part("plain") or "").replace("=\n", "")
        for number, text in enumerate(meant):
            if text in readers and mail.recipients in {(readers[text].address,), (DESK.address,)}:
                heard[text] += body.count(text) + body.count(f"notice-{number:03}-index")
    assert heard == dict.fromkeys(readers, 1)
