"""Who would notice: the last drill, the metrics and the dead man's switch."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

from worker.doctor.patient import Patient
from worker.messages.words import span
from worker.notifiers.check import Check, broken, fine, not_asked, warning

#: A drill older than this has shown nothing about last week's change of a password.
DRILL_TOO_OLD = timedelta(days=35)


def last_drill(patient: Patient) -> Iterator[Check]:
    """When the last one was, and whether everybody got it."""
    what = "last drill"
    with closing(patient.ledger()) as ledger:
        last = ledger.drills.last()
    if last is None:
        yield warning(what, "there never was one", "form144 drill")
        return
    age = patient.clock() - last.ended_at
    found = f"{span(age)} ago: {last.result}"
    if not last.reached_all:
        yield broken(what, found, "mend it, then form144 drill")
    else:
        yield warning(what, found, "form144 drill") if age > DRILL_TOO_OLD else fine(what, found)


def metrics(patient: Patient) -> Iterator[Check]:
    """Whether the port that is set answers on this machine."""
    port, address = patient.settings.metrics_port, patient.settings.metrics_address
    if port is None:
        yield not_asked("metrics", "FORM144_METRICS_PORT is not set")
        return
    try:
        socket.create_connection((_reachable(address), port), timeout=5).close()
    except OSError as error:
        hint = "a running worker serves it; is one running on this machine?"
        yield warning("metrics", f"port {port} does not answer ({type(error).__name__})", hint)
    else:
        yield fine("metrics", f"port {port} answers")


def ping(patient: Patient) -> Iterator[Check]:
    """Whether anybody outside would notice silence. Asking the address would count as a sign of life."""
    if patient.settings.ping_url is None:
        hint = "FORM144_PING_URL is asked after each good poll; its owner notices when it is not"
        yield not_asked("ping", "FORM144_PING_URL is not set", hint)
    else:
        yield not_asked("ping", "is set; asking it from here would count as a good poll")


def _reachable(address: str) -> str:
    """An address to connect to, for one that means every address of this machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)  # noqa: S104  nothing listens here
