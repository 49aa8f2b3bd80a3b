"""Check: one line of what was found before anything is sent, or when somebody asks how things are."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Mark(StrEnum):
    """What a check came to."""

    FINE = "fine"
    WARNING = "warning"  #: it works, and something is lost or will be
    BROKEN = "broken"  #: somebody goes untold until a person acts
    NOT_ASKED = "not asked"  #: it cannot be asked, or there is nothing to ask; the finding says which


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at, what was found, and what a person may do; `hint` may be empty. None of them ever
    holds a secret or the name of a watchlist.
    """

    what: str
    mark: Mark
    finding: str
    hint: str = ""


def fine(what: str, finding: str) -> Check:
    return Check(what=what, mark=Mark.FINE, finding=finding)


def warning(what: str, finding: str, hint: str = "") -> Check:
    return Check(what=what, mark=Mark.WARNING, finding=finding, hint=hint)


def broken(what: str, finding: str, hint: str = "") -> Check:
    return Check(what=what, mark=Mark.BROKEN, finding=finding, hint=hint)


def not_asked(what: str, finding: str, hint: str = "") -> Check:
    return Check(what=what, mark=Mark.NOT_ASKED, finding=finding, hint=hint)
