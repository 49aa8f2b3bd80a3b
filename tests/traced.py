"""A world for thousands of arrival traces: the real pipeline, ledger and client, with EDGAR's stand-in behind
a transport instead of a socket, and a ledger copied from a migrated one.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

import httpx
import sqlalchemy as sa

from tests.edgar.conftest import CONTACT, SteppedClock
from tests.world import Fuse, a_world, wired
from worker.edgar.budget import LocalBudget
from worker.edgar.client import Edgar
from worker.edgar.sites import Sites
from worker.ledger.database import Database
from worker.ledger.ledger import Ledger
from worker.pipeline import Pipeline
from worker.reconciliation import Reconciliation
from worker.standins.edgar.answer import Answer, Asked, Ending
from worker.standins.edgar.server import EdgarStandin

#: Every filing of the traces is on it. Nobody delivers here: what is owed is counted.
WATCHLIST = b"""
name: Example Industries
owner: Jane Doe
issuers:
  - 1999500
tell:
  - console:out
"""


class Directly(httpx.BaseTransport):
    """Asks the stand-in's own function; what a socket would do to the answer becomes what httpx says then."""

    def __init__(self, standin: EdgarStandin) -> None:
        self._standin = standin

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        target = request.url.raw_path.decode()
        asked = Asked(at=self._standin.clock(), target=target, agent=request.headers["User-Agent"])
        answer: Answer = self._standin._answer(asked)
        if answer.ending is Ending.RESET:
            raise httpx.ReadError("the connection was reset", request=request)
        if answer.ending is Ending.CUT:
            return httpx.Response(200, stream=_Cut(answer.body, request), request=request)
        return httpx.Response(
            answer.status,
            headers=[("Content-Type", answer.content_type), *answer.headers],
            stream=httpx.ByteStream(answer.body),
            request=request,
        )


class _Cut(httpx.SyncByteStream):
    def __init__(self, body: bytes, request: httpx.Request) -> None:
        self._body, self._request = body, request

    def __iter__(self) -> Iterator[bytes]:
        yield self._body[: len(self._body) // 2]
        raise httpx.RemoteProtocolError("peer closed the connection", request=self._request)


class Pattern:
    """What traced worlds are copies of: a folder with a migrated, empty ledger, and a worker. Not a
    dataclass, because hypothesis would print all of it for every trace.
    """

    def __init__(self, folder: Path, started: Pipeline) -> None:
        self.folder = folder
        self.started = started
        self.database = _unsynced(folder / "copy.sqlite")

    def fresh_ledger(self) -> Ledger:
        """An empty ledger. The engine stays, for SQLAlchemy keeps its compiled statements there."""
        self.database.engine.dispose()
        for stale in self.folder.glob("copy.sqlite*"):
            stale.unlink()
        shutil.copyfile(self.folder / "ledger.sqlite", self.folder / "copy.sqlite")
        return Ledger(self.database)


@dataclass(repr=False)
class Traced:
    """EDGAR, a ledger and a clock that outlive every process."""

    pattern: Pipeline
    edgar: EdgarStandin
    client: Edgar
    ledger: Ledger
    clock: SteppedClock

    def pipeline(self, fuse: Fuse | None = None) -> Pipeline:
        """A worker as if just started; with a fuse, each call to ledger and EDGAR crosses that."""
        ledger = wired(self.ledger, "ledger", fuse) if fuse else self.ledger
        edgar = wired(self.client, "edgar", fuse) if fuse else self.client
        reader = self.pattern.reader
        rooms = {
            room.name: getattr(ledger, room.name) for room in fields(reader) if room.name in vars(self.ledger)
        }
        return replace(
            self.pattern,
            ledger=ledger,
            edgar=edgar,
            reconciliation=Reconciliation(ledger=ledger, edgar=edgar, clock=self.clock),
            reader=replace(reader, clock=self.clock, **rooms),
            clock=self.clock,
        )


@contextmanager
def traced(pattern: Pattern, *, rows_per_page: int = 10) -> Iterator[Traced]:
    """A fresh world, built like `pattern`, over a copy of its ledger."""
    clock = SteppedClock()
    edgar = EdgarStandin(clock=clock, rows_per_page=rows_per_page)
    client = Edgar(
        CONTACT,
        LocalBudget(monotonic=clock.monotonic),
        sites=Sites.at(edgar.base_url),
        sleep=clock.sleep,
    )
    client._wire._client.close()
    client._wire._client = httpx.Client(
        transport=Directly(edgar), headers={"User-Agent": CONTACT.user_agent}, follow_redirects=False
    )
    ledger = pattern.fresh_ledger()
    try:
        yield Traced(pattern.started, edgar, client, ledger, clock)
    finally:
        ledger.database.engine.dispose()  # used again by the next one
        client.close()
        edgar._server.server_close()


@contextmanager
def a_pattern(folder: Path) -> Iterator[Pattern]:
    with a_world(folder) as world:
        world.ledger.secret()
        world.ledger.close()
        world.watchlist = WATCHLIST
        yield Pattern(folder, world.pipeline())


def _unsynced(file: Path) -> Database:
    """These ledgers survive their processes, not the machine: waiting for the disk would prove nothing."""
    database = Database(f"sqlite:///{file}")

    @sa.event.listens_for(database.engine, "connect")
    def _do_not_wait(connection: SqliteConnection, _record: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    return database
