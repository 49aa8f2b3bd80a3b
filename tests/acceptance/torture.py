"""The torture: the whole program between stand-ins and real servers, while everything around it breaks.

    python -m tests.acceptance.torture --minutes 10 --seed 7
    python -m tests.acceptance.torture --minutes 10 --seed 7 --embedded

The seed decides the filings, and what goes wrong when; which instruction that hits, the machine decides.
Prints the plan as it happens and a reckoning at the end; exit code 1 where anything is not as it should be.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import redis
from rich.console import Console

from tests.acceptance.chaos import Event, plan
from tests.acceptance.environment import environment
from tests.acceptance.hands import Hands
from tests.acceptance.material import expected_number, material, write_lists
from tests.acceptance.otherside import OtherSide
from tests.acceptance.proxy import Proxy
from tests.acceptance.reckoning import Reckoning, reckon
from tests.acceptance.small_disk import SmallDisk, in_a_world_of_its_own
from tests.servers import AbsentError, Server
from tests.servers.postgres import any_postgres
from tests.servers.redis import any_redis
from worker.alerts.delivery import SETTLED
from worker.errors import Form144Error
from worker.ledger.ledger import Ledger

#: The exit code that says so where a server is missing.
NO_SERVER = 3


@dataclass(frozen=True, kw_only=True)
class Course:
    """How long what lasts, in seconds."""

    span: float  #: filings appear
    per_second: float  #: so many of them; what the SEC's pace lets us read, with room to catch up
    chaos: float  #: things go wrong
    every: float  #: about so often
    patience: float  #: how long after the chaos everything may take to arrive
    hurried: bool  #: with claims that hold a tenth as long (`hurried.py`)

    @classmethod
    def lasting(cls, minutes: float) -> Course:
        if minutes <= 2:
            return cls(span=23, per_second=6.7, chaos=25, every=1.3, patience=150, hurried=True)
        # Claims hold up to three minutes; what the last kill left behind is done after that.
        chaos = minutes * 60
        return cls(span=chaos - 30, per_second=3.6, chaos=chaos, every=1.6, patience=600, hurried=False)


class Torture:
    """One run: what is done to whom, and what it comes to."""

    def __init__(self, folder: Path, seed: int, course: Course, *, embedded: bool, console: Console) -> None:
        self._folder, self._seed, self._course, self._embedded = folder, seed, course, embedded
        self._console = console
        self._count = int(course.span * course.per_second)
        self._done: Counter[str] = Counter()
        self._away: list[Server] = []
        self._later: list[tuple[float, Callable[[], None]]] = []

    def run(self) -> Reckoning:
        began = datetime.now(UTC)
        size = "embedded" if self._embedded else "several machines"
        reckoning = Reckoning(f"{size}, seed {self._seed}")
        pieces = material(self._count, self._seed, began=began, span=self._course.span)
        write_lists(self._folder / "lists")
        with ExitStack() as stack:
            self._other = stack.enter_context(
                OtherSide(self._count, self._seed, began=began, span=self._course.span)
            )
            targets = dict(self._other.ports)
            ledger_url = self._open_servers(stack, targets)
            self._proxy = stack.enter_context(Proxy(targets))
            settings = self._settings()
            hands = stack.enter_context(Hands(self._folder, settings, hurried=self._course.hurried))
            hands.finish("migrate")
            ledger = Ledger.open(ledger_url, migrate=False)
            stack.callback(ledger.close)
            for command in self._processes():
                hands.start(command)
            self._break_things(hands, list(targets))
            self._proxy.mend()
            in_time = self._settle(hands, ledger, expected_number(pieces))
            hands.stop()
            ended = datetime.now(UTC)
            report = self._other.ask("report")
            reckoning.row("filings announced", len(pieces))
            reckoning.row("everything settled in time", in_time, wrong_if=not in_time)
            reckon(
                reckoning,
                pieces=pieces,
                report=report,
                ledger=ledger,
                began=began,
                ended=ended,
                environment=settings | {"FORM144_LEDGER_URL": ledger_url},
                logs=hands.logs(),
            )
            self._what_was_done(reckoning, hands)
            reckoning.row("seconds", round((ended - began).total_seconds()))
        return reckoning

    # -- who is there ------------------------------------------------------------------------------

    def _open_servers(self, stack: ExitStack, targets: dict[str, int]) -> str:
        """Start what this size needs; the ledger's own URL, past the proxy."""
        if self._embedded:
            self._disk = stack.enter_context(SmallDisk(self._folder / "data"))
            return f"sqlite:///{self._folder / 'data' / 'ledger.sqlite'}"
        self._redis = stack.enter_context(any_redis(self._folder))
        self._postgres = stack.enter_context(any_postgres())
        targets |= {"redis": self._redis.port, "postgres": self._postgres.port}
        return self._postgres.url()

    def _settings(self) -> dict[str, str]:
        ports = {name: lane.port for name, lane in self._proxy.lanes.items()}
        if self._embedded:
            return environment(self._folder, ports)
        return environment(
            self._folder,
            ports,
            FORM144_BROKER_URL=f"redis://127.0.0.1:{ports['redis']}/0",
            FORM144_LEDGER_URL=self._postgres.url(port=ports["postgres"]),
        )

    def _processes(self) -> list[tuple[str, ...]]:
        if self._embedded:
            return [("run",)]
        edgar = ("worker", "-Q", "edgar", "--concurrency", "4")
        deliver = ("worker", "-Q", "deliver", "--concurrency", "3")
        return [edgar, edgar, deliver, deliver, ("beat",)]

    # -- what goes wrong ---------------------------------------------------------------------------

    def _break_things(self, hands: Hands, lanes: list[str]) -> None:
        course, began = self._course, time.monotonic()
        events = plan(
            self._seed, seconds=course.chaos, every=course.every, lanes=lanes, embedded=self._embedded
        )
        while (now := time.monotonic() - began) < course.chaos or self._later:
            while events and events[0].at <= now:
                self._do(events.pop(0), hands)
            self._come_back()
            hands.tend()
            time.sleep(0.05)

    def _do(self, event: Event, hands: Hands) -> None:
        self._console.print(f"{event.at:7.2f}  {event.words}", highlight=False)
        self._done[event.what] += event.what != "kill_worker"  # which counts itself
        arguments = event.arguments
        match event.what:
            case "kill_worker":
                self._kill(hands, arguments["number"], arguments["away"], patience=20)
            case "kill_beat":
                hands.kill_beat(away=arguments["away"])
            case "flush":
                self._flush()
            case "restart_redis":
                self._restart(self._redis, arguments["away"])
            case "restart_postgres":
                self._restart(self._postgres, arguments["away"])
            case "fill_disk":
                self._disk.fill()
                before = self._refused(hands)
                self._in(arguments["away"], lambda: self._give_room(hands, before, patience=60))
            case "misbehave":
                who, *_ = arguments.values()
                self._other.ask(who, **{name: value for name, value in arguments.items() if name != "who"})
            case _:
                getattr(self._proxy, event.what)(arguments.pop("lane"), **arguments)

    def _kill(self, hands: Hands, number: int, away: float, *, patience: int) -> None:
        """Kill a worker that is at work, or as soon as there is one."""
        if hands.kill(number, away=away):
            self._done["kill_worker"] += 1
        elif patience:
            self._in(1, lambda: self._kill(hands, number, away, patience=patience - 1))

    def _restart(self, server: Server, away: float) -> None:
        """Once at a time: what is away already comes back when it was said to."""
        if server not in self._away:
            self._away.append(server)
            server.stop()
            self._in(away, lambda: self._start_again(server))

    def _start_again(self, server: Server) -> None:
        server.start()
        self._away.remove(server)

    def _flush(self) -> None:
        """Now, or as soon as Redis is there: the plan may have it away."""
        try:
            with self._redis.client() as client:
                client.flushall()
        except redis.exceptions.ConnectionError:
            self._in(0.5, self._flush)

    def _give_room(self, hands: Hands, before: int, *, patience: int) -> None:
        """Empty the disk once it has refused a write: the process may be away, or just beginning."""
        if patience and self._refused(hands) == before:
            self._in(1, lambda: self._give_room(hands, before, patience=patience - 1))
        else:
            self._disk.empty()

    @staticmethod
    def _refused(hands: Hands) -> int:
        return hands.said("database or disk is full", "disk I/O error")

    def _in(self, seconds: float, then: Callable[[], None]) -> None:
        self._later.append((time.monotonic() + seconds, then))

    def _come_back(self) -> None:
        now = time.monotonic()
        for due in [one for one in self._later if one[0] <= now]:
            self._later.remove(due)
            due[1]()

    # -- what becomes of it ------------------------------------------------------------------------

    def _settle(self, hands: Hands, ledger: Ledger, expected: int) -> bool:
        """Wait until everything has arrived and the ledger knows it; whether that came in time."""
        deadline = time.monotonic() + self._course.patience
        while time.monotonic() < deadline:
            hands.tend()
            time.sleep(0.5)
            try:
                filings = ledger.report.filings_by_state()
                states = ledger.report.deliveries_by_state()
            except Form144Error:
                continue  # the server was killed under this connection, too
            read = filings.get("read", 0) + filings.get("unreadable", 0)
            if (
                read == self._count
                and set(states) <= SETTLED
                and self._other.ask("count")["keys"] >= expected
            ):
                return True
        return False

    def _what_was_done(self, reckoning: Reckoning, hands: Hands) -> None:
        done = self._done | Counter({"started again, having ended themselves": hands.gave_up})
        reckoning.row("done to it", ", ".join(f"{number} {what}" for what, number in sorted(done.items())))
        for lane in self._proxy.lanes.values():
            what = ", ".join(f"{number} {what}" for what, number in sorted(lane.done.items()))
            reckoning.row(f"on the way to {lane.name}", what or "nothing")
        if self._embedded:
            reckoning.row("the full disk was", self._disk.how)
            refused = self._refused(hands)
            reckoning.row("times it refused the ledger a write", refused, wrong_if=not refused)


