"""Questions about how much is to be sold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from worker.filings.notice import ProposedSale
from worker.filings.prices import zero_beside_a_figure
from worker.watchlists.amounts import Comparison, Sense, comparison, dollars, percent, whole
from worker.watchlists.conditions.condition import Evidence, Verdict, not_met, question, unknown
from worker.watchlists.conditions.words import one_of, reader_of
from worker.watchlists.match import Answer

#: More places than a percentage of twelve-digit numbers needs.
MOST_PLACES = 20


@question(
    "market_value",
    read=reader_of(lambda said: comparison(said, dollars, "over 10M"), "over 10M"),
    example="over 10M",
)
def market_value(evidence: Evidence, limit: Comparison[Decimal]) -> Verdict:
    """The aggregate market value to be sold, over all lines, in US dollars."""
    figure = evidence.figures.market_value
    if figure is None:
        return unknown("the market value is missing or unreadable")
    verdict = held(figure, limit, evidence, _money)
    slips = any(sale.market_value == 0 for sale in _half_zero(evidence))
    return _at_least(verdict, limit, "market value") if slips else verdict


@question(
    "units",
    read=reader_of(lambda said: comparison(said, whole, "at least 50,000"), "at least 50,000"),
    example="at least 50,000",
)
def units(evidence: Evidence, limit: Comparison[Decimal]) -> Verdict:
    """The number of units to be sold, over all lines."""
    figure = evidence.figures.units
    if figure is None:
        return unknown("the number of units is missing or unreadable")
    verdict = held(Decimal(figure), limit, evidence, lambda number: f"{number:,.0f}")
    slips = any(sale.units == 0 for sale in _half_zero(evidence))
    return _at_least(verdict, limit, "number of units") if slips else verdict


@question(
    "percent_of_class",
    read=reader_of(lambda said: comparison(said, percent, "at least 0.5%"), "at least 0.5%"),
    example="at least 0.5%",
)
def percent_of_class(evidence: Evidence, limit: Comparison[Decimal]) -> Verdict:
    """The units to be sold as a percentage of the class outstanding, computed; the largest class counts."""
    figure = evidence.figures.percent_of_class
    if figure is None:
        return unknown(f"units or units outstanding are missing, unreadable or zero{_or_unsure(evidence)}")
    return held(figure, limit, evidence, _percentages(figure, limit.nearest(figure)))


@question(
    "one_percent_of_class",
    read=lambda value: one_of(value, {"exceeded": True, "not exceeded": False}, "exceeded"),
    example="exceeded",
    shape={"enum": ["exceeded", "not exceeded"]},
)
def one_percent_of_class(evidence: Evidence, exceeded: bool) -> Verdict:
    """Whether the units to be sold and those sold in the past three months pass 1 % of the class, computed.

    It is the first of Rule 144(e)(1)'s two volume limits; the other, trading volume, is not in the notice.
    """
    figure, passes = evidence.figures.percent_with_past, evidence.figures.exceeds_one_percent
    if passes is None:
        what = "units, past sales or units outstanding are missing, unreadable or zero"
        return unknown(f"{what}{_or_unsure(evidence)}")
    shown = "more than 1 %"
    if figure is not None:
        shown = f"{_percentages(figure, Decimal(1))(figure)} {'>' if passes else '<='} 1 %"
    if passes is exceeded:
        return Verdict(answer=Answer.MET, because=shown)
    near = figure is not None and abs(figure - 1) <= evidence.near_miss
    return not_met(shown, near=near)


def _or_unsure(evidence: Evidence) -> str:
    return ", or two titles may be one class" if len(evidence.figures.classes) > 1 else ""


def held(
    figure: Decimal, limit: Comparison[Decimal], evidence: Evidence, show: Callable[[Decimal], str]
) -> Verdict:
    """The verdict of holding a figure against a limit; a miss within the margin is near."""
    edge = limit.nearest(figure)
    near = not limit.holds(figure) and abs(figure - edge) <= abs(edge) * evidence.near_miss
    because = limit.because(figure, show)
    if near:
        because += f", missed by {_distance(figure, edge)}"
    return Verdict(answer=limit.answer(figure), because=because, near=near)


def _half_zero(evidence: Evidence) -> Iterator[ProposedSale]:
    return filter(zero_beside_a_figure, evidence.notice.proposed_sales)


def _at_least(verdict: Verdict, limit: Comparison[Decimal], what: str) -> Verdict:
    """The verdict on a sum of which a part is 0 by a slip, so that the true one is larger: only what that
    cannot change stands.
    """
    stands = {Sense.OVER: Answer.MET, Sense.AT_LEAST: Answer.MET}.get(limit.sense, Answer.NOT_MET)
    if verdict.answer is stands and limit.sense is not Sense.BETWEEN:
        return verdict
    return unknown(f"{verdict.because}, but a {what} of 0 stands beside a figure that is not")


def _distance(figure: Decimal, edge: Decimal) -> str:
    """How far the figure is from the limit, as a part of the limit."""
    if not edge or figure == edge:
        return "nothing at all"
    distance = 100 * abs(figure - edge) / abs(edge)
    return f"{distance:.1f} %" if distance >= Decimal("0.1") else "less than 0.1 %"


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}" if amount % 1 else f"{amount:,.0f}"


def _percentages(figure: Decimal, limit: Decimal) -> Callable[[Decimal], str]:
    """How percentages are written: with four places, or as many more as tell the figure from the limit."""
    places = 4
    while figure != limit and places < MOST_PLACES and round(figure, places) == round(limit, places):
        places += 2
    return lambda number: f"{round(number, places).normalize():f} %"
