"""Who is told when: at what hour, in which silence, on which side of a clock change."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner, Result

from tests.builders import a_filing
from tests.world import START, World
from worker import engine, parts
from worker.alerts.delivery import DeliveryState
from worker.alerts.hold import About
from worker.cli.commands import app
from worker.cli.explain import record_lines
from worker.cli.status import read_status
from worker.due import READ_LEASE
from worker.errors import ConfigurationError, Form144Error
from worker.ledger.kinds import Kind
from worker.watchlists.loading import load_watchlists
from worker.watchlists.quiet_hours import QuietHours, quiet_hours

NEW_YORK = "22:00-07:00 America/New_York"
WEEK = timedelta(days=7)


def eastern(text: str) -> datetime:
    """`2026-09-01T22:01-04:00`, as an instant."""
    return datetime.fromisoformat(text).astimezone(UTC)


def at(world: World, when: str) -> None:
    """One notice, seen and read at that time."""
    world.clock.now = eastern(when)
    world.publish(a_filing(accepted_at=world.clock() - timedelta(minutes=1)))
    world.once()


def quiet_for_slack(world: World, hours: str = NEW_YORK) -> None:
    told = b"  - slack:#ir-alerts\n"
    line = f'  - {{to: "slack:#ir-alerts", quiet_hours: "{hours}"}}\n'.encode()
    world.watchlist = world.watchlist.replace(told, line)


def silence(world: World, about: About, subject: str, *, until: datetime = START + WEEK) -> int:
    return world.ledger.silences.add(
        about,
        subject,
        author="Jane Doe",
        reason="we know of this plan",
        now=START - timedelta(hours=1),
        expires_at=until,
    )


def test_at_21_59_eastern_a_destination_with_quiet_hours_from_22_is_told(world: World) -> None:
    quiet_for_slack(world)
    at(world, "2026-09-01T21:59-04:00")
    assert (world.posts(), len(world.mail.received)) == (1, 1)


def test_at_22_01_eastern_it_waits_until_7_and_the_others_do_not(world: World) -> None:
    quiet_for_slack(world)
    at(world, "2026-09-01T22:01-04:00")
    assert (world.posts(), len(world.mail.received)) == (0, 1)
    assert world.ledger.report.deliveries_by_state() == {
        DeliveryState.HELD: 1,
        DeliveryState.DELIVERED: 1,
    }
    world.clock.now = eastern("2026-09-02T06:59:59-04:00")
    world.pipeline().deliver()
    assert world.posts() == 0
    world.clock.now = eastern("2026-09-02T07:00:00-04:00")
    world.pipeline().deliver()
    assert world.posts() == 1


def test_what_waited_for_the_morning_still_has_a_whole_days_patience(world: World) -> None:
    quiet_for_slack(world)
    at(world, "2026-09-01T22:01-04:00")
    world.clock.now = eastern("2026-09-02T07:00-04:00")
    delivery = world.ledger.deliveries.claim(world.clock(), timedelta(minutes=2), "me")
    assert delivery is not None
    assert delivery.owed_since == world.clock()
    assert not delivery.may_have_arrived


def test_the_quiet_hours_of_a_list_hold_for_every_destination_that_has_none_of_its_own(world: World) -> None:
    quiet_for_slack(world, "01:00-02:00 America/New_York")
    world.watchlist += f"quiet_hours: {NEW_YORK}\n".encode()
    at(world, "2026-09-01T22:01-04:00")
    assert (world.posts(), len(world.mail.received)) == (1, 0)


@pytest.mark.parametrize(
    ("written", "now", "until"),
    [
        # 8 March 2026: clocks go from 02:00 EST to 03:00 EDT, so the night is an hour shorter.
        (NEW_YORK, "2026-03-07T23:00-05:00", "2026-03-08T07:00-04:00"),
        # 1 November 2026: from 02:00 EDT back to 01:00 EST, so it is an hour longer.
        (NEW_YORK, "2026-10-31T23:00-04:00", "2026-11-01T07:00-05:00"),
        # The end is a time that is skipped, or one that comes twice.
        ("22:00-02:30 America/New_York", "2026-03-07T23:00-05:00", "2026-03-08T03:30-04:00"),
        ("22:00-01:30 America/New_York", "2026-11-01T01:15-05:00", "2026-11-01T01:30-05:00"),
        # Places whose night is not New York's.
        ("22:00-07:00 Europe/Zurich", "2026-09-01T16:30-04:00", "2026-09-02T07:00+02:00"),
        ("22:00-07:00 Australia/Sydney", "2026-09-01T16:30-04:00", "2026-09-02T07:00+10:00"),
        # Within one day.
        ("12:00-13:00 America/New_York", "2026-09-01T12:00-04:00", "2026-09-01T13:00-04:00"),
    ],
)
def test_quiet_hours_end_by_the_clocks_of_their_place(written: str, now: str, until: str) -> None:
    assert quiet_hours(written).until(eastern(now)) == eastern(until)


@pytest.mark.parametrize(
    "now", ["2026-09-01T21:59:59-04:00", "2026-09-01T07:00-04:00", "2026-03-08T07:00-04:00"]
)
def test_outside_of_quiet_hours_nothing_waits(now: str) -> None:
    assert quiet_hours(NEW_YORK).until(eastern(now)) is None


def test_quiet_hours_are_read_with_dashes_of_any_length() -> None:
    begins, ends = datetime(2026, 1, 1, 22).time(), datetime(2026, 1, 1, 7).time()  # noqa: DTZ001
    for written in ("22:00-7:00 Europe/Zurich", "22:00 – 07:00 Europe/Zurich"):
        assert quiet_hours(written) == QuietHours(begins=begins, ends=ends, zone="Europe/Zurich")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("22:00-07:00", "is not from-to and a time zone"),
        ("22:00-07:00 ET", "is no place"),
        ("22:00-25:00 America/New_York", "is no time of day"),
        ("07:00-07:00 America/New_York", "quiet for no time"),
        ("../etc/passwd", "is not from-to"),
        ("22:00-07:00 ../etc/passwd", "is no time zone"),
    ],
)
def test_quiet_hours_that_make_no_sense_are_a_mistake_at_their_line(written: str, said: str) -> None:
    text = f"name: A\nowner: B\nissuers: [320193]\ntell: 'console:'\nquiet_hours: {written}\n"
    with pytest.raises(ConfigurationError, match=said) as caught:
        load_watchlists({"a.yaml": text.encode()}, None)
    assert caught.value.mistakes[0].where.startswith("a.yaml:5:")


@pytest.mark.parametrize(
    ("about", "subject"), [(About.ISSUER, "1999500"), (About.SELLER, "1999001"), (About.LIST, "example")]
)
def test_in_a_silence_the_alert_is_raised_and_its_messages_are_held_with_who_and_why(
    world: World, about: About, subject: str
) -> None:
    silence(world, about, subject)
    filing = world.publish()
    world.settle()
    assert (world.posts(), len(world.mail.received)) == (0, 0)
    assert world.ledger.report.deliveries_by_state() == {DeliveryState.HELD: 2}
    record = world.ledger.records.of(filing.accession)
    assert record is not None
    said = "\n".join(record_lines(record))
    assert "slack:#ir-alerts: held, held by Jane Doe: we know of this plan" in said
    (shown,) = read_status(world.ledger, world.clock()).silences
    assert shown == f"{about} {subject} until 2026-09-08 20:06 UTC, by Jane Doe: we know of this plan"


@pytest.mark.parametrize(
    ("about", "subject"), [(About.ISSUER, "1999001"), (About.SELLER, "1999500"), (About.LIST, "other")]
)
def test_a_silence_about_something_else_holds_nothing(world: World, about: About, subject: str) -> None:
    silence(world, about, subject)
    world.publish()
    world.settle()
    assert world.posts() == 1


def test_a_silence_that_has_ended_holds_nothing(world: World) -> None:
    silence(world, About.ISSUER, "1999500", until=START)
    world.publish()
    world.settle()
    assert world.posts() == 1


def test_what_a_silence_held_is_sent_only_when_somebody_releases_it(world: World) -> None:
    number = silence(world, About.ISSUER, "1999500")
    world.publish()
    world.settle()
    assert world.ledger.silences.expire(number, world.clock(), by="Jane Doe")
    world.settle()
    assert world.posts() == 0
    assert world.ledger.silences.held() == {number: 2}
    assert world.ledger.silences.release(number, world.clock(), by="Jane Doe") == 2
    world.settle()
    assert (world.posts(), len(world.mail.received)) == (1, 1)
    assert world.ledger.silences.release(number, world.clock(), by="Jane Doe") == 0


def test_a_silence_that_ends_while_a_document_is_read_holds_nothing_for_ever(world: World) -> None:
    number = silence(world, About.ISSUER, "1999500")
    world.publish()
    world.clock.move(timedelta(seconds=10))
    pipeline = world.pipeline()
    pipeline.poll()
    claim = world.ledger.filings.claim(world.clock(), READ_LEASE, "me")
    assert claim is not None
    reading = pipeline.reader.read(claim, pipeline.edgar.document(claim.filing))
    assert world.ledger.silences.expire(number, world.clock(), by="Jane Doe")
    assert world.ledger.silences.release(number, world.clock(), by="Jane Doe") == 0
    assert world.ledger.readings.record(claim, reading, world.clock())
    world.settle()
    assert (world.posts(), len(world.mail.received)) == (1, 1)


def test_what_is_released_and_another_silence_is_about_stays_held_by_that(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "clock", world.clock)
    known = silence(world, About.ISSUER, "1999500", until=START + timedelta(hours=1))
    silence(world, About.SELLER, "4711")
    legal = silence(world, About.LIST, "example")
    ended = silence(world, About.LIST, "example", until=START)
    filing = world.publish()
    world.settle()
    assert world.ledger.silences.held() == {known: 2}
    result = run(world, "expire", str(known), "--release")
    assert result.stdout.endswith("; 0 to be sent now, 2 kept back by another silence\n")
    assert world.ledger.silences.held() == {legal: 2}
    world.settle()
    assert (world.posts(), len(world.mail.received)) == (0, 0)
    world.ledger.chain.seal()
    told = [one.entry for one in world.ledger.chain.walk() if one.entry and one.entry.kind == Kind.HELD]
    assert [json.loads(one.body)["silence"] for one in told] == [known, known, legal, legal]
    assert world.ledger.silences.release(ended, world.clock(), by="Jane Doe") == 0
    assert world.ledger.silences.release(legal, world.clock(), by="Jane Doe") == 2
    world.settle()
    assert (world.posts(), len(world.mail.received)) == (1, 1)
    record = world.ledger.records.of(filing.accession)
    assert record is not None
    assert "held by Jane Doe" in "\n".join(record_lines(record))


def test_a_silence_wins_over_quiet_hours_so_that_the_morning_does_not_send_it(world: World) -> None:
    quiet_for_slack(world)
    silence(world, About.ISSUER, "1999500", until=eastern("2026-09-10T00:00-04:00"))
    at(world, "2026-09-01T22:01-04:00")
    world.clock.now = eastern("2026-09-02T08:00-04:00")
    world.pipeline().deliver()
    assert world.posts() == 0


def run(world: World, *arguments: str) -> Result:
    lists = world.folder / "lists"
    lists.mkdir(exist_ok=True)
    (lists / "example.yaml").write_bytes(world.watchlist)
    engine.settings.cache_clear()
    environment = {"FORM144_DATA": str(world.folder), "FORM144_WATCHLISTS": str(lists)}
    try:
        return CliRunner().invoke(app, ["silence", *arguments], env=environment)
    finally:
        engine.settings.cache_clear()


WHO = ("--by", "Jane Doe", "--reason", "we know", "--until", "3d")


def test_a_silence_of_a_list_whose_name_another_has_too_is_refused_and_their_files_are_named(
    world: World,
) -> None:
    (world.folder / "lists" / "twin.yaml").write_bytes(world.watchlist)
    refused = run(world, "add", "--list", "Example Industries", *WHO)
    assert isinstance(refused.exception, ConfigurationError)
    assert "2 lists are called 'Example Industries'" in str(refused.exception)
    assert "name the file: example, twin" in str(refused.exception)
    assert run(world, "add", "--list", "twin", *WHO).exit_code == 0
    assert " list twin, until " in run(world, "list").stdout


def test_a_silence_is_added_listed_and_expired_on_the_command_line(world: World) -> None:
    added = run(world, "add", "--issuer", "1999500", *WHO).stdout
    assert added.startswith("silence 1 of issuer 1999500 until ")
    assert run(world, "add", "--list", "Example Industries", *WHO).exit_code == 0
    listed = run(world, "list").stdout.splitlines()
    assert listed[0].startswith("1  issuer 1999500, until ")
    assert listed[0].endswith("by Jane Doe: we know; 0 held")
    assert listed[1].startswith("2  list example, until ")
    assert run(world, "expire", "1").stdout == "silence 1 ended; 0 to be sent now\n"
    assert len(run(world, "list").stdout.splitlines()) == 1
    assert len(run(world, "list", "--all").stdout.splitlines()) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", *WHO),
        ("add", "--issuer", "1", "--seller", "2", *WHO),
        ("add", "--issuer", "1", "--by", " ", "--reason", "x", "--until", "3d"),
        ("add", "--issuer", "1", "--by", "x", "--reason", "x", "--until", "2026-09-30T17:00"),
        ("add", "--issuer", "1", "--by", "x", "--reason", "x", "--until", "99w"),
        ("add", "--issuer", "1", "--by", "x", "--reason", "x", "--until", "2000-01-01T00:00Z"),
        ("add", "--list", "nobody", *WHO),
        ("expire", "7"),
    ],
)
def test_a_silence_without_all_it_needs_is_refused_in_a_sentence(
    world: World, arguments: tuple[str, ...]
) -> None:
    result = run(world, *arguments)
    assert isinstance(result.exception, Form144Error)
    # A mistake in the command is 2; a number that nothing goes by is 1.
    assert isinstance(result.exception, ConfigurationError) is (arguments[0] == "add")
    assert world.ledger.silences.all() == ()


def test_a_silence_needs_an_author_a_reason_and_an_end(world: World) -> None:
    for missing in ("--by", "--reason", "--until"):
        place = WHO.index(missing)
        assert run(world, "add", "--issuer", "1", *WHO[:place], *WHO[place + 2 :]).exit_code == 2
