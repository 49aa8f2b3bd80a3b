from __future__ import annotations

import json
from pathlib import Path

import pytest

from worker.cli.init import FIRST_LIST, SCHEMA_NAME, init
from worker.errors import ConfigurationError
from worker.watched_folder import read_folder
from worker.watchlists.loading import load_watchlists
from worker.watchlists.rehearsing import rehearse


def test_the_first_list_is_fit_to_run_as_it_is_written_and_without_the_secs_list(tmp_path: Path) -> None:
    init(tmp_path / "lists")
    (watchlist,) = load_watchlists(read_folder(tmp_path / "lists"), None, notifiers={"console": None})
    assert [entry.cik for entry in watchlist.entries] == [320193, 1963043]
    assert [done.failures for done in rehearse(watchlist)] == [(), ()]


def test_every_line_that_is_commented_out_works_once_it_is_not(tmp_path: Path) -> None:
    lines = [
        line.replace("#  ", "  ", 1) if line.startswith("#  ") else line for line in FIRST_LIST.splitlines()
    ]
    (tmp_path / "one.yaml").write_text("\n".join(lines))
    (watchlist,) = load_watchlists(read_folder(tmp_path), None)
    assert [condition.question.name for condition in watchlist.conditions] == [
        "market_value",
        "relationship",
        "plan",
        "any",
    ]
    assert len(watchlist.destinations) == 5


def test_the_schema_named_in_the_first_line_lies_beside_it(tmp_path: Path) -> None:
    init(tmp_path)
    assert FIRST_LIST.startswith(f"# yaml-language-server: $schema=./{SCHEMA_NAME}\n")
    assert "issuers" in json.loads((tmp_path / SCHEMA_NAME).read_text())["properties"]


def test_nothing_that_is_there_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "first.yaml").write_text("mine")
    with pytest.raises(ConfigurationError, match="is there already"):
        init(tmp_path)
    assert (tmp_path / "first.yaml").read_text() == "mine"
    assert not (tmp_path / SCHEMA_NAME).exists()
