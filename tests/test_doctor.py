"""The doctor: each look has a case where it is well and one where it is not, and none keeps another back."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_server

import pytest

from tests.cli.commands import installed
from tests.servers import nobody_listens
from tests.servers.redis import RedisServer
from tests.test_confidential import CANARIES, SECRET_LIST
from tests.test_drill import drilled
from tests.world import World
from worker import parts
from worker.doctor import (
    broker,
    channels,
    edgar,
    examination,
    installation,
    lists,
    storage,
    watching,
    workers,
)
from worker.doctor.patient import Patient
from worker.errors import ConfigurationError, Unreachable
from worker.notifiers.check import Check, Mark, fine
from worker.settings import as_far_as_read


def patient(world: World, **more: str) -> Patient:
    settings, mistakes = as_far_as_read(installed(world) | more)
    return Patient(settings=settings, mistakes=mistakes, clock=world.clock)


def marks(found: Iterable[Check]) -> dict[str, Mark]:
    return {one.what: one.mark for one in found}


def worked(world: World) -> None:
    world.publish()
    world.settle()
    world.pipeline().follow_up()


def test_an_installation_at_work_has_nothing_broken(world: World) -> None:
    worked(world)
    world.clock.now = datetime.now(UTC)
    world.pipeline().poll()
    world.pipeline().follow_up()
    found = list(examination.examine(patient(world, FORM144_OPERATOR="email:ops@example.com")))
    assert [one for one in found if one.mark is Mark.BROKEN] == []
    assert {name for name, _ in examination.LOOKS} - {"workers", "channels"} <= {one.what for one in found}
    assert world.posts() == 1


def test_wrong_settings_are_a_line_each_and_every_other_look_is_made(world: World) -> None:
    found = list(examination.examine(patient(world, FORM144_POLL_SECONDS="x", FORM144_NONSENSE="1")))
    told = marks(found)
    assert told["FORM144_POLL_SECONDS"] is told["FORM144_NONSENSE"] is Mark.BROKEN
    assert told["ledger"] is told["watchlists"] is told["slack:#ir-alerts"] is Mark.FINE


def test_a_contact_that_cannot_be_used_is_not_also_called_missing(world: World) -> None:
    found = list(examination.examine(patient(world, EDGAR_CONTACT="jane@example.com")))
    (broken,) = [one for one in found if "EDGAR_CONTACT" in one.what + one.finding]
    assert "has no name" in broken.finding
    assert marks(found)["EDGAR"] is Mark.NOT_ASKED


def test_without_an_operator_nobody_hears_of_trouble(world: World) -> None:
    assert marks(installation.settings(patient(world)))["operator"] is Mark.WARNING


def test_a_data_folder_that_is_not_there_or_takes_no_file_is_broken(world: World, tmp_path: Path) -> None:
    assert marks(installation.data_folder(patient(world)))["data folder"] in (Mark.FINE, Mark.WARNING)
    gone = patient(world, FORM144_DATA=str(tmp_path / "gone"))
    assert marks(installation.data_folder(gone)) == {"data folder": Mark.BROKEN}
    (tmp_path / "a-file").write_text("")
    file = patient(world, FORM144_DATA=str(tmp_path / "a-file"))
    assert marks(installation.data_folder(file)) == {"data folder": Mark.BROKEN}


def test_a_disk_that_runs_full_is_said_early_and_loudly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit, mark in (("LITTLE", Mark.WARNING), ("TOO_LITTLE", Mark.BROKEN)):
        monkeypatch.setattr(installation, limit, 10**18)
        assert installation.room("data folder", tmp_path).mark is mark


def test_a_ledger_of_another_schema_or_that_is_away_is_broken(world: World, tmp_path: Path) -> None:
    assert marks(storage.ledger(patient(world)))["ledger"] is Mark.FINE
    (tmp_path / "empty.sqlite").touch()
    empty = patient(world, FORM144_LEDGER_URL=f"sqlite:///{tmp_path / 'empty.sqlite'}")
    (line,) = examination.examine(empty, [("ledger", storage.ledger)])
    assert (line.mark, line.hint) == (Mark.BROKEN, "run: form144 migrate")
    url = "postgresql://form144:hunter2@127.0.0.1:1/form144?connect_timeout=1"
    (line,) = examination.examine(patient(world, FORM144_LEDGER_URL=url), [("ledger", storage.ledger)])
    assert line.mark is Mark.BROKEN
    assert "hunter2" not in str(line)


@pytest.mark.parametrize(
    ("url", "mark"),
    [
        ("sqlite:///ledger.sqlite", Mark.FINE),
        ("postgresql+psycopg://form144@127.0.0.1/form144", Mark.FINE),
        ("postgresql+psycopg:///form144?host=/var/run/postgresql", Mark.FINE),
        ("postgresql+psycopg://form144@db.example.com/form144?sslmode=verify-full", Mark.FINE),
        ("postgresql+psycopg://form144@db.example.com/form144?sslmode=require", Mark.WARNING),
        ("postgresql+psycopg://form144@db.example.com/form144", Mark.WARNING),
        ("postgresql+psycopg:///form144?host=db.example.com", Mark.WARNING),
    ],
)
def test_a_ledger_on_another_machine_that_nobody_verifies_is_warned_of(url: str, mark: Mark) -> None:
    assert storage.line(url).mark is mark


def test_a_ledger_in_a_file_behind_a_broker_is_warned_of(world: World) -> None:
    assert "ledger's reach" not in marks(storage.ledger(patient(world)))
    several = patient(world, FORM144_BROKER_URL="redis://127.0.0.1:1/0")
    assert marks(storage.ledger(several))["ledger's reach"] is Mark.WARNING
    shared = {"FORM144_BROKER_URL": "redis://127.0.0.1:1/0", "FORM144_LEDGER_URL": "postgresql://db/form144"}
    assert parts.own_ledger(patient(world, **shared).settings) is None


def test_clocks_that_disagree_are_measured() -> None:
    now = datetime(2026, 9, 1, tzinfo=UTC)
    for apart, mark in ((1, Mark.FINE), (20, Mark.WARNING), (-20, Mark.WARNING), (90, Mark.BROKEN)):
        assert storage.skew("clock", now + timedelta(seconds=apart), now).mark is mark
    assert "90 s ahead of" in storage.skew("clock", now + timedelta(seconds=90), now).finding


def test_queues_that_nobody_works_on_are_broken(world: World) -> None:
    never = marks(workers.workers(patient(world)))
    assert never == {"queue edgar": Mark.BROKEN, "queue deliver": Mark.BROKEN}
    worked(world)
    assert set(marks(workers.workers(patient(world))).values()) == {Mark.FINE}
    world.clock.move(timedelta(hours=1))
    assert set(marks(workers.workers(patient(world))).values()) == {Mark.BROKEN}


def test_edgar_that_refuses_the_contact_or_is_away_is_broken(world: World) -> None:
    nobody = patient(world, EDGAR_CONTACT="")
    assert marks(edgar.edgar(nobody)) == {"EDGAR's contact": Mark.BROKEN}
    away = patient(world, FORM144_EDGAR_URL="http://127.0.0.1:1")
    assert marks(edgar.edgar(away)) == {"EDGAR": Mark.BROKEN, "EDGAR's clock": Mark.NOT_ASKED}


def test_the_clock_of_this_machine_is_held_against_edgars(world: World) -> None:
    assert marks(edgar.edgar(patient(world)))["EDGAR's clock"] is Mark.BROKEN  # the world's stands still
    world.clock.now = datetime.now(UTC)
    assert marks(edgar.edgar(patient(world)))["EDGAR's clock"] is Mark.FINE


def test_a_poll_that_is_old_in_edgars_hours_is_broken(world: World) -> None:
    assert marks(edgar.last_poll(patient(world))) == {"last good poll": Mark.BROKEN}
    worked(world)
    assert marks(edgar.last_poll(patient(world))) == {"last good poll": Mark.FINE}
    world.clock.move(timedelta(minutes=40))
    assert marks(edgar.last_poll(patient(world))) == {"last good poll": Mark.BROKEN}


def test_the_age_of_the_tickers_is_said(world: World, tmp_path: Path) -> None:
    world.clock.now = datetime.now(UTC)
    assert marks(edgar.tickers(patient(world))) == {"tickers": Mark.WARNING}
    assert [one.hint for one in edgar.tickers(patient(world))] == ["form144 check fetches it"]
    assert [one.hint for one in edgar.tickers(patient(world, EDGAR_CONTACT=""))] == [
        "set EDGAR_CONTACT; then form144 check fetches it"
    ]
    (tmp_path / "company_tickers.json").write_text("{}")
    assert marks(edgar.tickers(patient(world))) == {"tickers": Mark.FINE}
    world.clock.move(timedelta(days=4))
    assert marks(edgar.tickers(patient(world))) == {"tickers": Mark.WARNING}


def test_watchlists_are_counted_and_nothing_of_a_confidential_one_is_said(world: World) -> None:
    assert marks(lists.watchlists(patient(world))) == {"watchlists": Mark.FINE}
    (world.folder / "lists" / "vortexmerlin.yaml").write_text(SECRET_LIST + "Ospreytest: [x]\n")
    found = list(examination.examine(patient(world)))
    assert marks(found)["watchlists"] is Mark.BROKEN
    assert [word for word in CANARIES if word.lower() in str(found).lower()] == []


def test_an_edit_that_is_kept_out_is_said(world: World) -> None:
    world.ledger.reloads.kept_out(2, world.clock())
    assert marks(lists.watchlists(patient(world)))["watchlists in use"] is Mark.WARNING


def test_templates_of_the_users_own_are_tried(world: World, tmp_path: Path) -> None:
    assert marks(lists.templates(patient(world))) == {"templates": Mark.FINE}
    (tmp_path / "own" / "alert").mkdir(parents=True)
    (tmp_path / "own" / "alert" / "email.txt.j2").write_text("{{ nonsense }}")
    own = patient(world, FORM144_TEMPLATES=str(tmp_path / "own"))
    (line,) = lists.templates(own)
    assert line.mark is Mark.BROKEN
    assert "email.txt.j2:1" in line.finding


def test_channels_are_asked_and_those_that_ended_are_named(world: World) -> None:
    assert marks(channels.channels(patient(world)))["slack:#ir-alerts"] is Mark.FINE
    world.mail.answers["jane@example.com"] = "550 5.1.1 No such mailbox"
    world.slack.elsewhere.add("ir-alerts")
    worked(world)
    found = [one for one in channels.channels(patient(world)) if one.mark is Mark.BROKEN]
    assert {one.what for one in found} == {"slack:#ir-alerts", "email:jane@example.com"}
    assert [one for one in found if "nothing goes there any more" in one.finding]


def test_the_last_drill_is_told_with_its_result(world: World) -> None:
    assert marks(watching.last_drill(patient(world))) == {"last drill": Mark.WARNING}
    drilled(world)
    assert marks(watching.last_drill(patient(world))) == {"last drill": Mark.FINE}
    world.clock.move(timedelta(days=40))
    assert marks(watching.last_drill(patient(world))) == {"last drill": Mark.WARNING}
    world.mail.answers["jane@example.com"] = "550 5.1.1 No such mailbox"
    drilled(world)
    assert marks(watching.last_drill(patient(world))) == {"last drill": Mark.BROKEN}


def test_a_metrics_port_that_is_set_is_knocked_at(world: World) -> None:
    assert marks(watching.metrics(patient(world))) == {"metrics": Mark.NOT_ASKED}
    with closing(create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        there = patient(world, FORM144_METRICS_PORT=str(port))
        assert marks(watching.metrics(there)) == {"metrics": Mark.FINE}
    with nobody_listens() as port:
        there = patient(world, FORM144_METRICS_PORT=str(port))
        assert marks(watching.metrics(there)) == {"metrics": Mark.WARNING}


def test_the_address_that_is_pinged_is_not_pinged_and_not_shown(world: World) -> None:
    (line,) = watching.ping(patient(world, FORM144_PING_URL="https://example.com/secret-path"))
    assert line.mark is Mark.NOT_ASKED
    assert "secret-path" not in str(line)


@pytest.mark.parametrize(
    "url",
    [
        "redis://:hunter2@127.0.0.1:1/0",
        "rediss://:hunter2@127.0.0.1:1/0",
        "sentinel://:hunter2@127.0.0.1:1/0;sentinel://127.0.0.1:2?master_name=form144",
    ],
)
def test_a_broker_that_is_away_is_broken_and_its_password_is_not_shown(world: World, url: str) -> None:
    assert marks(broker.broker(patient(world))) == {"broker": Mark.NOT_ASKED}
    found = list(broker.broker(patient(world, FORM144_BROKER_URL=url)))
    assert marks(found)["broker"] is Mark.BROKEN
    assert "hunter2" not in str(found)


def test_a_redis_is_asked_what_it_will_keep(world: World, redis: RedisServer) -> None:
    found = marks(broker.broker(patient(world, FORM144_BROKER_URL=redis.url)))
    assert found["broker"] is Mark.FINE
    assert found["broker's door"] is Mark.WARNING
    assert {"broker's memory", "broker's disk"} <= set(found)


def test_a_look_that_hangs_is_a_line_beside_what_it_found_and_keeps_no_other_from_being_made(
    world: World,
) -> None:
    never = threading.Event()

    def hangs(_: Patient) -> Iterator[Check]:
        yield fine("before", "it hung")
        never.wait()

    # The second look has as little time as the first: one that needs none.
    looks = [("hangs", hangs), ("at once", lambda _: [fine("after", "it was made")])]
    found = list(examination.examine(patient(world), looks, patience=timedelta(seconds=1)))
    never.set()
    assert [one.what for one in found] == ["before", "hangs", "after"]
    assert found[1].mark is Mark.BROKEN


def test_that_there_is_no_ledger_is_said_once(world: World, tmp_path: Path) -> None:
    looks = [("ledger", storage.ledger), ("workers", workers.workers), ("last drill", watching.last_drill)]
    found = list(examination.examine(patient(world, FORM144_DATA=str(tmp_path / "none")), looks))
    assert [one.mark for one in found] == [Mark.BROKEN, Mark.NOT_ASKED, Mark.NOT_ASKED]
    assert found[0].finding == f"FORM144_DATA: there is no ledger at {tmp_path / 'none' / 'ledger.sqlite'}"
    assert found[0].hint == "form144 run makes it, or set FORM144_DATA"


def test_a_look_that_fails_or_is_refused_is_a_line_and_keeps_no_other_from_being_made(world: World) -> None:
    def fails(_: Patient) -> Iterable[Check]:
        raise KeyError("a secret")

    def away(_: Patient) -> Iterable[Check]:
        raise Unreachable("the ledger did not answer")

    def wrong(_: Patient) -> Iterable[Check]:
        raise ConfigurationError([])

    looks = [("fails", fails), ("away", away), ("wrong", wrong), ("ping", watching.ping)]
    found = list(examination.examine(patient(world), looks))
    assert [one.what for one in found] == ["fails", "away", "ping"]
    assert [one.mark for one in found[:2]] == [Mark.BROKEN] * 2
    assert "a secret" not in str(found)
