"""Separate processes on a real Redis and a real PostgreSQL: the same story with settings alone."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from tests.acceptance.stage import processes, wait_until
from tests.servers.redis import RedisServer
from worker.alerts.delivery import DeliveryState
from worker.edgar.budget import USUAL_PER_SECOND
from worker.ledger.ledger import Ledger

pytestmark = pytest.mark.servers


def test_workers_and_two_beats_on_redis_and_postgresql_tell_everybody_once(
    tmp_path: Path, redis: RedisServer, postgres_url: str
) -> None:
    settings = {"FORM144_BROKER_URL": redis.url, "FORM144_LEDGER_URL": postgres_url}
    with processes(tmp_path, **settings) as run:
        assert run.start("migrate").wait(timeout=120) == 0, run.outputs()
        write_down_every_slot(postgres_url)
        ledger = Ledger.open(postgres_url, migrate=False)
        for command in (["worker", "-Q", "edgar"], ["worker", "-Q", "deliver"], ["worker"]):
            run.start(*command)
        # A second one, started by mistake or during a move, rings twice, and that is all.
        for _ in range(2):
            run.start("beat")
        assert wait_until(lambda: sum(ledger.report.filings_by_state().values()) > 3), run.outputs()
        with Redis.from_url(redis.url) as broker:
            broker.flushall()
        redis.stop()
        redis.start()
        assert wait_until(lambda: run.is_finished(ledger)), run.outputs()
        assert ledger.report.deliveries_by_state() == {DeliveryState.DELIVERED: 19}
        posts = [post for channel in run.stage.slack.messages.values() for post in channel]
        keys = {(post.metadata or {})["event_payload"]["key"] for post in posts}
        assert (len(posts), len(keys), len(run.stage.mail.received)) == (10, 10, 9)
        asked = [one for one in run.stage.edgar.requests if not one.path.endswith("company_tickers.json")]
        ledger.close()
    # The tickers are asked for before there is a ledger that could allow it.
    arrived = sorted(one.at.timestamp() for one in asked)
    apart = 1 / USUAL_PER_SECOND
    slots = [next_at - apart for next_at in written_down(postgres_url)]
    assert min(after - before for before, after in pairwise(slots)) >= apart - 0.001
    # Later than it was allowed to leave, a request may arrive; nobody asks sooner, or without a slot.
    assert len(arrived) > 20
    assert [at for at, slot in zip(arrived, slots, strict=False) if at < slot - 0.05] == []
    assert len(arrived) <= len(slots)


def write_down_every_slot(url: str) -> None:
    """Have the ledger keep, for each request that it allows, when the next one may leave."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE slots (next_at double precision)")
        connection.execute(
            "CREATE FUNCTION write_down() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN INSERT INTO slots VALUES (NEW.next_at); RETURN NEW; END'"
        )
        connection.execute(
            "CREATE TRIGGER slots AFTER UPDATE OF next_at ON pace FOR EACH ROW EXECUTE FUNCTION write_down()"
        )


def written_down(url: str) -> list[float]:
    """Those instants in seconds since 1970, the earliest first."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        found = connection.execute("SELECT next_at FROM slots ORDER BY next_at").fetchall()
    return [next_at for (next_at,) in found]


def test_a_worker_without_a_schema_says_which_command_makes_one(
    tmp_path: Path, redis: RedisServer, postgres_url: str
) -> None:
    settings = {"FORM144_BROKER_URL": redis.url, "FORM144_LEDGER_URL": postgres_url}
    with processes(tmp_path, **settings) as run:
        assert run.start("worker").wait(timeout=120) == 2
        assert "form144 migrate" in run.outputs()
        assert "Traceback" not in run.outputs()


def test_separate_processes_without_a_broker_say_what_to_set(tmp_path: Path) -> None:
    with processes(tmp_path) as run:
        for command in ("worker", "beat"):
            assert run.start(command).wait(timeout=120) == 2
        assert run.outputs().count("FORM144_BROKER_URL: is not set") == 2
