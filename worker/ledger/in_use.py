"""Who else uses an SQLite ledger at this moment; the lock is the kernel's and dies with its process."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import sqlalchemy as sa

from worker.errors import ConfigurationError, Mistake


@contextmanager
def in_use(url: str, *, alone: bool) -> Iterator[bool]:
    """Say that this process uses the ledger, as the only one where `alone`; yields whether it is certain
    that nobody else does, which is never so for PostgreSQL.

    Raises ConfigurationError where another process is in the way, or the ledger's folder is not there or
    takes no file.
    """
    database = sa.make_url(url)
    if database.get_backend_name() != "sqlite" or database.database in (None, "", ":memory:"):
        yield False
        return
    with _lock_file(database.database) as lock:
        try:
            fcntl.flock(lock, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            what = f"{database.database} is in use by another form144"
            hint = "stop that one first, or give this one a folder of its own in FORM144_DATA"
            raise ConfigurationError([Mistake("FORM144_LEDGER_URL", what, hint)]) from None
        yield alone


def _lock_file(ledger: str) -> TextIO:
    try:
        return Path(f"{ledger}.lock").open("w")
    except OSError as error:
        what = f"{ledger} cannot be written: {error.strerror}"
        hint = "make its folder, or name a place that can be written to, here or in FORM144_DATA"
        raise ConfigurationError([Mistake("FORM144_LEDGER_URL", what, hint)]) from None
