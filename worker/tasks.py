"""The tasks: doorbells. Each says that something is due, carries nothing and decides nothing."""

from __future__ import annotations

import functools
import threading

from celery.signals import worker_shutting_down

from worker import engine, wiring
from worker.engine import app
from worker.pipeline import Pipeline

#: Bells ring in several threads at once, and functools.cache lets each of them build. Reentrant, because a
#: second SIGTERM is handled in the middle of the first one's `_stop`.
_building = threading.RLock()


def pipeline() -> Pipeline:
    """The one pipeline of this process, built when the first bell rings: after any fork."""
    with _building:
        return _built()


@functools.cache
def _built() -> Pipeline:
    return wiring.build_pipeline(engine.settings(), ring=engine.ring)


@app.task(name="form144.poll")
def poll() -> None:
    """EDGAR announces filings."""
    pipeline().poll()


@app.task(name="form144.reconcile")
def reconcile() -> None:
    """EDGAR's search and indexes announce what its feed did not show."""
    pipeline().reconcile()


@app.task(name="form144.read")
def read() -> None:
    """Each filing is read into a notice; watchlists match notices; matches raise alerts."""
    pipeline().read()


@app.task(name="form144.deliver")
def deliver() -> None:
    """Notifiers deliver the alerts."""
    pipeline().deliver()


@app.task(name="form144.follow_up")
def follow_up() -> None:
    """What a destination did not take goes to the fallback; the operator hears what went wrong."""
    pipeline().follow_up()


@app.task(name="form144.digest")
def digest() -> None:
    """What gathered for a digest is told when its time has come."""
    pipeline().digest()


@app.task(name="form144.sweep")
def sweep() -> None:
    """Ring for everything that is due."""
    pipeline().sweep()


@worker_shutting_down.connect
def _stop(**_details: object) -> None:
    """A warm shutdown waits for running tasks: let them end after the piece of work in hand."""
    pipeline().stop()
