"""Every command that leaves an entry says who gave it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.commands import form144, installed
from tests.world import World
from worker import parts
from worker.cli.author import author
from worker.errors import Form144Error
from worker.ledger.kinds import Kind
from worker.standins.slack_faults import Fault


def authors(world: World, kind: Kind) -> list[str]:
    """Whom the record names in entries of that kind."""
    world.ledger.chain.seal()
    entries = (one.entry for one in world.ledger.chain.walk())
    return [json.loads(one.body)["by"] for one in entries if one and one.kind == kind]


@pytest.mark.parametrize(
    ("kind", "command"),
    [
        (Kind.RETRIED, ["failed", "retry", "slack"]),
        (Kind.EXPORTED, ["ledger", "export", "--output", "record.jsonl"]),
        (Kind.BACKFILLED, ["backfill", "--from", "2026-08-03", "--to", "2026-08-04"]),
        (Kind.SILENCE_ENDED, ["silence", "expire", "1"]),
    ],
)
def test_a_command_is_its_authors_or_of_who_is_logged_in(
    world: World, kind: Kind, command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(parts, "clock", world.clock)
    for by, expected in ((["--by", " Joe Roe "], "Joe Roe"), ([], "jane")):
        world.slack.fail_next("chat.postMessage", Fault.error("is_archived"))
        world.publish()
        world.settle()
        until = ["--until", "2w", "--by", "x", "--reason", "x"]
        here = installed(world) | {"LOGNAME": "jane"}
        number = form144("silence", "add", "--issuer", "1", *until, **here).stdout.split()[1]
        done = form144(*(number if one == "1" else one for one in command), *by, **here)
        assert done.exit_code == 0, done.exception
        assert authors(world, kind)[-1] == expected


def test_nobody_is_no_author_and_who_has_no_name_has_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Form144Error, match="names nobody"):
        author("  ")
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 144_144)
    assert author(None) == "user 144144"
