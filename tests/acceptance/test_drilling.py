"""`form144 drill` beside a `form144 run` that knows nothing of it."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

from tests.acceptance.stage import Processes, processes, wait_until
from worker.cli.demo import WATCHLISTS
from worker.ledger.ledger import Ledger

WATCHLIST = """\
name: Example Industries
owner: Jane Doe
issuers: [1999500]
when: {market_value: over 10M}
tell: ['slack:#ir-alerts', 'email:jane@example.com', 'email:joe@example.com']
"""


def drilled(run: Processes, *arguments: str) -> tuple[int, str]:
    command = run.start("drill", "--list", "example", *arguments)
    code = command.wait(timeout=240)
    return code, run.outputs()


def marked(run: Processes) -> int:
    posts = [post.text for posts in run.stage.slack.messages.values() for post in posts]
    mails = [str(received.mail["Subject"]) for received in run.stage.mail.received]
    return sum("DRILL" in text for text in (*posts, *mails))


def test_a_drill_beside_a_running_worker_reaches_slack_and_two_mailboxes(tmp_path: Path) -> None:
    lists = tmp_path / "lists"
    copytree(WATCHLISTS, lists)
    (lists / "example.yaml").write_text(WATCHLIST)
    with processes(tmp_path, FORM144_WATCHLISTS=str(lists)) as run:
        worker = run.start("run")
        ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}", migrate=True)
        assert wait_until(lambda: run.is_finished(ledger)), run.outputs()
        counted = (ledger.report.filings_by_state(), ledger.report.deliveries_by_state())
        code, said = drilled(run, "--wait", "150")
        assert code == 0, said
        assert "Drill: 3 of 3 destinations got it" in said
        assert marked(run) == 3
        last = ledger.drills.last()
        assert last is not None
        assert last.reached_all
        assert counted == (ledger.report.filings_by_state(), ledger.report.deliveries_by_state())
        run.stage.mail.answers["joe@example.com"] = "550 5.1.1 No such mailbox"
        code, said = drilled(run, "--wait", "150")
        assert code == 1
        assert "email:joe@example.com: the mail server refused the recipient: 550" in said
        assert marked(run) == 5
        worker.kill()
        worker.wait()
        code, said = drilled(run, "--wait", "2")
        assert code == 1
        assert "Nobody would take it up: start form144 run, or add --here." in said
        ledger.close()
