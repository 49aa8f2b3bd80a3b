"""Digests by which templates are tried: a quiet day, and as much of everything as there may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta

from worker.alerts.coverage import Coverage, IndexState
from worker.alerts.delivery import DeliveryState
from worker.alerts.digest import Digest, Entry, Unacknowledged, UnreadableNotice
from worker.alerts.hold import Hold
from worker.messages.digest_item import for_digest
from worker.messages.specimens import HOSTILE, SPECIMENS
from worker.watchlists.digest_schedule import EXAMPLE, DigestPlan, digest_schedule
from worker.watchlists.match import Answer, Finding

_PLAN = DigestPlan(schedule=digest_schedule(EXAMPLE))
_UNTIL = datetime(2023, 4, 3, 11, 30, tzinfo=UTC)
_COVERAGE = Coverage(
    first=date(2023, 3, 31),
    last=date(2023, 3, 31),
    index=IndexState.PARSED,
    indexed=142,
    seen=142,
    read=141,
    unreadable=1,
    waiting=0,
    matched=3,
    found_late=1,
    worst_delay=timedelta(hours=6),
)


def quiet() -> Digest:
    """A day on which there was nothing."""
    return _digest()


def everything() -> Digest:
    """Every specimen of an alert, told, missed by a hair and kept back; and all that stands beside them."""
    alerts = [specimen() for specimen in SPECIMENS.values()]
    missed = Finding(condition=HOSTILE, answer=Answer.NOT_MET, because=HOSTILE, near=True)
    silence = Hold(because=HOSTILE, by=HOSTILE, silence_id=1)
    items = [for_digest(alert, _PLAN).item for alert in alerts]
    entries = [
        *(Entry(id=0, item=item, entered_at=_UNTIL, state=DeliveryState.REFUSED) for item in items),
        *(
            Entry(id=0, item=item, entered_at=_UNTIL, state=DeliveryState.HELD, hold=silence)
            for item in items
        ),
        *(Entry(id=0, item=for_digest(alert, _PLAN, [missed]).item, entered_at=_UNTIL) for alert in alerts),
    ]
    before = Unacknowledged(
        form="Form 144/A", issuer=HOSTILE, said=HOSTILE, url=alerts[0].document_url, told_at=_UNTIL
    )
    unread = UnreadableNotice(filing=alerts[0].filing, why=HOSTILE, url=alerts[0].document_url)
    return _digest(*entries, unacknowledged=(before,), unreadable=(unread,))


#: By the name under which a template that fails is reported.
DIGESTS: Mapping[str, Callable[[], Digest]] = {
    "a digest of a quiet day": quiet,
    "a digest of everything": everything,
}


def _digest(
    *entries: Entry,
    unacknowledged: tuple[Unacknowledged, ...] = (),
    unreadable: tuple[UnreadableNotice, ...] = (),
) -> Digest:
    return Digest(
        schedule=str(_PLAN.schedule),
        zone=_PLAN.schedule.zone,
        since=_UNTIL - timedelta(days=3),
        until=_UNTIL,
        entries=entries,
        unacknowledged=unacknowledged,
        unreadable=unreadable,
        coverage=(_COVERAGE,),
        is_blind=bool(entries),
    )
