"""The settings of Celery that lose work, do it twice or stand still are not reachable by accident.

What each of them does was measured on Celery 5.7 with Redis killed, flushed and cut off; the sentence
beside it says what came of it.
"""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
from pathlib import Path
from threading import Event, Semaphore, Thread
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.processes import ended
from tests.servers.redis import RedisServer
from worker import beat, engine, tasks
from worker.errors import ConfigurationError
from worker.pipeline import Step
from worker.settings import environment_without_ours, from_environment
from worker.settings.broker import OVERRULING, broker

REDIS = "redis://127.0.0.1:1/0"

#: What a process of ours would run with, printed by one: the configuration and, of every task, its options.
SHOW = """
import json
from worker.engine import app
app.loader.import_default_modules()
names = %r
tasks = {name: task for name, task in app.tasks.items() if name.startswith("form144.")}
print(json.dumps({
    "settings": {name: app.conf[name] for name in names},
    "broker_url": app.conf.broker_url,
    "result_backend": app.conf.result_backend,
    "tasks": {
        name: [task.acks_late, task.ignore_result, task.serializer, task.rate_limit, task.max_retries]
        for name, task in tasks.items()
    },
    "queues": {name: app.conf.task_routes[name]["queue"] for name in tasks},
    "exchanges": sorted({queue.exchange.type for queue in app.amqp.queues.values()}),
}))
"""


