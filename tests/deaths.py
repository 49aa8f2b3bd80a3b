"""Every death a worker can die: at each crossing of what is outside of it, and before each SQL statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import event

from tests.world import Fuse, Killed, World, a_world
from worker.ledger.ledger import Ledger


def each_death(folder: Path, points: Iterable[int]) -> Iterator[tuple[World, Fuse]]:
    """The fuses that kill at those crossings, on the way out and on the way back, in a new world each."""
    for point in points:
        for after in (False, True):
            its_own = folder / f"{point}-{after}"
            its_own.mkdir()
            with a_world(its_own) as world:
                yield world, Fuse(at=point, after=after)


@contextmanager
def killed_before(ledger: Ledger, statement: int | None) -> Iterator[None]:
    """Raises Killed before that SQL statement, counted from 1, within whatever transaction it stands."""
    reached = 0

    def count(*_: object) -> None:
        nonlocal reached
        reached += 1
        if reached == statement:
            raise Killed("statement")

    event.listen(ledger.database.engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(ledger.database.engine, "before_cursor_execute", count)
