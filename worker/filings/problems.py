"""Problems: where a reader writes down every field it could not take as filed."""

from __future__ import annotations

from worker.filings.notice import Problem, ProblemKind

#: A hostile document could hold a problem per byte; past this many the rest are only counted.
MOST_KEPT = 1000

#: The longest text of the form is the remarks, at 1,000 characters; more raw text than that helps nobody.
LONGEST_RAW = 1000


class Unfit(Exception):
    """Raised by a field's parser, and caught by the reader: this text is not what the field must hold."""

    def __init__(self, kind: ProblemKind, why: str) -> None:
        super().__init__(why)
        self.kind = kind
        self.why = why


class Problems:
    """Collects problems in the order they are found."""

    def __init__(self) -> None:
        self._kept: list[Problem] = []
        self._more = 0

    def add(self, field: str, kind: ProblemKind, raw: str, why: str) -> None:
        if len(self._kept) >= MOST_KEPT:
            self._more += 1
            return
        if len(raw) > LONGEST_RAW:
            raw = raw[: LONGEST_RAW - 1] + "…"
        self._kept.append(Problem(field=field, kind=kind, raw=raw, why=why))

    def has(self, field: str) -> bool:
        return any(problem.field == field for problem in self._kept)

    def as_tuple(self) -> tuple[Problem, ...]:
        if self._more:
            why = f"{self._more} further problems are not listed."
            return (*self._kept, Problem(field="", kind=ProblemKind.LIMIT, raw="", why=why))
        return tuple(self._kept)
