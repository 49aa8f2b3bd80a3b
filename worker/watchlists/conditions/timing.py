"""Questions about days: the sale's, and a Rule 10b5-1 plan's."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TypeVar

import msgspec

from worker.filings.figures import Mention
from worker.filings.notice import Source
from worker.watchlists.amounts import Comparison, Sense, comparison, day, days
from worker.watchlists.conditions.condition import Evidence, Verdict, met, not_met, question, unknown
from worker.watchlists.conditions.size import held
from worker.watchlists.conditions.words import one_of, reader_of
from worker.watchlists.match import Answer

T = TypeVar("T", Decimal, date)


class SaleWindow(msgspec.Struct, frozen=True):
    """Either days after the notice, or days of the calendar."""

    wait: Comparison[Decimal] | None = None
    days: Comparison[date] | None = None


def _sale_window(said: str) -> SaleWindow:
    within = re.fullmatch(r"within\s+(.+)", said, re.IGNORECASE)
    if within is not None:
        return SaleWindow(wait=Comparison(text=said, sense=Sense.AT_MOST, limit=days(within[1])))
    others = "on or before, after, on or after, between"
    return SaleWindow(days=comparison(said, day, "within 10 days, or before 2026-12-31", others))


@question(
    "sale_date",
    read=reader_of(_sale_window, "within 10 days, or before 2026-12-31"),
    example="within 10 days",
)
def sale_date(evidence: Evidence, window: SaleWindow) -> Verdict:
    """The earliest proposed sale date: within so many days of the notice, or before, after, between days."""
    first, wait = evidence.figures.first_sale, evidence.figures.days_to_sale
    if window.days is not None and first is not None:
        verdict = Verdict(answer=window.days.answer(first), because=window.days.because(first, str))
        return _if_earlier(verdict, first, window.days, evidence)
    if window.wait is not None and wait is not None:
        days_to_sale = Decimal(wait)
        verdict = held(days_to_sale, window.wait, evidence, _in_days)
        return _if_earlier(verdict, days_to_sale, window.wait, evidence)
    return unknown("the sale date or the date of the notice is missing or unreadable")


@question(
    "plan",
    read=lambda value: one_of(value, {"present": True, "absent": False}, "present"),
    example="absent",
    shape={"enum": ["present", "absent"]},
)
def plan(evidence: Evidence, present: bool) -> Verdict:
    """Whether the notice gives an adoption date of a Rule 10b5-1 plan.

    Remarks that speak of a plan without a date in its field leave the question open.
    """
    found = _has_plan(evidence)
    if found.answer is Answer.UNKNOWN:
        return found
    return met(found.because) if (found.answer is Answer.MET) is present else not_met(found.because)


@question(
    "plan_age",
    read=reader_of(lambda said: comparison(said, days, "under 90 days"), "under 90 days"),
    example="under 90 days",
)
def plan_age(evidence: Evidence, limit: Comparison[Decimal]) -> Verdict:
    """The days from the adoption of the Rule 10b5-1 plan to the earliest proposed sale, computed.

    Of several plans all must agree; a notice without a plan does not meet it.
    """
    has_plan = _has_plan(evidence)
    if has_plan.answer is not Answer.MET:
        return has_plan
    if unread := evidence.notice.unread_plan_dates:
        return unknown(f"a plan adoption date is unreadable: {unread[0]!r}")
    ages = [plan.days_to_sale for plan in evidence.figures.plans]
    known = [age for age in ages if age is not None]
    if not known or len(known) < len(ages):
        return unknown("the earliest sale date is missing or unreadable")
    verdicts = [
        _if_earlier(held(Decimal(age), limit, evidence, _in_days), Decimal(age), limit, evidence)
        for age in known
    ]
    if len({verdict.answer for verdict in verdicts}) > 1:
        return unknown(f"{len(known)} plans of different age: {', '.join(map(str, known))} days")
    return Verdict(
        answer=verdicts[0].answer,
        because="; ".join(verdict.because for verdict in verdicts),
        near=any(verdict.near for verdict in verdicts),
    )


def _if_earlier(verdict: Verdict, figure: T, limit: Comparison[T], evidence: Evidence) -> Verdict:
    """The verdict, where it stands even if a sale date that could not be read is the earliest: then the true
    figure is smaller. UNKNOWN otherwise.
    """
    if evidence.figures.first_sale_is_whole:
        return verdict
    match limit.sense:
        case Sense.UNDER | Sense.AT_MOST:
            stands = verdict.answer is Answer.MET
        case Sense.OVER | Sense.AT_LEAST:
            stands = verdict.answer is Answer.NOT_MET
        case _:
            stands = figure < limit.limit
    if stands:
        return verdict
    return unknown(f"{verdict.because}, but another line's sale date is missing or unreadable")


def _has_plan(evidence: Evidence) -> Verdict:
    notice = evidence.notice
    if notice.plan_adoption_dates:
        return met(f"plan adopted {', '.join(dict.fromkeys(map(str, notice.plan_adoption_dates)))}")
    if notice.source is Source.ANNOUNCEMENT:
        return unknown("the document could not be read")
    if unread := notice.unread_plan_dates:
        return unknown(f"a plan adoption date is unreadable: {unread[0]!r}")
    if Mention.PLAN in evidence.figures.remarks_mention:
        return unknown("the remarks speak of a 10b5-1 plan, its field gives no date")
    return not_met("no plan adoption date is given")


def _in_days(number: Decimal) -> str:
    return f"{number:.0f} day" if abs(number) == 1 else f"{number:.0f} days"
