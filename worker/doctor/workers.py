"""The workers: told by work that was done, not by processes that exist."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from worker.doctor.patient import Patient
from worker.messages.words import span
from worker.notifiers.check import Check, broken, fine
from worker.undone import CHORES, OVERDUE


def workers(patient: Patient) -> Iterator[Check]:
    """Whether somebody does the chores of each queue."""
    hint = "start form144 run" if patient.settings.is_embedded else "start form144 worker and form144 beat"
    with closing(patient.ledger()) as ledger:
        for queue, (chore, *_) in CHORES.items():
            what = f"queue {queue}"
            due, now = ledger.vitals.due_at(chore), patient.clock()
            if due is None:
                yield broken(what, "nobody ever worked here", hint)
            elif now - due > OVERDUE:
                yield broken(what, f"nobody has come for {span(now - due)}", hint)
            else:
                yield fine(what, "is worked on")
