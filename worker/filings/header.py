"""The SGML header of a full submission: who EDGAR says the parties are, and when it accepted the filing.

Both spellings are read: the labelled one of the `.txt` (`CENTRAL INDEX KEY:`) and the tagged one of the
index-headers page (`<CIK>`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from worker.filings import fields
from worker.filings.filing import ACCESSION
from worker.filings.notice import Header, ProblemKind
from worker.filings.problems import Problems, Unfit
from worker.filings.schema import PARTY
from worker.filings.walk import Values, fitting

T = TypeVar("T")

EASTERN = ZoneInfo("America/New_York")

#: How many further owners are kept: so many no filing has.
MOST_MORE = 20

_STAMP = re.compile(r"([0-9]{4})" + r"([0-9]{2})" * 5)
_REQUIRED = (
    "accession",
    "form_type",
    "accepted_at",
    "issuer_cik",
    "issuer_name",
    "seller_cik",
    "seller_name",
)


class ReadHeader(NamedTuple):
    """The header, and how many documents it says the submission has (None where it does not say)."""

    header: Header
    document_count: int | None


def read_header(text: str, problems: Problems) -> ReadHeader:
    """Read everything that stands before the first document of a submission.

    What is missing or unreadable is a problem named `header.<field>`. Several reporting owners are kept, with
    a problem.
    """
    values: Values = {}
    more: list[Values] = []
    of_party, party = values, _PARTIES["FILER"]
    for line in text.split("\n"):
        # `CENTRAL INDEX KEY:   1` and `<CIK>1` come apart alike.
        is_tagged = line.startswith("<")
        label, _, value = line.strip("<\t\r ").partition(">" if is_tagged else ":")
        if label in _OF_A_PARTY:
            if party is not None:
                field, parse = _OF_A_PARTY[label]
                _take(of_party, f"{party}_{field}", parse, value, problems)
        elif label in _OF_THE_FILING:
            field, parse = _OF_THE_FILING[label]
            _take(values, field, parse, value, problems)
        elif label in _PARTIES:
            of_party, party = values, _PARTIES[label]
            if party == "seller" and not values.keys().isdisjoint({"seller_cik", "seller_name"}):
                of_party = {}
                more.append(of_party)
    _add_more(more, values, problems)
    count = values.pop("document_count", None)
    outside = values.pop("outside", None)
    if outside is not None and values.setdefault("accession", outside) != outside:
        why = f"The envelope says {outside}, the header inside says {values['accession']}."
        problems.add("header.accession", ProblemKind.DISAGREEMENT, outside, why)
    for field in _REQUIRED:
        if field not in values:
            why = "EDGAR's header has this, and it is not there."
            problems.add(f"header.{field}", ProblemKind.ABSENT, "", why)
    return ReadHeader(Header(**values), count)


def _add_more(more: list[Values], values: Values, problems: Problems) -> None:
    """The reporting owners behind the first; one that is named again is the same."""
    ciks = [owner.get("seller_cik") for owner in more[:MOST_MORE]]
    names = [owner.get("seller_name") for owner in more[:MOST_MORE]]
    values["more_seller_ciks"] = _others(ciks, values.get("seller_cik"))
    values["more_seller_names"] = _others(names, values.get("seller_name"))
    if values["more_seller_ciks"] or values["more_seller_names"]:
        why = "A Form 144 has one reporting owner; EDGAR's header names more, and they are kept."
        raw = ", ".join(map(str, values["more_seller_names"] or values["more_seller_ciks"]))
        problems.add("header.seller_cik", ProblemKind.LIMIT, raw, why)


def _others(found: Iterable[T | None], first: T | None) -> tuple[T, ...]:
    return tuple(dict.fromkeys(one for one in found if one is not None and one != first))


def _take(values: Values, field: str, parse: Callable[[str], object], raw: str, problems: Problems) -> None:
    if field in values:
        return
    try:
        value = parse(fitting(raw, PARTY))
    except Unfit as unfit:
        problems.add(f"header.{field}", unfit.kind, raw.strip(), unfit.why)
        values[field] = None
    else:
        if value is not None:
            values[field] = value


def _accession(raw: str) -> str:
    value = raw.strip()
    if ACCESSION.fullmatch(value):
        return value
    raise Unfit(ProblemKind.NUMBER, "This is not an accession number such as 0001959173-23-000608.")


def _in_envelope(raw: str) -> str:
    """`<SEC-DOCUMENT>0001959173-23-000608.txt : 20230612` names the submission's file."""
    return _accession(raw.strip()[:20])


def _instant(raw: str) -> datetime:
    """`<ACCEPTANCE-DATETIME>` is YYYYMMDDhhmmss on the clocks of Washington."""
    if match := _STAMP.fullmatch(raw.strip()):
        year, month, day, hour, minute, second = map(int, match.groups())
        try:
            local = datetime(year, month, day, hour, minute, second, tzinfo=EASTERN)
        except ValueError:
            pass
        else:
            return local.astimezone(UTC)
    raise Unfit(ProblemKind.DATE, "This is not a time written YYYYMMDDhhmmss.")


#: A party section begins; the parties of other kinds of filing are passed over.
_PARTIES = {
    "SUBJECT COMPANY": "issuer",
    "SUBJECT-COMPANY": "issuer",
    "REPORTING-OWNER": "seller",
    "REPORTING OWNER": "seller",
    "FILED BY": None,
    "FILED-BY": None,
    "FILER": None,
    "ISSUER": None,
}
_OF_A_PARTY: dict[str, tuple[str, Callable[[str], object]]] = {
    "COMPANY CONFORMED NAME": ("name", fields.text),
    "CONFORMED-NAME": ("name", fields.text),
    "CENTRAL INDEX KEY": ("cik", fields.cik),
    "CIK": ("cik", fields.cik),
}
_OF_THE_FILING: dict[str, tuple[str, Callable[[str], object]]] = {
    "SEC-DOCUMENT": ("outside", _in_envelope),
    "ACCEPTANCE-DATETIME": ("accepted_at", _instant),
    "ACCESSION NUMBER": ("accession", _accession),
    "ACCESSION-NUMBER": ("accession", _accession),
    "CONFORMED SUBMISSION TYPE": ("form_type", fields.text),
    "TYPE": ("form_type", fields.text),
    "PUBLIC DOCUMENT COUNT": ("document_count", fields.units),
    "PUBLIC-DOCUMENT-COUNT": ("document_count", fields.units),
}
