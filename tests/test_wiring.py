from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from tests.conftest import ROOT
from tests.world import Clock
from worker import parts, wiring
from worker.edgar.budget import LocalBudget
from worker.errors import ConfigurationError, Unreachable
from worker.ledger import database
from worker.ledger.reloads import Reload
from worker.ledger.troubles import Trouble
from worker.pipeline import Pipeline
from worker.settings import Settings, environment_without_ours, from_environment
from worker.standins.edgar.faults import Fault
from worker.standins.edgar.server import EdgarStandin
from worker.watched_folder import LOOK_EVERY


@pytest.fixture
def edgar() -> Iterator[EdgarStandin]:
    with EdgarStandin(per_second=None) as standin:
        standin.list_company("QFIN", 1_741_530, "Qfin Holdings, Inc.")
        yield standin


def environment(edgar: EdgarStandin, folder: Path, **more: str) -> dict[str, str]:
    return {
        "EDGAR_CONTACT": "Jane Doe jane@example.com",
        "FORM144_EDGAR_URL": edgar.base_url,
        "FORM144_DATA": str(folder / "data"),
        **more,
    }


def settings_for(edgar: EdgarStandin, folder: Path, **more: str) -> Settings:
    return from_environment(environment(edgar, folder, **more))


def tickers(settings: Settings, *, after: timedelta = timedelta(0)) -> object:
    with parts.open_edgar(settings, LocalBudget()) as client:
        return parts.tickers(settings, client, parts.clock() + after)


def asked_for_tickers(edgar: EdgarStandin) -> int:
    return sum(asked.path.endswith("company_tickers.json") for asked in edgar.requests)


def test_tickers_are_fetched_once_a_day_and_kept(edgar: EdgarStandin, tmp_path: Path) -> None:
    settings = settings_for(edgar, tmp_path)
    for hours in (0, 1, 23):
        assert tickers(settings, after=timedelta(hours=hours)) == {"QFIN": (1_741_530, "Qfin Holdings, Inc.")}
    assert asked_for_tickers(edgar) == 1
    tickers(settings, after=timedelta(hours=25))
    assert asked_for_tickers(edgar) == 2


def test_an_old_copy_of_the_tickers_is_better_than_none(edgar: EdgarStandin, tmp_path: Path) -> None:
    settings = settings_for(edgar, tmp_path)
    first = tickers(settings)
    edgar.fail_next("/files/company_tickers.json", Fault.UNAVAILABLE, times=5)
    assert tickers(settings, after=timedelta(days=9)) == first


@pytest.mark.parametrize("damaged", [b"", b'{"QFIN"', b"\xff\xfe", b'{"QFIN": 1}'])
def test_a_damaged_copy_of_the_tickers_is_as_good_as_none_and_is_replaced(
    edgar: EdgarStandin, tmp_path: Path, damaged: bytes
) -> None:
    settings = settings_for(edgar, tmp_path)
    first = tickers(settings)
    (settings.data / "company_tickers.json").write_bytes(damaged)
    assert parts.tickers(settings, None, parts.clock()) is None
    assert tickers(settings) == first
    assert parts.tickers(settings, None, parts.clock()) == first


def test_tickers_that_several_fetch_at_a_time_are_whole(edgar: EdgarStandin, tmp_path: Path) -> None:
    for number in range(2_000):
        edgar.list_company(f"T{number}", number + 1, f"Company {number}")
    settings = settings_for(edgar, tmp_path)
    together = Barrier(3)

    def fetch(_process: int) -> int:
        with parts.open_edgar(settings, LocalBudget()) as client:
            together.wait()
            return len(parts.tickers(settings, client, parts.clock()) or ())

    for _ in range(10):
        with ThreadPoolExecutor(3) as pool:
            assert list(pool.map(fetch, range(3))) == [2_001] * 3
        (settings.data / "company_tickers.json").unlink()
    assert list(settings.data.iterdir()) == []


