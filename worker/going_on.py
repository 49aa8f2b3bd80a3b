"""Going on: several pieces of work, of which one that breaks keeps no other from being done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import structlog

log = structlog.get_logger()

T = TypeVar("T")


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
