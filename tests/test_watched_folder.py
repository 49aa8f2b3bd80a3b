from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa

from tests.world import START, WATCHLIST, Clock
from worker.errors import ConfigurationError, Unreachable
from worker.ledger import database
from worker.ledger.kinds import Kind
from worker.ledger.ledger import Ledger
from worker.ledger.record_tables import entries
from worker.ledger.reloads import Reload
from worker.watched_folder import LOOK_EVERY, WatchedFolder, read_folder


def watched(folder: Path, clock: Clock) -> WatchedFolder:
    return WatchedFolder(
        folder, tickers=lambda: None, notifiers={"slack": None, "email": None, "console": None}, clock=clock
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "example.yaml").write_bytes(WATCHLIST)
    return tmp_path


def test_an_edit_is_live_within_seconds(folder: Path) -> None:
    clock = Clock()
    lists = watched(folder, clock)
    (folder / "second.yaml").write_bytes(WATCHLIST.replace(b"1999500", b"1999501"))
    assert len(lists().watchlists) == 1
    clock.move(LOOK_EVERY)
    assert len(lists().watchlists) == 2


def test_a_bad_edit_keeps_the_last_good_set_and_a_good_one_replaces_it(folder: Path) -> None:
    clock = Clock()
    lists = watched(folder, clock)
    good = lists()
    for broken in (b"name: [", b"", b"name: x\nowner: y\nissuer: [1]\n"):
        (folder / "example.yaml").write_bytes(broken)
        clock.move(LOOK_EVERY)
        assert lists() is good
    (folder / "example.yaml").write_bytes(WATCHLIST.replace(b"1999500", b"1999501"))
    clock.move(LOOK_EVERY)
    assert lists().watchlists[0].entries[0].cik == 1_999_501


def test_nobody_waits_while_another_thread_reads_an_edit(folder: Path) -> None:
    clock, reading, go_on = Clock(), Event(), Event()
    first = True

    def tickers() -> None:
        nonlocal first
        if not first:
            reading.set()
            assert go_on.wait(20)
        first = False

    lists = WatchedFolder(folder, tickers=tickers, notifiers={"slack": None, "email": None}, clock=clock)
    (folder / "second.yaml").write_bytes(WATCHLIST.replace(b"1999500", b"1999501"))
    clock.move(LOOK_EVERY)
    with ThreadPoolExecutor() as threads:
        looking = threads.submit(lists)
        assert reading.wait(20)
        try:
            others = [threads.submit(lists).result(timeout=20) for _ in range(2)]
        finally:
            go_on.set()
        assert [len(one.watchlists) for one in others] == [1, 1]
        assert len(looking.result(timeout=20).watchlists) == 2
    assert len(lists().watchlists) == 2


def test_a_folder_that_vanishes_keeps_the_last_good_set(folder: Path) -> None:
    clock = Clock()
    lists = watched(folder, clock)
    good = lists()
    folder.rename(folder.with_name("moved"))
    clock.move(LOOK_EVERY)
    assert lists() is good


def test_what_did_not_change_is_not_read_into_lists_again(folder: Path) -> None:
    clock = Clock()
    lists = watched(folder, clock)
    good = lists()
    (folder / "example.yaml").write_bytes(WATCHLIST)
    clock.move(timedelta(hours=1))
    assert lists() is good


def test_nothing_starts_on_a_folder_with_a_mistake(folder: Path) -> None:
    (folder / "broken.yaml").write_text("name: x\n")
    with pytest.raises(ConfigurationError):
        watched(folder, Clock())


def test_a_folder_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="form144 init"):
        read_folder(tmp_path / "none")


def test_tables_and_the_lock_are_read_and_hidden_files_are_not(folder: Path) -> None:
    for name in ("holdings.csv", "watchlists.lock", ".watchlists.lock.part", "notes.md"):
        (folder / name).write_text("")
    (folder / "..data").mkdir()
    (folder / "..data" / "copy.yaml").write_bytes(WATCHLIST)
    assert sorted(Path(path).name for path in read_folder(folder)) == [
        "example.yaml",
        "holdings.csv",
        "watchlists.lock",
    ]


def test_a_list_that_turns_confidential_and_may_not_tell_whom_it_tells_is_not_taken(folder: Path) -> None:
    clock = Clock()
    lists = watched(folder, clock)
    (folder / "example.yaml").write_bytes(WATCHLIST + b"visibility: confidential\n")
    clock.move(LOOK_EVERY)
    assert not lists().watchlists[0].is_confidential


def test_an_edit_that_could_not_be_looked_at_is_taken_by_the_next_look(folder: Path) -> None:
    clock, heard, full = Clock(), list[str](), list[OSError]()

    def tickers() -> None:
        if full:
            raise full.pop()

    lists = WatchedFolder(
        folder,
        tickers=tickers,
        notifiers={"slack": None, "email": None},
        clock=clock,
        taken=lambda _lists, _at: heard.append("taken"),
    )
    (folder / "second.yaml").write_bytes(ANOTHER)
    full.append(OSError(errno.ENOSPC, "No space left on device"))
    clock.move(LOOK_EVERY)
    with pytest.raises(OSError, match="No space"):
        lists()
    assert len(lists().watchlists) == 1
    clock.move(LOOK_EVERY)
    assert len(lists().watchlists) == 2
    assert heard == ["taken", "taken"]


