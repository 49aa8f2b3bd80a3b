"""A worker of the load: the real one, its pace taken off; or the same engine with tasks that do nothing.

    python -m benchmarks.load_worker run|worker|beat|account|noop-run|noop-worker [TASKS]

The settings allow nine requests a second, which is the SEC's business and would be all that is measured. So
the pipeline is built as ever and given another EDGAR client, whose pace is the same row in the same ledger
with a gap of next to nothing.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from dataclasses import replace

from benchmarks.load_ceilings import counted
from worker import engine, tasks, wiring
from worker.edgar.client import Edgar
from worker.edgar.sites import Sites
from worker.ledger.pace import Pace
from worker.logs import configure_logging
from worker.pipeline import Pipeline

#: Requests a second that the ledger's row lets pass.
UNHURRIED_BY_THE_SEC = 1e6
THREADS = engine.HANDS

_counted = threading.Lock()
_times: list[float] = []


def unpaced() -> Pipeline:
    """The pipeline as `form144 run` builds it, but for the gap between two requests."""
    settings = engine.settings()
    built = wiring.build_pipeline(settings, ring=engine.ring)
    assert settings.contact is not None
    assert settings.edgar_url is not None
    pace = Pace(built.ledger.database, time.time, per_second=UNHURRIED_BY_THE_SEC)
    edgar = Edgar(settings.contact, pace, sites=Sites.at(settings.edgar_url), feed_rows=settings.feed_rows)
    reconciliation = replace(built.reconciliation, edgar=edgar)
    return replace(built, edgar=edgar, reconciliation=reconciliation)


def account(pipeline: Pipeline) -> None:
    """Read and deliver all that is announced, then poll a feed that has nothing new; print what it took."""
    with counted(pipeline.ledger.database) as reading:
        while pipeline.ledger.filings.due(pipeline.clock()):
            pipeline.read()
        pipeline.deliver()
    pipeline.poll()
    polls, spent = [], []
    for _ in range(41):
        pipeline.ledger.chores.void_claims(pipeline.clock())
        time.sleep(engine.settings().poll_seconds * 1.1)
        began = time.process_time()
        with counted(pipeline.ledger.database) as asked:
            pipeline.poll()
        spent.append((time.process_time() - began) * 1000)
        polls.append(sum(len(one.strip("r")) for one in asked))
    print(json.dumps({"reading": reading, "statements": max(polls), "milliseconds": spent}))


@engine.app.task(name="benchmarks.nothing")
def nothing(last: int) -> None:
    """Note when, and end the process after the last one that is this process's to do."""
    with _counted:
        _times.append(time.monotonic())
        if len(_times) >= last:
            os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    mode, *rest = sys.argv[1:]
    settings = engine.settings()
    configure_logging(settings)
    if mode in ("run", "worker"):
        with wiring.ready(settings, alone=mode == "run"):
            built = unpaced()
            tasks.pipeline = lambda: built
            if mode == "run":
                engine.run_embedded(threads=THREADS)
            else:
                engine.run_worker(engine.EMBEDDED_QUEUES, concurrency=THREADS)
    elif mode == "account":
        account(unpaced())
    elif mode == "beat":
        engine.run_beat()
    else:
        number = int(rest[0])
        tasks.pipeline = _Nobody  # type: ignore[assignment]
        if mode == "noop-run":
            # Celery's memory:// broker lives in the process that uses it.
            for _ in range(number):
                nothing.apply_async((number,), queue="edgar")
        engine.run_worker(["edgar"], concurrency=THREADS)
        print(json.dumps({"first": _times[0], "last": _times[-1], "tasks": len(_times)}))


class _Nobody:
    """Whom the engine tells that it stops, where there is no pipeline."""

    def stop(self) -> None:
        pass


if __name__ == "__main__":
    main()