def configuration(names: list[str], **environment: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", SHOW % names],
        env=environment_without_ours() | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shown: dict[str, Any] = json.loads(done.stdout)
    return shown


#: setting: what it has to be on Redis, and what anything else does.
DANGEROUS: dict[str, tuple[object, str]] = {
    "task_acks_late": (False, "316 of 2,000 jobs lost by kills; a long task started four times"),
    "task_reject_on_worker_lost": (False, "redelivery beside the ledger's leases: a second truth"),
    "task_acks_on_failure_or_timeout": (True, "a failed task would be given out again at once, for ever"),
    "accept_content": (["json"], "pickle runs what a stolen broker sends"),
    "task_serializer": ("json", "pickle runs what a stolen broker sends"),
    "result_accept_content": (None, "None means accept_content"),
    "task_ignore_result": (True, "results pile up in Redis until it is full"),
    "task_store_errors_even_if_ignored": (False, "tracebacks would stand in the broker"),
    "worker_enable_remote_control": (
        True,
        "off: a full prefetch window waits for ever after a Redis restart",
    ),
    "worker_disable_prefetch": (False, "on, with threads: 378 tasks a second become 9"),
    "worker_prefetch_multiplier": (8, "1, with memory://: four tasks a second"),
    "worker_send_task_events": (False, "a stream of events that nobody reads"),
    "broker_connection_retry_on_startup": (True, "a worker ends where Redis starts later"),
    "broker_connection_max_retries": (None, "a worker ends after an outage that was long enough"),
    "task_always_eager": (False, "everything would run inside of beat"),
    "broker_transport_options": (
        {
            "socket_timeout": 5,
            "socket_connect_timeout": 5,
            "socket_keepalive": True,
            "health_check_interval": 5,
        },
        "without the timeouts a half-open connection stood still for 140 s",
    ),
}


def test_no_setting_that_loses_repeats_or_stops_work_is_other_than_measured() -> None:
    shown = configuration(list(DANGEROUS), FORM144_BROKER_URL=REDIS)
    assert shown["settings"] == {name: right for name, (right, _why) in DANGEROUS.items()}
    assert shown["result_backend"] in (None, "disabled")
    assert shown["broker_url"] == REDIS
    assert set(shown["tasks"]) == {f"form144.{step}" for step in Step}
    for acks_late, ignores_result, serializer, rate_limit, _retries in shown["tasks"].values():
        assert (acks_late, ignores_result, serializer, rate_limit) == (False, True, "json", None)


def test_doorbells_go_by_direct_exchanges_which_outlive_a_flush() -> None:
    # A topic exchange lost every message after FLUSHALL, until some process declared it again.
    shown = configuration([], FORM144_BROKER_URL=REDIS)
    assert shown["exchanges"] == ["direct"]
    assert set(shown["queues"].values()) == {"edgar", "deliver"}


@pytest.mark.parametrize("variable", OVERRULING)
def test_a_variable_by_which_celery_is_overruled_stops_the_start(variable: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        from_environment({variable: "redis://elsewhere.example.com/0"})
    (mistake,) = caught.value.mistakes
    assert mistake.where == variable
    assert "elsewhere" not in str(mistake)


OVERRULED = """
from celery import Celery
app = Celery()
app.add_defaults({"broker_url": "redis://ours"})
print(app.conf.broker_url, app.conf.result_backend)
"""


def test_celery_really_listens_to_those_variables() -> None:
    # Otherwise the refusal above were superstition: this is what would happen without it.
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            OVERRULED,
        ],
        env={**os.environ, "CELERY_BROKER_URL": "redis://theirs", "CELERY_RESULT_BACKEND": "redis://results"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["redis://theirs", "redis://results"]


@pytest.mark.parametrize(
    "option",
    [
        "visibility_timeout=5",
        "socket_timeout=",
        "ack_emulation=false",
        "fanout_patterns=0",
        "global_keyprefix=x",
    ],
)
@pytest.mark.parametrize(
    "url", ["redis://127.0.0.1/0?", "rediss://127.0.0.1/0?", "sentinel://127.0.0.1/0?master_name=m&"]
)
def test_no_option_of_the_transport_comes_in_by_the_url(url: str, option: str) -> None:
    assert f"sets {option.partition('=')[0]}, which this program decides itself" in refusal(url + option)


def refusal(url: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        from_environment({"FORM144_BROKER_URL": url})
    assert "secret-word" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("rediss://:secret-word@host/0?ssl_cert_reqs=none", "turns the verification of certificates off"),
        (
            "rediss://:secret-word@host/0?ssl_cert_reqs=CERT_NONE",
            "turns the verification of certificates off",
        ),
        ("rediss://:secret-word@host/0?ssl_cert_reqs=optional", "turns the verification of certificates off"),
        (
            "rediss://:secret-word@host/0?ssl_check_hostname=false",
            "turns the verification of certificates off",
        ),
        ("rediss://:secret-word@host/0?ssl_ca_certs=/nowhere/ca.pem", "there is no such file"),
        ("redis://:secret-word@host/0?ssl_ca_certs=/nowhere/ca.pem", "write rediss://"),
        ("amqp://guest:secret-word@host//", "is not memory://"),
        ("sqla+sqlite:///secret-word", "is not memory://"),
        ("filesystem://", "is not memory://"),
        ("redis://:secret-word@", "names no host"),
        ("redis://:secret-word@host:port/0", "is no URL"),
        ("redis://:secret-word@one/0;redis://two/0", "only Sentinels"),
        ("sentinel://:secret-word@one:26379/0", "add ?master_name"),
        ("sentinel://:secret-word@one:26379/0;redis://two", "only Sentinels"),
    ],
)
def test_a_broker_that_would_not_do_is_refused_with_a_sentence_and_without_its_password(
    url: str, why: str
) -> None:
    assert why in refusal(url)


def test_tls_verifies_certificate_and_name_without_being_asked_to() -> None:
    told = broker("rediss://:secret-word@host:6380/1")
    assert told.tls == {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_check_hostname": True}
    assert told.url == "rediss://:secret-word@host:6380/1"


def test_sentinels_are_taken_apart_into_what_celery_is_told() -> None:
    told = broker("sentinel://:secret-word@one:26379/2;sentinel://two?master_name=m&sentinel_password=p%40")
    assert told.url == "sentinel://:secret-word@one:26379/2;sentinel://two"
    asking = told.options["sentinel_kwargs"]
    assert isinstance(asking, dict)
    assert asking.pop("retry").get_retries() == 0  # or each question waits seconds for a Sentinel that died
    assert asking == {"socket_timeout": 2, "socket_connect_timeout": 2, "password": "p@"}
    assert told.options["master_name"] == "m"
    assert told.tls is None


def test_the_configuration_module_of_somebody_elses_celery_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "celeryconfig.py").write_text("task_acks_late = True\n")
    shown = configuration(["task_acks_late"], FORM144_BROKER_URL=REDIS, PYTHONPATH=f"{tmp_path}:{ROOT}")
    assert shown["settings"] == {"task_acks_late": False}


def test_readers_that_wait_for_edgar_leave_hands_for_deliveries(monkeypatch: pytest.MonkeyPatch) -> None:
    # All four threads of the one process once read for twenty seconds while alerts already raised waited.
    running, go_on = Semaphore(0), Event()

    class Slow:
        def read(self) -> None:
            running.release()
            assert go_on.wait(120)

        def deliver(self) -> None:
            running.release()

    monkeypatch.setattr(tasks, "pipeline", Slow)
    monkeypatch.setattr(engine.Doorbell, "readers", Semaphore(2))
    readers = [Thread(target=tasks.read) for _ in range(2)]
    for reader in readers:
        reader.start()
        assert running.acquire(timeout=60)
    tasks.read()  # the third returns at once, or would wait here
    assert not running.acquire(blocking=False)
    tasks.deliver()
    assert running.acquire(blocking=False)
    go_on.set()
    for reader in readers:
        reader.join()
    tasks.read()
    assert running.acquire(blocking=False)


@pytest.mark.parametrize(
    ("queues", "threads", "readers"),
    [
        (("edgar", "deliver"), 6, 2),
        (("deliver", "edgar"), 4, 1),
        (("edgar", "deliver"), 64, 60),
        (("edgar",), 6, 4),
        (("edgar",), 1, 1),
    ],
)
def test_readers_leave_hands_for_the_feed_the_search_and_deliveries(
    monkeypatch: pytest.MonkeyPatch, queues: tuple[str, ...], threads: int, readers: int
) -> None:
    class Idle:
        exitcode = None

        def start(self) -> None:
            pass

    monkeypatch.setattr(engine.Doorbell, "readers", Semaphore(64))
    monkeypatch.setattr(engine.app, "Worker", lambda **_options: Idle())
    engine.run_worker(queues, concurrency=threads)
    free = 0
    while engine.Doorbell.readers.acquire(blocking=False):
        free += 1
    assert free == readers


#: A ledger that nobody asks here.
NOBODYS = "postgresql+psycopg://127.0.0.1:1/none"


def in_a_process(code: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return ended(sys.executable, "-c", code, cwd=ROOT, **settings)


#: A worker whose connection cannot even be closed, which Celery takes for unrecoverable.
BROKEN = """
from celery import bootsteps
from worker import engine

class Breaks(bootsteps.StartStopStep):
    def start(self, parent):
        raise AttributeError("closing a lost connection failed")

engine.app.steps["consumer"].add(Breaks)
engine.run_worker(["edgar"], concurrency=1)
print("as if nothing had happened")
"""


def test_a_worker_that_breaks_ends_with_an_exit_code_for_its_supervisor() -> None:
    done = in_a_process(BROKEN)
    assert (done.returncode, done.stdout) == (1, "")
    assert "closing a lost connection failed" in done.stderr


#: Rings over a connection whose channel kombu has taken down already, as it does when a connection is lost.
LOST = """
from worker import engine
from worker.pipeline import Step

engine.ring(Step.SWEEP)
with engine.app.producer_pool.acquire(block=True) as producer:
    producer.channel.connection = None
    producer.channel._disconnect_pools()
engine.ring(Step.SWEEP)
engine.ring(Step.SWEEP)
with engine.app.connection_for_read() as connection:
    print(connection.default_channel.client.llen("deliver"))
"""


@pytest.mark.servers
def test_a_bell_over_a_connection_that_cannot_even_be_closed_is_lost_and_the_next_is_heard(
    redis: RedisServer,
) -> None:
    done = in_a_process(LOST, FORM144_BROKER_URL=redis.url, FORM144_LEDGER_URL=NOBODYS)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.splitlines()[-1]) >= 2
    assert "doorbell_not_heard" in done.stdout + done.stderr


#: Beat, at every tick of half a second for four minutes, while nobody listens; and again after a flush.
UNHEARD = """
from worker import beat, engine

with engine.app.connection_for_read() as connection:
    redis = connection.default_channel.client
    for _ in range(2):
        ringing = beat.Scheduler(app=engine.app)
        ringing.setup_schedule()
        entry = ringing.schedule["sweep"]
        for _ in range(480):
            entry = ringing.reserve(entry)
            ringing.apply_entry(entry, producer=ringing.producer)
        print(redis.llen("deliver"))
        redis.flushall()
"""


@pytest.mark.servers
def test_beat_does_not_fill_the_broker_while_nobody_listens(redis: RedisServer) -> None:
    done = in_a_process(UNHEARD, FORM144_BROKER_URL=redis.url, FORM144_LEDGER_URL=NOBODYS)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(beat.ENOUGH_BELLS)] * 2
