"""A year of notices in one go, on both sizes: notices a second beside what the engine could do at most.

    python -m benchmarks.load [--filings 5000 | --year] [--size embedded --size machines]

The worker is the real one in processes of its own, the other side a stand-in in another; what is taken off is
the SEC's pace (benchmarks/load_worker.py), which lets ten notices a second be read at most. The ledger holds
the year's filings as announced; while they are read, and afterwards, single new ones appear on the feed.
The default of 5,000 takes about two minutes, a year of 50,000 a quarter of an hour.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import sqlalchemy as sa

from benchmarks import load_ceilings
from benchmarks.discovery import time_a_page
from benchmarks.load_stage import FIRST_CIK, Stage, a_year, stage
from benchmarks.reach import p50_p99, reach
from tests.servers.postgres import any_postgres
from tests.servers.redis import any_redis
from worker.ledger.ledger import Ledger
from worker.ledger.tables import alerts, deliveries, filings
from worker.settings import environment_without_ours

LISTS, ENTRIES = 1_000, 100
YEAR, USUAL = 50_000, 5_000
ACCOUNTED = 200
#: What stands on the feed while quiet polls are measured: a page that is not quite full, as it is the last.
SHOWN = 45
#: New filings on the feed: about so many while the year is read, at most one a second; so many afterwards.
#: EDGAR shows some six hundred a day: hundreds within ten minutes would be nine pages to parse at every poll.
LIVE, IDLE = 50, 40
#: What the machine these figures are from reads in a second, to space them.
ABOUT = 125


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--filings", type=int, default=USUAL)
    options.add_argument("--year", action="store_const", const=YEAR, dest="filings")
    options.add_argument("--size", action="append", choices=["embedded", "machines"])
    asked = options.parse_args()
    for size in asked.size or ["embedded", "machines"]:
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            at = Path(folder)
            print(f"\n{size}: {asked.filings:,} notices, {LISTS:,} lists, {LISTS * ENTRIES:,} entries")
            if size == "embedded":
                urls = {"FORM144_LEDGER_URL": f"sqlite:///{at / 'ledger.sqlite'}"}
                Load(at, urls, asked.filings, f"sqlite:///{at / 'account.sqlite'}").run()
            else:
                postgres = stack.enter_context(any_postgres())
                redis = stack.enter_context(any_redis(at))
                with psycopg.connect(postgres.url().replace("+psycopg", ""), autocommit=True) as server:
                    server.execute("CREATE DATABASE account")
                urls = {"FORM144_LEDGER_URL": postgres.url(), "FORM144_BROKER_URL": redis.url}
                Load(at, urls, asked.filings, postgres.url("account")).run()


class Load:
    """One size of the house under the year's load."""

    def __init__(self, folder: Path, urls: dict[str, str], number: int, account: str) -> None:
        self.folder, self.urls, self.number, self.account = folder, urls, number, account
        self.machines = "FORM144_BROKER_URL" in urls
        self.settings = urls | {
            "FORM144_DATA": str(folder / "data"),
            "FORM144_WATCHLISTS": str(folder / "lists"),
            "FORM144_POLL_SECONDS": "0.5",
            "FORM144_LOG_LEVEL": "warning",
        }
        self.year = a_year(number, datetime.now(UTC).date())
        self.live: list[str] = []

    def run(self) -> None:
        _write_lists(self.folder / "lists")
        channels = [f"#list-{number}" for number in range(0, LISTS, 2)]
        with stage([one.parties[0].cik for one in self.year], channels) as side:
            self.settings |= side.settings
            announced = _announce(self.urls["FORM144_LEDGER_URL"], self.year)
            print(f"announced to the ledger by the hundred: {announced:,.0f} a second")
            ceilings = self._ceilings(side)
            ledger = Ledger.open(self.urls["FORM144_LEDGER_URL"], migrate=False)
            with self._workers() as pids:
                rate = self._measure(ledger, side, pids)
                idle = [self._show(side) for _ in range(IDLE)]
                self._wait(ledger)
                _latency("announced to delivered, idle", ledger, idle)
            told = side.counts()
            print(
                f"EDGAR answered {told['requests']:,} requests; "
                f"{told['posts']:,} posts, {told['mails']:,} mails"
            )
            ledger.close()
            reach("of the ceiling that binds, in percent", 100 * rate / min(ceilings), at_least=50)

    def _ceilings(self, side: Stage) -> Sequence[float]:
        """Notices a second that the bare ledger could take, and tasks a second that do nothing."""
        _announce(self.account, self.year[:: max(1, self.number // ACCOUNTED)][:ACCOUNTED])
        for _ in range(SHOWN):
            self._show(side, settle=0)
        requests = side.counts()["requests"]
        told = json.loads(self._run("account", FORM144_LEDGER_URL=self.account))
        requests = side.counts()["requests"] - requests - ACCOUNTED
        milliseconds, parse = p50_p99(told["milliseconds"])[0], time_a_page(filings_shown=SHOWN)
        print(
            f"a quiet poll: {requests / 42:.1f} requests, {told['statements']} statements, "
            f"{milliseconds:.1f} ms of processor; parsing a changed page adds {parse:.1f}"
        )
        reach("milliseconds of a quiet poll", milliseconds, at_most=5)
        reading: list[str] = told["reading"]
        written = sum("r" not in one for one in reading) / ACCOUNTED
        statements = sum(len(one.strip("r")) for one in reading) / ACCOUNTED
        url = self.account if self.machines else f"sqlite:///{self.folder / 'bare.sqlite'}"
        bare = load_ceilings.bare_ledger(url, reading, processes=4 if self.machines else 1) * ACCOUNTED
        tasks = load_ceilings.nothing_tasks(self.settings, processes=2 if self.machines else 0)
        print(
            f"a notice, with what is delivered of it: {len(reading) / ACCOUNTED:.1f} transactions, "
            f"{written:.1f} of them writing, {statements:.1f} statements\n"
            f"ceilings: {bare:,.0f} notices/s of such transactions bare, {tasks:,.0f} tasks/s that do nothing"
        )
        return bare, tasks

    def _measure(self, ledger: Ledger, side: Stage, pids: Sequence[int]) -> float:
        """Read the year; print notices a second, latency and memory."""
        while not _left(ledger) < self.number:
            time.sleep(0.02)
        began, shown, memory = time.monotonic(), 0.0, []
        left = _left(ledger)
        begun = left
        live: list[str] = []
        while left:
            if time.monotonic() - shown > max(1.0, self.number / ABOUT / LIVE):
                shown = time.monotonic()
                live.append(self._show(side, settle=0))
                memory.append(sum(map(_resident, pids)))
            time.sleep(0.1)
            left = _left(ledger)
        rate = begun / (time.monotonic() - began)
        self._wait(ledger)
        states = {str(state): number for state, number in ledger.report.deliveries_by_state().items()}
        whole = begun / (time.monotonic() - began)
        print(f"end to end: {rate:,.0f} notices/s read, {whole:,.0f} until all was delivered; {states}")
        _latency("announced to delivered, under load", ledger, live)
        half, last = memory[len(memory) // 2], memory[-1]
        print(
            f"memory of {len(pids)} worker(s): {memory[0]:.0f} MB, at half {half:.0f}, at the end {last:.0f}"
        )
        reach("growth of memory over the second half, in percent", 100 * (last / half - 1), at_most=10)
        return rate

    def _show(self, side: Stage, settle: float = 0.7) -> str:
        """Have a filing appear on the feed that some list asks for, each time another list."""
        number = len(self.live)
        accession = f"0001950047-26-{number:06d}"
        side.publish(accession, FIRST_CIK + 10 * (number * 7 % LISTS))
        self.live.append(accession)
        time.sleep(settle)
        return accession

    def _wait(self, ledger: Ledger) -> None:
        """Until all that was shown is read, and nothing is owed."""
        deadline = time.monotonic() + 120
        with_live = self.number + len(self.live)
        while time.monotonic() < deadline:
            states = ledger.report.filings_by_state()
            owed = {"owed", "sending"} & set(ledger.report.deliveries_by_state())
            if states.get("read", 0) == with_live and not owed:
                return
            time.sleep(0.2)
        raise TimeoutError(f"{ledger.report.filings_by_state()}, {ledger.report.deliveries_by_state()}")

    @contextmanager
    def _workers(self) -> Iterator[list[int]]:
        modes = ["beat", "worker", "worker"] if self.machines else ["run"]
        with (self.folder / "workers.log").open("wb") as log:
            running = [
                subprocess.Popen(
                    [sys.executable, "-m", "benchmarks.load_worker", mode],
                    env=environment_without_ours() | self.settings,
                    stdout=log,
                    stderr=log,
                )
                for mode in modes
            ]
        try:
            yield [one.pid for one, mode in zip(running, modes, strict=True) if mode != "beat"]
        except BaseException:
            print((self.folder / "workers.log").read_text(errors="replace")[-3000:])
            raise
        finally:
            for one in running:
                one.terminate()
            for one in running:
                one.wait(timeout=60)
            _show_what_broke(self.folder / "workers.log")

    def _run(self, mode: str, **settings: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.load_worker", mode],
            env=environment_without_ours() | self.settings | settings,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout.splitlines()[-1]


def _show_what_broke(log: Path) -> None:
    """A task that breaks is done again, so that the figures alone would not show it."""
    with log.open(errors="replace") as lines:
        broke = [line for line in lines if "raised unexpected" in line]
    for line in broke[:20]:
        print(f"a task broke: {line.rstrip()}")
    if len(broke) > 20:
        print(f"and {len(broke) - 20} more")


def _write_lists(folder: Path) -> None:
    folder.mkdir()
    for number in range(LISTS):
        issuers = "\n".join(f"  - {FIRST_CIK + 10 * (number + LISTS * place)}" for place in range(ENTRIES))
        tell = f"email:list-{number}@example.com" if number % 2 else f"slack:#list-{number}"
        text = f'name: List {number}\nowner: Example Desk\nissuers:\n{issuers}\ntell:\n  - "{tell}"\n'
        (folder / f"list-{number}.yaml").write_text(text)


def _announce(url: str, year: Sequence[object]) -> float:
    """As the feed's pages would; how many a second."""
    ledger = Ledger.open(url, migrate=True)
    began = time.monotonic()
    for start in range(0, len(year), 100):
        ledger.filings.announce(year[start : start + 100], datetime.now(UTC))  # type: ignore[arg-type]
    spent = time.monotonic() - began
    ledger.close()
    return len(year) / spent


def _left(ledger: Ledger) -> int:
    """How many filings are not read yet. An index alone says it: what is measured has two processors."""
    query = sa.select(sa.func.count()).where(filings.c.due_at.is_not(None))
    with ledger.database.read() as connection:
        return int(connection.execute(query).scalar_one())


def _latency(what: str, ledger: Ledger, accessions: Sequence[str]) -> None:
    query = (
        sa.select(filings.c.seen_at, sa.func.max(deliveries.c.settled_at).label("settled_at"))
        .join(alerts, alerts.c.accession == filings.c.accession)
        .join(deliveries, deliveries.c.alert_id == alerts.c.id)
        .where(filings.c.accession.in_(accessions), deliveries.c.state == "delivered")
        .group_by(filings.c.accession, filings.c.seen_at)
    )
    with ledger.database.read() as connection:
        spans = [
            (row.settled_at - row.seen_at) / timedelta(milliseconds=1) for row in connection.execute(query)
        ]
    p50, p99 = p50_p99(spans)
    print(f"{what}: p50 {p50:,.0f} ms, p99 {p99:,.0f} ms, of {len(spans)}")


def _resident(pid: int) -> float:
    """Megabytes, as Linux tells them."""
    told = re.search(r"VmRSS:\s+([0-9]+)", Path(f"/proc/{pid}/status").read_text())
    return int(told[1]) / 1024 if told else 0.0


if __name__ == "__main__":
    main()
