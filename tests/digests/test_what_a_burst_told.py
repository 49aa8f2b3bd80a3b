"""A digest says of each alert when its readers were told, also where a burst was told in one message."""

from __future__ import annotations

from tests.builders import a_filing
from tests.digests.conftest import MORNING, a_list, tell, texts
from tests.world import START, World
from worker.alerts.delivery import DeliveryState
from worker.watchlists.destination import Destination


def test_five_that_were_told_together_are_listed_with_when_that_was(world: World) -> None:
    world.watchlist = a_list(extra="    also_at_once: true\n")
    world.burst = 2
    tell(world)
    for number in range(5):
        world.publish(a_filing(accession=f"0001950047-26-{number:06}", accepted_at=START))
    world.settle()
    assert world.ledger.report.deliveries_by_state() == {
        DeliveryState.ROLLED_UP: 5,
        DeliveryState.DELIVERED: 1,
    }
    world.clock.now = MORNING
    tell(world)
    listed = " ".join(texts(world)[-1].split())
    assert "5 notices about Example Industries Inc." in listed
    assert listed.count("told 1 September 2026, 16:0") == 5


def test_of_a_message_that_was_refused_a_digest_does_not_say_that_it_told_anybody(world: World) -> None:
    world.watchlist = a_list(extra="    also_at_once: true\n")
    world.burst = 2
    world.mail.answers["jane@example.com"] = "550 5.1.1 No such mailbox"
    world.fallback = Destination("email", "fallback@example.com")
    tell(world)
    for number in range(3):
        world.publish(a_filing(accession=f"0001950047-26-{number:06}", accepted_at=START))
    world.settle()
    world.clock.now = MORNING
    world.pipeline().digest()
    world.settle()
    listed = " ".join(texts(world)[-1].split())
    assert "3 notices about Example Industries Inc." in listed
    assert listed.count("the message about it and others was refused") == 3
    assert "told 1 September 2026" not in listed
