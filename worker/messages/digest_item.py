"""One notice as its digest will tell of it: decided when it is read, so that a digest says what was known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from worker.alerts.alert import Alert
from worker.alerts.digest import DigestItem, ForDigest, NearMiss, near_misses
from worker.filings.figures import Figures
from worker.filings.filing import Role
from worker.filings.rule144 import computed
from worker.messages import answers, words
from worker.messages.facts import DEGRADATION, facts_of
from worker.watchlists.digest_schedule import DigestPlan
from worker.watchlists.match import Finding
from worker.watchlists.watchlist import Watchlist


def for_digest(alert: Alert, plan: DigestPlan, missed: Iterable[Finding] = ()) -> ForDigest:
    """The alert for the digest of that plan; with `missed`, the near miss that those conditions made it."""
    figures = computed(alert.notice)
    facts = facts_of(alert, figures, DEGRADATION[-1])
    item = DigestItem(
        accession=facts.accession,
        form=facts.form,
        issuer=facts.issuer,
        issuer_cik=alert.notice.issuer_cik,
        seller=facts.seller,
        seller_cik=_seller_cik(alert),
        said=facts.headline,
        figures=facts.figures,
        value=figures.market_value,
        units=figures.units,
        class_title=_class_title(figures),
        sale_date=figures.first_sale,
        url=facts.url,
        accepted_at=facts.accepted_at,
        seen_at=facts.seen_at,
        list_name=words.clean(alert.list_name) if alert.list_name is not None else None,
        check=facts.checks,
        missed=tuple(answers.said(one) for one in missed),
        amends=alert.notice.previous_accession,
        late=_late(alert),
        unreadable=alert.unreadable_because is not None,
        severity=alert.match.severity,
    )
    return ForDigest(schedule=str(plan.schedule), item=item)


def nearly(watchlist: Watchlist, alert: Alert) -> Iterator[NearMiss]:
    """What the list missed by a hair, for the digests of those it would have told; the alert is as it would
    have been raised.
    """
    for to, plan, missed in near_misses(watchlist, alert.match):
        entry = for_digest(alert, plan, missed)
        yield NearMiss(destination=to, watchlist_id=watchlist.id, digest=entry)


def _seller_cik(alert: Alert) -> int | None:
    announced = alert.filing.party(Role.SELLER)
    return next(iter(alert.notice.filer_ciks), announced.cik if announced else None)


def _class_title(figures: Figures) -> str | None:
    titles = [one.class_title for one in figures.classes]
    return words.clean(titles[0]) if len(titles) == 1 and titles[0] else None


def _late(alert: Alert) -> str | None:
    if not alert.filing.was_missed:
        return None
    delay = alert.filing.delay(alert.seen_at)
    return f"found by reconciliation, {words.span(delay)} late" if delay else "found by reconciliation"
