"""Watchlists and templates: whether they could go live as they stand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress

from worker import parts
from worker.doctor.patient import Patient
from worker.errors import ConfigurationError, Mistake, Unreachable
from worker.messages.rehearsal import rehearse as rehearse_templates
from worker.messages.words import counted
from worker.notifiers.check import Check, broken, fine, warning
from worker.watchlists.loading import FolderReading
from worker.watchlists.rehearsing import rehearse

SEE = "form144 check names them"


def reading(patient: Patient) -> FolderReading:
    """What the folder says, with the copy of the tickers that is there. Raises ConfigurationError."""
    settings = patient.settings
    known = parts.tickers(settings, None, patient.clock())
    return parts.read_lists(settings, known, settings.watchlists)


def watchlists(patient: Patient) -> Iterator[Check]:
    """Mistakes, failed tests and warnings are counted: their words may give a confidential list away."""
    what = "watchlists"
    found = reading(patient)
    failed = sum(bool(done.failures) for one in found.watchlists for done in rehearse(one))
    told = {to for one in found.watchlists for to in one.destinations}
    held = f"{counted(len(found.watchlists), 'list')}, {counted(len(told), 'destination')}"
    if found.mistakes:
        yield broken(what, f"{held}, {counted(len(found.mistakes), 'mistake')}", SEE)
    elif failed or found.warnings:
        wrong = [(failed, "failed test"), (len(found.warnings), "warning")]
        yield warning(what, ", ".join([held, *(counted(n, word) for n, word in wrong if n)]), SEE)
    else:
        yield fine(what, held)
    yield from _kept_out(patient)


def templates(patient: Patient) -> Iterator[Check]:
    """The users' own, each on everything it will meet, the largest and the most hostile notices too."""
    folder = patient.settings.templates
    if folder is None:
        yield fine("templates", "the shipped ones")
        return
    mistakes: tuple[Mistake, ...] = rehearse_templates(folder)
    if mistakes:
        found = f"{counted(len(mistakes), 'mistake')}, the first: {mistakes[0].where}: {mistakes[0].what}"
        yield broken("templates", found, SEE)
    else:
        yield fine("templates", "your own, and they hold at the worst case")


def _kept_out(patient: Patient) -> Iterator[Check]:
    with suppress(ConfigurationError, Unreachable), closing(patient.ledger()) as ledger:
        last = ledger.reloads.last()
        if last is not None and last.kept_since is not None:
            since = f"{last.kept_since:%Y-%m-%d %H:%M} UTC"
            yield warning(
                "watchlists in use", f"older than the folder: an edit is kept out since {since}", SEE
            )
