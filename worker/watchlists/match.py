"""Match: this notice is on that watchlist, with every finding, met and unmet, and the reason for each."""

from __future__ import annotations

from enum import IntEnum, StrEnum

import msgspec

from worker.watchlists.destination import Destination


class Answer(StrEnum):
    """What a condition says of a notice. UNKNOWN is an answer, and it alerts, marked."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One condition's answer. `condition` is the condition as the file states it (`market_value >= 10M`),
    `because` the figures behind the answer (`33,760,830.60 >= 10,000,000`), `near` is True where it was
    not met by no more than the list's near-miss margin.
    """

    condition: str
    answer: Answer
    because: str
    near: bool = False


class Grade(IntEnum):
    """How sure it is that the notice means the entry; the smaller, the surer."""

    CIK = 1
    FILE_NUMBER = 2
    NAME = 3  #: the same name, letter case and legal suffix aside
    PAIR = 4  #: the same first and last name of a person, middle names not contradicting
    POSSIBLE = 5  #: a typing error away; never shown as a fact


class Severity(StrEnum):
    """How much it matters to those who are told."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """The higher, the more it matters."""
        return list(Severity).index(self)


class Side(StrEnum):
    """Which party of the notice the entry is about."""

    ISSUER = "issuer"
    HOLDER = "holder"
    ANY = "any"  #: the list asks about every notice


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Why the notice is on the list: which entry, as which party, and how sure. `entry` is the entry as
    the file's author wrote it (`QFIN`), `because` what agreed (`issuer CIK 1741530`).
    """

    side: Side
    entry: str
    grade: Grade
    because: str


class Routed(msgspec.Struct, frozen=True, kw_only=True):
    """Whether one destination of the list is told: `findings` are the answers to its own conditions,
    `severity` how much it matters where they hold.
    """

    destination: Destination
    findings: tuple[Finding, ...] = ()
    severity: Severity = Severity.NORMAL

    @property
    def holds(self) -> bool:
        """True where no condition of the destination's own answers NOT_MET."""
        return all(finding.answer is not Answer.NOT_MET for finding in self.findings)


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """One watchlist's whole decision about one notice; made for every list, alert or not. `severity` is the
    list's own; as one destination hears of the decision, that destination's.
    """

    watchlist_id: str
    identities: tuple[Identity, ...]  #: surest first; empty: not on this list
    findings: tuple[Finding, ...] = ()  #: one per condition of the list, in the file's order
    routes: tuple[Routed, ...] = ()  #: one per line under `tell`, in the file's order
    severity: Severity = Severity.NORMAL

    @property
    def raises_alert(self) -> bool:
        """True where the notice is on the list, no condition answers NOT_MET, and somebody is told."""
        return self._holds and (not self.routes or any(route.holds for route in self.routes))

    @property
    def told(self) -> tuple[Destination, ...]:
        """Who hears of it, each once, in the file's order."""
        if not self._holds:
            return ()
        return tuple(dict.fromkeys(route.destination for route in self.routes if route.holds))

    @property
    def is_near_miss(self) -> bool:
        """True where the notice is on the list and every condition that failed did so by a hair; where all
        of them hold and nobody is told, those of one destination.
        """
        if not self.identities or self.raises_alert:
            return False
        if self._holds:
            return any(_near(route.findings) for route in self.routes)
        return _near(self.findings)

    @property
    def is_certain(self) -> bool:
        """False where a condition could not be answered, or the identity is only possible."""
        told = [finding for route in self.routes if route.holds for finding in route.findings]
        known = all(finding.answer is not Answer.UNKNOWN for finding in (*self.findings, *told))
        return known and bool(self.identities) and self.identities[0].grade is not Grade.POSSIBLE

    def as_told(self, destination: Destination) -> Match:
        """The decision as one destination hears of it: its own conditions after the list's, and nothing of
        the other destinations. Of several lines that tell it, the most severe counts.
        """
        own = [route for route in self.routes if route.destination == destination]
        held = max((route for route in own if route.holds), key=_severity, default=own[0] if own else None)
        findings = held.findings if held is not None else ()
        severity = held.severity if held is not None and held.holds else self.severity
        return msgspec.structs.replace(
            self, findings=(*self.findings, *findings), routes=(), severity=severity
        )

    @property
    def _holds(self) -> bool:
        return bool(self.identities) and all(f.answer is not Answer.NOT_MET for f in self.findings)


def _severity(route: Routed) -> int:
    return route.severity.rank


def _near(findings: tuple[Finding, ...]) -> bool:
    return all(finding.near for finding in findings if finding.answer is Answer.NOT_MET)
