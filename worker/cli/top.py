"""`form144 top`: what `status` says and more, as it happens."""

from __future__ import annotations

import os
import select
import signal
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from threading import Event
from typing import Annotated

import typer
from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from worker import parts
from worker.cli.console import stdout
from worker.cli.status import read_status
from worker.cli.top_view import Now, view
from worker.errors import Unreachable
from worker.ledger.glance import Glance
from worker.ledger.ledger import Ledger
from worker.metrics.readings import Readings
from worker.settings import from_environment

#: More than any terminal shows.
MOST = 40


def top(
    once: Annotated[bool, typer.Option("--once", help="print one frame and stop")] = False,
    every: Annotated[float, typer.Option(help="seconds between frames", min=0.5, max=3600)] = 2.0,
) -> None:
    """Watch the feed, queues, deliveries and coverage live. Stops on q or Ctrl-C.

    Where the output cannot be redrawn, it prints one frame, as with --once.
    """
    settings = from_environment()
    console = stdout(wrap=True)
    ledger = parts.open_ledger(settings, migrate=False)
    readings = Readings(settings.ledger_url, parts.clock, kept=timedelta(0))
    try:
        if once or not console.is_terminal or console.is_dumb_terminal:
            console.print(view(look(ledger, readings, parts.clock()), console.width, None))
        else:
            _watch(console, lambda: look(ledger, readings, parts.clock()), every)
    finally:
        readings.close()
        ledger.close()


def look(ledger: Ledger, readings: Readings, now: datetime) -> Now:
    """Everything a frame shows. Raises Unreachable."""
    glance = Glance(ledger.database)
    return Now(
        at=now,
        status=read_status(ledger, now),
        reading=readings.read(),
        lanes=tuple(glance.lanes(MOST)),
        mishaps=tuple(glance.mishaps(now, MOST)),
    )


def _watch(console: Console, see: Callable[[], Now], every: float) -> None:
    with (
        suppress(KeyboardInterrupt),
        _interrupted() as interrupted,
        _keys(interrupted) as pressed,
        Live(console=console, screen=True, auto_refresh=False) as live,
    ):
        while True:
            live.update(_frame(console, see), refresh=True)
            if pressed(every):
                return


def _frame(console: Console, see: Callable[[], Now]) -> RenderableType:
    """A ledger that is away for a while is shown as such: whoever watches need not begin again."""
    try:
        return view(see(), console.width, console.height)
    except Unreachable as error:
        return Text(f"{error}\n\nTrying again. q quits.", style="red")


@contextmanager
def _interrupted() -> Iterator[Event]:
    """Set by the first Ctrl-C: as an exception it is lost where it strikes in a callback of a library. The
    second one is an exception.
    """
    asked = Event()

    def ask(_number: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, before)
        asked.set()

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _keys(interrupted: Event) -> Iterator[Callable[[float], bool]]:
    """Yields what waits so many seconds and says whether the person wants to leave."""
    keyboard = sys.stdin.fileno() if sys.stdin.isatty() else None
    before = termios.tcgetattr(keyboard) if keyboard is not None else None

    def pressed(seconds: float) -> bool:
        until = time.monotonic() + seconds
        while not interrupted.is_set() and (left := until - time.monotonic()) > 0:
            # A signal that raises nothing does not end a wait: so it is a short one.
            wait = min(left, 0.1)
            if keyboard is None:
                time.sleep(wait)
            elif select.select([keyboard], [], [], wait)[0]:
                # Past sys.stdin, whose buffer takes in keys that no select sees any more.
                keys = os.read(keyboard, 64)
                if not keys or b"q" in keys.lower():
                    return True
        return interrupted.is_set()

    try:
        if keyboard is not None:
            tty.setcbreak(keyboard)
        yield pressed
    finally:
        if keyboard is not None and before is not None:
            termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
