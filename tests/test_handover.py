"""What a delivery does to the others, and what is done where nobody can say what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.builders import a_filing
from tests.world import START, World
from worker.alerts.delivery import Delivery, DeliveryState, Earlier, Receipt
from worker.alerts.message import Message
from worker.alerts.retry import Patience
from worker.due import DELIVER_LEASE
from worker.errors import Unreachable
from worker.going_on import KEPT
from worker.handover import SENDINGS_CUT_SHORT
from worker.ledger.deliveries import Deliveries
from worker.ledger.tables import attempts, deliveries
from worker.notifiers.base import Notifier, WhenUnknown
from worker.notifiers.email import EmailNotifier, Security
from worker.pipeline import Pipeline
from worker.standins.mail import HANG_UP

SLACK_ONLY = b"name: Slack\nowner: Jane Doe\nissuers: [1999500]\ntell: ['slack:#ir-alerts']\n"
MAIL_ONLY = b"name: Mail\nowner: Jane Doe\nissuers: [1999500]\ntell: [email:jane@example.com]\n"


class Broken:
    """A notifier with a mistake in it."""

    name = "email"
    when_unknown = WhenUnknown.RESEND
    can_amend = False

    def __init__(self) -> None:
        self.tries = 0

    def send(self, message: Message, address: str, key: str, answers: Earlier | None = None) -> Receipt:  # noqa: ARG002
        self.tries += 1
        raise ZeroDivisionError

    def find(self, address: str, key: str, since: datetime, answers: Earlier | None = None) -> Receipt | None:
        raise NotImplementedError

    def amend(self, message: Message, key: str, reference: str) -> None:
        raise NotImplementedError


def with_mail(pipeline: Pipeline, notifier: Notifier) -> Pipeline:
    notifiers: Mapping[str, Notifier] = {**pipeline.handover.notifiers, "email": notifier}
    return replace(pipeline, handover=replace(pipeline.handover, notifiers=notifiers))


def read(world: World, watchlist: bytes, accession: str = a_filing().accession) -> Pipeline:
    """A worker that has read one more filing against that list."""
    world.watchlist = watchlist
    world.publish(a_filing(accession=accession, accepted_at=world.clock()))
    world.clock.move(timedelta(seconds=10))
    pipeline = world.pipeline()
    pipeline.poll()
    pipeline.read()
    return pipeline


def deliver_for(world: World, pipeline: Pipeline, hours: int) -> None:
    for _ in range(hours * 60):
        pipeline.deliver()
        world.clock.move(timedelta(minutes=1))


def ended_by_it(world: World) -> Pipeline:
    """A worker whose predecessors all ended over one delivery, which it has looked at since."""
    pipeline = read(world, SLACK_ONLY)
    for _ in range(SENDINGS_CUT_SHORT):
        assert world.ledger.deliveries.claim(world.clock(), DELIVER_LEASE, "doomed") is not None
        world.clock.move(DELIVER_LEASE)
    pipeline.deliver()
    return pipeline


def tried_first(world: World, *, since: datetime) -> str | None:
    """By which notifier."""
    attempted = sa.select(deliveries.c.notifier).join(attempts, attempts.c.delivery_id == deliveries.c.id)
    later = attempted.where(attempts.c.started_at >= since).order_by(attempts.c.started_at)
    with world.ledger.database.read() as connection:
        return connection.execute(later).scalars().first()


def test_a_notifier_that_breaks_is_tried_some_times_and_then_left_to_a_person(world: World) -> None:
    broken = Broken()
    pipeline = with_mail(read(world, MAIL_ONLY), broken)
    deliver_for(world, pipeline, hours=25)
    assert broken.tries == len(Patience().resends) + 1
    assert world.ledger.report.deliveries_by_state() == {DeliveryState.UNKNOWN: 1}
    (failed,) = world.ledger.failed.all()
    assert "ZeroDivisionError" in (failed.last_error or "")
    (trouble,) = world.ledger.troubles.untold(world.clock())
    assert trouble.kind == "unknown"


def test_a_mail_whose_answers_are_lost_is_sent_a_few_times_within_a_day_and_no_more(world: World) -> None:
    world.mail.fail_next("taken", HANG_UP, times=200)
    pipeline = read(world, MAIL_ONLY)
    deliver_for(world, pipeline, hours=25)
    assert list(world.mails().values()) == [len(Patience().resends) + 1]
    assert world.ledger.report.deliveries_by_state() == {DeliveryState.UNKNOWN: 1}


def test_what_surely_did_not_leave_is_no_copy_and_the_next_copy_holds_up_no_other_message(
    world: World,
) -> None:
    world.mail.fail_next("taken", HANG_UP)
    pipeline = read(world, MAIL_ONLY)
    pipeline.deliver()
    gone = with_mail(pipeline, Gone(world))
    for _ in range(3):
        world.clock.move(timedelta(minutes=1))
        gone.deliver()
    world.mail.fail_next("taken", HANG_UP)
    for _ in range(4):
        world.clock.move(timedelta(minutes=1))
        pipeline.deliver()
    assert list(world.mails().values()) == [3]
    assert world.ledger.report.deliveries_by_state() == {DeliveryState.DELIVERED: 1}
    world.mail.fail_next("taken", HANG_UP, times=4)
    later = read(world, MAIL_ONLY, "0001950047-26-000200")
    for _ in range(6):
        later.deliver()
        world.clock.move(timedelta(minutes=1))
    assert world.ledger.report.deliveries_by_state()[DeliveryState.UNKNOWN] == 1
    next_one = read(world, MAIL_ONLY, "0001950047-26-000300")
    world.clock.move(timedelta(seconds=30))
    next_one.deliver()
    assert world.ledger.report.deliveries_by_state() == {DeliveryState.DELIVERED: 2, DeliveryState.UNKNOWN: 1}


def test_a_server_that_looks_a_message_through_before_it_takes_it_gets_it_once(world: World) -> None:
    world.mail.delay_next_answer(1.0)
    hurried = EmailNotifier(
        "127.0.0.1",
        world.mail.port,
        sender="form144@example.com",
        clock=world.clock,
        security=Security.NONE,
        timeout=0.8,
        taking=60,
    )
    pipeline = with_mail(read(world, MAIL_ONLY), hurried)
    deliver_for(world, pipeline, hours=1)
    assert list(world.mails().values()) == [1]
    assert world.ledger.report.deliveries_by_state() == {DeliveryState.DELIVERED: 1}


def test_a_delivery_that_ends_its_workers_is_left_to_a_person(world: World) -> None:
    ended_by_it(world)
    assert world.posts() == 0
    (failed,) = world.ledger.failed.all()
    assert failed.state == DeliveryState.UNKNOWN
    assert "cut short 5 times" in (failed.last_error or "")


class Gone:
    """A mail server that takes no connection; each try takes ten seconds."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._notifier = EmailNotifier(
            "127.0.0.1", 1, sender="form144@example.com", clock=world.clock, security=Security.NONE
        )
        self.name, self.when_unknown = self._notifier.name, self._notifier.when_unknown
        self.can_amend, self.find, self.amend = False, self._notifier.find, self._notifier.amend

    def send(self, message: Message, address: str, key: str, answers: Earlier | None = None) -> Receipt:
        self._world.clock.move(timedelta(seconds=10))
        return self._notifier.send(message, address, key, answers)


