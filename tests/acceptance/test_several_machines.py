"""Separate processes on a real Redis and a real PostgreSQL: the same story with settings alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from redis import Redis

from tests.acceptance.stage import processes, wait_until
from tests.servers.redis import RedisServer
from worker.alerts.delivery import DeliveryState
from worker.ledger.ledger import Ledger

pytestmark = pytest.mark.servers


def test_workers_and_beat_on_redis_and_postgresql_tell_everybody_once(
    tmp_path: Path, redis: RedisServer, postgres_url: str
) -> None:
    settings = {"FORM144_BROKER_URL": redis.url, "FORM144_LEDGER_URL": postgres_url}
    with processes(tmp_path, **settings) as run:
        assert run.start("migrate").wait(timeout=60) == 0, run.outputs()
        ledger = Ledger.open(postgres_url, migrate=False)
        for command in (["worker", "-Q", "edgar"], ["worker", "-Q", "deliver"], ["worker"], ["beat"]):
            run.start(*command)
        assert wait_until(lambda: sum(ledger.report.filings_by_state().values()) > 3), run.outputs()
        with Redis.from_url(redis.url) as broker:
            broker.flushall()
        redis.stop()
        redis.start()
        assert wait_until(lambda: run.is_finished(ledger), seconds=90), run.outputs()
        assert ledger.report.deliveries_by_state() == {DeliveryState.DELIVERED: 19}
        posts = [post for channel in run.stage.slack.messages.values() for post in channel]
        keys = {(post.metadata or {})["event_payload"]["key"] for post in posts}
        assert (len(posts), len(keys), len(run.stage.mail.received)) == (10, 10, 9)
        assert run.stage.edgar.peak_per_second <= 10
        ledger.close()


def test_a_worker_without_a_schema_says_which_command_makes_one(
    tmp_path: Path, redis: RedisServer, postgres_url: str
) -> None:
    settings = {"FORM144_BROKER_URL": redis.url, "FORM144_LEDGER_URL": postgres_url}
    with processes(tmp_path, **settings) as run:
        assert run.start("worker").wait(timeout=60) == 2
        assert "form144 migrate" in run.outputs()
        assert "Traceback" not in run.outputs()


def test_separate_processes_without_a_broker_say_what_to_set(tmp_path: Path) -> None:
    with processes(tmp_path) as run:
        for command in ("worker", "beat"):
            assert run.start(command).wait(timeout=60) == 2
        assert run.outputs().count("FORM144_BROKER_URL: is not set") == 2
