from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.world import WATCHLIST, Clock
from worker.errors import ConfigurationError
from worker.watched_folder import LOOK_EVERY, WatchedFolder, read_folder


def watched(folder: Path, clock: Clock) -> WatchedFolder:
    return WatchedFolder(folder, tickers=lambda: None, notifiers={"slack", "email", "console"}, clock=clock)


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


def test_what_was_taken_and_what_was_kept_out_is_told_once_each(folder: Path) -> None:
    clock, heard = Clock(), list[object]()
    lists = WatchedFolder(
        folder,
        tickers=lambda: None,
        notifiers={"slack", "email"},
        clock=clock,
        taken=lambda _lists: heard.append("taken"),
        kept_out=heard.append,
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