@pytest.mark.parametrize("hours_gone", [0, 3])
def test_a_mail_server_that_is_gone_keeps_no_slack_alert_waiting(world: World, hours_gone: int) -> None:
    tell = ", ".join(f"email:reader-{number}@example.com" for number in range(60))
    gone = Gone(world)
    pipeline = with_mail(
        read(world, b"name: Mail\nowner: Jane Doe\nissuers: [1999500]\ntell: [%s]\n" % tell.encode()), gone
    )
    until = world.clock() + timedelta(hours=hours_gone)
    pipeline.deliver()
    while world.clock() < until:
        world.clock.move(timedelta(seconds=1))
        pipeline.deliver()
    later = with_mail(read(world, SLACK_ONLY, "0001950047-26-000777"), gone)
    began = world.clock()
    later.deliver()
    assert world.posts() == 1
    assert tried_first(world, since=began) == "slack"


def test_a_mail_server_that_is_gone_for_more_than_a_day_keeps_no_slack_alert_waiting_either(
    world: World,
) -> None:
    gone = Gone(world)
    pipeline = with_mail(read(world, MAIL_ONLY, "0001950047-26-000800"), gone)
    for number in range(801, 809):
        read(world, MAIL_ONLY, f"0001950047-26-000{number}")
    world.clock.move(timedelta(hours=25))
    pipeline.deliver()
    assert DeliveryState.ABANDONED in world.ledger.report.deliveries_by_state()
    later = with_mail(read(world, SLACK_ONLY, "0001950047-26-000777"), gone)
    began = world.clock()
    later.deliver()
    assert tried_first(world, since=began) == "slack"


