"""An upgrade while the work goes on: workers of two versions, one migration apart, side by side.

The version of today is the old one. The next is a copy of it with one more migration that only adds, one
column more that it writes, one doorbell more that today's workers have never heard of, and a doorbell that
carries a word they do not take.
"""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.acceptance.environment import environment
from tests.acceptance.hands import Hands
from tests.acceptance.material import expected_number, material, write_lists
from tests.acceptance.otherside import OtherSide
from tests.acceptance.reckoning import Reckoning, arrivals
from tests.acceptance.stage import wait_until
from tests.conftest import ROOT
from tests.servers.redis import RedisServer
from worker.alerts.delivery import SETTLED
from worker.ledger.database import Database
from worker.ledger.ledger import Ledger
from worker.ledger.schema import newest

pytestmark = pytest.mark.servers

#: The last two thirds of the filings appear while both versions are at work: a minute of them.
COUNT, SPAN = 225, 90.0
NEXT = "next_version"

MIGRATION = f'''"""What the next version needs; it only adds."""

import sqlalchemy as sa
from alembic import op

revision = "{NEXT}"
down_revision = "{newest()}"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("deliveries", sa.Column("next_word", sa.Text))
    op.create_table("next_things", sa.Column("id", sa.Integer, primary_key=True))
'''

LAST = 'sa.Column("last_error", sa.Text),\n    sa.UniqueConstraint("alert_id"'

#: In which file of the copy what is put in the place of what.
CHANGES = [
    ("ledger/tables.py", LAST, f'sa.Column("next_word", sa.Text, default="next"),\n    {LAST}'),
    (
        "engine.py",
        "queue=QUEUES[step], expires=30)",
        "queue=QUEUES[step], expires=30, kwargs=PAYLOAD.get(step, {}))",
    ),
    (
        "engine.py",
        "QUEUES = {",
        'PAYLOAD = {Step.DELIVER: {"hint": "next"}}\nQUEUES = {\n    "tidy": "deliver",',
    ),
    ("tasks.py", "def deliver() -> None:", 'def deliver(hint: str = "") -> None:'),
]

#: And what its tasks have more: a doorbell, rung after every sweep.
MORE = """

@app.task(name="form144.tidy")
def tidy() -> None:
    log.info("tidied")


@task_postrun.connect
def _ring_what_is_new(sender=None, **_details) -> None:
    if sender is not None and sender.name == "form144.sweep":
        engine.ring("tidy")
"""


def next_version(folder: Path) -> Path:
    """A copy of this program, one version further."""
    root = folder / "next"
    for name in ("worker", "templates"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    versions = root / "worker" / "ledger" / "migrations" / "versions"
    (versions / "9999_next.py").write_text(MIGRATION)
    for name, old, new in CHANGES:
        file = root / "worker" / name
        text = file.read_text()
        assert text.count(old) == 1, f"{name} no longer holds: {old}"
        file.write_text(text.replace(old, new))
    with (root / "worker" / "tasks.py").open("a") as tasks:
        tasks.write(
            "\nimport structlog\nfrom celery.signals import task_postrun\n\nlog = structlog.get_logger()\n"
        )
        tasks.write(MORE)
    return root


def test_workers_of_two_versions_work_side_by_side_and_nothing_is_lost(
    tmp_path: Path, redis: RedisServer, postgres_url: str
) -> None:
    began = datetime.now(UTC)
    pieces = material(COUNT, 144, began=began, span=SPAN)
    write_lists(tmp_path / "lists")
    (tmp_path / "old-logs").mkdir()
    (tmp_path / "next-logs").mkdir()
    with OtherSide(COUNT, 144, began=began, span=SPAN, at_first=COUNT // 3) as other, ExitStack() as stack:
        settings = environment(
            tmp_path, other.ports, FORM144_BROKER_URL=redis.url, FORM144_LEDGER_URL=postgres_url
        )
        old = Hands(tmp_path / "old-logs", settings, hurried=False)
        new = Hands(tmp_path / "next-logs", settings, hurried=False, root=next_version(tmp_path))
        with old, new:
            old.finish("migrate")
            ledger = Ledger(Database(postgres_url))
            stack.callback(ledger.close)
            everybody = (("worker", "-Q", "edgar"), ("worker", "-Q", "deliver"), ("beat",))
            for command in everybody:
                old.start(command)
            assert wait_until(lambda: ledger.report.filings_by_state().get("read", 0) > 15), old.logs()
            # The next version waits for its schema, and makes it while the old one is at work.
            assert new.run("worker") == 2
            assert "run: form144 migrate" in new.logs()
            new.finish("migrate")
            for command in everybody[:2]:
                new.start(command)
            assert wait_until(lambda: "tidied" in new.logs()), new.logs()
            by_old = written(ledger)[None]
            other.ask("go_on")
            # Both write from now on: the old one what it always did, the new one its word beside it.
            assert wait_until(lambda: written(ledger).get("next", 0) > 0), new.logs()
            assert wait_until(lambda: written(ledger)[None] > by_old), old.logs()
            assert wait_until(lambda: "form144.tidy" in old.logs()), "no bell reached the old version"
            # For a minute: until the last filing was announced.
            assert wait_until(lambda: sum(ledger.report.filings_by_state().values()) == COUNT), new.logs()
            # Beat goes last. An old worker that starts again now is told why it may not.
            assert old.run("worker") == 2
            assert "written by a newer form144" in old.logs()
            old.stop()
            new.start(everybody[2])
            assert wait_until(lambda: is_finished(ledger), seconds=180), new.logs()
            new.stop()
        reckoning = Reckoning("upgrade")
        arrivals(reckoning, pieces=pieces, taken=other.ask("report")["taken"], ledger=ledger)
        assert reckoning.wrong == []
        assert sum(written(ledger).values()) == expected_number(pieces)
        assert "unregistered task" in old.logs()


def written(ledger: Ledger) -> dict[str | None, int]:
    """How many deliveries carry the next version's word, and how many do not."""
    query = sa.text("SELECT next_word, count(*) FROM deliveries GROUP BY next_word")
    with ledger.database.read() as connection:
        return dict(connection.execute(query).all())


def is_finished(ledger: Ledger) -> bool:
    filings = ledger.report.filings_by_state()
    done = filings.get("read", 0) + filings.get("unreadable", 0)
    return done == COUNT and set(ledger.report.deliveries_by_state()) <= SETTLED
