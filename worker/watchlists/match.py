"""Match: this notice is on that watchlist, with every finding, met and unmet, and the reason for each."""

from __future__ import annotations

from enum import IntEnum, StrEnum

import msgspec


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


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """One watchlist's whole decision about one notice; made for every list, alert or not."""

    watchlist_id: str
    identities: tuple[Identity, ...]  #: surest first; empty: not on this list
    findings: tuple[Finding, ...] = ()  #: one per condition of the list, in the file's order

    @property
    def raises_alert(self) -> bool:
        """True where the notice is on the list and no condition answers NOT_MET."""
        return bool(self.identities) and all(f.answer is not Answer.NOT_MET for f in self.findings)

    @property
    def is_near_miss(self) -> bool:
        """True where the notice is on the list and every condition that failed did so by a hair."""
        missed = [finding for finding in self.findings if finding.answer is Answer.NOT_MET]
        return bool(self.identities and missed) and all(finding.near for finding in missed)

    @property
    def is_certain(self) -> bool:
        """False where a condition could not be answered, or the identity is only possible."""
        known = all(finding.answer is not Answer.UNKNOWN for finding in self.findings)
        return known and bool(self.identities) and self.identities[0].grade is not Grade.POSSIBLE
