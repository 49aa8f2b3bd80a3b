"""Going on: what breaks keeps nothing else from being done, and what was got is not let go of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import structlog

from worker.errors import Unreachable

log = structlog.get_logger()

T = TypeVar("T")

#: What is in hand is worth waiting for a ledger that is away for a moment, in seconds: half a minute in all,
#: well within every claim.
KEPT = (0.5, 1, 2, 4, 8, 16)


def one_by_one(*pieces: Callable[[], T]) -> list[T]:
    """Do each in that order; the answers of those that came to their end. What broke is in the log, with
    where it did, and is tried again whenever its turn comes.
    """
    answers = []
    for piece in pieces:
        try:
            answers.append(piece())
        except Exception:
            log.exception("not_done")
    return answers


def kept(write: Callable[[], T], wait: Callable[[float], object]) -> T:
    """What `write` returns, which writes down what would have to be got from somebody again: tried for half
    a minute where the ledger is away, and then raises that.
    """
    for pause in KEPT:
        try:
            return write()
        except Unreachable as error:
            log.warning("not_kept_yet", why=str(error))
            wait(pause)
    return write()
