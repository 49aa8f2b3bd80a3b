"""Redis by URL alone: with a password, over TLS with a verified certificate, and by way of Sentinels."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.acceptance.stage import Processes, processes, wait_until
from tests.conftest import ROOT
from tests.servers import AbsentError, absent
from tests.servers.redis import RedisServer, any_redis
from tests.servers.tls import CERTIFICATE, TlsFront
from tests.test_doctor import patient
from tests.world import World
from worker.alerts.delivery import DeliveryState
from worker.doctor import broker
from worker.ledger.ledger import Ledger
from worker.notifiers.check import Mark
from worker.settings import environment_without_ours

pytestmark = pytest.mark.servers

PASSWORD = "not/a:password"
IN_A_URL = "not%2Fa%3Apassword"
EVERYTHING = {DeliveryState.DELIVERED: 19}


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis that asks for a password."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(any_redis(tmp_path, password=PASSWORD))
        except AbsentError as error:
            absent(str(error))
        yield server


RING = """
from worker import engine
from worker.logs import configure_logging
from worker.pipeline import Step
configure_logging(engine.settings())
engine.ring(Step.SWEEP)
"""


def ring_once(url: str) -> subprocess.CompletedProcess[str]:
    """One bell rung by a process of its own."""
    return subprocess.run(
        [
            sys.executable,
            "-c",
            RING,
        ],
        env=environment_without_ours() | {"FORM144_BROKER_URL": url, "FORM144_LOG_FORMAT": "json"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def start_everybody(run: Processes, postgres_url: str) -> Ledger:
    assert run.start("migrate").wait(timeout=120) == 0, run.outputs()
    for command in (["worker", "-Q", "edgar"], ["worker", "-Q", "deliver"], ["beat"]):
        run.start(*command)
    return Ledger.open(postgres_url, migrate=False)


def test_with_password_and_over_tls_the_whole_story_runs(
    tmp_path: Path, guarded: RedisServer, postgres_url: str
) -> None:
    with TlsFront(guarded.port) as front:
        url = f"rediss://:{IN_A_URL}@localhost:{front.port}/0?ssl_ca_certs={CERTIFICATE}"
        settings = {"FORM144_BROKER_URL": url, "FORM144_LEDGER_URL": postgres_url}
        with processes(tmp_path, **settings) as run, ExitStack() as stack:
            ledger = stack.enter_context(closing(start_everybody(run, postgres_url)))
            assert wait_until(lambda: run.is_finished(ledger), seconds=180), run.outputs()
            assert ledger.report.deliveries_by_state() == EVERYTHING
            assert PASSWORD not in run.outputs()
            assert IN_A_URL not in run.outputs()


def test_a_certificate_nobody_vouches_for_or_of_another_host_is_not_talked_to(guarded: RedisServer) -> None:
    with TlsFront(guarded.port) as front:
        right = f"rediss://:{IN_A_URL}@localhost:{front.port}/0?ssl_ca_certs={CERTIFICATE}"
        assert "doorbell_not_heard" not in ring_once(right).stdout
        for wrong in (
            f"rediss://:{IN_A_URL}@localhost:{front.port}/0",
            # Another name of the same machine, which the certificate does not know.
            f"rediss://:{IN_A_URL}@127.1:{front.port}/0?ssl_ca_certs={CERTIFICATE}",
        ):
            done = ring_once(wrong)
            assert "doorbell_not_heard" in done.stdout + done.stderr
            assert done.returncode == 0
    with guarded.client() as there:
        assert there.llen("deliver") == 1


def test_without_the_password_nothing_rings_and_nothing_shows_it(guarded: RedisServer) -> None:
    for credentials in ("", ":a-wrong-word@"):
        done = ring_once(f"redis://{credentials}127.0.0.1:{guarded.port}/0")
        assert "doorbell_not_heard" in done.stdout + done.stderr
        assert "a-wrong-word" not in done.stdout + done.stderr


def test_the_doctor_gets_past_a_sentinel_with_the_password_that_rings(
    tmp_path: Path, guarded: RedisServer, world: World
) -> None:
    watching = (
        f"sentinel monitor ours 127.0.0.1 {guarded.port} 1\n"
        f'sentinel auth-pass ours "{PASSWORD}"\n'
        f'requirepass "{PASSWORD}"\n'
    )
    sentinel = RedisServer(guarded.binary, tmp_path, password=PASSWORD, sentinel=watching)
    with ExitStack() as stack:
        sentinel.start()
        stack.callback(sentinel.stop)
        for user in ("", "default"):
            url = f"sentinel://{user}:{IN_A_URL}@127.0.0.1:{sentinel.port}/0?master_name=ours"
            url += f"&sentinel_password={IN_A_URL}"
            assert "doorbell_not_heard" not in ring_once(url).stdout
            found = list(broker.broker(patient(world, FORM144_BROKER_URL=url)))
            assert [one.finding for one in found if one.mark is Mark.BROKEN] == []
            assert "answers" in found[0].finding


@pytest.fixture
def watched(tmp_path: Path, guarded: RedisServer) -> Iterator[tuple[RedisServer, list[RedisServer]]]:
    """A master, its replica, and three Sentinels who agree about it; the master and the Sentinels."""
    with ExitStack() as stack:
        copy = RedisServer(
            guarded.binary,
            tmp_path,
            password=PASSWORD,
            options=["--replicaof", f"127.0.0.1 {guarded.port}"],
        )
        watching = (
            f"sentinel monitor ours 127.0.0.1 {guarded.port} 2\n"
            f'sentinel auth-pass ours "{PASSWORD}"\n'
            # Longer than a busy machine lets a healthy master wait for its turn.
            "sentinel down-after-milliseconds ours 5000\n"
            "sentinel failover-timeout ours 6000\n"
        )
        sentinels = [RedisServer(guarded.binary, tmp_path, sentinel=watching) for _ in range(3)]
        for server in (copy, *sentinels):
            server.start()
            stack.callback(server.stop)
        ready = wait_until(lambda: all(_knows_everybody(one) for one in sentinels), seconds=120)
        assert ready, "the Sentinels did not find each other"
        yield guarded, sentinels


def _knows_everybody(sentinel: RedisServer) -> bool:
    with sentinel.client() as asked:
        (state,) = asked.sentinel_masters().values()
    return bool(state["num-other-sentinels"] == 2 and state["num-slaves"] == 1)


def test_when_the_master_dies_the_sentinels_new_one_is_used_and_nothing_is_lost(
    tmp_path: Path, watched: tuple[RedisServer, list[RedisServer]], postgres_url: str
) -> None:
    master, sentinels = watched
    there = [f"sentinel://:{IN_A_URL}@127.0.0.1:{sentinels[0].port}/0"]
    there += [f"sentinel://127.0.0.1:{one.port}" for one in sentinels[1:]]
    settings = {
        "FORM144_BROKER_URL": ";".join(there) + "?master_name=ours",
        "FORM144_LEDGER_URL": postgres_url,
    }
    with processes(tmp_path, **settings) as run, ExitStack() as stack:
        ledger = stack.enter_context(closing(start_everybody(run, postgres_url)))
        assert wait_until(lambda: sum(ledger.report.filings_by_state().values()) > 3), run.outputs()
        assert _master(sentinels[1]) == master.port
        master.stop()
        sentinels[0].stop()
        # Two must agree; a vote that is split is tried again after twelve seconds, and a Sentinel that stood
        # still for two does nothing for thirty (its "tilt" mode).
        promoted = wait_until(lambda: _master(sentinels[1]) != master.port, seconds=120)
        assert promoted, "nobody was promoted"
        # What a worker held when it ended is taken up by another four minutes later (due.DELIVER_LEASE).
        assert wait_until(supervised(run, ledger), seconds=360), run.outputs()
        assert ledger.report.deliveries_by_state() == EVERYTHING
        posts = [post for channel in run.stage.slack.messages.values() for post in channel]
        assert (len(posts), len(run.stage.mail.received)) == (10, 9)


def supervised(run: Processes, ledger: Ledger) -> Callable[[], bool]:
    """Whether all is done. An error in closing the lost connection may be the end of a worker to Celery."""

    def finished() -> bool:
        run.start_again()
        return run.is_finished(ledger)

    return finished


def _master(sentinel: RedisServer) -> int:
    """The port of the master that a Sentinel names."""
    with sentinel.client() as asked:
        return int(asked.sentinel_get_master_addr_by_name("ours")[1])
