"""Questions about how much is to be sold."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from worker.filings.prices import zero_beside_a_figure
from worker.watchlists.amounts import Comparison, Sense, comparison, dollars, percent, whole
from worker.watchlists.conditions.condition import Evidence, Verdict, not_met, question, unknown
from worker.watchlists.conditions.words import one_of, reader_of
from worker.watchlists.match import Answer

#: More places than a percentage of twelve-digit numbers needs.
MOST_PLACES = 20

#: What is said of a line that slips, by its field that is 0.
SLIPS = {
    "market_value": "but a market value of 0 stands beside a figure that is not",
    "units": "but a number of units of 0 stands beside a figure that is not",
}


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
    return _of_a_sum("market_value", held(figure, limit, evidence, _money), limit, evidence)


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
    return _of_a_sum("units", verdict, limit, evidence)


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
    verdict = held(figure, limit, evidence, _percentages(figure, limit.nearest(figure)))
    return _of_a_sum("units", verdict, limit, evidence)


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
    if not passes and _slips("units", evidence):
        return unknown(f"{shown}, {SLIPS['units']}")
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


def _slips(field: str, evidence: Evidence) -> bool:
    """Whether a line has 0 there beside a figure that is none: what is summed over it is too small."""
    lines = filter(zero_beside_a_figure, evidence.notice.proposed_sales)
    return any(getattr(sale, field) == 0 for sale in lines)


def _of_a_sum(field: str, verdict: Verdict, limit: Comparison[Decimal], evidence: Evidence) -> Verdict:
    """The verdict on what is summed over the lines; where one of them slips, only what a larger sum cannot
    change stands.
    """
    stands = {
        Sense.OVER: Answer.MET,
        Sense.AT_LEAST: Answer.MET,
        Sense.UNDER: Answer.NOT_MET,
        Sense.AT_MOST: Answer.NOT_MET,
    }
    if not _slips(field, evidence) or verdict.answer is stands.get(limit.sense):
        return verdict
    return unknown(f"{verdict.because}, {SLIPS[field]}")


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
