"""The settings, and the folder the program keeps things in."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from worker.doctor.patient import Patient
from worker.notifiers.check import Check, broken, fine, warning

#: A year of notices with their documents takes about 1 GB in SQLite.
LITTLE, TOO_LITTLE = 1_000_000_000, 100_000_000


def settings(patient: Patient) -> Iterator[Check]:
    """Each mistake a line; where there is none, how the installation is set up."""
    if patient.mistakes:
        yield from (broken(one.where, one.what, one.hint) for one in patient.mistakes)
        return
    here = patient.settings
    size = "one process" if here.is_embedded else "several processes"
    yield fine("settings", f"{size}; notifiers: {', '.join(sorted(here.notifiers))}")
    if here.operator is None:
        hint = "set FORM144_OPERATOR to a destination, such as email:ops@example.com"
        yield warning("operator", "nobody is told when something goes wrong", hint)


def data_folder(patient: Patient) -> Iterator[Check]:
    """Whether a file can be written there, and how much room is left."""
    folder = patient.settings.data
    what = "data folder"
    if not folder.is_dir():
        yield broken(what, f"{folder} is not there", "form144 run makes it; or set FORM144_DATA")
        return
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-"):
            pass
    except OSError as error:
        yield broken(what, f"{folder} cannot be written to: {error.strerror}", "check owner and rights")
        return
    yield room(what, folder)


def room(what: str, folder: Path) -> Check:
    """How much is free on the disk that holds the folder."""
    free = shutil.disk_usage(folder).free
    found = f"{folder} can be written to, {free / 1_000_000_000:,.1f} GB free"
    if free < TOO_LITTLE:
        return broken(what, found, "make room: a full disk stops every alert")
    return warning(what, found, "make room soon") if free < LITTLE else fine(what, found)
