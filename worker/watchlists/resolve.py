"""Entries are looked up once: a ticker or a name becomes a CIK, and what does not is said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from worker.errors import Mistake
from worker.watchlists.entries import Written
from worker.watchlists.issuers import KnownIssuers
from worker.watchlists.match import Side
from worker.watchlists.names import company, is_entity, legal_form
from worker.watchlists.pins import Pin
from worker.watchlists.watchlist import Entry

#: Looking for what was meant takes a millisecond an entry; nobody reads more than so many hints.
_HINTS = 100

#: CIKs are given in turn, and by 2026 had come to two millions; a CUSIP without letters is a number, too.
HIGHEST_CIK = 9_999_999


class Origin(NamedTuple):
    """Where an entry stands and how its author wrote it."""

    path: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class Resolver:
    """Looks entries up in the SEC's list and in the pins, and gathers what a person must or should know.

    `mistakes` are entries that would watch nobody. `warnings` are entries that mean something else than
    they seem to: renamed, reassigned, ambiguous, or matched by name alone.
    """

    def __init__(self, known: KnownIssuers | None, pins: Mapping[str, Pin]) -> None:
        self._known = known
        self._pins = pins
        self.mistakes: list[Mistake] = []
        self.warnings: list[Mistake] = []

    def apart(self) -> Resolver:
        """One that knows the same and keeps its own mistakes and warnings."""
        return Resolver(self._known, self._pins)

    def entry(self, written: Written, origin: Origin, side: Side) -> Entry:
        """The entry with its CIK where one could be found. A mistake is noted, not raised."""
        if written.cik is not None and written.cik > HIGHEST_CIK:
            what = f"no CIK is as high as {written.cik} yet, so this may watch nobody"
            self._warn(origin, what, "if it is a CUSIP, write the ticker, or the CIK")
        if side is Side.HOLDER:
            self._one_word(written, origin)
            return _entry(written, origin, side, cik=written.cik, called=None, looked_up_by=None)
        if written.cik is not None:
            self._compare(written, written.cik, origin)
            return _entry(
                written, origin, side, cik=written.cik, called=self._called(written.cik), looked_up_by=None
            )
        if written.ticker is not None:
            return self._by_ticker(written, written.ticker, origin)
        if written.name is not None and written.file_number is None:
            return self._by_name(written, written.name, origin)
        return _entry(written, origin, side, cik=None, called=None, looked_up_by=None)

    def _by_ticker(self, written: Written, ticker: str, origin: Origin) -> Entry:
        key = f"ticker {ticker}"
        pin = self._pins.get(key)
        now = self._known.by_ticker(ticker) if self._known is not None else None
        if pin is not None:
            self._drift(ticker, pin, now, origin)
            cik: int | None = pin.cik
        elif now is not None:
            cik = now[0]
        elif self._known is not None and len(self._known.by_name(ticker)) == 1:
            return self._by_name(written, ticker, origin)  # NIKE is a name that looks like a ticker
        else:
            cik = None
            if written.file_number is None and written.name is None:
                self._no_ticker(ticker, origin)
            else:
                self._warn(
                    origin,
                    f"{ticker} is not in the SEC's list of tickers",
                    "matched by what stands beside it",
                )
        called = self._called(cik) or (pin.name if pin is not None else None)
        return _entry(written, origin, Side.ISSUER, cik=cik, called=called, looked_up_by=key)

    def _by_name(self, written: Written, name: str, origin: Origin) -> Entry:
        key = f"name {company(name)}"
        pin = self._pins.get(key)
        ciks = self._known.by_name(name) if self._known is not None else ()
        cik = pin.cik if pin is not None else ciks[0] if len(ciks) == 1 else None
        if pin is not None and ciks and pin.cik not in ciks:
            self._warn(
                origin, f"{name!r} now names CIK {ciks[0]}; pinned is {pin.cik}", "write the CIK you mean"
            )
        elif cik is None and len(ciks) > 1 and self._known is not None:
            found = ", ".join(f"{self._known.name(one)} (CIK {one})" for one in ciks)
            self._warn(origin, f"{name!r} names {len(ciks)} issuers: {found}", "write the CIK you mean")
        elif cik is None:
            self._no_name(name, origin)
        elif pin is None:
            self._compare_forms(name, cik, origin)
        called = self._called(cik) or (pin.name if pin is not None else None)
        named = Written(name=name, note=written.note)
        return _entry(named, origin, Side.ISSUER, cik=cik, called=called, looked_up_by=key)

    def _one_word(self, written: Written, origin: Origin) -> None:
        """Say where a holder is one word: it is held against a seller's whole name, which has more, and under
        holders a ticker is a name, too.
        """
        name = written.name
        if written.cik is not None or name is None or " " in name.strip():
            return
        issuer = self._known.by_ticker(name) if self._known is not None and name.isupper() else None
        if issuer is not None:
            what = f"{name} is watched as a holder's name; it is also the ticker of {issuer[1]}"
            self._warn(origin, what, "put it under issuers if that is meant")
        else:
            what = f"{name} is watched as a seller's whole name"
            self._warn(origin, what, "write first and last name, or the CIK")

    def _no_ticker(self, ticker: str, origin: Origin) -> None:
        if self._known is None:
            what = f"{ticker} cannot be looked up: the SEC's list of tickers is not at hand"
            self._mistake(
                origin,
                what,
                "form144 check fetches it where EDGAR_CONTACT is set; or write the CIK beside it",
            )
        else:
            close = self._known.closest(ticker) if len(self.mistakes) < _HINTS else ""
            hint = close or "write the CIK beside it; a name is written with its suffix"
            self._mistake(
                origin, f"{ticker} is not in the SEC's list of tickers, so it would watch nobody", hint
            )

    def _no_name(self, name: str, origin: Origin) -> None:
        if self._known is None:
            self._warn(
                origin, f"{name!r} is matched by name only: the SEC's list is not at hand", "write its CIK"
            )
        elif self._known.by_ticker(name) is not None and " " not in name:
            self._mistake(origin, f"{name!r} is no issuer's name", f"for the ticker, write {name.upper()}")
        else:
            hint = self._known.closest(name) if len(self.warnings) < _HINTS else ""
            if not hint and not is_entity(name):
                hint = "if this is a person, put it under holders"
            what = f"the SEC's list has no issuer {name!r}; notices are matched by the name as written"
            self._warn(origin, what, hint or "write its CIK")

    def _drift(self, ticker: str, pin: Pin, now: tuple[int, str] | None, origin: Origin) -> None:
        pinned = f"CIK {pin.cik} ({pin.name}), pinned {pin.pinned_on}, is watched"
        if self._known is None:
            return
        if now is None:
            self._warn(origin, f"the ticker {ticker} is gone from the SEC's list", pinned)
        elif now[0] != pin.cik:
            self._warn(origin, f"the ticker {ticker} now belongs to {now[1]} (CIK {now[0]})", pinned)
        elif company(now[1]) != company(pin.name):
            self._warn(origin, f"{ticker} is now called {now[1]}; it was {pin.name}", pinned)

    def _compare(self, written: Written, cik: int, origin: Origin) -> None:
        """Say where what stands beside a CIK means another issuer."""
        if self._known is None:
            return
        now = self._known.by_ticker(written.ticker) if written.ticker is not None else None
        if now is not None and now[0] != cik:
            self._warn(origin, f"{written.ticker} is {now[1]} (CIK {now[0]})", f"CIK {cik} is watched")
        elif written.ticker is not None and now is None:
            self._warn(
                origin, f"{written.ticker} is not in the SEC's list of tickers", f"CIK {cik} is watched"
            )
        called = self._known.name(cik)
        if written.name is not None and called is not None and company(called) != company(written.name):
            self._warn(origin, f"the SEC calls CIK {cik} {called}", "it is watched under either name")

    def _compare_forms(self, name: str, cik: int, origin: Origin) -> None:
        """Say where the only issuer of that name has another legal form: it may be another company."""
        called = self._called(cik) or ""
        mine, theirs = legal_form(name), legal_form(called)
        if mine is not None and theirs is not None and mine != theirs:
            self._warn(
                origin, f"{name!r} is taken for {called} (CIK {cik})", "if it is another, write its CIK"
            )

    def _called(self, cik: int | None) -> str | None:
        return self._known.name(cik) if self._known is not None and cik is not None else None

    def _warn(self, origin: Origin, what: str, hint: str) -> None:
        self.warnings.append(Mistake(str(origin), what, hint))

    def _mistake(self, origin: Origin, what: str, hint: str) -> None:
        self.mistakes.append(Mistake(str(origin), what, hint))


def _entry(
    written: Written,
    origin: Origin,
    side: Side,
    *,
    cik: int | None,
    called: str | None,
    looked_up_by: str | None,
) -> Entry:
    return Entry(
        text=origin.text,
        side=side,
        path=origin.path,
        line=origin.line,
        column=origin.column,
        cik=cik,
        ticker=written.ticker,
        file_number=written.file_number,
        name=written.name,
        called=called,
        looked_up_by=looked_up_by,
        note=written.note,
    )