def torture(
    seed: int, minutes: float, *, embedded: bool, console: Console, keep: Path | None = None
) -> Reckoning:
    """Run it in a folder of its own, which is gone afterwards unless it is to be kept."""
    with ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="torture-")))
        folder.mkdir(parents=True, exist_ok=True)
        run = Torture(folder, seed, Course.lasting(minutes), embedded=embedded, console=console)
        return run.run()


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.acceptance.torture")
    options.add_argument(
        "--minutes",
        type=float,
        default=10,
        help="so long things go wrong; up to 2: a slice, whose half a minute takes one in all",
    )
    options.add_argument("--seed", type=int, default=144)
    options.add_argument("--embedded", action="store_true", help="the one process on SQLite")
    options.add_argument("--keep", type=Path, help="folder for the logs of the processes")
    told = options.parse_args()
    if told.embedded:
        in_a_world_of_its_own()
    console = Console(width=110)
    try:
        reckoning = torture(told.seed, told.minutes, embedded=told.embedded, console=console, keep=told.keep)
    except AbsentError as error:
        console.print(f"There is no {error} on this machine.")
        sys.exit(NO_SERVER)
    reckoning.show(console)
    again = " --embedded" if told.embedded else ""
    console.print(
        f"Again: python -m tests.acceptance.torture --minutes {told.minutes:g} --seed {told.seed}{again}"
    )
    sys.exit(1 if reckoning.wrong else 0)


if __name__ == "__main__":
    main()
