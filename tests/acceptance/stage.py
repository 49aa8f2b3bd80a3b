"""Workers as processes of their own, between the stand-ins and real servers, with the demo's scene."""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.dying import START
from worker.alerts.delivery import SETTLED
from worker.cli.demo import Stage, play
from worker.ledger.ledger import Ledger
from worker.messages.slack_limits import problems
from worker.settings import environment_without_ours
from worker.standins.edgar.server import EdgarStandin
from worker.standins.mail import MailStandIn
from worker.standins.slack import SlackStandIn

CHANNELS = ["#ir-alerts", "#compliance", "#portfolio"]


@dataclass
class Processes:
    """The scene on its stage, and the workers started so far."""

    stage: Stage
    folder: Path
    settings: dict[str, str]
    expected: int
    began: datetime
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """`form144 ...` in a process of its own; its output lies in the folder."""
        with (self.folder / f"{next(self._numbers)}-{command[0]}.log").open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "worker.cli", *command],
                env=environment_without_ours() | self.settings,
                stdout=out,
                stderr=out,
                **START,
            )
        self.running.append(process)
        return process

    def start_again(self) -> None:
        """Start whoever broke once more, as a supervisor would (compose.yaml: `restart: unless-stopped`)."""
        broke = [process for process in self.running if process.poll()]
        for process in broke:
            self.running.remove(process)
            arguments = process.args
            assert isinstance(arguments, list)
            self.start(*arguments[3:])

    def outputs(self) -> str:
        return "\n".join(log.read_text(errors="replace") for log in sorted(self.folder.glob("*.log")))

    def is_finished(self, ledger: Ledger) -> bool:
        """Every filing of the scene is read and every delivery settled."""
        filings = ledger.report.filings_by_state()
        deliveries = ledger.report.deliveries_by_state()
        done = filings.get("read", 0) + filings.get("unreadable", 0)
        return done == self.expected and set(deliveries) <= SETTLED


@contextmanager
def processes(folder: Path, **settings: str) -> Iterator[Processes]:
    """The stage, with everybody started on it ended by their own number afterwards."""
    with ExitStack() as stack:
        stage = Stage(
            # No limit, for the reason that otherside.py gives: whether it would be kept is asked of what
            # the ledger allowed (test_several_machines.py).
            edgar=stack.enter_context(EdgarStandin(per_second=None)),
            slack=stack.enter_context(SlackStandIn(check=problems, channels=CHANNELS, per_second=0)),
            mail=stack.enter_context(MailStandIn()),
        )
        began = datetime.now(UTC)
        made = Processes(stage, folder, stage.settings(folder) | settings, play(stage, began), began)
        try:
            yield made
        finally:
            for process in made.running:
                process.kill()
                process.wait()


def wait_until(true: Callable[[], bool], *, seconds: float = 120) -> bool:
    """Whether it came true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.05)
    return False
