"""Text to value, one function per type of the schema. Strict: what the SEC's pattern does not allow is
`Unfit`, and blank text is None.

`int()`, `Decimal()` and `strptime()` alone take `1_000`, full-width digits, `NaN` and `1e3`, none of
which is a number anybody filed.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

from worker.filings.notice import ProblemKind
from worker.filings.problems import Unfit

_PLAIN_MONEY = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,2})?")
_MONEY = re.compile(r"(?=\.?[0-9])0*([0-9]{0,12})(?:\.[0-9]{0,2}0*)?")
_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_ACCESSION = re.compile(r"([0-9]{1,10})-([0-9]{1,2})-([0-9]{1,6})")
_CODE = re.compile(r"[A-Z0-9]{2}")

#: Placeholder year: filers write 01/01/1933, the year of the Securities Act, where they mean "none".
PLACEHOLDER_YEAR = 1933

#: A date outside these years is a slip of the keyboard; taken as filed it would ruin every figure.
FIRST_YEAR, LAST_YEAR = 1900, 2099


def text(raw: str) -> str | None:
    """`xs:token`: whitespace at the ends is dropped and inner runs become one space."""
    return " ".join(raw.split()) or None


def units(raw: str) -> int | None:
    """A whole number of at most 12 digits (INTEGER_NONNEGATIVE_12)."""
    digits = raw.strip()
    if digits.isdecimal() and digits.isascii() and len(number := digits.lstrip("0")) <= 12:
        return int(number or "0")
    if not digits:
        return None
    raise Unfit(ProblemKind.NUMBER, "This is not a whole number of at most 12 digits.")


def money(raw: str) -> Decimal | None:
    """Dollars with at most two decimals, 14 digits together (DECIMAL_TYPE14_2_NONNEGATIVE)."""
    digits = raw.strip()
    if _PLAIN_MONEY.fullmatch(digits) or _MONEY.fullmatch(digits):
        return Decimal(digits)
    if not digits:
        return None
    raise Unfit(ProblemKind.NUMBER, "This is not an amount of at most 12 digits and two decimals.")


def day(raw: str) -> date | None:
    """MM/DD/YYYY, one-digit months and days allowed (DATE_TYPE2), and a day of the calendar."""
    written = raw.strip()
    return _day(written) if written else None


@lru_cache(maxsize=4096)  # the rows of a notice, and the notices of a week, share their few days
def _day(written: str) -> date:
    match = _DAY.fullmatch(written)
    if match is None:
        raise Unfit(ProblemKind.DATE, "This is not a date written MM/DD/YYYY.")
    month, day_of_month, year = map(int, match.groups())
    if year == PLACEHOLDER_YEAR:
        raise Unfit(ProblemKind.PLACEHOLDER_DATE, "A date in 1933 stands for no date.")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Unfit(ProblemKind.DATE, f"A Form 144 holds no date in the year {year}.")
    try:
        return date(year, month, day_of_month)
    except ValueError:
        raise Unfit(ProblemKind.DATE, "The calendar has no such day.") from None


def yes_or_no(raw: str) -> bool | None:
    """`Y` or `N` (YES_NO_TYPE)."""
    return _flag(raw, "Y", "N")


def live_or_test(raw: str) -> bool | None:
    """`LIVE` is True, `TEST` is False (LIVE_TEST_TYPE)."""
    return _flag(raw, "LIVE", "TEST")


def _flag(raw: str, yes: str, no: str) -> bool | None:
    written = raw.strip()
    if written == yes:
        return True
    if written == no:
        return False
    if not written:
        return None
    raise Unfit(ProblemKind.FLAG, f"This is neither {yes} nor {no}.")


def cik(raw: str) -> int | None:
    """A Central Index Key: one to ten digits, zero-padded or not (CIK_TYPE)."""
    digits = raw.strip()
    if len(digits) <= 10 and digits.isdecimal() and digits.isascii() and (key := int(digits)):
        return key
    if not digits:
        return None
    raise Unfit(ProblemKind.NUMBER, "This is not a CIK of one to ten digits.")


def accession(raw: str) -> str | None:
    """An accession number, padded to the 10-2-6 digits it is known by (ACCESSION_NUMBER_TYPE)."""
    written = raw.strip()
    if match := _ACCESSION.fullmatch(written):
        agent, year, sequence = match.groups()
        return f"{agent:0>10}-{year:0>2}-{sequence:0>6}"
    if not written:
        return None
    raise Unfit(ProblemKind.NUMBER, "This is not an accession number such as 0001959173-23-000608.")


def submission_type(raw: str) -> str | None:
    """`144` or `144/A` (SUBMISSION_TYPE)."""
    written = raw.strip()
    if written in {"144", "144/A"}:
        return written
    if not written:
        return None
    raise Unfit(ProblemKind.UNEXPECTED, "The submission type of a Form 144 is 144 or 144/A.")


def state_or_country(raw: str) -> str | None:
    """One of EDGAR's two-character codes (STATE_COUNTRY_CODE); only its shape is checked."""
    code = raw.strip()
    if _CODE.fullmatch(code):
        return code
    if not code:
        return None
    raise Unfit(ProblemKind.UNEXPECTED, "EDGAR's codes of states and countries have two characters.")
