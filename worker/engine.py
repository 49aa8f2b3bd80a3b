"""The engine: the Celery application, and the processes it runs in.

The same tasks run embedded (Celery's memory:// broker, worker and beat in one process) and on several
machines (Redis). The settings are those that survived being killed, flushed and cut off; the reasons
stand beside them.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
import threading
import warnings
from collections.abc import Sequence
from typing import Any

import structlog
from celery import Celery, Task
from celery.beat import EmbeddedService
from celery.bootsteps import StartStopStep
from celery.exceptions import SecurityWarning
from celery.signals import setup_logging, task_prerun, worker_shutting_down
from celery.worker import state
from kombu.exceptions import OperationalError

from worker.beat import SCHEDULER, Scheduler
from worker.ledger.database import AT_A_TIME
from worker.logs import configure_logging
from worker.pipeline import Step
from worker.settings import Settings, from_environment
from worker.settings.broker import broker

log = structlog.get_logger()

#: Which queue a doorbell rings on. `edgar` may wait for the SEC's pace; `deliver` never waits for it.
QUEUES = {
    Step.POLL: "edgar",
    Step.RECONCILE: "edgar",
    Step.READ: "edgar",
    Step.DELIVER: "deliver",
    Step.FOLLOW_UP: "deliver",
    Step.DIGEST: "deliver",
    Step.SWEEP: "deliver",
}

#: What one process that is everything consumes.
EMBEDDED_QUEUES = ("edgar", "deliver")

#: How often the sweep looks for work that is due, in seconds.
SWEEP_EVERY = 0.5

#: Tasks at a time, where nobody says otherwise.
HANDS = 6

#: How long a thread goes on while another one waits, in seconds. In Python's own 5 ms a notice is read, and
#: who has committed waits so long to say so, holding up all who write after it: by `benchmarks.load`, 114
#: notices a second became 192.
SWITCH = 0.0005


@functools.cache
def settings() -> Settings:
    """The settings of this process. Raises ConfigurationError."""
    return from_environment()


def _configuration() -> dict[str, Any]:
    """Read when Celery first needs it, so that importing this module reads no environment."""
    memory = settings().is_embedded
    there = broker(settings().broker_url)
    return {
        # Without a host name kombu warns that it takes "localhost", which means nothing here.
        "broker_url": "memory://localhost" if memory else str(there.url),
        # Said even where it is the default of others: rediss:// alone would verify no certificate.
        "broker_use_ssl": there.tls,
        # The ledger keeps results; a result backend would be a second truth.
        "task_ignore_result": True,
        "result_backend": None,
        "accept_content": ["json"],
        "task_serializer": "json",
        "timezone": "UTC",
        "task_default_queue": "edgar",
        "task_routes": {f"form144.{step}": {"queue": queue} for step, queue in QUEUES.items()},
        "beat_schedule": {
            "sweep": {
                "task": f"form144.{Step.SWEEP}",
                "schedule": SWEEP_EVERY,
                # A sweep that waited is worth nothing: the next one sees the same. But clocks differ.
                "options": {"queue": QUEUES[Step.SWEEP], "expires": 120},
            }
        },
        # A task may vanish or come twice; leases and the sweep make up for both, so it is acknowledged early.
        "task_acks_late": False,
        "task_reject_on_worker_lost": False,
        # With threads the hub is not woken when a slot falls free: prefetching keeps the slots busy.
        "worker_disable_prefetch": False,
        "worker_prefetch_multiplier": 8,
        # Its socket is what notices a dead Redis: without it a full prefetch window waits for ever.
        "worker_enable_remote_control": True,
        "worker_send_task_events": False,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_transport_options": {"polling_interval": 0.02}
        if memory
        else {
            # Without them a connection that died silently is noticed after minutes, or never.
            "socket_timeout": 5,
            "socket_connect_timeout": 5,
            "socket_keepalive": True,
            "health_check_interval": 5,
            **there.options,
        },
        "task_publish_retry_policy": {
            "max_retries": 1,
            "interval_start": 0,
            "interval_step": 0.1,
            "interval_max": 0.1,
        },
    }


class Doorbell(Task):  # type: ignore[type-arg]  # generic in its stubs only
    """A task that leaves hands for what may not wait: while EDGAR is slow, or has a year to be read, readers
    would take them all. A bell for one reader too many is lost, and the sweep rings again.
    """

    readers = threading.Semaphore(AT_A_TIME)  # as many as the command line lets a worker have

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        if self.name != f"form144.{Step.READ}":
            return super().__call__(*arguments, **options)
        if not self.readers.acquire(blocking=False):
            return None
        try:
            return super().__call__(*arguments, **options)
        finally:
            self.readers.release()


def readers(queues: Sequence[str], concurrency: int) -> int:
    """How many hands may read at a time, at least one. EDGAR may keep two more waiting, one that looks at
    the feed and one at its search; and where deliveries are made, too, two hands wait for it never.
    """
    kept = 4 if "deliver" in queues else 2
    return max(1, concurrency - kept)


app: Celery = Celery("form144", include=["worker.tasks"], task_cls=Doorbell)
app.add_defaults(_configuration)


def ring(step: Step) -> None:
    """Say that something is due. A broker that is away costs nothing but time: the sweep rings again."""
    try:
        app.send_task(f"form144.{step}", queue=QUEUES[step], expires=30)
    except (OperationalError, AttributeError) as error:
        # AttributeError is kombu's: it closes the channel of a lost connection a second time.
        log.warning("doorbell_not_heard", step=str(step), why=type(error).__name__)


class _CtrlC(StartStopStep):
    """Ctrl-C ends a worker as SIGTERM does. Celery's own handler ends it with 1, and with words about cold
    shutdowns.
    """

    def start(self, _worker: object) -> None:
        signal.signal(signal.SIGINT, _stop)


app.steps["worker"].add(_CtrlC)


def _stop(_number: int, _frame: object) -> None:
    # Past the buffers, in whose middle the signal may have struck.
    os.write(2, b"\nStopping: what is under way is finished first. Ctrl-C again stops at once.\n")
    # A kill at any moment leaves what the next process finishes.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    worker_shutting_down.send(sender=None, sig="SIGINT", how="Warm", exitcode=0)
    state.should_stop = 0  # type: ignore[assignment]  # its stubs know it as it begins


def run_embedded(*, threads: int = HANDS) -> None:
    """Everything in this process: worker in the main thread, beat in a thread. Returns on SIGTERM and
    Ctrl-C.
    """
    beat: Any = EmbeddedService(app, thread=True, scheduler_cls=Scheduler)
    beat.start()
    try:
        run_worker(EMBEDDED_QUEUES, concurrency=threads)
    finally:
        beat.stop()


def run_worker(queues: Sequence[str], *, concurrency: int) -> None:
    """Consume the queues in threads until SIGTERM or Ctrl-C; running tasks are finished first.

    Raises SystemExit(1) where the engine itself broke, for whoever supervises the process to start another:
    Celery gives up over what it takes for unrecoverable, such as an error in closing a lost connection.
    """
    # Celery warns of root for the sake of pickle, which is switched off above.
    warnings.simplefilter("ignore", SecurityWarning)
    sys.setswitchinterval(SWITCH)
    Doorbell.readers = threading.Semaphore(readers(queues, concurrency))
    worker = app.Worker(
        pool="threads",
        concurrency=concurrency,
        queues=list(queues),
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=settings().is_embedded,
        quiet=True,
    )
    worker.start()
    if worker.exitcode:
        sys.exit(int(worker.exitcode))


def run_beat() -> None:
    """Ring the sweep until SIGTERM. A second beat does no harm, it only rings twice."""
    app.Beat(scheduler_cls=SCHEDULER, quiet=True).run()


@task_prerun.connect
def _begin_a_task(task: Any, **_details: object) -> None:
    """What a thread's last task bound to its log lines ends here, however that task ended."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(step=task.name.removeprefix("form144."))


@setup_logging.connect
def _configure_logging(**_options: object) -> None:
    """Celery's hook: being connected, it leaves the log to us."""
    configure_logging(settings())
