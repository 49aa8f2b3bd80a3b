"""Deliveries in the ledger: claimed one at a time per destination, settled by whoever holds the claim."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from worker.alerts.delivery import Delivery, DeliveryState, Receipt
from worker.ledger import chain
from worker.ledger.database import Database
from worker.ledger.kinds import Kind
from worker.ledger.queue import CAN_BE_CLAIMED, Queue, same_lane
from worker.ledger.tables import attempts, deliveries, lanes
from worker.ledger.troubles import Trouble, note
from worker.watchlists.destination import Destination

# Put together once: every delivery asks for them, and SQLAlchemy takes longer than the database does.
_HOW_MANY = CAN_BE_CLAIMED.with_only_columns(sa.func.count(), maintain_column_froms=True)
_TAKE = (
    sa.update(deliveries)
    .where(deliveries.c.id == sa.bindparam("delivery"))
    .values(
        state=DeliveryState.SENDING,
        owner=sa.bindparam("claimant"),
        due_at=sa.bindparam("ends"),
        attempts=sa.bindparam("number"),
        first_attempt_at=sa.bindparam("first"),
    )
)
_MINE = sa.update(deliveries).where(
    deliveries.c.id == sa.bindparam("delivery"), deliveries.c.owner == sa.bindparam("claimant")
)
_THIS = attempts.c.delivery_id == sa.bindparam("delivery"), attempts.c.number == sa.bindparam("this")
_ENDED = sa.select(attempts.c.outcome, attempts.c.detail).where(*_THIS)
_ATTEMPT = (
    sa.update(attempts)
    .where(*_THIS)
    .values(ended_at=sa.bindparam("now"), outcome=sa.bindparam("what"), detail=sa.bindparam("said"))
)
_LANE = sa.update(lanes).where(lanes.c.notifier == sa.bindparam("to"), lanes.c.address == sa.bindparam("at"))
_OPEN_LANE = _LANE.values(open_at=sa.bindparam("opens"))
_LEAVE_LANE = _LANE.values(open_at=sa.bindparam("opens"), failing=sa.bindparam("fails"))
_END_LANE = _LANE.values(open_at=sa.bindparam("opens"), ended_because=sa.bindparam("because"))


class Deliveries:
    """The tables `deliveries`, `attempts` and `lanes`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queue = Queue(database)

    def claim(self, now: datetime, lease: timedelta, owner: str) -> Delivery | None:
        """Take the oldest delivery that is due and whose lane is open, or None. Where none of the others is
        left, those to destinations that did not take the last one have their turn, one after the other:
        what is gone keeps nobody else waiting.

        The intent to send is on disk before this returns: an attempt row, and the state `sending`.
        """
        ends = now + lease
        with self._database.write() as connection:
            row = self._queue.next(connection, now)
            if row is None:
                return None
            doubtful = row.state in (DeliveryState.SENDING, DeliveryState.UNKNOWN)
            cut_short, unanswered = self._queue.without_answer(connection, row) if doubtful else (0, 0)
            first = row.first_attempt_at or now
            number = row.attempts + 1
            taken = {"delivery": row.id, "claimant": owner, "ends": ends, "number": number, "first": first}
            connection.execute(_TAKE, taken)
            connection.execute(_OPEN_LANE, {"to": row.notifier, "at": row.address, "opens": ends})
            connection.execute(
                sa.insert(attempts), {"delivery_id": row.id, "number": number, "started_at": now}
            )
            to = Destination(row.notifier, row.address)
            body: dict[str, chain.Value] = {"attempt": number, "may_have_arrived": doubtful}
            chain.note(connection, Kind.ATTEMPTED, row.key, now, destination=str(to), **body)
        return Delivery(
            id=row.id,
            key=row.key,
            destination=to,
            message=row.message,
            attempt=number,
            owed_since=row.owed_since,
            first_attempt_at=first,
            may_have_arrived=doubtful,
            cut_short=cut_short,
            unanswered=unanswered,
            owner=owner,
            claimed_at=now,
            alert=row.alert_id,
            accession=row.accession,
        )

    def delivered(
        self, delivery: Delivery, receipt: Receipt, now: datetime, *, lane_opens_at: datetime
    ) -> bool:
        """The other side has it. False where the lease has passed to another worker."""
        outcome = "found" if receipt.found else "delivered"
        return self._settle(
            delivery,
            now,
            lane_opens_at,
            outcome,
            receipt.reference,
            state=DeliveryState.DELIVERED,
            due_at=None,
            settled_at=now,
            receipt=receipt.reference,
            last_error=None,
        )

    def try_again(self, delivery: Delivery, why: str, now: datetime, *, at: datetime) -> bool:
        """It certainly did not arrive: owed again from `at`, and its lane keeps closed until then."""
        return self._settle(
            delivery,
            now,
            at,
            "unreachable",
            why,
            lane_fails=True,
            state=DeliveryState.OWED,
            due_at=at,
            last_error=why,
        )

    def away(self, notifier: str) -> None:
        """Nothing is reached by that notifier: none of its lanes goes before one of another until it has
        taken something again.
        """
        with self._database.write() as connection:
            self._queue.put_last(connection, notifier)

    def unknown(
        self,
        delivery: Delivery,
        why: str,
        now: datetime,
        *,
        ask_at: datetime | None,
        lane_opens_at: datetime | None = None,
        was_sent: bool = True,
        lane_fails: bool = True,
    ) -> bool:
        """It may have arrived, by this attempt where it `was_sent`, else by an earlier one. Asked about from
        `ask_at`; None leaves it to a person, in plain sight. Its lane opens then, or sooner if that is said,
        and comes after others unless this says nothing of the other side.
        """
        return self._settle(
            delivery,
            now,
            lane_opens_at or ask_at or now,
            "unknown" if was_sent else "unreachable",
            why,
            trouble=None if ask_at else Trouble.UNKNOWN,
            lane_fails=lane_fails,
            state=DeliveryState.UNKNOWN,
            due_at=ask_at,
            settled_at=None if ask_at else now,
            last_error=why,
        )

    def give_up(
        self,
        delivery: Delivery,
        state: DeliveryState,
        why: str,
        now: datetime,
        *,
        ends_destination: bool = False,
    ) -> bool:
        """`refused` or `abandoned`: nothing more is tried for this delivery; the lane goes on, unless the
        destination ends: then nothing more goes there until a person opens it again. What is abandoned says
        that the other side is away still: all that waits for it comes after others.
        """
        return self._settle(
            delivery,
            now,
            now,
            state.value,
            why,
            trouble=Trouble.ENDED if ends_destination else Trouble(state.value),
            lane_fails=state is DeliveryState.ABANDONED,
            ends_lane=ends_destination,
            state=state,
            due_at=None,
            settled_at=now,
            last_error=why,
        )

    def void_claims(self, now: datetime) -> None:
        """Make every claim due now, as one that may have arrived. Only for who knows that no worker is
        left.
        """
        claimed = deliveries.c.state == DeliveryState.SENDING
        theirs = sa.exists().where(same_lane(), claimed)
        with self._database.write() as connection:
            connection.execute(sa.update(lanes).where(theirs).values(open_at=now))
            connection.execute(sa.update(deliveries).where(claimed).values(owner=None, due_at=now))

    def due(self, now: datetime) -> int:
        """How many deliveries could be claimed now."""
        with self._database.read() as connection:
            return int(connection.execute(_HOW_MANY, {"now": now}).scalar_one())

    def _settle(
        self,
        delivery: Delivery,
        now: datetime,
        lane_opens_at: datetime,
        outcome: str,
        detail: str,
        *,
        trouble: Trouble | None = None,
        lane_fails: bool = False,
        ends_lane: bool = False,
        **values: object,
    ) -> bool:
        with self._database.write() as connection:
            mine = {"delivery": delivery.id, "claimant": delivery.owner}
            in_time = connection.execute(_MINE.values(owner=None, **values), mine).rowcount == 1
            this = {"delivery": delivery.id, "this": delivery.attempt}
            if not in_time and connection.execute(_ENDED, this).one() == (outcome, detail):
                return True  # written already: only the answer to that was lost
            connection.execute(_ATTEMPT, this | {"now": now, "what": outcome, "said": detail})
            to = delivery.destination
            chain.note(
                connection,
                Kind.SETTLED,
                delivery.key,
                now,
                destination=str(to),
                attempt=delivery.attempt,
                outcome=outcome,
                said=detail,
                in_time=in_time,
            )
            if not in_time:
                return False
            lane = {"to": to.notifier, "at": to.address, "opens": lane_opens_at}
            if ends_lane:
                connection.execute(_END_LANE, {**lane, "because": detail})
                chain.note(connection, Kind.LANE_ENDED, str(to), now, because=detail)
            else:
                connection.execute(_LEAVE_LANE, {**lane, "fails": lane_fails})
            if trouble is not None:
                note(self._database, connection, trouble, str(to), what=detail, now=now)
            return True
