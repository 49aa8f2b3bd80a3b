"""A drill goes the way of every filing, says what it is, is measured, and leaves no trace in any count."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from tests.builders import a_filing, a_notice
from tests.test_confidential import ALLOWED, CANARIES, SECRET_LIST
from tests.world import START, Fuse, Killed, World
from worker import drill
from worker.alerts.delivery import DeliveryState
from worker.alerts.hold import About
from worker.cli import status
from worker.errors import ConfigurationError
from worker.filings.filing import eastern_day
from worker.ledger.drill_progress import NOBODY_CAME, LastDrill
from worker.ledger.kinds import Kind
from worker.standins.forms import as_xml
from worker.standins.slack_faults import Fault
from worker.watchlists.destination import Destination
from worker.watchlists.loading import load_watchlists
from worker.watchlists.watchlist import Watchlist

SLACK, JANE = Destination("slack", "#ir-alerts"), Destination("email", "jane@example.com")
WAIT = timedelta(seconds=60)


def the_lists(world: World) -> tuple[Watchlist, ...]:
    return load_watchlists({"watchlists/example.yaml": world.watchlist}, None, confidential=ALLOWED)


def ask(world: World, destination: Destination | None = None) -> str:
    (one,) = drill.wanted(the_lists(world), None, destination)
    accession = drill.ask(world.ledger, one, as_xml, world.clock(), wait=WAIT).accession
    assert accession is not None
    return accession


def work(world: World, fuse: Fuse | None = None) -> None:
    pipeline = world.pipeline(fuse)
    pipeline.read()
    world.clock.move(timedelta(seconds=2))
    pipeline.deliver()


def drilled(world: World) -> LastDrill:
    accession = ask(world)
    work(world)
    return world.ledger.drills.end(accession, world.clock())


def marked(world: World) -> list[str]:
    """The text of every message at the other side that says DRILL."""
    posts = [post.text for posts in world.slack.messages.values() for post in posts]
    mails = [str(received.mail["Subject"]) for received in world.mail.received]
    return [text for text in (*posts, *mails) if "DRILL" in text]


def test_a_drill_reaches_everybody_marked_measured_and_recorded(world: World) -> None:
    accession = ask(world)
    work(world)
    found = world.ledger.drills.progress(accession)
    assert found.is_settled
    assert found.reached_all
    assert found.asked_at == found.taken_at == found.read_at == found.matched_at == START
    assert [one.settled_at for one in found.deliveries] == [world.clock()] * 2
    last = world.ledger.drills.end(accession, world.clock())
    assert (last.reached_all, last.result) == (True, "2 of 2 destinations got it")
    assert world.ledger.drills.last() == last
    assert len(marked(world)) == world.posts() + len(world.mail.received) == 2
    (post,) = world.slack.messages["ir-alerts"]
    assert post.blocks[0]["text"]["text"] == "DRILL: not a filing"
    (mail,) = world.mail.received
    assert (mail.part("plain") or "").startswith("DRILL\r\n")
    assert "DRILL" in (mail.part("html") or "").partition("<table")[0]


def test_edgar_is_asked_for_nothing(world: World) -> None:
    drilled(world)
    assert world.edgar.requests == []


def test_no_count_of_anything_knows_of_a_drill(world: World) -> None:
    day = eastern_day(START)
    before = (
        world.ledger.report.coverage(day),
        world.ledger.report.filings_by_state(),
        world.ledger.report.deliveries_by_state(),
        world.ledger.history.recent(1_999_500, day),
    )
    drilled(world)
    assert before == (
        world.ledger.report.coverage(day),
        world.ledger.report.filings_by_state(),
        world.ledger.report.deliveries_by_state(),
        world.ledger.history.recent(1_999_500, day),
    )
    assert world.ledger.report.filings(START - timedelta(days=1)) == []
    assert list(world.ledger.history.notices(START - timedelta(days=1))) == []


def test_a_drill_and_the_notices_of_its_issuer_are_conversations_of_their_own(world: World) -> None:
    drilled(world)
    world.publish()
    world.settle()
    drilled(world)
    drill_one, real, drill_two = world.slack.messages["ir-alerts"]
    assert [one.thread_ts for one in (drill_one, real, drill_two)] == [None, None, None]
    assert "DRILL" not in f"{real.text} {real.blocks}"
    assert len({received.mail["References"] for received in world.mail.received}) == 2  # drills have none


def test_an_amendment_that_names_a_drill_amends_nothing(world: World) -> None:
    accession = ask(world)
    work(world)
    world.publish(
        a_filing(form_type="144/A"), a_notice(submission_type="144/A", previous_accession=accession)
    )
    world.settle()
    drill_post, amendment = world.slack.messages["ir-alerts"]
    assert amendment.thread_ts is None
    assert "Amended" not in drill_post.text


def test_a_drill_counts_in_no_burst(world: World) -> None:
    world.burst = 1
    for _ in range(3):
        ask(world)
    world.publish()
    world.settle()
    texts = [post.text for post in world.slack.messages["ir-alerts"]]
    assert len(texts) == 4
    assert sum("DRILL" in text for text in texts) == 3


def test_a_drill_that_arrived_makes_no_later_notices_a_burst(world: World) -> None:
    world.burst = 2
    drilled(world)
    world.publish()
    world.publish(a_filing(accession="0001950047-26-000124"))
    world.settle()
    assert world.posts() == 3


def test_nobody_who_takes_it_up_is_a_result_and_whoever_comes_later_sends_nothing(world: World) -> None:
    accession = ask(world)
    (found, last), *others = drill.watch(
        world.ledger, [accession], world.clock, lambda: world.clock.move(timedelta(seconds=1))
    )
    assert others == []
    assert (last.reached_all, last.result) == (False, NOBODY_CAME)
    assert world.clock() == START + WAIT
    assert found.taken_at is None
    work(world)
    assert marked(world) == []
    assert world.ledger.filings.due(world.clock()) == 0


def test_a_worker_that_comes_when_the_command_is_dead_and_the_time_over_sends_nothing(world: World) -> None:
    accession = ask(world)
    world.clock.move(WAIT)
    work(world)
    assert marked(world) == []
    last = world.ledger.drills.last()
    assert last is not None
    assert (last.accession, last.reached_all) == (accession, False)


def test_the_worker_ends_a_drill_whose_command_died(world: World) -> None:
    ask(world)
    work(world)
    assert world.ledger.drills.last() is None
    world.clock.move(WAIT)
    world.pipeline().follow_up()
    last = world.ledger.drills.last()
    assert last is not None
    assert last.reached_all


def test_a_dead_mailbox_is_named_and_goes_to_no_fallback_and_to_no_list_of_failures(world: World) -> None:
    world.fallback = Destination("email", "ops@example.com")
    world.mail.answers["jane@example.com"] = "550 5.1.1 No such mailbox"
    last = drilled(world)
    assert not last.reached_all
    assert last.result.startswith("email:jane@example.com: the mail server refused the recipient: 550")
    world.pipeline().follow_up()
    work(world)
    assert (world.posts(), len(world.mail.received)) == (1, 0)
    assert world.ledger.failed.all() == ()
    assert [str(to) for to in world.ledger.report.ended_lanes()] == ["email:jane@example.com"]


def test_a_destination_that_has_ended_before_is_not_waited_for(world: World) -> None:
    world.mail.answers["jane@example.com"] = "550 5.1.1 No such mailbox"
    drilled(world)
    accession = ask(world)
    work(world)
    assert world.ledger.drills.progress(accession).is_settled
    last = world.ledger.drills.end(accession, world.clock())
    assert "nothing goes there any more" in last.result


def test_what_is_not_sent_in_time_is_withdrawn_also_where_it_comes_back_later(world: World) -> None:
    world.mail.answers["jane@example.com"] = "451 4.7.1 Later"
    accession = ask(world)
    work(world)
    found = world.ledger.drills.progress(accession)
    assert not found.is_settled
    last = world.ledger.drills.end(accession, world.clock())
    assert not last.reached_all
    assert "451" in last.result
    world.mail.answers.clear()
    for _ in range(20):
        world.clock.move(timedelta(minutes=5))
        world.pipeline().follow_up()
        work(world)
    assert world.mail.received == []
    states = [one.state for one in world.ledger.drills.progress(accession).deliveries]
    assert states == [DeliveryState.DELIVERED, DeliveryState.ABANDONED]


def test_what_was_being_sent_when_the_drill_was_over_is_not_sent_again(world: World) -> None:
    accession = ask(world, JANE)
    world.pipeline().read()
    delivery = world.ledger.deliveries.claim(world.clock(), WAIT, "me")
    assert delivery is not None
    world.clock.move(WAIT)
    assert not world.ledger.drills.end(accession, world.clock()).reached_all
    world.ledger.deliveries.try_again(delivery, "it hung up", world.clock(), at=world.clock())
    world.pipeline().follow_up()
    work(world)
    assert world.mail.received == []
    assert world.ledger.deliveries.due(world.clock() + timedelta(days=9)) == 0


def test_a_silence_does_not_hold_a_drill_back(world: World) -> None:
    end = START + timedelta(days=9)
    world.ledger.silences.add(
        About.ISSUER, "1999500", author="Jane Doe", reason="blackout", now=START, expires_at=end
    )
    assert drilled(world).reached_all


def test_one_destination_alone_may_be_drilled(world: World) -> None:
    accession = ask(world, JANE)
    work(world)
    assert world.ledger.drills.end(accession, world.clock()).reached_all
    assert (world.posts(), len(world.mail.received)) == (0, 1)


def test_a_worker_whose_lists_do_not_ask_about_it_tells_nobody_and_says_so(world: World) -> None:
    accession = ask(world)
    world.watchlist = world.watchlist.replace(b"1999500", b"1999501")
    work(world)
    found = world.ledger.drills.progress(accession)
    assert found.is_settled
    assert "do not ask about the drill's notice" in world.ledger.drills.end(accession, world.clock()).result


def test_a_list_that_asks_for_more_than_can_be_gives_no_drill_and_says_which_condition(world: World) -> None:
    world.watchlist += b"when: {units: over 5M, not: {units: over 4M}}\n"
    (one,) = drill.wanted(the_lists(world), None, None)
    asked = drill.ask(world.ledger, one, as_xml, world.clock(), wait=WAIT)
    assert asked.accession is None
    assert asked.left_out == (SLACK, JANE)
    assert [finding.condition for finding in asked.fitted.missed] == ["units over 5M"]


def test_which_lists_are_drilled_is_as_few_as_reach_everybody(world: World) -> None:
    files = {
        "a.yaml": world.watchlist,
        "b.yaml": world.watchlist.replace(b"#ir-alerts", b"#exec").replace(b"Industries", b"Ltd"),
        "c.yaml": world.watchlist.replace(b"Industries", b"plc"),
    }
    lists = load_watchlists(files, None)
    chosen = drill.wanted(lists, None, None)
    assert [(one.watchlist.path, tuple(map(str, one.destinations))) for one in chosen] == [
        ("a.yaml", ("slack:#ir-alerts", "email:jane@example.com")),
        ("b.yaml", ("slack:#exec",)),
    ]
    (named,) = drill.wanted(lists, "example plc", None)
    assert named.watchlist.path == "c.yaml"
    with pytest.raises(ConfigurationError, match="no list here"):
        drill.wanted(lists, "nonsense", None)
    with pytest.raises(ConfigurationError, match="told at once by no list"):
        drill.wanted(lists, None, Destination("slack", "#nowhere"))


def test_the_drill_of_a_confidential_list_says_nothing_of_it(world: World) -> None:
    world.watchlist = SECRET_LIST.encode()
    accession = ask(world)
    work(world)
    last = world.ledger.drills.end(accession, world.clock())
    mails = " ".join(f"{one.mail} {one.part('plain')} {one.part('html')}" for one in world.mail.received)
    ledger = b"".join(path.read_bytes() for path in world.folder.glob("ledger.sqlite*"))
    said = f"{world.slack.messages} {mails} {last} {ledger!r}"
    assert len(marked(world)) == 2
    assert [word for word in CANARIES if word.lower() in said.lower()] == []


def test_a_drill_that_failed_is_no_stuck_delivery_of_the_status(world: World) -> None:
    world.slack.fail_next("chat.postMessage", Fault.error("is_archived"))
    drilled(world)
    shown = status.read_status(world.ledger, world.clock())
    assert shown.deliveries == {}


def test_killed_anywhere_a_drill_reaches_everybody_once_or_is_withdrawn(world: World) -> None:
    counting = Fuse()
    ask(world)
    work(world, counting)
    number = len(counting.crossings)
    assert number >= 16
    for at in range(1, number + 1):
        for after in (False, True):
            accession = ask(world)
            before = (world.posts(), len(world.mails()))
            with suppress(Killed):
                work(world, Fuse(at=at, after=after))
            world.ledger.void_claims(world.clock())
            for _ in range(6):
                if not world.ledger.drills.progress(accession).is_settled:
                    world.clock.move(timedelta(seconds=5))
                    work(world)
            last = world.ledger.drills.end(accession, world.clock())
            assert last.reached_all, (counting.crossings[at - 1], after, last.result)
            told = (world.posts() - before[0], len(world.mails()) - before[1])
            assert told == (1, 1), (counting.crossings[at - 1], after)
    assert world.ledger.deliveries.due(world.clock() + timedelta(days=9)) == 0


def test_a_drill_stands_in_the_record_when_it_is_asked_for_and_when_it_is_over(world: World) -> None:
    accession = ask(world)
    work(world)
    world.ledger.drills.end(accession, world.clock())
    world.ledger.chain.seal()
    told = [one.entry for one in world.ledger.chain.walk() if one.entry is not None]
    mine = [one for one in told if one.kind == Kind.DRILLED]
    assert [one.subject for one in mine] == [accession] * 2
    assert "2 of 2 destinations got it" in str(mine[1])
