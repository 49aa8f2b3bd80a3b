"""One line of a list as people write it: a ticker, a CIK, an SEC file number or a name."""

from __future__ import annotations

import re

import msgspec

from worker.watchlists.match import Side
from worker.watchlists.misread import Misread
from worker.watchlists.names import plain

#: A CIK has at most ten digits.
LARGEST_CIK = 9_999_999_999

_TICKER = re.compile(r"\$?([A-Za-z]{1,6}(?:[.\-/ ][A-Za-z0-9]{1,3})?)")
_BARE_TICKER = re.compile(r"\$[A-Za-z]{1,6}(?:[.\-/][A-Za-z0-9]{1,3})?|[A-Z]{1,5}(?:[.\-/][A-Z0-9]{1,3})?")
_CIK = re.compile(r"(?:CIK[ :#]*)?([0-9]{1,10})", re.IGNORECASE)
_FILE_NUMBER = re.compile(r"([0-9]{1,3})-([0-9]{1,8})(-[0-9A-Za-z])?")
_ACCESSION = re.compile(r"[0-9]{10}-[0-9]{2}-[0-9]{6}")


class Written(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one line says, checked for form and not yet looked up. At least one of the first four is set."""

    cik: int | None = None
    ticker: str | None = None
    file_number: str | None = None
    name: str | None = None
    note: str | None = None


def written(text: str, side: Side) -> Written:
    """Tell from its form what a bare line is. Raises Misread."""
    said = " ".join(text.split())
    if not said:
        raise Misread("an empty entry", "take the line out")
    if _CIK.fullmatch(said):
        return Written(cik=cik(said))
    if _ACCESSION.fullmatch(said):
        raise Misread(f"{said} is an accession number: one filing, not an issuer or holder", "give a CIK")
    if _FILE_NUMBER.fullmatch(said):
        return Written(file_number=file_number(said)) if side is Side.ISSUER else _no_file_number(said)
    if _BARE_TICKER.fullmatch(said) and (side is Side.ISSUER or said.startswith("$")):
        return Written(ticker=ticker(said)) if side is Side.ISSUER else _no_ticker(said)
    if re.fullmatch(r"[0-9,. ]+", said):
        raise Misread(f"{said!r} is not a CIK", "a CIK has 1 to 10 digits and nothing else")
    return Written(name=name(said))


def cik(text: str) -> int:
    """`320193`, `0000320193` or `CIK0000320193`. Raises Misread."""
    found = _CIK.fullmatch(text.strip())
    if found is None or int(found[1]) == 0:
        raise Misread(f"{text!r} is not a CIK", "a CIK has 1 to 10 digits and is not zero")
    return int(found[1])


def ticker(text: str) -> str:
    """`BRK-B` for `BRK.B`, `BRK/B`, `brk b` and `$BRK.B`. Raises Misread."""
    found = _TICKER.fullmatch(text.strip())
    if found is None:
        raise Misread(f"{text!r} is not a ticker", "a ticker is 1 to 6 letters, as in AAPL or BRK.B")
    return re.sub(r"[./ ]", "-", found[1].upper())


def file_number(text: str) -> str:
    """`001-38752`, as EDGAR writes it, also for `1-38752`. Raises Misread."""
    found = _FILE_NUMBER.fullmatch(text.strip())
    if found is None:
        raise Misread(f"{text!r} is not an SEC file number", "it looks like 001-38752")
    return f"{int(found[1]):03}-{int(found[2]):05}{(found[3] or '').upper()}"


def name(text: str) -> str:
    """A name with at least two letters, of at most 150 characters, as the form allows. Raises Misread."""
    said = " ".join(text.split())
    if len(re.findall(r"[a-z]", plain(said))) < 2:  # nothing would be left to compare
        raise Misread(f"{said!r} is not a name", "a name has at least two letters")
    if len(said) > 150:
        raise Misread(f"a name of {len(said)} characters", "the form allows 150")
    return said


def _no_ticker(said: str) -> Written:
    raise Misread(
        f"{said} is a ticker, which names an issuer", "put it under issuers, or give the holder's CIK"
    )


def _no_file_number(said: str) -> Written:
    raise Misread(f"{said} is a file number, which names an issuer", "put it under issuers")
