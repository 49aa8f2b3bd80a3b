"""Hostile documents, and a program that reads them all, computes what there is to compute, compares each with
the one before it and holds it against a watchlist, within the limits its caller has set.

Run as `python -m tests.filings.hostile`: it prints one line a document, its name and what became of it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from tests.builders import a_filing, a_notice, a_past_sale, a_proposed_sale
from worker.errors import UnreadableFiling
from worker.filings.amendments import differences
from worker.filings.reader import read_notice
from worker.filings.rule144 import computed
from worker.standins.forms import as_print, as_submission, as_xml
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.loading import load_watchlists
from worker.watchlists.matching import match

XML = as_xml(a_notice()).decode()
NAME = "Example Industries Inc."
SELLER = "nameOfPersonForWhoseAccountTheSecuritiesAreToBeSold"


def _with_doctype(declarations: str, reference: str) -> bytes:
    declared = XML.replace("?>\n", f"?>\n<!DOCTYPE edgarSubmission [{declarations}]>\n", 1)
    return declared.replace(NAME, reference).encode()


def _laughs() -> bytes:
    entities = '<!ENTITY a0 "ha">' + "".join(
        f"<!ENTITY a{level} '" + f"&a{level - 1};" * 10 + "'>" for level in range(1, 12)
    )
    return _with_doctype(entities, "&a11;")


def _quadratic() -> bytes:
    return _with_doctype(f'<!ENTITY a "{"x" * 5_000}">', "&a;" * 1_200)


def _external(target: str) -> bytes:
    return _with_doctype(f'<!ENTITY a SYSTEM "{target}">', "&a;")


def _parameter() -> bytes:
    return _with_doctype('<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;', NAME)


def _inside(text: str) -> bytes:
    return XML.replace(NAME, text).encode()


def _attributes(count: int) -> bytes:
    return _inside("<b " + " ".join(f"a{number}='x'" for number in range(count)) + "/>")


def _titles(proposed: int, past: int) -> bytes:
    sales = (a_proposed_sale(class_title=f"Units {number} of series {number}") for number in range(proposed))
    sold = (a_past_sale(class_title=f"Interests {number} in fund {number}") for number in range(past))
    return as_xml(a_notice(proposed_sales=tuple(sales), past_sales=tuple(sold)))


def _bare_titles() -> bytes:
    rows = (f"<securitiesClassTitle>U{number} of {number}</securitiesClassTitle>" for number in range(8_000))
    tables = ("securitiesInformation", "securitiesSoldInPast3Months")
    told = "".join(f"<{tables[n % 2]}>{row}</{tables[n % 2]}>" for n, row in enumerate(rows))
    return XML.replace("<securitiesToBeSold>", f"{told}<securitiesToBeSold>", 1).encode()


def _text(element: str, text: str) -> bytes:
    opened, closed = f"<{element}>", f"</{element}>"
    before, _, rest = XML.partition(opened)
    return f"{before}{opened}{text}{closed}{rest.partition(closed)[2]}".encode()


def _relationships(text: str, number: int) -> bytes:
    rows = "".join(f"<relationshipToIssuer>{text} {n}</relationshipToIssuer>" for n in range(number))
    return XML.replace("<relationshipToIssuer>", f"{rows}<relationshipToIssuer>", 1).encode()


def _past_sales(number: int, proceeds: str) -> bytes:
    cells = (
        "<amountOfSecuritiesSold>{}</amountOfSecuritiesSold>" + f"<grossProceeds>{proceeds}</grossProceeds>"
    )
    row = f"<securitiesSoldInPast3Months>{cells}</securitiesSoldInPast3Months>"
    told = "".join(map(row.format, range(number)))
    return XML.replace("<noticeSignature>", f"{told}<noticeSignature>", 1).encode()


def _named_in_the_header(name: str) -> bytes:
    submission = as_submission(a_notice(), a_filing())
    return submission.replace(b"EXAMPLE JANE Q.", name.encode(), 1)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "billion laughs": _laughs,
    "quadratic blow-up": _quadratic,
    "external file": lambda: _external(Path("/etc/hostname").as_uri()),
    "external address": lambda: _external("http://127.0.0.1:9/x"),
    "external DTD": lambda: XML.replace(
        "?>\n", '?>\n<!DOCTYPE edgarSubmission SYSTEM "http://127.0.0.1:9/x.dtd">\n', 1
    ).encode(),
    "parameter entity": _parameter,
    "a DOCTYPE and nothing else": lambda: _with_doctype("", NAME),
    "a DOCTYPE in UTF-16": lambda: (
        XML.replace("UTF-8", "UTF-16")
        .replace("?>\n", '?>\n<!DOCTYPE edgarSubmission SYSTEM "http://127.0.0.1:9/x.dtd">\n', 1)
        .encode("utf-16")
    ),
    "an undeclared entity": lambda: _inside("&nbsp;"),
    "depth 100,000": lambda: _inside("<b>" * 100_000 + "</b>" * 100_000),
    "depth 5,000,000, never closed": lambda: _inside("<b>" * 5_000_000),
    "depth 300": lambda: _inside("<b>" * 300 + "</b>" * 300),
    "a text of 20 MB": lambda: _inside("x" * 20_000_000),
    "200,000 attributes": lambda: _attributes(200_000),
    "60,000 attributes": lambda: _attributes(60_000),
    "200,000 rows": lambda: XML.replace(
        "<securitiesToBeSold>", "<securitiesInformation/>" * 200_000 + "<securitiesToBeSold>", 1
    ).encode(),
    "10,000 rows": lambda: XML.replace(
        "<securitiesToBeSold>",
        "<securitiesInformation><noOfUnitsSold>1</noOfUnitsSold></securitiesInformation>" * 10_000
        + "<securitiesToBeSold>",
        1,
    ).encode(),
    "a title of its own for each of 240 rows": lambda: _titles(40, 200),
    "a title of its own for each of 8,000 rows": _bare_titles,
    "a million digits": lambda: XML.replace(">10000<", f">{'9' * 1_000_000}<").encode(),
    "a million zeros": lambda: XML.replace(">250000.00<", f">{'0' * 900_000}.x<").encode(),
    "5,000 zeros": lambda: _text("noOfUnitsSold", "0" * 5_000),
    "a title of 20,000 digits": lambda: _text("securitiesClassTitle", "1" * 20_000),
    "a title of 900,000 digits": lambda: _text("securitiesClassTitle", "1" * 900_000),
    "a relationship of 20,000 chiefs": lambda: _text("relationshipToIssuer", "chief " * 20_000),
    "a relationship of 2,000 shares": lambda: _text("relationshipToIssuer", "less " * 2_000 + "11% " * 2_000),
    "50 relationships as long as they are taken": lambda: _relationships("less " * 45 + "11% " * 60, 49),
    "10,000 relationships": lambda: _relationships("11% or less", 10_000),
    "a seller of 2,400 characters": lambda: _text(SELLER, "abcde fgh xq " * 180),
    "a seller of 1,400 characters": lambda: _text(SELLER, "abcde fgh xq " * 108),
    "a seller of 60,000 characters in the header": lambda: _named_in_the_header("abcde fgh xq " * 4_600),
    "2,000 past sales": lambda: _past_sales(2_000, "12.50"),
    "2,000 other past sales": lambda: _past_sales(2_000, "13.75"),
    "2,001 past sales": lambda: _past_sales(2_001, "12.50"),
    "a print of 20,000 rows": lambda: as_print(a_notice()).replace(
        b"NASDAQ", b"NASDAQ\n" + b"a\tb\n" * 20_000
    ),
    "a print with a title of 20,000 digits": lambda: as_print(a_notice()).replace(
        b"Common\tExample", b"1" * 20_000 + b"\tExample"
    ),
    "a null byte": lambda: _inside("a\0b"),
    "a submission of 40 MB": lambda: as_submission(a_notice(), a_filing()).replace(
        b"</SEC-DOCUMENT>", b"x" * 40_000_000 + b"</SEC-DOCUMENT>"
    ),
    "a submission of 16 MB in a million documents": lambda: as_submission(a_notice(), a_filing()).replace(
        b"</SEC-DOCUMENT>", b"<DOCUMENT>\n<TYPE>X\n" * 800_000 + b"</SEC-DOCUMENT>"
    ),
    "a header of a million lines": lambda: as_submission(a_notice(), a_filing()).replace(
        b"</SEC-HEADER>", b"\t\tCENTRAL INDEX KEY:\t\t1\n" * 500_000 + b"</SEC-HEADER>"
    ),
    "a print of one endless row": lambda: as_print(a_notice()).replace(b"NASDAQ", b"a\t" * 400_000),
    "a print of spaces": lambda: as_print(a_notice()).replace(b"Remarks\n", b"Remarks\n" + b" " * 900_000),
    "a print of open labels": lambda: as_print(a_notice()).replace(
        b"Remarks\n", b"Remarks\n" + b"Date of Plan Adoption\n" * 40_000
    ),
}


WATCHED = b"name: A list\nowner: Jane Doe\ntell: 'console:'\nholders: [Jane Example Somebody]\n"


def main() -> None:
    index = WatchlistIndex(load_watchlists({"one.yaml": WATCHED}, None))
    last = a_notice()
    for name, document in HOSTILE.items():
        try:
            notice = read_notice(document())
        except UnreadableFiling as error:
            outcome = f"unreadable: {error}"
        else:
            computed(notice)
            str(differences(last, notice))
            match(notice, a_filing(), index)
            last = notice
            outcome = f"read, issuer {notice.issuer_name!r}, {len(notice.problems)} problems"
        sys.stdout.write(f"{name}\t{outcome}\n")


if __name__ == "__main__":
    main()
