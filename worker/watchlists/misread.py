"""Misread: a piece of a watchlist file that cannot be taken as written, and what to write instead."""

from __future__ import annotations


class Misread(ValueError):
    """Raised by everything here that reads what a person typed; `hint` says what to do and may be empty.

    It carries no place: whoever knows where the text stands makes a `Mistake` of it.
    """

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
