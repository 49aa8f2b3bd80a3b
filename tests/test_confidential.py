"""The canary: a confidential list whose every word is unique, a world in which everything that can go wrong
does, and a search for the words in everything that leaves the process.
"""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders import a_filing
from tests.conftest import ROOT
from tests.world import World, a_world
from worker.cli import status
from worker.errors import ConfigurationError
from worker.logs import configure_logging
from worker.pipeline import Pipeline
from worker.settings import from_environment
from worker.standins.slack_faults import Fault
from worker.watched_folder import LOOK_EVERY, WatchedFolder
from worker.watchlists.destination import Destination

CANARIES = ("Zanzibarquux", "Quimblewick", "Xylophonist", "vortexmerlin", "Nightjarnote", "Ospreytest")
SECRET_LIST = """\
name: Project Zanzibarquux
owner: Quimblewick of Compliance
reason: The Xylophonist deal
visibility: confidential
issuers:
  - {cik: 1999500, note: Nightjarnote of May}
when: {market_value: over 1}
tell:
  - slack:#ir-alerts
  - email:jane@example.com
tests:
  - {name: Ospreytest, notice: {issuer: {cik: 1999500}, market_value: 2}, tells: 'slack:#ir-alerts'}
"""
ALLOWED = (Destination("slack", "#ir-alerts"), Destination("email", "jane@example.com"))


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that any logger of this process writes, as a worker would write it to its log."""
    written = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stderr", written)
        configure_logging(from_environment({"FORM144_LOG_LEVEL": "debug", "FORM144_LOG_FORMAT": "json"}))
        yield written
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "vortexmerlin.yaml").write_text(SECRET_LIST)
    return folder


def worker_on(world: World, lists: Path) -> Pipeline:
    """A worker that reads its lists from the folder, as the real one does."""
    pipeline = world.pipeline()
    folder = WatchedFolder(
        lists,
        tickers=lambda: None,
        notifiers={"slack": None, "email": None},
        confidential=ALLOWED,
        clock=world.clock,
        taken=lambda lists, at: world.ledger.reloads.taken(at, lists),
        kept_out=world.ledger.reloads.kept_out,
    )
    return replace(pipeline, reader=replace(pipeline.reader, watchlists=folder))


def work(world: World, pipeline: Pipeline, *, rounds: int = 40) -> None:
    for _ in range(rounds):
        world.rung.clear()
        pipeline.sweep()
        for step in dict.fromkeys(world.rung):
            getattr(pipeline, step)()
        world.clock.move(timedelta(minutes=2))


def everything_said(world: World, log: io.StringIO) -> dict[str, str]:
    """All that left the process, and all that it wrote down."""
    ledger = b"".join(path.read_bytes() for path in world.folder.glob("ledger.sqlite*"))
    shown = status.read_status(world.ledger, world.clock())
    return {
        "Slack": repr(world.slack.messages),
        "e-mail": " ".join(mail.raw.decode(errors="replace") for mail in world.mail.received),
        "e-mail, decoded": " ".join(
            f"{mail.mail} {mail.part('plain')} {mail.part('html')}" for mail in world.mail.received
        ),
        "log": log.getvalue(),
        "ledger": ledger.decode(errors="replace"),
        "status": repr(shown),
        "tasks": repr(world.rung),
    }


def assert_absent(said: dict[str, str]) -> None:
    found = [
        (where, word) for where, text in said.items() for word in CANARIES if word.lower() in text.lower()
    ]
    assert found == []


def test_the_search_finds_the_words_of_a_list_that_is_not_confidential(
    world: World, lists: Path, log: io.StringIO
) -> None:
    (lists / "vortexmerlin.yaml").write_text(SECRET_LIST.replace("confidential", "shared"))
    world.publish()
    work(world, worker_on(world, lists), rounds=4)
    said = everything_said(world, log)
    assert "Zanzibarquux" in said["Slack"]
    assert "Zanzibarquux" in said["e-mail, decoded"]
    assert "vortexmerlin" in said["ledger"]


def test_an_alert_an_unreadable_document_a_bad_edit_and_every_failure_say_nothing_of_the_list(
    world: World, lists: Path, log: io.StringIO, tmp_path: Path
) -> None:
    templates = tmp_path / "templates"
    (templates / "alert").mkdir(parents=True)
    (templates / "alert" / "email.txt.j2").write_text("{{ alert.list_name }} {{ match }} {{ nonsense }}")
    world.templates.append(templates)
    world.operator = Destination("slack", "#ir-alerts")
    pipeline = worker_on(world, lists)
    world.publish()
    world.slack.fail_next("chat.postMessage", Fault.error("fatal_error"))
    world.mail.fail_next("RCPT", "451 4.7.1 later")
    work(world, pipeline, rounds=10)
    world.edgar.publish(a_filing(accession="0001950047-26-000124"), b"nothing like a notice")
    (lists / "vortexmerlin.yaml").write_text(SECRET_LIST + "Ospreytest: [Zanzibarquux]\n")
    world.clock.move(LOOK_EVERY)
    world.mail.fail_next("RCPT", "550 5.1.1 no such user")
    work(world, pipeline, rounds=10)
    world.slack.fail_next("chat.postMessage", Fault.error("is_archived"))
    world.publish(a_filing(accession="0001950047-26-000125"))
    work(world, pipeline, rounds=10)
    said = everything_said(world, log)
    assert world.posts() >= 2
    assert len(world.mail.received) >= 1
    for event in ("unreadable", "watchlists_kept", "template_failed", "not_delivered", "destination_ended"):
        assert event in said["log"], event
    assert "confidential watchlist" in said["Slack"]
    assert_absent(said)


def test_a_worker_that_does_not_start_over_a_mistake_says_only_how_many(
    world: World, lists: Path, log: io.StringIO
) -> None:
    (lists / "vortexmerlin.yaml").write_text(SECRET_LIST + "Ospreytest: [Zanzibarquux]\n")
    with pytest.raises(ConfigurationError) as raised:
        worker_on(world, lists)
    assert "holds 1 mistake" in str(raised.value)
    assert_absent({"error": str(raised.value), "log": log.getvalue()})


def test_no_template_of_ours_knows_more_of_a_list_than_its_name() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.j2"))
    assert not {word for word in ("owner", "reason_for", "list_digest", "watchlist_id") if word in text}
