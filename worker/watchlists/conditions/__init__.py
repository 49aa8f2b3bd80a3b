"""The questions a watchlist may ask of a notice, one function each. Importing this fills the registry."""

from __future__ import annotations

from worker.watchlists.conditions import cluster, facts, logic, size, timing
from worker.watchlists.conditions.condition import QUESTIONS, Condition, Evidence, Question, Verdict

__all__ = [
    "QUESTIONS",
    "Condition",
    "Evidence",
    "Question",
    "Verdict",
    "cluster",
    "facts",
    "logic",
    "size",
    "timing",
]