def test_tickers_that_cannot_be_copied_are_used_all_the_same(edgar: EdgarStandin, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = settings_for(edgar, tmp_path, FORM144_DATA=str(tmp_path / "file" / "data"))
    assert tickers(settings) == {"QFIN": (1_741_530, "Qfin Holdings, Inc.")}


def test_without_a_copy_and_without_the_sec_there_are_no_tickers(edgar: EdgarStandin, tmp_path: Path) -> None:
    edgar.fail_next("/files/company_tickers.json", Fault.UNAVAILABLE, times=5)
    assert tickers(settings_for(edgar, tmp_path)) is None


def test_a_refused_agent_is_the_operators_business(edgar: EdgarStandin, tmp_path: Path) -> None:
    edgar.fail_next("/files/company_tickers.json", Fault.UNDECLARED)
    with pytest.raises(ConfigurationError):
        tickers(settings_for(edgar, tmp_path))


def test_a_refused_agent_is_no_mistake_in_an_edit(edgar: EdgarStandin, tmp_path: Path) -> None:
    settings = settings_for(edgar, tmp_path)
    first = tickers(settings)
    with parts.open_edgar(settings, LocalBudget()) as client:
        for copy in (first, None):
            edgar.fail_next("/files/company_tickers.json", Fault.UNDECLARED)
            later = parts.clock() + timedelta(days=2)
            assert parts.tickers(settings, client, later, reloading=True) == copy
            (settings.data / "company_tickers.json").unlink(missing_ok=True)
    assert asked_for_tickers(edgar) == 3


def test_notifiers_are_there_as_far_as_the_settings_give_the_means(
    edgar: EdgarStandin, tmp_path: Path
) -> None:
    assert set(parts.open_notifiers(settings_for(edgar, tmp_path))) == {"console"}
    everything = settings_for(
        edgar,
        tmp_path,
        FORM144_SLACK_TOKEN="xoxb-not-a-token",
        FORM144_SLACK_WEBHOOKS="ir=https://hooks.example.com/1",
        FORM144_SMTP_URL="smtp://mail.example.com",
        FORM144_MAIL_FROM="form144@example.com",
    )
    assert set(parts.open_notifiers(everything)) == {"console", "slack", "slack-webhook", "email"}


def test_no_part_of_the_pipeline_shows_a_secret(edgar: EdgarStandin, tmp_path: Path) -> None:
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "x.yaml").write_text("name: x\nowner: y\nissuers: [QFIN]\ntell: ['console:']\n")
    settings = settings_for(
        edgar, tmp_path, FORM144_SLACK_TOKEN="xoxb-not-a-token", FORM144_WATCHLISTS=os.fspath(folder)
    )
    with wiring.ready(settings, alone=True):
        pipeline = wiring.build_pipeline(settings, ring=lambda _step: None)
    assert "xoxb" not in repr(pipeline)
    assert repr(pipeline.ledger.secret()) not in repr(pipeline)
    pipeline.ledger.close()
    pipeline.edgar.close()


LIST = "name: x\nowner: y\nissuers: [QFIN]\ntell: ['console:']\n"


@contextmanager
def a_pipeline(settings: Settings, lists: str = LIST) -> Iterator[Pipeline]:
    """A pipeline on a folder with that one list, `one.yaml`."""
    settings.watchlists.mkdir()
    (settings.watchlists / "one.yaml").write_text(lists)
    with wiring.ready(settings, alone=True):
        pipeline = wiring.build_pipeline(settings, ring=lambda _step: None)
    try:
        yield pipeline
    finally:
        pipeline.ledger.close()
        pipeline.edgar.close()


@contextmanager
def connections() -> Iterator[list[sqlite3.Connection]]:
    """Every connection to a ledger that is made inside."""
    made: list[sqlite3.Connection] = []

    def note(connection: sqlite3.Connection, _record: object) -> None:
        made.append(connection)

    event.listen(Pool, "connect", note)
    try:
        yield made
    finally:
        event.remove(Pool, "connect", note)


