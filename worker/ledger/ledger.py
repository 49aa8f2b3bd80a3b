"""The ledger as the pipeline holds it: one database, one noun per table or two."""

from __future__ import annotations

import secrets
from datetime import datetime

import sqlalchemy as sa

from worker.ledger.acknowledgements import Acknowledgements
from worker.ledger.anchors import Anchors
from worker.ledger.chain import Chain
from worker.ledger.chores import Chores
from worker.ledger.database import Database
from worker.ledger.days import Days
from worker.ledger.deliveries import Deliveries
from worker.ledger.digest_contents import DigestContents
from worker.ledger.digests import Digests
from worker.ledger.drills import Drills
from worker.ledger.failed import Failed
from worker.ledger.families import Families
from worker.ledger.filings import Filings
from worker.ledger.history import History
from worker.ledger.marks import Marks
from worker.ledger.polls import Polls
from worker.ledger.readings import Readings
from worker.ledger.record import Records
from worker.ledger.redirects import Redirects
from worker.ledger.reloads import Reloads
from worker.ledger.report import Report
from worker.ledger.retention import Retention
from worker.ledger.rollups import Rollups
from worker.ledger.schema import require_current, upgrade
from worker.ledger.silences import Silences
from worker.ledger.tables import facts
from worker.ledger.threads import Threads
from worker.ledger.troubles import Troubles
from worker.ledger.verification import Verification
from worker.ledger.vitals import Vitals


class Ledger:
    """What we saw, decided, owe and delivered."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.filings = Filings(database)
        self.readings = Readings(database)
        self.deliveries = Deliveries(database)
        self.chores = Chores(database)
        self.polls = Polls(database)
        self.days = Days(database)
        self.history = History(database)
        self.report = Report(database)
        self.reloads = Reloads(database)
        self.families = Families(database)
        self.threads = Threads(database)
        self.marks = Marks(database)
        self.rollups = Rollups(database)
        self.records = Records(database)
        self.redirects = Redirects(database)
        self.troubles = Troubles(database)
        self.silences = Silences(database)
        self.acknowledgements = Acknowledgements(database)
        self.failed = Failed(database)
        self.digests = Digests(database)
        self.digest_contents = DigestContents(database)
        self.drills = Drills(database)
        self.vitals = Vitals(database)
        self.chain = Chain(database)
        self.verification = Verification(database)
        self.retention = Retention(database)
        self.anchors = Anchors(database)

    @classmethod
    def open(cls, url: str, *, migrate: bool) -> Ledger:
        """Open the ledger at an SQLAlchemy URL, bringing its schema up to date where `migrate`.

        Raises ConfigurationError where the schema does not fit, Unreachable where nobody answers.
        """
        database = Database(url)
        try:
            (upgrade if migrate else require_current)(database)
        except BaseException:
            database.close()
            raise
        return cls(database)

    def secret(self) -> bytes:
        """The key behind this ledger's delivery keys: made once, the same for every process, 32 bytes."""
        row = {"name": "delivery-secret", "value": secrets.token_hex(32)}
        query = sa.select(facts.c.value).where(facts.c.name == row["name"])
        with self.database.write() as connection:
            connection.execute(self.database.insert_new(facts, [row]))
            return bytes.fromhex(connection.execute(query).scalar_one())

    def void_claims(self, now: datetime) -> None:
        """Make due now whatever a dead process held, instead of waiting for its leases to end. Only for
        who knows that no other process uses this ledger (`in_use`).
        """
        for noun in (self.filings, self.deliveries, self.chores):
            noun.void_claims(now)

    def close(self) -> None:
        self.database.close()
