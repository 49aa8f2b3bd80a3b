"""`form144 digest`, and where else a digest shows: status, check, explain and diff."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner, Result

from tests.digests.conftest import DAILY, MORNING, a_list, publish, tell, told_in
from tests.watchlists.lists import TICKERS
from tests.world import World, a_world
from worker import parts
from worker.cli.check import show
from worker.cli.diff import diff
from worker.cli.digest import digest
from worker.cli.explain import explain
from worker.cli.status import read_status
from worker.errors import ConfigurationError
from worker.watchlists.loading import read_watchlists

JANE = "email:jane@example.com"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    (tmp_path / "world").mkdir()
    (tmp_path / "lists").mkdir()
    with a_world(tmp_path / "world") as made:
        made.watchlist = a_list(f"{{every: {DAILY}, attach: csv}}")
        (tmp_path / "lists" / "example.yaml").write_bytes(made.watchlist)
        monkeypatch.setattr(parts, "clock", made.clock)
        yield made


def run(world: World, *arguments: str, command: object = digest) -> Result:
    app = typer.Typer()
    app.command()(command)  # type: ignore[type-var]
    environment = {
        "EDGAR_CONTACT": None,
        "FORM144_LEDGER_URL": f"sqlite:///{world.folder / 'ledger.sqlite'}",
        "FORM144_WATCHLISTS": str(world.folder.parent / "lists"),
    }
    return CliRunner().invoke(app, list(arguments), env=environment)


def test_it_shows_what_the_next_digest_would_say_and_changes_nothing(world: World) -> None:
    tell(world)
    publish(world)
    shown = run(world, JANE)
    assert shown.exit_code == 0, shown.exception
    assert "1 notice about Example Industries Inc." in shown.stdout
    assert set(told_in(world).values()) == {None}
    assert world.mail.received == []
    world.clock.now = MORNING
    tell(world)
    assert len(world.mail.received) == 1


def test_an_empty_one_says_whether_it_would_be_sent(world: World) -> None:
    world.pipeline().poll()
    world.clock.now = datetime(2026, 9, 6, 12, 0, tzinfo=UTC)
    world.pipeline().poll()
    shown = run(world, JANE)
    assert "No notice on your watchlists" in shown.stdout
    assert "it would not be sent" in shown.stderr


def test_what_was_told_before_can_be_looked_at_again(world: World) -> None:
    tell(world)
    publish(world, 1)
    world.clock.now = MORNING
    tell(world)
    publish(world, 2)
    before = run(world, JANE, "--since", "2026-09-01", "--until", "2026-09-02 07:30").stdout
    assert "000001-index" in before
    assert "000002-index" not in before
    assert "to 2 September 2026, 07:30 (America/New_York)" in " ".join(before.split())


def test_a_digest_that_would_end_before_it_begins_is_a_mistake(world: World) -> None:
    for until, end in ((["--until", "2026-01-01"], "2026-01-01 00:00"), ([], "now")):
        wrong = run(world, JANE, "--since", "2026-12-31", *until).exception
        assert isinstance(wrong, ConfigurationError)
        assert str(wrong) == f"--since: 2026-12-31 00:00 is after {end}"


def test_its_files_can_be_looked_at(world: World) -> None:
    tell(world)
    publish(world)
    folder = world.folder.parent / "out"
    assert run(world, JANE, "--out", str(folder)).exit_code == 0
    names = sorted(file.name for file in folder.iterdir())
    assert names == ["digest-1.html", "digest-1.txt", "form144-digest-2026-09-01.csv"]


def test_a_destination_that_cannot_be_one_is_a_mistake(world: World) -> None:
    assert isinstance(run(world, ":").exception, ConfigurationError)


def test_a_destination_without_a_digest_says_which_have_one(world: World) -> None:
    wrong = run(world, "email:jan@example.com").exception
    assert isinstance(wrong, ConfigurationError)
    assert f"did you mean {JANE}?" in str(wrong)


def test_status_says_what_waits_for_which_digest_and_what_is_overdue(world: World) -> None:
    tell(world)
    publish(world)
    found = read_status(world.ledger, world.clock())
    assert found.digests == (f"1 held for {JANE}, {DAILY}, next 2026-09-02 11:30 UTC",)
    assert not any("digest" in one for one in found.stuck)
    late = read_status(world.ledger, MORNING + timedelta(minutes=20))
    assert f"the digest of {JANE}, {DAILY}, is overdue and nobody makes it" in late.stuck


def test_explain_says_who_hears_of_it_in_a_digest(world: World) -> None:
    publish(world)
    shown = run(world, "0001950047-26-000001", command=explain).stdout
    assert f"{JANE} hears of it in the digest, {DAILY}" in shown
    assert "waits for its digest" in shown


def test_check_says_how_each_destination_is_told() -> None:
    tell_both = f"tell:\n  - {{to: {JANE}, digest: {DAILY}}}\n  - 'console:'\n"
    text = f"name: A list\nowner: Jane\nissuers: [AAPL]\n{tell_both}"
    reading = read_watchlists({"lists/one.yaml": text.encode()}, TICKERS)
    console = Console(record=True, width=200)
    show(reading, [], console, console)
    assert f"tells {JANE} in the digest, {DAILY}, console:" in console.export_text()


def test_diff_says_who_would_be_told_at_another_time(world: World, tmp_path: Path) -> None:
    publish(world)
    for name, digest_line in (("old", ""), ("new", f"\n    digest: {DAILY}")):
        (tmp_path / name).mkdir()
        text = f"name: A list\nowner: Jane\nissuers: [1999500]\ntell:\n  - to: {JANE}{digest_line}\n"
        (tmp_path / name / "one.yaml").write_text(text)
    shown = run(world, str(tmp_path / "old"), str(tmp_path / "new"), command=diff).stdout
    assert f"{JANE}  was told at once, would be told in the digest, {DAILY}" in shown
