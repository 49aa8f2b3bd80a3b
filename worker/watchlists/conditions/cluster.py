"""The question about company: do several sellers of one issuer file within days of each other?"""

from __future__ import annotations

import re
from datetime import timedelta

import msgspec

from worker.filings.filing import Role
from worker.watchlists.amounts import days
from worker.watchlists.conditions.condition import Evidence, Verdict, met, not_met, question, unknown
from worker.watchlists.conditions.recent import filed_on
from worker.watchlists.conditions.words import reader_of
from worker.watchlists.misread import Misread

_EXAMPLE = "3 sellers in 30 days"


class Cluster(msgspec.Struct, frozen=True):
    """So many different sellers of one issuer within so many days, this notice's among them."""

    sellers: int
    days: int


def _cluster(said: str) -> Cluster:
    found = re.fullmatch(r"([0-9]{1,3}) sellers? (?:in|within) (.+)", " ".join(said.split()), re.IGNORECASE)
    if found is None or int(found[1]) < 2:
        raise Misread(f"{said!r} is not a number of sellers in a number of days", f"write {_EXAMPLE}")
    return Cluster(int(found[1]), int(days(found[2])))


@question("cluster", read=reader_of(_cluster, _EXAMPLE), example=_EXAMPLE)
def cluster(evidence: Evidence, asked: Cluster) -> Verdict:
    """At least so many different sellers of the issuer have filed within so many days, this one included."""
    notice, filing, recent = evidence.notice, evidence.filing, evidence.recent
    issuer, announced = filing.party(Role.ISSUER), filing.party(Role.SELLER)
    issuer_cik = notice.issuer_cik or (issuer.cik if issuer else None)
    seller_ciks = set(notice.filer_ciks) or ({announced.cik} if announced else set())
    today = filed_on(filing, notice)
    if issuer_cik is None or not seller_ciks or today is None:
        return unknown("the issuer's CIK, the seller's CIK or the date is missing or unreadable")
    if recent is None:
        return unknown("no history of earlier notices is at hand")
    first = today - timedelta(days=asked.days)
    others = {
        earlier.seller_cik
        for earlier in recent.notices
        if earlier.issuer_cik == issuer_cik and first <= earlier.filed_on <= today
    }
    sellers = len(others - seller_ciks) + 1
    if sellers >= asked.sellers:
        return met(f"{sellers} >= {asked.sellers} sellers since {first}")
    if recent.since > first:
        return unknown(f"{sellers} of {asked.sellers} sellers; the history does not reach to {first}")
    return not_met(f"{sellers} < {asked.sellers} sellers since {first}")