def test_what_was_taken_and_what_was_kept_out_is_told_once_each(folder: Path) -> None:
    clock, heard = Clock(), list[object]()
    lists = WatchedFolder(
        folder,
        tickers=lambda: None,
        notifiers={"slack": None, "email": None},
        clock=clock,
        taken=lambda _lists, _at: heard.append("taken"),
        kept_out=lambda mistakes, _at: heard.append(mistakes),
    )

    def look() -> None:
        clock.move(LOOK_EVERY)
        lists()

    look()
    (folder / "example.yaml").write_bytes(WATCHLIST + b"x: y\nz: y\n")
    look()
    look()
    (folder / "example.yaml").write_bytes(WATCHLIST)
    look()
    away = folder.rename(folder.with_name("away"))
    look()
    look()
    away.rename(folder)
    look()
    assert heard == ["taken", 2, "taken", 1, "taken"]


@pytest.fixture
def ledger(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """One that gives up at once where another holds it."""
    monkeypatch.setattr(database, "BUSY", timedelta(milliseconds=20))
    file = tmp_path_factory.mktemp("data") / "ledger.sqlite"
    with closing(Ledger.open(f"sqlite:///{file}", migrate=True)) as opened:
        yield opened


@contextmanager
def away(ledger: Ledger) -> Iterator[None]:
    """Another process holds the ledger, and nobody else gets to write."""
    with closing(sqlite3.connect(str(ledger.database.engine.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def noted_by(ledger: Ledger, folder: Path, clock: Clock) -> WatchedFolder:
    return WatchedFolder(
        folder,
        tickers=lambda: None,
        notifiers={"slack": None, "email": None},
        clock=clock,
        taken=lambda lists, at: ledger.reloads.taken(at, lists),
        kept_out=ledger.reloads.kept_out,
    )


def record(ledger: Ledger) -> list[tuple[str, datetime]]:
    """What the record says of edits, and of when, in its order."""
    query = sa.select(entries.c.kind, entries.c.at).order_by(entries.c.id)
    with ledger.database.read() as connection:
        return [(row.kind, datetime.fromisoformat(row.at)) for row in connection.execute(query)]


ANOTHER = WATCHLIST.replace(b"1999500", b"1999501")
BAD = WATCHLIST + b"x: y\nz: y\n"


def test_a_good_edit_is_in_use_while_the_ledger_is_away_and_noted_when_it_is_back(
    folder: Path, ledger: Ledger
) -> None:
    clock = Clock()
    lists = noted_by(ledger, folder, clock)
    (folder / "example.yaml").write_bytes(ANOTHER)
    with away(ledger):
        clock.move(LOOK_EVERY)
        edited = clock()
        assert lists().watchlists[0].entries[0].cik == 1_999_501
        clock.move(LOOK_EVERY)
        lists()
    assert record(ledger) == [(Kind.LISTS_TAKEN, START)]
    for _ in range(3):
        clock.move(LOOK_EVERY)
        lists()
    assert record(ledger) == [(Kind.LISTS_TAKEN, START), (Kind.LISTS_TAKEN, edited)]
    assert ledger.reloads.last() == Reload(taken_at=edited)


def test_a_bad_edit_is_noted_when_the_ledger_is_back(folder: Path, ledger: Ledger) -> None:
    clock = Clock()
    lists = noted_by(ledger, folder, clock)
    (folder / "example.yaml").write_bytes(BAD)
    with away(ledger):
        clock.move(LOOK_EVERY)
        edited = clock()
        assert lists().watchlists[0].entries[0].cik == 1_999_500
    for _ in range(3):
        clock.move(LOOK_EVERY)
        lists()
    assert record(ledger) == [(Kind.LISTS_TAKEN, START), (Kind.LISTS_KEPT_OUT, edited)]
    assert ledger.reloads.last() == Reload(taken_at=START, kept_since=edited, mistakes=2)


def test_edits_that_followed_each_other_while_the_ledger_was_away_are_noted_in_their_order(
    folder: Path, ledger: Ledger
) -> None:
    clock, at = Clock(), list[datetime]()
    lists = noted_by(ledger, folder, clock)
    with away(ledger):
        for edit in (BAD, ANOTHER, BAD, WATCHLIST):
            (folder / "example.yaml").write_bytes(edit)
            clock.move(LOOK_EVERY)
            at.append(clock())
            lists()
    clock.move(LOOK_EVERY)
    assert lists().watchlists[0].entries[0].cik == 1_999_500
    kinds = [Kind.LISTS_KEPT_OUT, Kind.LISTS_TAKEN, Kind.LISTS_KEPT_OUT, Kind.LISTS_TAKEN]
    assert record(ledger)[1:] == list(zip(kinds, at, strict=True))
    assert ledger.reloads.last() == Reload(taken_at=at[-1])


def test_a_folder_that_vanished_while_the_ledger_was_away_is_noted_once(folder: Path, ledger: Ledger) -> None:
    clock = Clock()
    lists = noted_by(ledger, folder, clock)
    folder.rename(folder.with_name(f"{folder.name}-moved"))
    with away(ledger):
        for _ in range(3):
            clock.move(LOOK_EVERY)
            lists()
    clock.move(LOOK_EVERY)
    lists()
    assert [kind for kind, _ in record(ledger)] == [Kind.LISTS_TAKEN, Kind.LISTS_KEPT_OUT]


def test_who_comes_after_a_long_wait_for_the_ledger_does_not_wait_too(folder: Path) -> None:
    clock, waited = Clock(), list[datetime]()

    def wait(_mistakes: int, _at: datetime) -> None:
        waited.append(clock())
        clock.move(timedelta(seconds=30))
        raise Unreachable("the ledger did not answer")

    lists = WatchedFolder(
        folder, tickers=lambda: None, notifiers={"slack": None, "email": None}, clock=clock, kept_out=wait
    )
    (folder / "example.yaml").write_bytes(BAD)
    clock.move(LOOK_EVERY)
    for _ in range(3):
        lists()
    assert len(waited) == 1
    clock.move(LOOK_EVERY)
    lists()
    assert len(waited) == 2
