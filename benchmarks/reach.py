"""How a benchmark says what it set out to reach, and whether it did."""

from __future__ import annotations

import statistics
from collections.abc import Sequence


def reach(what: str, value: float, *, at_most: float | None = None, at_least: float | None = None) -> None:
    """One line: the figure, the bound, met or MISSED."""
    bound = f"at most {at_most:g}" if at_most is not None else f"at least {at_least:g}"
    met = value <= at_most if at_most is not None else value >= (at_least or 0)
    print(f"reach: {what} {bound}: {value:.3g}, {'met' if met else 'MISSED'}", flush=True)


def p50_p99(values: Sequence[float]) -> tuple[float, float]:
    """The median, and the value that 99 of 100 do not exceed."""
    ordered = sorted(values)
    return statistics.median(ordered), ordered[min(int(len(ordered) * 0.99), len(ordered) - 1)]
