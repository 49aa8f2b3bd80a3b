"""Digests: what one message at a set time tells of everything since the last one. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

import msgspec

from worker.alerts.coverage import Coverage
from worker.alerts.delivery import DeliveryState
from worker.alerts.hold import Hold
from worker.filings.filing import Filing
from worker.watchlists.destination import Destination
from worker.watchlists.digest_schedule import DigestPlan
from worker.watchlists.match import Answer, Finding, Match, Severity
from worker.watchlists.watchlist import Route, Watchlist


class DigestItem(msgspec.Struct, frozen=True, kw_only=True):
    """What a digest may say of one notice as one list sees it, decided when the notice was read.

    Texts are plain, cleaned of invisible characters and not escaped. `value` and `units` are computed sums,
    None where not every line states one; `class_title` is None where several classes are to be sold.
    `list_name` is None for a confidential list. `missed` says of a near miss by how much; it is empty for an
    alert. `amends` is the accession of the notice it amends. `late` is how late reconciliation found it,
    None where the feed showed it.
    """

    accession: str
    form: str
    issuer: str
    issuer_cik: int | None
    seller: str
    seller_cik: int | None
    said: str
    figures: str
    value: Decimal | None
    units: int | None
    class_title: str | None
    sale_date: date | None
    url: str
    accepted_at: datetime | None
    seen_at: datetime
    list_name: str | None
    check: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    amends: str | None = None
    late: str | None = None
    unreadable: bool = False
    severity: Severity = Severity.NORMAL


class ForDigest(msgspec.Struct, frozen=True, kw_only=True):
    """That something goes into the digest of its destination at `schedule`, as that writes itself."""

    schedule: str
    item: DigestItem


class NearMiss(msgspec.Struct, frozen=True, kw_only=True):
    """A notice that missed a list's conditions by a hair, for the digest of one of its destinations."""

    destination: Destination
    watchlist_id: str
    digest: ForDigest


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An item that waits for its digest, or was told in one, as things stand now.

    `state` is that of the message that tells of the alert at once: its own or, where `together`, the one that
    a burst of them was told in; None for a near miss. `told_at` is when that message arrived, None where it
    did not. `hold` is what keeps or kept the alert's own back. `acknowledged` are the people who said they
    have seen to the alert. `amended_at` is when a notice that amends it was accepted (or seen), None where
    none is known.
    """

    id: int
    item: DigestItem
    entered_at: datetime
    state: DeliveryState | None = None
    together: bool = False
    hold: Hold | None = None
    told_at: datetime | None = None
    acknowledged: tuple[str, ...] = ()
    amended_at: datetime | None = None

    @property
    def is_near_miss(self) -> bool:
        return self.state is None

    @property
    def is_silenced(self) -> bool:
        """True where somebody's silence keeps the alert back now."""
        return self.state is DeliveryState.HELD and self.hold is not None and self.hold.silence_id is not None


class Unacknowledged(msgspec.Struct, frozen=True, kw_only=True):
    """A notice that was told of before, on whatever number of lists, and that nobody has acknowledged.
    `form` is as a message writes it: `Form 144/A`.
    """

    form: str
    issuer: str
    said: str
    url: str
    told_at: datetime


class UnreadableNotice(msgspec.Struct, frozen=True, kw_only=True):
    """A filing whose document nobody could read, and why. It may be on nobody's list."""

    filing: Filing
    why: str
    url: str


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one digest has to say, from `since` to `until`. `zone` is the reader's. `last_look` is when
    EDGAR was last looked at with success, where that is too long ago; None where it is not.
    """

    schedule: str
    zone: str
    since: datetime
    until: datetime
    entries: tuple[Entry, ...]
    unacknowledged: tuple[Unacknowledged, ...] = ()
    unreadable: tuple[UnreadableNotice, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    is_blind: bool = False
    last_look: datetime | None = None


def how_told(watchlist: Watchlist, match: Match, to: Destination) -> tuple[bool, DigestPlan | None]:
    """Whether the destination hears of the match at once, and in which digest.

    The lines under `tell` that name it and hold decide. Who hears of it only because they were told of the
    notice it amends hears as the list tells them in general.
    """
    lines = list(_lines(watchlist, match, to))
    telling = [route for route, missed in lines if not missed] if to in match.told else []
    telling = telling or [route for route, _ in lines]
    plan = next((route.digest for route in telling if route.digest is not None), None)
    return plan is None or any(route.is_at_once for route in telling), plan


def held_for(plan: DigestPlan) -> Hold:
    """What keeps a delivery back that is told in a digest alone."""
    return Hold(because=f"held for the digest, {plan.schedule}", by="the watchlist")


def near_misses(
    watchlist: Watchlist, match: Match
) -> Iterator[tuple[Destination, DigestPlan, tuple[Finding, ...]]]:
    """The destinations whose digest is to speak of the match although they are not told of it: each
    condition that stood in the way did so by a hair. With those conditions.
    """
    named: set[Destination] = set()
    own = [finding for finding in match.findings if finding.answer is Answer.NOT_MET]
    for route in watchlist.routes if match.identities else ():
        to = route.destination
        if route.digest is None or to in named or to in match.told:
            continue
        for line, theirs in _lines(watchlist, match, to):
            missed = (*own, *theirs)
            if line.digest is not None and missed and all(finding.near for finding in missed):
                named.add(to)
                yield to, line.digest, missed
                break


def _lines(watchlist: Watchlist, match: Match, to: Destination) -> Iterator[tuple[Route, Sequence[Finding]]]:
    """The lines that name the destination, each with those of its own conditions that were not met."""
    answered = match.routes if len(match.routes) == len(watchlist.routes) else (None,) * len(watchlist.routes)
    for route, routed in zip(watchlist.routes, answered, strict=True):
        if route.destination == to:
            findings = routed.findings if routed is not None else ()
            yield route, [finding for finding in findings if finding.answer is Answer.NOT_MET]
