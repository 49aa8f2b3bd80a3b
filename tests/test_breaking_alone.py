"""An error that nobody foresaw keeps nobody else from being told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from io import StringIO

from tests.builders import a_filing
from tests.conversations.amending import an_amendment
from tests.world import START, WATCHLIST, World
from worker.alerts.delivery import DeliveryState, Earlier, Receipt
from worker.alerts.message import Message, Summary
from worker.conversations import MARK_AGAIN
from worker.ledger.troubles import Trouble
from worker.messages.templates import shipped
from worker.messages.writer import Writer, Written
from worker.notifiers.console import ConsoleNotifier
from worker.notifiers.slack import SlackNotifier
from worker.watchlists.destination import Destination

DESK = Destination("email", "desk@example.com")


class Broken(ConsoleNotifier):
    """Breaks over whatever it is to send."""

    def send(self, message: Message, address: str, key: str, answers: Earlier | None = None) -> Receipt:
        raise ValueError(f"nobody foresaw {(message, address, key, answers)}")


class Stumbling(SlackNotifier):
    """Breaks over the first message that it is to change."""

    stumbled = False

    def amend(self, message: Message, key: str, reference: str) -> None:
        if not self.stumbled:
            self.stumbled = True
            raise ValueError("nobody foresaw this")
        super().amend(message, key, reference)


class Picky(Writer):
    """Breaks over what is told together on Slack."""

    def write_together(self, summaries: Sequence[Summary], destination: Destination) -> tuple[Written, int]:
        if destination.notifier == "slack":
            raise ValueError("nobody foresaw this")
        return super().write_together(summaries, destination)


def test_an_operators_notifier_that_breaks_leaves_it_to_the_fallback(world: World) -> None:
    world.ledger.troubles.note(Trouble.WATCHLISTS, "watchlists", "2 mistakes", world.clock())
    aftermath = world.pipeline().aftermath
    notifiers = {**aftermath.notifiers, "console": Broken(StringIO())}
    console = Destination("console", "")
    replace(aftermath, operator=console, fallback=DESK, notifiers=notifiers).tell_operator()
    (told,) = world.mail.received
    assert told.recipients == (DESK.address,)
    assert world.ledger.troubles.untold(world.clock()) == ()


def test_a_mark_that_breaks_keeps_none_behind_it_back_and_is_set_again(world: World) -> None:
    world.watchlist = WATCHLIST.replace(b"email:jane@example.com", b"slack:#desk")
    world.slack._workspace.remember("#desk")
    world.publish()
    world.settle()
    world.clock.now = START + timedelta(minutes=97)
    world.publish(*an_amendment())
    pipeline = world.pipeline()
    for step in (pipeline.poll, pipeline.read, pipeline.deliver):
        step()
    stumbling = Stumbling(world.slack.token, base_url=f"{world.slack.base_url}/")
    conversations = replace(pipeline.conversations, notifiers={"slack": stumbling})

    def marked() -> int:
        conversations.mark_amended(give_up_at=world.clock() + timedelta(minutes=1))
        posts = [world.slack.messages[channel][0] for channel in ("ir-alerts", "desk")]
        return sum(post.text.startswith("Amended") for post in posts)

    assert marked() == 1
    world.clock.move(MARK_AGAIN)
    assert marked() == 2


def test_a_crowd_that_breaks_keeps_no_other_back(world: World) -> None:
    world.burst = 3
    for number in range(5):
        world.publish(a_filing(accession=f"0001950047-26-{1000 + number:06}", accepted_at=START))
    pipeline = world.pipeline()
    for step in (pipeline.poll, pipeline.read):
        step()
    replace(pipeline.conversations, writer=Picky([shipped()])).gather()
    assert world.ledger.report.deliveries_by_state()[DeliveryState.ROLLED_UP] == 5
