"""Every step of the story leaves its entry in the record, written with the step and not beside it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
import sqlalchemy as sa

from tests.builders import a_filing, a_notice
from tests.test_confidential import worker_on
from tests.world import Fuse, Killed, World, a_world
from worker.alerts.hold import About
from worker.ledger.kinds import Kind
from worker.ledger.tables import attempts, deliveries
from worker.standins.forms import as_xml
from worker.standins.slack_faults import Fault
from worker.watched_folder import LOOK_EVERY
from worker.watchlists.destination import Destination


class Told(NamedTuple):
    kind: str
    subject: str
    body: dict[str, Any]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


def told(world: World, *kinds: Kind) -> list[Told]:
    """What the record tells, all of it or of those kinds; every claim here is of one that verifies."""
    world.ledger.chain.seal()
    assert world.ledger.verification.verify().finding is None
    found = [sealed.entry for sealed in world.ledger.chain.walk() if sealed.entry]
    return [
        Told(one.kind, one.subject, json.loads(one.body)) for one in found if not kinds or one.kind in kinds
    ]


def test_a_filing_from_announced_to_delivered_leaves_these_entries(world: World) -> None:
    filing = world.publish()
    world.settle()
    keys = {one.subject for one in told(world, Kind.RENDERED)}
    about = [one for one in told(world) if one.subject in {filing.accession, *keys}]
    assert [one.kind for one in about] == [
        Kind.ANNOUNCED,
        Kind.READ,
        Kind.DECIDED,
        Kind.RENDERED,
        Kind.RENDERED,
        Kind.ATTEMPTED,
        Kind.SETTLED,
        Kind.ATTEMPTED,
        Kind.SETTLED,
    ]
    announced, read, decided, *rendered = about[:5]
    assert announced.body["found_by"] == "feed"
    assert read.body["document_sha256"] == sha256(as_xml(a_notice())).hexdigest()
    assert read.body["outcome"] == "read"
    assert decided.body["identities"] == ["issuer by cik"]
    assert {one.body["destination"] for one in rendered} == {"slack:#ir-alerts", "email:jane@example.com"}
    assert {one.body["accession"] for one in rendered} == {filing.accession}
    assert all(len(one.body["templates_sha256"]) == 64 for one in rendered)
    receipts = {one.body["said"] for one in about if one.kind == Kind.SETTLED}
    with world.ledger.database.read() as connection:
        rows = connection.execute(sa.select(deliveries)).all()
    assert receipts == {row.receipt for row in rows}
    assert {one.body["message_sha256"] for one in rendered} == {
        sha256(msgspec.json.encode(row.message)).hexdigest() for row in rows
    }


def test_a_filing_on_nobodys_list_leaves_the_lists_it_was_held_against(world: World) -> None:
    world.watchlist = world.watchlist.replace(b"1999500", b"1999501")
    filing = world.publish()
    world.settle()
    announced, read = [one for one in told(world) if one.subject == filing.accession]
    assert (announced.kind, read.kind, read.body["alerts"]) == (Kind.ANNOUNCED, Kind.READ, 0)
    assert len(read.body["lists_sha256"]) == 64


def test_a_changed_template_shows_in_every_message_written_with_it(world: World, tmp_path: Path) -> None:
    world.publish()
    world.settle()
    theirs = tmp_path / "templates" / "alert"
    theirs.mkdir(parents=True)
    (theirs / "email.subject.txt.j2").write_text("Form 144: {{ facts.issuer }}\n")
    world.templates.append(theirs.parent)
    world.publish(a_filing(accession="0001950047-26-000200"))
    world.settle()
    used: dict[str, list[str]] = {}
    for one in told(world, Kind.RENDERED):
        used.setdefault(one.body["destination"], []).append(one.body["templates_sha256"])
    assert [len(set(digests)) for _, digests in sorted(used.items())] == [2, 1]


def test_what_goes_wrong_is_on_the_record_and_what_was_done_about_it(world: World) -> None:
    world.operator = Destination("email", "ops@example.com")
    world.fallback = Destination("email", "fallback@example.com")
    world.publish()
    world.mail.fail_next("RCPT", "451 4.7.1 later")
    world.slack.fail_next("chat.postMessage", Fault.error("is_archived"))
    world.settle()
    world.pipeline().follow_up()
    world.settle()
    kinds = Counter(one.kind for one in told(world))
    assert (kinds[Kind.LANE_ENDED], kinds[Kind.REDIRECTED], kinds[Kind.OPERATOR_TOLD]) == (1, 1, 1)
    assert Counter(one.body["outcome"] for one in told(world, Kind.SETTLED)) == {
        "unreachable": 1,
        "refused": 1,
        "delivered": 2,
    }
    (redirected,) = told(world, Kind.REDIRECTED)
    assert (redirected.body["meant_for"], redirected.body["to"]) == (
        "slack:#ir-alerts",
        "email:fallback@example.com",
    )
    assert redirected.body["message"] in {one.subject for one in told(world, Kind.RENDERED)}


def test_a_roll_up_names_the_messages_it_tells(world: World) -> None:
    world.burst = 1
    for number in range(3):
        world.publish(a_filing(accession=f"0001950047-26-00030{number}"))
    world.settle()
    rendered = {one.subject for one in told(world, Kind.RENDERED)}
    rolled = told(world, Kind.ROLLED_UP)
    assert rolled
    for one in rolled:
        assert {one.subject, *one.body["in_place_of"]} <= rendered


def test_a_silence_its_hold_its_end_and_an_acknowledgement_are_on_the_record(world: World) -> None:
    now = world.clock()
    number = world.ledger.silences.add(
        About.ISSUER,
        "1999500",
        author="Jane Doe",
        reason="known",
        now=now,
        expires_at=now + timedelta(days=1),
    )
    filing = world.publish()
    world.settle()
    assert world.ledger.silences.expire(number, now, by="Jane Doe")
    assert not world.ledger.silences.expire(number, now, by="Jane Doe")
    assert world.ledger.silences.release(number, now, by="Jane Doe") == 2
    (alert,) = world.ledger.acknowledgements.alerts_of(filing.accession)
    assert world.ledger.acknowledgements.add(alert, "Jane Doe", how="cli", remark=None, now=now)
    assert not world.ledger.acknowledgements.add(alert, "Jane Doe", how="cli", remark=None, now=now)
    held = told(world, Kind.HELD)
    assert {(one.body["because"], one.body["by"], one.body["silence"]) for one in held} == {
        ("known", "Jane Doe", number)
    }
    assert [one.subject for one in told(world, Kind.SILENCED, Kind.SILENCE_ENDED)] == [str(number)] * 2
    (released,) = told(world, Kind.RELEASED)
    (ended,) = told(world, Kind.SILENCE_ENDED)
    assert ended.body["by"] == released.body["by"] == "Jane Doe"
    assert set(released.body["messages"]) == {one.subject for one in held}
    (acknowledged,) = told(world, Kind.ACKNOWLEDGED)
    assert (acknowledged.subject, acknowledged.body["by"]) == (filing.accession, "Jane Doe")


def test_a_retry_and_a_destination_opened_again_are_on_the_record(world: World) -> None:
    world.slack.fail_next("chat.postMessage", Fault.error("is_archived"))
    world.publish()
    world.settle()
    (failed,) = world.ledger.failed.all()
    assert world.ledger.failed.retry([failed.id], world.clock(), by="Jane Doe", send_again=False) == 1
    (retried,) = told(world, Kind.RETRIED)
    (opened,) = told(world, Kind.LANE_OPENED)
    assert (retried.body["state"], opened.subject) == ("refused", "slack:#ir-alerts")
    assert retried.body["by"] == opened.body["by"] == "Jane Doe"
    assert world.ledger.failed.open(failed.destination, world.clock(), by="Jane Doe")
    assert len(told(world, Kind.LANE_OPENED)) == 1


def test_an_edit_of_a_list_is_on_the_record_once_and_a_bad_one_too(world: World, tmp_path: Path) -> None:
    lists = tmp_path / "lists"
    lists.mkdir()
    file = lists / "example.yaml"
    file.write_bytes(world.watchlist)
    pipelines = [worker_on(world, lists), worker_on(world, lists)]

    def look() -> None:
        world.clock.move(LOOK_EVERY)
        for pipeline in pipelines:
            pipeline.reader.watchlists()

    file.write_bytes(world.watchlist.replace(b"Jane Doe", b"John Roe"))
    look()
    file.write_bytes(world.watchlist + b"nonsense: 1\n")
    look()
    first, edited = told(world, Kind.LISTS_TAKEN)
    ((began,), (changed,)) = first.body["changed"], edited.body["changed"]
    assert (began["list"], began["before"], began["after"]) == ("example", None, changed["before"])
    assert changed["after"] not in (None, changed["before"])
    (kept_out,) = told(world, Kind.LISTS_KEPT_OUT)
    assert kept_out.body == {"mistakes": 1}


def test_an_amendment_of_a_notice_whose_message_was_pruned_leaves_the_old_post_as_it_was(
    world: World,
) -> None:
    world.publish()
    world.settle()
    (post,) = world.slack.messages["ir-alerts"]
    before = (post.text, post.blocks)
    world.ledger.chain.seal()
    later = world.clock() + timedelta(days=100)
    world.clock.now = later
    world.ledger.retention.prune(later - timedelta(days=50), later, by="Jane Doe", reason="old")
    amendment = a_filing(accession="0001950047-26-000200", form_type="144/A", accepted_at=later)
    notice = a_notice(submission_type="144/A", previous_accession="0001950047-26-000123")
    world.publish(amendment, notice)
    world.settle()
    world.pipeline().follow_up()
    post, told_now = world.slack.messages["ir-alerts"]
    assert (post.text, post.blocks) == before
    assert "0001950047-26-000200" in str(told_now.blocks)
    assert told(world, Kind.MARKED) == []
    assert len(told(world, Kind.PRUNED)) == 1


def test_a_post_that_was_marked_as_amended_is_on_the_record(world: World) -> None:
    world.publish()
    world.settle()
    amendment = a_filing(accession="0001950047-26-000200", form_type="144/A", accepted_at=world.clock())
    world.publish(amendment, a_notice(submission_type="144/A", previous_accession="0001950047-26-000123"))
    world.settle()
    (marked,) = told(world, Kind.MARKED)
    assert marked.body["destination"] == "slack:#ir-alerts"
    assert marked.subject in {one.subject for one in told(world, Kind.RENDERED)}


def test_killed_anywhere_the_record_tells_what_the_ledger_holds(tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    fuse = Fuse()
    with a_world(tmp_path / "whole") as world:
        world.publish()
        world.once(fuse)
    for point in range(1, len(fuse.crossings) + 1, 3):
        folder = tmp_path / str(point)
        folder.mkdir()
        with a_world(folder) as world:
            world.publish()
            with pytest.raises(Killed):
                world.once(Fuse(at=point, after=point % 2 == 0))
            world.settle()
            kinds = Counter(one.kind for one in told(world))
            with world.ledger.database.read() as connection:
                made = connection.scalar(sa.select(sa.func.count()).select_from(attempts))
                ended = connection.scalar(sa.select(sa.func.count()).where(attempts.c.outcome.is_not(None)))
        assert (kinds[Kind.ANNOUNCED], kinds[Kind.READ], kinds[Kind.DECIDED]) == (1, 1, 1)
        assert (kinds[Kind.RENDERED], kinds[Kind.ATTEMPTED], kinds[Kind.SETTLED]) == (2, made, ended)
