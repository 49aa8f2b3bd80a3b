"""Condition: one question a watchlist asks of a notice; and the registry every question stands in.

A question is a function `(Evidence, argument) -> Verdict` under `@question`; its first sentence is what the
docs and the editor show. It answers MET, NOT_MET or UNKNOWN with the figures behind the answer: what the
notice does not say, or says unreadably, is UNKNOWN, never "below the limit".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from worker.filings.figures import Figures
from worker.filings.filing import Filing
from worker.filings.notice import Form144Notice
from worker.watchlists.conditions.recent import RecentNotices
from worker.watchlists.match import Answer, Finding

A = TypeVar("A")


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What a question may look at. `recent` is None where the caller has no history at hand; `near_miss`
    is the fraction of a limit by which a figure may miss it and still be near.
    """

    notice: Form144Notice
    filing: Filing
    figures: Figures
    recent: RecentNotices | None
    near_miss: Decimal


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A question's answer: `because` in figures, `near` for a miss within the margin."""

    answer: Answer
    because: str
    near: bool = False


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of condition. `read` turns what the file says into the argument and raises Misread;
    `example` is what somebody might write after the name; `shape` describes it in JSON Schema.
    """

    name: str
    sentence: str
    example: str
    read: Callable[[Any], Any]
    ask: Callable[[Evidence, Any], Verdict]
    shape: Mapping[str, Any]


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """A question with its argument, as the file states it in `text`: `market_value over 10M`."""

    text: str
    question: Question
    argument: Any

    def verdict(self, evidence: Evidence) -> Verdict:
        return self.question.ask(evidence, self.argument)

    def find(self, evidence: Evidence) -> Finding:
        verdict = self.verdict(evidence)
        return Finding(condition=self.text, answer=verdict.answer, because=verdict.because, near=verdict.near)


#: Every question by its name in the file.
QUESTIONS: dict[str, Question] = {}

_TEXT = {"type": "string"}


def question(
    name: str, *, read: Callable[[Any], A], example: str, shape: Mapping[str, Any] | None = None
) -> Callable[[Callable[[Evidence, A], Verdict]], Callable[[Evidence, A], Verdict]]:
    """Enter a function into the registry; its docstring's first paragraph is its sentence."""

    def enter(ask: Callable[[Evidence, A], Verdict]) -> Callable[[Evidence, A], Verdict]:
        sentence = " ".join((ask.__doc__ or "").split("\n\n")[0].split())
        QUESTIONS[name] = Question(
            name=name,
            sentence=sentence,
            example=example,
            read=read,
            ask=ask,
            shape={**(shape or _TEXT), "description": sentence, "examples": [example]},
        )
        return ask

    return enter


def met(because: str) -> Verdict:
    """The condition holds."""
    return Verdict(answer=Answer.MET, because=because)


def not_met(because: str, *, near: bool = False) -> Verdict:
    """The condition does not hold; `near` where it failed by no more than the margin."""
    return Verdict(answer=Answer.NOT_MET, because=because, near=near)


def unknown(because: str) -> Verdict:
    """The notice does not say, or says unreadably."""
    return Verdict(answer=Answer.UNKNOWN, because=because)
