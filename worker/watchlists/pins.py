"""`watchlists.lock`: what each ticker and name was found to mean, and when.

Tickers go, are reused and change hands; a pinned entry goes on meaning the issuer it meant when somebody
last looked. The file is text, one pin a line, four columns between tabs, sorted, made to be committed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from worker.errors import ConfigurationError, Mistake
from worker.watchlists.document import text_of
from worker.watchlists.watchlist import Watchlist

LOCK_NAME = "watchlists.lock"
_MAX_BYTES = 64_000_000
_HEAD = "# Written by form144; commit it. Entry, CIK, the issuer's name then, and the day it was looked up.\n"


class Pin(msgspec.Struct, frozen=True, kw_only=True):
    """`entry` is `ticker QFIN` or `name apple`; `name` is the issuer's name on the day."""

    entry: str
    cik: int
    name: str
    pinned_on: date


def read_pins(path: str, content: bytes) -> dict[str, Pin]:
    """The pins by their entry. Raises ConfigurationError naming every line that is not one."""
    pins: dict[str, Pin] = {}
    mistakes: list[Mistake] = []
    for number, line in enumerate(text_of(path, content, _MAX_BYTES).splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            entry, cik, name, day = line.split("\t")
            if not (cik.isascii() and cik.isdigit()) or entry in pins:
                raise ValueError(cik)
            pins[entry] = Pin(entry=entry, cik=int(cik), name=name, pinned_on=date.fromisoformat(day.strip()))
        except ValueError:
            mistakes.append(
                Mistake(
                    f"{path}:{number}:1", "is not a pin", "take the line out; it is written anew by a check"
                )
            )
    if mistakes:
        raise ConfigurationError(mistakes)
    return pins


def pins_for(watchlists: Iterable[Watchlist], old: Mapping[str, Pin], today: date) -> dict[str, Pin]:
    """The pins these lists need: the old one where there is one, else what the entry was found to mean."""
    pins: dict[str, Pin] = {}
    for watchlist in watchlists:
        for entry in watchlist.entries:
            key = entry.looked_up_by
            if key is None or entry.cik is None:
                continue
            fresh = Pin(entry=key, cik=entry.cik, name=_one_line(entry.called or ""), pinned_on=today)
            pins[key] = old[key] if key in old and old[key].cik == entry.cik else fresh
    return pins


def write_pins(pins: Mapping[str, Pin]) -> str:
    """The text of the lock file; reading it back gives the same pins."""
    lines = (f"{pin.entry}\t{pin.cik}\t{pin.name}\t{pin.pinned_on}\n" for _, pin in sorted(pins.items()))
    return _HEAD + "".join(lines)


def _one_line(text: str) -> str:
    return " ".join(text.split())