def test_who_is_retried_has_new_patience(world: World) -> None:
    pipeline = ended_by_it(world)
    assert world.ledger.report.deliveries_by_state() == {DeliveryState.UNKNOWN: 1}
    assert world.ledger.failed.retry([1], world.clock(), by="jane", send_again=False) == 1
    world.clock.move(timedelta(seconds=5))
    pipeline.deliver()
    assert world.posts() == 1  # Slack was asked, and did not have it
    assert world.ledger.report.deliveries_by_state() == {DeliveryState.DELIVERED: 1}


def test_a_mail_that_is_retried_is_sent_as_often_again_where_its_answers_are_lost(world: World) -> None:
    world.mail.fail_next("taken", HANG_UP, times=200)
    pipeline = read(world, MAIL_ONLY)
    deliver_for(world, pipeline, hours=3)
    times = len(Patience().resends) + 1
    assert list(world.mails().values()) == [times]
    assert world.ledger.failed.retry([1], world.clock(), by="jane", send_again=False) == 1
    deliver_for(world, pipeline, hours=3)
    assert list(world.mails().values()) == [2 * times]


class Away(Deliveries):
    """A ledger that is away the first time that a failure is to be written down."""

    times = 1

    def try_again(self, delivery: Delivery, why: str, now: datetime, *, at: datetime) -> bool:
        if self.times:
            self.times -= 1
            raise Unreachable("the ledger did not answer: it is being restarted")
        return super().try_again(delivery, why, now, at=at)


def test_what_surely_was_not_sent_is_not_doubted_because_the_ledger_was_away(world: World) -> None:
    world.mail.fail_next("RCPT", "450")
    pipeline = read(world, MAIL_ONLY)
    handover = replace(pipeline.handover, deliveries=Away(world.ledger.database), sleep=lambda _: None)
    pipeline = replace(pipeline, handover=handover)
    pipeline.deliver()
    with world.ledger.database.read() as connection:
        assert connection.execute(sa.select(deliveries.c.state)).scalars().all() == [DeliveryState.OWED]
    world.clock.move(timedelta(seconds=10))
    pipeline.deliver()
    assert list(world.mails().values()) == [1]


class Forgetful(Deliveries):
    """A ledger that is away the first times that a receipt is to be written down."""

    times = 3

    def delivered(
        self, delivery: Delivery, receipt: Receipt, now: datetime, *, lane_opens_at: datetime
    ) -> bool:
        if self.times:
            self.times -= 1
            raise Unreachable("the ledger did not answer: it is being restarted")
        return super().delivered(delivery, receipt, now, lane_opens_at=lane_opens_at)


def test_a_receipt_waits_for_a_ledger_that_is_away_and_nothing_is_sent_twice(world: World) -> None:
    pipeline = read(world, MAIL_ONLY)
    slept: list[float] = []
    forgetful = Forgetful(world.ledger.database)
    handover = replace(pipeline.handover, deliveries=forgetful, sleep=slept.append)
    pipeline = replace(pipeline, handover=handover)
    pipeline.deliver()
    assert slept == list(KEPT[:3])
    world.clock.move(DELIVER_LEASE)
    pipeline.deliver()
    assert list(world.mails().values()) == [1]
    assert world.ledger.report.deliveries_by_state() == {DeliveryState.DELIVERED: 1}


class Slow(Deliveries):
    """A claim after which the process stands still."""

    def __init__(self, world: World) -> None:
        super().__init__(world.ledger.database)
        self._world = world

    def claim(self, now: datetime, lease: timedelta, owner: str) -> Delivery | None:
        claimed = super().claim(now, lease, owner)
        if claimed is not None and claimed.attempt == 1:
            self._world.clock.move(lease)
        return claimed


def test_a_process_that_stood_still_right_after_its_claim_sends_nothing(world: World) -> None:
    pipeline = read(world, MAIL_ONLY)
    assert world.clock() > START
    pipeline.ledger.deliveries = Slow(world)
    pipeline.deliver()
    assert world.mail.received == []
