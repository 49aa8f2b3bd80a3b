"""Conditions made of conditions: all, any, not, in three values (MET, NOT_MET, UNKNOWN).

One NOT_MET settles `all` and one MET settles `any`, whatever the others say; otherwise one UNKNOWN leaves
the whole UNKNOWN. `not` of UNKNOWN is UNKNOWN.
"""

from __future__ import annotations

from typing import Any

from worker.watchlists.conditions.condition import Condition, Evidence, Verdict, question
from worker.watchlists.match import Answer

#: Their arguments are conditions, so the file's schema reads them.
LOGIC = ("all", "any", "not")

_OPPOSITE = {Answer.MET: Answer.NOT_MET, Answer.NOT_MET: Answer.MET, Answer.UNKNOWN: Answer.UNKNOWN}


def _as_read(value: Any) -> Any:
    return value


@question("all", read=_as_read, example="[{gift: true}, {units: over 1M}]")
def all_of(evidence: Evidence, conditions: tuple[Condition, ...]) -> Verdict:
    """Every one of these conditions is met."""
    verdicts = [condition.verdict(evidence) for condition in conditions]
    answers = {verdict.answer for verdict in verdicts}
    missed = [verdict for verdict in verdicts if verdict.answer is Answer.NOT_MET]
    if missed:
        return _of(Answer.NOT_MET, conditions, verdicts, near=all(verdict.near for verdict in missed))
    return _of(Answer.UNKNOWN if Answer.UNKNOWN in answers else Answer.MET, conditions, verdicts)


@question("any", read=_as_read, example="[{plan: absent}, {plan_age: under 90 days}]")
def any_of(evidence: Evidence, conditions: tuple[Condition, ...]) -> Verdict:
    """At least one of these conditions is met."""
    verdicts = [condition.verdict(evidence) for condition in conditions]
    answers = {verdict.answer for verdict in verdicts}
    if Answer.MET in answers:
        return _of(Answer.MET, conditions, verdicts)
    if Answer.UNKNOWN in answers:
        return _of(Answer.UNKNOWN, conditions, verdicts)
    return _of(Answer.NOT_MET, conditions, verdicts, near=any(verdict.near for verdict in verdicts))


@question("not", read=_as_read, example="{form: amendment}")
def not_of(evidence: Evidence, conditions: tuple[Condition, ...]) -> Verdict:
    """These conditions are not all met."""
    verdict = all_of(evidence, conditions)
    return Verdict(answer=_OPPOSITE[verdict.answer], because=verdict.because)


def _of(
    answer: Answer, conditions: tuple[Condition, ...], verdicts: list[Verdict], *, near: bool = False
) -> Verdict:
    parts = [
        f"{condition.text}: {verdict.answer.replace('_', ' ')}, {verdict.because}"
        for condition, verdict in zip(conditions, verdicts, strict=True)
    ]
    return Verdict(answer=answer, because="; ".join(parts), near=near)
