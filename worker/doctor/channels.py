"""The channels: everything that can be asked about every destination without sending anything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress

from worker import preflight
from worker.doctor.lists import reading
from worker.doctor.patient import Patient
from worker.errors import ConfigurationError, Unreachable
from worker.notifiers.check import Check, broken, warning
from worker.watchlists.destination import Destination


def channels(patient: Patient) -> Iterator[Check]:
    """All that lists tell, the operator and the fallback; and those to which nothing goes any more."""
    told: list[Destination] = []
    with suppress(ConfigurationError):
        told += [to for one in reading(patient).watchlists for to in one.destinations]
    settings = patient.settings
    told += [to for to in (settings.operator, settings.fallback, settings.anchor) if to is not None]
    if not told:
        yield warning("channels", "no list that can be read tells anybody")
    yield from preflight.destinations(settings, told)
    with suppress(ConfigurationError, Unreachable), closing(patient.ledger()) as ledger:
        for to, why in ledger.report.ended_lanes().items():
            hint = "mend it, then form144 failed retry"
            yield broken(str(to), f"nothing goes there any more: {why}", hint)
