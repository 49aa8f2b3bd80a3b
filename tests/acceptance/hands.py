"""The program's processes: started, killed, and started again as `restart: unless-stopped` does it."""

from __future__ import annotations

import math
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.dying import ROOT, START

#: How long a supervisor waits before it starts again what ended by itself.
PAUSE = 1.0

#: Seconds for what takes two or three where nobody else is at work: to begin, or to end in order.
PATIENCE = 90


@dataclass
class _Hand:
    """One process, under a name that its successors keep. `back_at` is when the next one starts."""

    name: str
    command: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None
    back_at: float = 0.0

    def cpu(self) -> float:
        """Seconds of CPU it has had; without /proc, infinite."""
        try:
            stat = Path(f"/proc/{self.process.pid}/stat").read_text() if self.process else ""
        except OSError:
            return math.inf
        return sum(map(int, stat.rpartition(")")[2].split()[11:13])) / os.sysconf("SC_CLK_TCK")


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Hands:
    """Every process of the program in this run; open inside a `with` block, which ends them all."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str], *, hurried: bool, root: Path = ROOT
    ) -> None:
        """`folder` is for their output, `root` is where the program stands."""
        self._folder, self._environment, self._root = folder, environment, root
        self._module = "tests.acceptance.hurried" if hurried else "worker.cli"
        self._hands: list[_Hand] = []
        self._beginning = 0.0  # seconds of CPU that the program takes to begin on this machine
        self.gave_up = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for hand in self._hands:
            if hand.process is not None:
                hand.process.kill()
                hand.process.wait()

    def finish(self, *command: str) -> None:
        """Run it to its end. Raises CalledProcessError where that is not a good one."""
        before = _cpu_of_children()
        if code := self.run(*command):
            raise subprocess.CalledProcessError(code, command)
        self._beginning = _cpu_of_children() - before

    def run(self, *command: str) -> int:
        """Run it to its end; its exit code."""
        process = self._popen(f"once-{command[0]}", command)
        try:
            return process.wait(timeout=PATIENCE)
        finally:
            process.kill()
            process.wait()

    def start(self, command: tuple[str, ...]) -> None:
        hand = _Hand(f"{len(self._hands)}-{'-'.join(command).replace('--', '')}", command)
        hand.process = self._popen(hand.name, command)
        self._hands.append(hand)

    def kill(self, number: int, *, away: float) -> bool:
        """kill -9 of one of the workers; the next takes its place after so many seconds.

        False, with nobody killed, where none has lived long enough to be at work, however busy this machine
        is with other things. One in five dies young all the same.
        """
        workers = [hand for hand in self._hands if hand.command != ("beat",)]
        if number % 5:
            workers = [hand for hand in workers if hand.cpu() > self._beginning]
        if not workers:
            return False
        self._kill(workers[number % len(workers)], away)
        return True

    def kill_beat(self, *, away: float) -> None:
        for hand in self._hands:
            if hand.command == ("beat",):
                self._kill(hand, away)

    def tend(self) -> None:
        """Start again whoever is due."""
        now = time.monotonic()
        for hand in self._hands:
            if hand.process is not None and hand.process.poll() is not None:
                # Ended by itself, as it may where its database was away when it started.
                self.gave_up += 1
                hand.process, hand.back_at = None, now + PAUSE
            if hand.process is None and now >= hand.back_at:
                hand.process = self._popen(hand.name, hand.command)

    def stop(self) -> None:
        """SIGTERM for everybody, as an orderly end. Raises TimeoutExpired where one goes on regardless."""
        going = [hand.process for hand in self._hands if hand.process is not None]
        for process in going:
            process.send_signal(signal.SIGTERM)
        for process in going:
            process.wait(timeout=PATIENCE)

    def said(self, *words: str) -> int:
        """How many lines of all their logs hold one of those words."""
        return sum(any(one in line for one in words) for line in self.logs().splitlines())

    def logs(self) -> str:
        logs = sorted(self._folder.glob("*.log"))
        return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in logs)

    def _kill(self, hand: _Hand, away: float) -> None:
        if hand.process is not None:
            hand.process.kill()
            hand.process.wait()
            hand.process = None
        hand.back_at = time.monotonic() + away

    def _popen(self, name: str, command: tuple[str, ...]) -> subprocess.Popen[bytes]:
        with (self._folder / f"{name}.log").open("ab") as out:
            return subprocess.Popen(
                [sys.executable, "-m", self._module, *command],
                env=dict(self._environment),
                stdout=out,
                stderr=out,
                **START | {"cwd": self._root},
            )
