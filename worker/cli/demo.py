"""`form144 demo`: the main job against a local EDGAR, Slack and mail server, in half a minute."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from worker.alerts.delivery import SETTLED
from worker.cli.console import stdout
from worker.cli.folders import made
from worker.cli.outcome import coverage_line, outcome_table
from worker.errors import ConfigurationError, Form144Error, Unreachable
from worker.filings.filing import eastern_day
from worker.ledger.ledger import Ledger
from worker.messages.slack_limits import problems
from worker.parts import clock
from worker.settings import environment_without_ours
from worker.standins.demo import people, scene
from worker.standins.edgar.faults import Fault as EdgarFault
from worker.standins.edgar.server import EdgarStandin
from worker.standins.mail import MailStandIn
from worker.standins.slack import SlackStandIn
from worker.standins.slack_faults import Fault

WATCHLISTS = Path(scene.__file__).with_name("watchlists")

#: A machine on which it takes longer has a problem worth a message.
TIME_LIMIT = 180


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The three servers the worker is told to take for the real ones."""

    edgar: EdgarStandin
    slack: SlackStandIn
    mail: MailStandIn

    def settings(self, data: Path) -> dict[str, str]:
        """The environment that a real worker would be given, pointing here."""
        return {
            "EDGAR_CONTACT": "form144 demo demo@example.com",
            "FORM144_DATA": str(data),
            "FORM144_WATCHLISTS": str(WATCHLISTS),
            "FORM144_EDGAR_URL": self.edgar.base_url,
            "FORM144_POLL_SECONDS": "1",
            "FORM144_FEED_ROWS": "20",
            "FORM144_SLACK_TOKEN": self.slack.token,
            "FORM144_SLACK_URL": self.slack.base_url,
            "FORM144_SMTP_URL": f"smtp+plain://127.0.0.1:{self.mail.port}",
            "FORM144_MAIL_FROM": "form144@example.com",
            "FORM144_LOG_LEVEL": "info",
            "FORM144_LOG_FORMAT": "json",
        }


def demo(
    output: Annotated[Path, typer.Option(help="folder for the messages it sends")] = Path("demo-output"),
) -> None:
    """Run the main job against local stand-ins for EDGAR, Slack and a mail server."""
    console = stdout(wrap=True)
    console.print(
        "A local EDGAR announces 21 filings, two rows each, some late and out of\n"
        "order, and answers 503 once; a local Slack answers 429 once. The worker is\n"
        "the real one: form144 run, in a process of its own.\n"
    )
    folder = _fresh(output)
    with ExitStack() as stack:
        stage = Stage(
            edgar=stack.enter_context(EdgarStandin()),
            slack=stack.enter_context(SlackStandIn(check=problems)),
            mail=stack.enter_context(MailStandIn()),
        )
        began = clock()
        expected = play(stage, began)
        worker = stack.enter_context(_worker(stage, folder))
        ledger = _watch(worker, folder, expected, console)
        stack.callback(ledger.close)
        stage.slack.save(folder / "slack")
        stage.mail.save(folder / "mail")
        console.print(outcome_table(ledger.report.filings(began)))
        _say_where(console, stage, folder)
        console.print(coverage_line(ledger.report.coverage(eastern_day(began), eastern_day(clock()))))
        console.print(_record_line(ledger), highlight=False)


def _record_line(ledger: Ledger) -> str:
    ledger.chain.seal()
    verified = ledger.verification.verify()
    if verified.finding is not None:
        raise Form144Error(f"The record does not verify: {verified.finding}")
    return f"The record holds {verified.position:,} chained entries, each as it was sealed."


def _fresh(output: Path) -> Path:
    """A folder of its own for each run, named by the time in UTC."""
    return made(output / f"{clock():%Y%m%d-%H%M%S}")


def play(stage: Stage, now: datetime) -> int:
    """Put the scene on the feed, and the faults in the way; how many filings there are to be seen."""
    for company in (people.QFIN, *people.COMPANIES.values()):
        stage.edgar.list_company(company.ticker, company.cik, company.name)
    scripted = scene.script(now)
    for one in scripted:
        stage.edgar.publish(
            one.filing,
            one.document,
            at=now + one.appears,
            row_gap=one.row_gap,
            document_lag=one.document_lag,
        )
    stage.edgar.fail_next("/cgi-bin/browse-edgar", EdgarFault.UNAVAILABLE)
    stage.slack.fail_next("chat.postMessage", Fault.rate_limited(2))
    return len(scripted)


@contextmanager
def _worker(stage: Stage, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`form144 run` in a process of its own, told to stop at the end; its log lies in the folder."""
    with (folder / "worker.log").open("wb") as logged:
        process = subprocess.Popen(
            [sys.executable, "-m", "worker.cli", "run"],
            env=environment_without_ours() | stage.settings(folder),
            stdout=logged,
            stderr=logged,
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)


def _watch(worker: subprocess.Popen[bytes], folder: Path, expected: int, console: Console) -> Ledger:
    """Show how far it is until every filing is read and every delivery settled; the ledger, to report from.

    Raises DemoFailedError where the worker ends or nothing is finished in time.
    """
    columns = (TextColumn("{task.description:<10}"), BarColumn(32), TextColumn("{task.completed:>3.0f} of"))
    with Progress(*columns, TextColumn("{task.total:.0f}"), TimeElapsedColumn(), console=console) as progress:
        seen, read, told = (progress.add_task(name, total=expected) for name in ("seen", "read", "delivered"))
        ledger, deadline = None, time.monotonic() + TIME_LIMIT
        while time.monotonic() < deadline and worker.poll() is None:
            time.sleep(0.1)
            ledger = ledger or _open(folder)
            if ledger is None:
                continue
            filings = ledger.report.filings_by_state()
            deliveries = ledger.report.deliveries_by_state()
            done = filings.get("read", 0) + filings.get("unreadable", 0)
            settled = sum(number for state, number in deliveries.items() if state in SETTLED)
            progress.update(seen, completed=sum(filings.values()))
            progress.update(read, completed=done)
            progress.update(told, completed=settled, total=max(sum(deliveries.values()), 1))
            marked = not ledger.marks.due(clock())
            if done == expected and settled == sum(deliveries.values()) and marked:
                return ledger
    log = (folder / "worker.log").read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
    raise Form144Error("\n".join(["The demo came to no end; the worker's last words:", *log]))


def _open(folder: Path) -> Ledger | None:
    """The worker's ledger, once it has made one."""
    file = folder / "ledger.sqlite"
    try:
        return Ledger.open(f"sqlite:///{file}", migrate=False) if file.exists() else None
    except (ConfigurationError, Unreachable):
        return None


def _say_where(console: Console, stage: Stage, folder: Path) -> None:
    posts = sum(len(messages) for messages in stage.slack.messages.values())
    console.print(
        f"\n[bold]{posts}[/] Slack messages  {folder}/slack/*.json"
        f"\n[bold]{len(stage.mail.received)}[/] e-mails         {folder}/mail/*.eml, and .html to open"
        f"\nThe worker's log    {folder}/worker.log\n",
        highlight=False,
    )
