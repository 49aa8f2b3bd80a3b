"""Anchors in the ledger: messages that carry the end of the record to somebody who keeps it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from worker.alerts.message import Message
from worker.ledger import steps
from worker.ledger.chain import Entry, Head, note_all
from worker.ledger.database import Database
from worker.ledger.kinds import Kind
from worker.ledger.owing import Due, owe_once
from worker.ledger.tables import deliveries
from worker.ledger.troubles import Trouble, note
from worker.watchlists.destination import Destination


class Anchors:
    """Owes anchors, over `deliveries`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_owed(self, key: str) -> bool:
        """Whether an anchor goes, or went, out under that key."""
        query = sa.select(deliveries.c.id).where(deliveries.c.key == key)
        with self._database.read() as connection:
            return connection.execute(query).scalar_one_or_none() is not None

    def owe(
        self,
        to: Destination,
        head: Head,
        message: Message,
        key: str,
        now: datetime,
        *,
        problem: str | None,
    ) -> bool:
        """Owe it, once for each key, and note so. False where it is owed already. `problem` says why the
        message is not what the templates asked for.
        """
        anchored = Entry(
            Kind.ANCHORED, key, {"position": head.position, "hash": head.hash, "destination": str(to)}
        )
        with self._database.write() as connection:
            if not owe_once(self._database, connection, Due(to, message, key, since=now)):
                return False
            if problem:
                note(self._database, connection, Trouble.TEMPLATE, problem, what=problem, now=now)
            note_all(connection, now, [anchored, steps.rendered(key, to, message)])
            return True
