"""When a delivery is tried again, and when it is given up. Pure: the clock and the dice are arguments."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from worker.errors import Refused, Unknown, Unreachable


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long, and how eagerly. `total` counts from when the alert was raised."""

    total: timedelta = timedelta(hours=24)
    first: timedelta = timedelta(seconds=5)  #: the first pause; each further one is twice as long
    #: All that goes to a destination waits behind the oldest: so late it may be once the other side is well.
    longest: timedelta = timedelta(minutes=1)
    settling: timedelta = timedelta(seconds=30)  #: a request without an answer may still be under way
    #: Where nobody can be asked, the same is sent again so long after each answer that was lost, and no more
    #: often: each may be a copy in somebody's mailbox.
    resends: tuple[timedelta, ...] = tuple(timedelta(minutes=pause) for pause in (0.5, 1, 3, 15, 60))


class TryAgain(msgspec.Struct, frozen=True, kw_only=True):
    """It did not arrive; send it at that time."""

    at: datetime
    why: str


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """It may have arrived; find out at that time, as the notifier's `when_unknown` says. `was_sent` is True
    where this attempt may have, too, and not only an earlier one.
    """

    at: datetime
    why: str
    was_sent: bool


class Refuse(msgspec.Struct, frozen=True, kw_only=True):
    """It will never arrive there; the operator is told."""

    why: str
    ends_destination: bool


class Abandon(msgspec.Struct, frozen=True, kw_only=True):
    """Patience ran out; the operator is told. `may_have_arrived` says which it ends as: abandoned, or
    unknown.
    """

    why: str
    may_have_arrived: bool


Verdict = TryAgain | Ask | Refuse | Abandon


def verdict(
    error: Unreachable | Refused | Unknown,
    *,
    attempt: int,
    owed_since: datetime,
    now: datetime,
    jitter: float,
    may_have_arrived: bool = False,
    resent: int | None = None,
    patience: Patience = Patience(),  # noqa: B008  frozen
) -> Verdict:
    """What becomes of a delivery whose attempt number `attempt` (from 1) ended in `error`.

    `jitter` lies in [0, 1] and spreads the pauses over their upper half. A `Retry-After` wins over the
    pause, exactly, also where it leads past the end of patience: that attempt is then the last. Without one
    the last attempt is made when patience ends, not before. `may_have_arrived` is True where an earlier
    attempt's answer was lost and nobody could say since.
    """
    why = str(error)
    if isinstance(error, Refused):
        return Refuse(why=why, ends_destination=error.ends_destination)
    doubtful = may_have_arrived or isinstance(error, Unknown)
    end = owed_since + patience.total
    if now >= end:
        return Abandon(why=why, may_have_arrived=doubtful)
    if isinstance(error, Unreachable) and error.retry_after is not None:
        at = now + min(error.retry_after, patience.total)
    else:
        at = min(now + _pause(attempt, jitter, patience), end)
    if isinstance(error, Unknown) and resent is not None:
        if resent >= len(patience.resends):
            return Abandon(why=why, may_have_arrived=True)
        return Ask(at=now + patience.resends[resent], why=why, was_sent=True)
    if isinstance(error, Unknown):
        return Ask(at=max(at, now + patience.settling), why=why, was_sent=True)
    return Ask(at=at, why=why, was_sent=False) if may_have_arrived else TryAgain(at=at, why=why)


def _pause(attempt: int, jitter: float, patience: Patience) -> timedelta:
    doublings = min(max(attempt - 1, 0), 30)
    return min(patience.first * (1 << doublings), patience.longest) * (0.5 + jitter / 2)