def is_closed(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("SELECT 1")
    except sqlite3.ProgrammingError:
        return True
    return False


def test_a_story_that_cannot_be_built_leaves_no_ledger_open(edgar: EdgarStandin, tmp_path: Path) -> None:
    settings = settings_for(edgar, tmp_path, FORM144_WATCHLISTS=os.fspath(tmp_path / "lists"))
    with a_pipeline(settings):
        pass
    (settings.watchlists / "one.yaml").write_text("name: [")
    with connections() as made, pytest.raises(ConfigurationError):
        wiring.build_pipeline(settings, ring=lambda _step: None)
    assert made
    assert all(map(is_closed, made))


def test_a_ledger_whose_claims_cannot_be_taken_back_is_not_left_open(
    edgar: EdgarStandin, tmp_path: Path
) -> None:
    settings = settings_for(edgar, tmp_path)
    with wiring.ready(settings, alone=True):
        pass
    with closing(sqlite3.connect(tmp_path / "data" / "ledger.sqlite")) as file:
        file.execute("DROP TABLE chores")
    with connections() as made, pytest.raises(Unreachable), wiring.ready(settings, alone=True):
        pass
    assert made
    assert all(map(is_closed, made))


def test_an_edit_is_taken_while_the_sec_refuses_our_agent(
    edgar: EdgarStandin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(edgar, tmp_path, FORM144_WATCHLISTS=os.fspath(tmp_path / "lists"))
    clock = Clock(parts.clock())
    monkeypatch.setattr(wiring, "clock", clock)
    with a_pipeline(settings) as pipeline:
        edgar.fail_next("/files/company_tickers.json", Fault.UNDECLARED)
        (settings.watchlists / "two.yaml").write_text(LIST)
        clock.move(timedelta(days=2))
        assert len(pipeline.reader.watchlists().watchlists) == 2
        assert pipeline.ledger.troubles.untold(clock()) == ()
    assert asked_for_tickers(edgar) == 2


def test_status_and_the_operator_hear_of_a_bad_edit_that_the_ledger_was_away_for(
    edgar: EdgarStandin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY", timedelta(milliseconds=20))
    settings = settings_for(edgar, tmp_path, FORM144_WATCHLISTS=os.fspath(tmp_path / "lists"))
    began = parts.clock()
    clock = Clock(began)
    monkeypatch.setattr(wiring, "clock", clock)
    with a_pipeline(settings) as pipeline:
        (settings.watchlists / "one.yaml").write_text(LIST + "x: y\nz: y\n")
        with closing(sqlite3.connect(settings.data / "ledger.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            clock.move(LOOK_EVERY)
            edited = clock()
            pipeline.reader.watchlists()
        assert pipeline.ledger.troubles.untold(clock()) == ()
        for _ in range(3):
            clock.move(LOOK_EVERY)
            pipeline.reader.watchlists()
        (told,) = pipeline.ledger.troubles.untold(clock())
        assert (told.kind, told.times, told.last_at) == (Trouble.WATCHLISTS, 1, edited)
        assert pipeline.ledger.reloads.last() == Reload(taken_at=began, kept_since=edited, mistakes=2)


#: Eight bells that ring at once in a process which has not rung before, and then its shutdown.
RING = """
import json, threading
from celery.signals import worker_shutting_down
from worker import tasks
barrier, built = threading.Barrier(8), []
def ring():
    barrier.wait()
    built.append(tasks.pipeline())
bells = [threading.Thread(target=ring) for _ in range(8)]
for bell in bells: bell.start()
for bell in bells: bell.join()
worker_shutting_down.send(sender="test")
print(json.dumps([len(built), len({id(one) for one in built}), all(one.stopping.is_set() for one in built)]))
"""


def test_bells_that_ring_at_once_build_one_pipeline_which_the_shutdown_stops(
    edgar: EdgarStandin, tmp_path: Path
) -> None:
    lists = tmp_path / "lists"
    lists.mkdir()
    (lists / "one.yaml").write_text(LIST)
    told = environment(edgar, tmp_path, FORM144_WATCHLISTS=os.fspath(lists))
    with wiring.ready(from_environment(told), alone=True):
        pass
    done = subprocess.run(
        [sys.executable, "-c", RING],
        env=environment_without_ours() | told,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [8, 1, True]
