"""Every check in its turn, each with its own patience: none keeps another from being made."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta

from worker.doctor import (
    broker,
    channels,
    edgar,
    installation,
    lists,
    storage,
    watching,
    workers,
)
from worker.doctor.patient import Patient
from worker.errors import ConfigurationError, Form144Error
from worker.notifiers.check import Check, broken, not_asked

Look = Callable[[Patient], Iterable[Check]]

#: How long one look may take. EDGAR's own timeouts fit in it.
PATIENCE = timedelta(seconds=40)

#: What is looked at, in the order it is shown.
LOOKS: tuple[tuple[str, Look], ...] = (
    ("settings", installation.settings),
    ("data folder", installation.data_folder),
    ("ledger", storage.ledger),
    ("broker", broker.broker),
    ("workers", workers.workers),
    ("EDGAR", edgar.edgar),
    ("last good poll", edgar.last_poll),
    ("tickers", edgar.tickers),
    ("watchlists", lists.watchlists),
    ("templates", lists.templates),
    ("channels", channels.channels),
    ("last drill", watching.last_drill),
    ("metrics", watching.metrics),
    ("ping", watching.ping),
)


def examine(
    patient: Patient, looks: Sequence[tuple[str, Look]] = LOOKS, *, patience: timedelta = PATIENCE
) -> Iterator[Check]:
    """The lines of every look. What a look raises is a line of its own, under the look's name; what several
    raise, such as that there is no ledger, is said by the first of them.
    """
    raised: set[str] = set()
    for name, look in looks:
        yield from _looked(patient, name, look, patience, raised)


def _looked(
    patient: Patient, name: str, look: Look, patience: timedelta, raised: set[str]
) -> Sequence[Check]:
    found: list[Check] = []
    ended = threading.Event()

    def run() -> None:
        try:
            for check in look(patient):
                found.append(check)  # noqa: PERF402  what was found before a failure is kept
        except ConfigurationError as error:
            found.extend(
                _raised(name, f"{one.where}: {one.what}", one.hint, raised) for one in error.mistakes
            )
        except Form144Error as error:
            found.append(_raised(name, str(error), "", raised))
        except Exception as error:  # noqa: BLE001  a look that fails is a finding, whatever it fails of
            found.append(broken(name, f"this check itself failed ({type(error).__name__})"))
        finally:
            ended.set()

    # A thread that hangs in somebody's library is left behind: the process ends without it.
    threading.Thread(target=run, name=f"doctor {name}", daemon=True).start()
    if not ended.wait(patience.total_seconds()):
        seconds = patience.total_seconds()
        return [*found, broken(name, f"this check came to no end within {seconds:.0f} s")]
    return found


def _raised(name: str, finding: str, hint: str, raised: set[str]) -> Check:
    if finding in raised:
        return not_asked(name, "cannot be looked at either, for the reason above")
    raised.add(finding)
    return broken(name, finding, hint)
