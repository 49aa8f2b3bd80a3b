"""Reading: from one document to everything that follows from it, before any of it is written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
import structlog

from worker.alerts.alert import Alert
from worker.alerts.conversation import as_told, destinations_to_tell, matches_to_tell
from worker.alerts.digest import held_for, how_told
from worker.alerts.hold import Hold, hold
from worker.alerts.raising import delivery_key
from worker.due import OTHER_ROW_PATIENCE, OTHER_ROW_PAUSE, waits_for_original
from worker.edgar.client import Document
from worker.errors import Awaiting, Unreachable, UnreadableFiling
from worker.filings.amendments import differences
from worker.filings.announcement import notice_from_announcement
from worker.filings.filing import DRILL_AGENT, Filing, eastern_day
from worker.filings.notice import Form144Notice
from worker.filings.reader import read_notice
from worker.ledger.drills import Drill
from worker.ledger.families import Families, Original
from worker.ledger.filings import ClaimedFiling
from worker.ledger.history import History
from worker.ledger.readings import Owed, RaisedAlert, ReadDrill, Reading
from worker.ledger.silences import Silences
from worker.messages.digest_item import for_digest, nearly
from worker.messages.writer import Writer
from worker.watchlists.conditions.recent import RecentNotices, filed_on
from worker.watchlists.destination import Destination
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.match import Match
from worker.watchlists.matching import match
from worker.watchlists.watchlist import Watchlist

log = structlog.get_logger()

#: A document that cuts its reader short is not tried more often; its readers are told it is unreadable.
READINGS_CUT_SHORT = 5

NOT_ASKED_ABOUT = "the watchlists that the worker holds do not ask about the drill's notice"


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads documents against the watchlists as they are at that moment."""

    watchlists: Callable[[], WatchlistIndex]
    writer: Writer
    history: History
    families: Families
    silences: Silences
    secret: bytes = field(repr=False)  # behind the delivery keys
    index_page: Callable[[Filing], str]  # the page a person opens
    clock: Callable[[], datetime]

    def read(self, claim: ClaimedFiling, document: Document | None, drill: Drill | None = None) -> Reading:
        """Everything that follows from the document; None is one that EDGAR never served, or a drill's own.

        A document that cannot be read still reaches everybody whose list names its issuer or seller:
        they are told that, and why, nobody could read it. An amendment also reaches whoever was told of the
        notice it amends. Raises Awaiting where that one is about to be read here, and Unreachable where the
        party that readers of an unreadable one ask about may still be announced.
        """
        if drill is not None:
            return self._drill(claim, drill)
        notice, unreadable_because = self._notice(claim, document)
        return self._reading(claim, document, notice, unreadable_because)

    def _drill(self, claim: ClaimedFiling, drill: Drill) -> Reading:
        """The same of a drill's own document: told are the destinations it asks for, at once, and nobody of
        any other list.
        """
        document = Document(url=self.index_page(claim.filing), body=drill.body)
        notice, unreadable_because = self._notice(claim, document)
        read_at = self.clock()
        reading = self._reading(claim, document, notice, unreadable_because)
        mine = [one for one in reading.alerts if one.match.watchlist_id == drill.watchlist_id]
        alerts = tuple(one.at_once_to(drill.destinations) for one in mine)
        why = None if any(one.owed for one in alerts) else NOT_ASKED_ABOUT
        return msgspec.structs.replace(
            reading, alerts=alerts, drill=ReadDrill(read_at=read_at, why_nobody=why)
        )

    def _reading(
        self,
        claim: ClaimedFiling,
        document: Document | None,
        notice: Form144Notice,
        unreadable_because: str | None,
    ) -> Reading:
        claim = _timed(claim, notice)
        original = self._original(claim, notice)
        index = self.watchlists()
        lists = index.by_id
        recent = None if claim.filing.is_drill else self._recent(claim, notice, index)
        matches = match(notice, claim.filing, index, recent=recent)
        alerts = [
            self._raise(
                lists[found.watchlist_id],
                found,
                claim,
                notice,
                unreadable_because=unreadable_because,
                original=original,
            )
            for found in matches_to_tell(matches, original.earlier if original else {})
            if found.watchlist_id in lists
        ]
        near = [
            miss
            for found in matches
            if not (claim.quiet or claim.filing.is_drill)
            for watchlist in (lists[found.watchlist_id],)
            for miss in nearly(watchlist, self._alert(watchlist, found, claim, notice))
        ]
        return Reading(
            url=document.url if document else "",
            body=document.body if document else b"",
            fetched_at=self.clock(),
            notice=notice,
            unreadable_because=unreadable_because,
            alerts=tuple(alerts),
            near_misses=tuple(near),
            lists=index.digest,
        )

    def _notice(self, claim: ClaimedFiling, document: Document | None) -> tuple[Form144Notice, str | None]:
        try:
            if claim.cut_short >= READINGS_CUT_SHORT:
                raise UnreadableFiling(f"reading it was cut short {claim.cut_short} times")
            if document is None:
                raise UnreadableFiling("EDGAR announced the filing and never served its document")
            return read_notice(document.body), None
        except UnreadableFiling as error:
            if len(claim.filing.parties) < 2 and self.clock() < claim.seen_at + OTHER_ROW_PATIENCE:
                why = f"it cannot be read, and only one of its parties was seen yet: {error}"
                raise Unreachable(why, retry_after=OTHER_ROW_PAUSE) from error
            log.error("unreadable", accession=claim.filing.accession, why=str(error))
            return notice_from_announcement(claim.filing), str(error)

    def _original(self, claim: ClaimedFiling, notice: Form144Notice) -> Original | None:
        """What is known of the notice that this one amends; None where it amends none that it names."""
        if notice.previous_accession is None or notice.previous_accession.startswith(DRILL_AGENT):
            return None
        original = self.families.original(claim.filing.accession, notice.previous_accession)
        if waits_for_original(claim, original, self.clock()):
            why = f"{notice.previous_accession}, which it amends, is not read yet"
            raise Awaiting(why, accession=notice.previous_accession)
        return original

    def _recent(
        self, claim: ClaimedFiling, notice: Form144Notice, index: WatchlistIndex
    ) -> RecentNotices | None:
        """The issuer's earlier notices, where any list asks about them and the issuer is known."""
        if index.history_days is None or notice.issuer_cik is None:
            return None
        day = filed_on(claim.filing, notice) or eastern_day(claim.seen_at)
        return self.history.recent(notice.issuer_cik, day - timedelta(days=index.history_days))

    def _raise(
        self,
        watchlist: Watchlist,
        found: Match,
        claim: ClaimedFiling,
        notice: Form144Notice,
        *,
        unreadable_because: str | None,
        original: Original | None,
    ) -> RaisedAlert:
        earlier = original.earlier.get(found.watchlist_id) if original else None
        alert = msgspec.structs.replace(
            self._alert(watchlist, found, claim, notice),
            unreadable_because=unreadable_because,
            amendment=differences(original.notice, notice) if original else None,
            root=original.root if original else None,
        )
        owed = [
            self._owe(
                msgspec.structs.replace(
                    alert,
                    match=as_told(found, to),
                    was_told=earlier is not None and to in earlier.destinations,
                    only_follows=to not in found.told,
                ),
                to,
            )
            for to in destinations_to_tell(found, watchlist.destinations, earlier)
            if not claim.quiet
        ]
        told = tuple(self._when(watchlist, alert, one) for one in owed)
        return RaisedAlert(match=found, list_digest=watchlist.digest, owed=told)

    def _when(self, watchlist: Watchlist, alert: Alert, owed: Owed) -> Owed:
        """With what keeps it back and with its digest, which has a time of its own: quiet hours mean nothing
        to what goes there alone.
        """
        held = self._hold(watchlist, owed.destination, alert)
        at_once, plan = how_told(watchlist, alert.match, owed.destination)
        if plan is not None and not at_once and (held is None or held.until is not None):
            held = held_for(plan)
        heard = msgspec.structs.replace(alert, match=as_told(alert.match, owed.destination))
        entry = for_digest(heard, plan) if plan is not None else None
        return msgspec.structs.replace(owed, hold=held, digest=entry)

    def _alert(
        self, watchlist: Watchlist, found: Match, claim: ClaimedFiling, notice: Form144Notice
    ) -> Alert:
        return Alert(
            filing=claim.filing,
            notice=notice,
            match=found,
            list_name=None if watchlist.is_confidential else watchlist.name,
            seen_at=claim.seen_at,
            raised_at=self.clock(),
            document_url=self.index_page(claim.filing),
        )

    def _hold(self, watchlist: Watchlist, to: Destination, alert: Alert) -> Hold | None:
        now = self.clock()
        return hold(
            self.silences.active(now),
            watchlist.quiet_hours(to),
            notice=alert.notice,
            filing=alert.filing,
            watchlist_id=watchlist.id,
            now=now,
        )

    def _owe(self, alert: Alert, to: Destination) -> Owed:
        written = self.writer.write(alert, to)
        if written.problem:
            log.error("template_failed", accession=alert.filing.accession, why=written.problem)
        key = delivery_key(self.secret, alert.filing.accession, alert.match.watchlist_id, to)
        return Owed(destination=to, message=written.message, key=key, problem=written.problem)


def _timed(claim: ClaimedFiling, notice: Form144Notice) -> ClaimedFiling:
    """Search and indexes give a filing's day only; its submission's header says when it was accepted."""
    if claim.filing.accepted_at or notice.header is None:
        return claim
    filing = msgspec.structs.replace(claim.filing, accepted_at=notice.header.accepted_at)
    return msgspec.structs.replace(claim, filing=filing)
