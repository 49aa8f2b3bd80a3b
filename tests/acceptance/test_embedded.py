"""One process is everything: `form144 run`, and the demo that shows it."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.stage import Processes, processes, wait_until
from worker.alerts.delivery import DeliveryState
from worker.ledger.ledger import Ledger
from worker.messages.slack_limits import problems
from worker.settings import environment_without_ours

ROOT = Path(__file__).parents[2]


def ledger_of(run: Processes) -> Ledger:
    return Ledger.open(f"sqlite:///{run.folder / 'ledger.sqlite'}", migrate=True)


def read(ledger: Ledger) -> int:
    return ledger.report.filings_by_state().get("read", 0)


def messages(run: Processes) -> list[str]:
    """What identifies each message at the other side: Slack's key, the mail's Message-ID."""
    posts = [post for channel in run.stage.slack.messages.values() for post in channel]
    keys = [str((post.metadata or {})["event_payload"]["key"]) for post in posts]
    return keys + [str(received.mail["Message-ID"]) for received in run.stage.mail.received]


def test_the_demo_ends_well_and_what_it_shows_is_true(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "worker.cli", "demo", "--output", str(tmp_path)],
        env=environment_without_ours() | {"COLUMNS": "100"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Seen 21. Matched 7. Unreadable 1." in done.stdout
    assert "0001963043-23-000001" in done.stdout
    assert re.search(r"holds [1-9]\d{2,} chained entries, each as it was sealed", done.stdout)
    (folder,) = tmp_path.iterdir()
    posts = [json.loads(file.read_bytes()) for file in (folder / "slack").glob("*.json")]
    assert len(posts) == 10
    assert [problem for post in posts for problem in problems(post["blocks"], post["text"])] == []
    assert len(list((folder / "mail").glob("*.eml"))) == len(list((folder / "mail").glob("*.html"))) == 9


def test_two_processes_do_not_share_one_ledger(tmp_path: Path) -> None:
    with processes(tmp_path) as run:
        run.start("run")
        ledger = ledger_of(run)
        assert wait_until(lambda: read(ledger) > 0), run.outputs()
        second = run.start("run")
        assert second.wait(timeout=120) == 2
        assert "in use by another form144" in run.outputs()
        ledger.close()


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_sigterm_and_ctrl_c_let_the_one_process_end_in_order(tmp_path: Path, asked: signal.Signals) -> None:
    with processes(tmp_path) as run:
        worker = run.start("run")
        ledger = ledger_of(run)
        assert wait_until(lambda: read(ledger) > 0), run.outputs()
        worker.send_signal(asked)
        assert worker.wait(timeout=120) == 0, run.outputs()
        said = "Stopping: what is under way is finished first."
        assert (said in run.outputs()) is (asked is signal.SIGINT)
        assert "cold shutdown" not in run.outputs()
        ledger.close()


def test_killed_again_and_again_the_one_process_tells_everybody_once(tmp_path: Path) -> None:
    with processes(tmp_path) as run:
        worker = run.start("run")
        ledger = ledger_of(run)
        for already in (0, 7, 14):
            assert wait_until(lambda: read(ledger) > already), run.outputs()  # noqa: B023 - used at once
            worker.kill()
            worker.wait()
            worker = run.start("run")
        # Less than any claim holds (due.READ_LEASE): what died with its process is taken back at once.
        assert wait_until(lambda: run.is_finished(ledger), seconds=85), run.outputs()
        assert ledger.report.deliveries_by_state() == {DeliveryState.DELIVERED: 19}
        slack, sent = sum(map(len, run.stage.slack.messages.values())), set(messages(run))
        assert (slack, len(sent)) == (10, 19)
        ledger.close()
