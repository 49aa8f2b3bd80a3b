"""Anchors: once a day the end of the record reaches whoever keeps it, whatever happens on the way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.world import Fuse, Killed, World, a_world, wired
from worker.alerts.delivery import DeliveryState
from worker.anchors import Anchors
from worker.ledger.kinds import Kind
from worker.messages.anchored import SPECIMEN, TITLE, page_of, plain_anchor
from worker.messages.rehearsal import rehearse
from worker.messages.slack_limits import problems
from worker.messages.slack_text import as_text
from worker.messages.templates import shipped
from worker.messages.writer import Writer
from worker.watchlists.destination import Destination

AUDITOR = Destination("email", "auditor@example.com")
POSITION_AND_HASH = re.compile(r"\b([0-9]+):([0-9a-f]{64})\b")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        made.anchor = AUDITOR
        yield made


def anchors(world: World, fuse: Fuse | None = None) -> Anchors:
    return Anchors(
        ledger=wired(world.ledger, "ledger", fuse or Fuse()),
        writer=Writer([*world.templates, shipped()]),
        secret=world.ledger.secret(),
        clock=world.clock,
        destination=world.anchor,
    )


def received(world: World) -> list[dict[int, str]]:
    """The anchors that the auditor was sent, each position with its hash."""
    mails = [one for one in world.mail.received if TITLE in str(one.mail["Subject"])]
    return [
        {int(position): digest for position, digest in POSITION_AND_HASH.findall(one.part("plain") or "")}
        for one in mails
    ]


def test_the_end_of_the_record_goes_out_once_a_day_and_holds(world: World) -> None:
    for _ in range(3):
        world.publish()
        world.settle()
        world.pipeline().follow_up()
        world.pipeline().deliver()
        world.clock.move(timedelta(days=1))
    found = received(world)
    assert len(found) == 3
    kept = {position: digest for anchor in found for position, digest in anchor.items()}
    assert len(kept) == 3
    assert world.ledger.verification.verify(kept.items()).finding is None
    with world.ledger.database.write() as connection:
        connection.exec_driver_sql("UPDATE entries SET sealed = 0")
        connection.exec_driver_sql("DELETE FROM links")
        connection.exec_driver_sql("DELETE FROM entries WHERE id = 1")
    world.ledger.chain.seal()
    assert world.ledger.verification.verify().finding is None
    assert world.ledger.verification.verify(kept.items()).finding is not None


def test_a_day_is_a_day_in_washington(world: World) -> None:
    world.clock.now = datetime(2026, 9, 2, 3, 59, tzinfo=UTC)
    world.ledger.chain.note("step", "subject", world.clock())
    assert anchors(world).owe()
    world.clock.move(timedelta(seconds=59))
    assert not anchors(world).owe()
    world.clock.move(timedelta(seconds=1))
    assert anchors(world).owe()


def test_nothing_is_sent_where_nobody_keeps_it_or_there_is_nothing_to_keep(world: World) -> None:
    assert not anchors(world).owe()
    world.anchor = None
    world.ledger.chain.note("step", "subject", world.clock())
    assert not anchors(world).owe()
    assert world.ledger.report.deliveries_by_state() == {}


def test_killed_anywhere_the_anchor_goes_out_once(tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    whole = Fuse()
    with a_world(tmp_path / "whole") as world:
        world.anchor = AUDITOR
        world.ledger.chain.note("step", "subject", world.clock())
        assert anchors(world, whole).owe()
    assert len(whole.crossings) >= 4
    for point in range(1, len(whole.crossings) + 1):
        for after in (False, True):
            folder = tmp_path / f"{point}-{after}"
            folder.mkdir()
            with a_world(folder) as world:
                world.anchor = AUDITOR
                world.ledger.chain.note("step", "subject", world.clock())
                with pytest.raises(Killed):
                    anchors(world, Fuse(at=point, after=after)).owe()
                anchors(world).owe()
                world.settle()
                assert len(received(world)) == 1
                assert world.ledger.report.deliveries_by_state() == {DeliveryState.DELIVERED: 1}
                (noted,) = [
                    one.entry
                    for one in world.ledger.chain.walk()
                    if one.entry and one.entry.kind == Kind.ANCHORED
                ]
                assert json.loads(noted.body)["destination"] == str(AUDITOR)


def test_a_template_that_fails_keeps_nobody_from_the_anchor_and_is_told(world: World, tmp_path: Path) -> None:
    theirs = tmp_path / "templates" / "anchor"
    theirs.mkdir(parents=True)
    (theirs / "email.txt.j2").write_text("{{ nonsense }}")
    world.templates.append(theirs.parent)
    world.ledger.chain.note("step", "subject", world.clock())
    world.settle()
    assert len(received(world)) == 1
    (trouble,) = world.ledger.troubles.untold(world.clock())
    assert "nonsense" in trouble.what


@pytest.mark.parametrize("name", ["slack", "slack-webhook", "email", "console"])
def test_every_channel_says_how_to_check_it(name: str) -> None:
    written = Writer([shipped()]).write_page(
        page_of(SPECIMEN), plain_anchor(SPECIMEN), Destination(name, "x")
    )
    message = written.message
    assert written.problem is None
    assert SPECIMEN.text in message.text
    assert "compliant" not in repr(message).lower()
    if message.blocks:
        assert problems(message.blocks, message.text) == []
        assert "form144 ledger verify --anchor" in as_text(message.blocks)
        assert "1,234 entries" in as_text(message.blocks)
    if message.html:
        assert "form144 ledger verify --anchor" in message.html
        assert "python verifier.py record.jsonl 1234:" in message.text


def test_what_is_left_when_every_template_fails_still_holds_the_anchor() -> None:
    assert SPECIMEN.text in plain_anchor(SPECIMEN).text


def test_a_template_of_theirs_is_tried_on_an_anchor_before_it_is_live(tmp_path: Path) -> None:
    (tmp_path / "anchor").mkdir()
    (tmp_path / "anchor" / "email.txt.j2").write_text("{{ anchor.hash }}")
    (mistake,) = rehearse(tmp_path)
    assert mistake.where == str(tmp_path / "anchor" / "email.txt.j2") + ":1"
    assert mistake.hint == "for email, with an anchor of the record"
