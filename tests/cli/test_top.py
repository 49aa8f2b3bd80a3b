"""`form144 top`: its frames, and the program itself in a terminal of its own."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from rich.console import Console

from tests.builders import a_filing
from tests.world import World, a_world
from worker.cli.top import look
from worker.cli.top_view import Now, view
from worker.ledger.ledger import Ledger
from worker.ledger.pace import Pace
from worker.metrics.readings import Readings
from worker.settings import environment_without_ours
from worker.standins.edgar.faults import Fault as EdgarFault
from worker.standins.slack_faults import Fault

SIZES = [(80, 24), (120, 40)]


def seen(world: World) -> Now:
    readings = Readings(str(world.ledger.database.engine.url), world.clock, kept=timedelta(0))
    try:
        return look(world.ledger, readings, world.clock())
    finally:
        readings.close()


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Now:
    with a_world(tmp_path_factory.mktemp("quiet")) as world:
        world.publish()
        world.settle()
        return seen(world)


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Now:
    """Everything at once: more than a small terminal has room for."""
    with a_world(tmp_path_factory.mktemp("troubled")) as world:
        world.publish()
        world.edgar.publish(a_filing(accession="0001950047-26-000201"), b"nothing like a notice")
        world.slack.fail_next("chat.postMessage", Fault.rate_limited(2))
        world.mail.fail_next("RCPT", "550 5.1.1 no such user")
        world.settle(for_at_most=timedelta(minutes=2))
        for number in range(12):
            world.edgar.fail_next("/cgi-bin/browse-edgar", EdgarFault.UNAVAILABLE)
            world.clock.move(timedelta(seconds=20))
            world.pipeline().poll()
            world.publish(a_filing(accession=f"0001950047-26-0003{number:02d}"))
        world.clock.move(timedelta(seconds=20))
        pipeline = world.pipeline()
        pipeline.poll()
        pipeline.read()
        Pace(world.ledger.database, lambda: world.clock().timestamp(), per_second=5).pause(600)
        world.clock.move(timedelta(seconds=12))
        return seen(world)


def drawn(now: Now, width: int, height: int | None) -> list[str]:
    console = Console(width=width, file=io.StringIO(), record=True, highlight=False)
    console.print(view(now, width, height))
    return console.export_text().rstrip("\n").splitlines()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_frame_fits_its_terminal_whatever_happens(
    quiet: Now, troubled: Now, width: int, height: int
) -> None:
    for now in (quiet, troubled):
        lines = drawn(now, width, height)
        assert len(lines) <= height
        assert max(map(len, lines)) <= width


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 12), (200, 60)])
def test_a_frame_says_what_is_the_matter(troubled: Now, size: tuple[int, int]) -> None:
    text = " ".join(drawn(troubled, *size))
    assert "stuck" in text
    if size[0] >= 80:
        for words in (
            "12 failed",
            "email:jane@example.com",
            "ended: ",
            "503",
            "waiting",
            "owed",
            "1 refused",
            "silence: 9 min",
        ):
            assert words in text, words


def test_a_quiet_day_is_all_well(quiet: Now) -> None:
    text = " ".join(drawn(quiet, 80, 24))
    assert "all is well" in text
    for words in ("0 failed", "Seen 1. Matched 1.", "nothing waits", "nothing within a day", "none"):
        assert words in text, words
    assert re.search(r"delivered +2", text)


def test_at_night_nobody_says_that_all_is_well(world: World) -> None:
    world.publish()
    world.settle()
    world.clock.move(timedelta(hours=8))
    # Everybody is at work, at night as well.
    pipeline = world.pipeline()
    for step in (pipeline.poll, pipeline.reconcile, pipeline.follow_up, pipeline.digest):
        step()
    first = drawn(seen(world), 80, 24)[0]
    assert "nothing is stuck" in first
    assert "EDGAR is closed" in first


def test_once_shows_everything_there_is(troubled: Now) -> None:
    assert len(drawn(troubled, 80, None)) > 24


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}", migrate=True).close()
    return tmp_path


def _own_the_terminal() -> None:
    """So that Ctrl-C means the same to it as to a program started from a shell."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Sitting(NamedTuple):
    """The program, the end of its terminal where a person would sit, and how that was set before it began."""

    process: subprocess.Popen[bytes]
    terminal: int
    before: list[int | list[bytes | int]]


@contextmanager
def in_a_terminal(folder: Path, *arguments: str, **environment: str) -> Iterator[Sitting]:
    """The program at a terminal of 24 lines."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    before = termios.tcgetattr(ours)
    process = subprocess.Popen(
        [sys.executable, "-m", "worker.cli", "top", *arguments],
        env=environment_without_ours()
        | {"FORM144_DATA": str(folder), "TERM": "xterm-256color"}
        | environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=_own_the_terminal,  # noqa: PLW1509 - no thread of ours runs here
    )
    os.close(theirs)
    try:
        yield Sitting(process, ours, before)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def read_until(terminal: int, words: str | None, *, seconds: float = 60) -> str:
    """What the terminal was sent until those words came, or until it was closed."""
    text, deadline = b"", time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not select.select([terminal], [], [], 0.2)[0]:
            continue
        try:
            part = os.read(terminal, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        text += part
        if words and words.encode() in text:
            break
    return text.decode(errors="replace")


@pytest.mark.parametrize("leave", [b"q", b"\x03", b"xQ", b"\x1b[Aqx"])
def test_it_draws_again_and_leaves_the_terminal_as_it_was(ledger: Path, leave: bytes) -> None:
    with in_a_terminal(ledger, "--every", "0.5") as (process, terminal, before):
        assert "\x1b[?1049h" in read_until(terminal, "Went wrong lately")
        read_until(terminal, "Went wrong lately")  # the second frame
        os.write(terminal, leave)
        rest = read_until(terminal, None)
        assert process.wait(timeout=60) == 0
        assert "\x1b[?1049l" in rest
        assert "Traceback" not in rest
        assert termios.tcgetattr(terminal) == before


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colours_and_redrawing_are_left_out_where_they_are_not_wanted(
    ledger: Path, environment: dict[str, str]
) -> None:
    with in_a_terminal(ledger, "--once", **environment) as (process, terminal, _):
        text = read_until(terminal, None)
        assert process.wait(timeout=60) == 0
    assert "Went wrong lately" in text
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", text)


def test_a_dumb_terminal_gets_one_frame_without_being_asked_for(ledger: Path) -> None:
    with in_a_terminal(ledger, TERM="dumb") as (process, terminal, _):
        text = read_until(terminal, None)
        assert process.wait(timeout=60) == 0
    assert "\x1b" not in text


def test_without_a_terminal_it_prints_one_frame(ledger: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "worker.cli", "top"],
        env=environment_without_ours() | {"FORM144_DATA": str(ledger)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "last good poll" in done.stdout
    assert "\x1b" not in done.stdout


def test_sigterm_is_not_a_traceback(ledger: Path) -> None:
    with in_a_terminal(ledger) as (process, terminal, _):
        read_until(terminal, "Went wrong lately")
        process.send_signal(signal.SIGTERM)
        assert "Traceback" not in read_until(terminal, None)
