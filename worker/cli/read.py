"""`form144 read FILE|-|URL ...`: read notices and show them, without a ledger, a queue or a setting."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
import typer

from worker.cli.console import stderr, stdout
from worker.cli.notice_view import notice_view
from worker.edgar.sites import SEC
from worker.errors import Form144Error, UnreadableFiling
from worker.filings.figures import Figures
from worker.filings.notice import Form144Notice
from worker.filings.reader import read_notice
from worker.filings.rule144 import computed
from worker.filings.submission import MOST_BYTES

#: What the command needs of the network: the bytes at an address, or a Form144Error.
Fetch = Callable[[str], bytes]


class Exit(IntEnum):
    """The command's answers to the shell; of several documents the worst counts."""

    READ = 0
    UNREADABLE = 1
    USAGE = 2


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `--json`: a document, and either its notice and figures, or why there are none.

    `document` is the source as given on the command line. `notice` is as filed, `computed` is derived
    from it; both are null where `unreadable` holds a sentence. Money, prices and percentages are strings
    with a decimal point, days are YYYY-MM-DD, instants are UTC.
    """

    document: str
    notice: Form144Notice | None = None
    computed: Figures | None = None
    unreadable: str | None = None


_ONLY_THE_SEC = "only addresses such as https://www.sec.gov/Archives/... are read."


class _BadSourceError(Exception):
    """A source that cannot be asked for: no such file, or an address that is not the SEC's."""


def read_command(fetch: Fetch) -> Callable[..., None]:
    """The command itself, over whatever fetches documents from the SEC's hosts."""

    def read(
        sources: Annotated[
            list[str],
            typer.Argument(
                metavar="FILE|-|URL...", help="Documents: files, - for standard input, or URLs at the SEC."
            ),
        ],
        as_json: Annotated[
            bool, typer.Option("--json", help="One JSON object a line (see `form144 schema notice`).")
        ] = False,
    ) -> None:
        """Read Form 144 notices: raw XML, full submission or printed form.

        Exits with 0 where everything was read, 1 where a document is unreadable or could not be fetched,
        2 where a source does not exist or is not the SEC's.
        """
        worst = Exit.READ
        errors = stderr()
        out = stdout(wrap=True)
        for source in sources:
            try:
                reading = read_source(source, fetch)
            except _BadSourceError as error:
                worst = max(worst, Exit.USAGE)
                errors.print(f"{source}: {error}", markup=False, highlight=False, soft_wrap=True)
                continue
            if reading.unreadable is not None:
                worst = max(worst, Exit.UNREADABLE)
            if as_json:
                sys.stdout.write(msgspec.json.encode(reading).decode() + "\n")
            elif reading.notice is not None and reading.computed is not None:
                out.print(*notice_view(source, reading.notice, reading.computed), sep="\n")
            else:
                errors.print(f"{source}: {reading.unreadable}", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(int(worst))

    return read


def read_source(source: str, fetch: Fetch) -> Reading:
    """Read one file, standard input (`-`) or address."""
    url = source if "://" in source else None
    try:
        document = _bytes_of(source) if url is None else fetch(checked_url(url))
        notice = read_notice(document, url=url)
    except UnreadableFiling as error:
        return Reading(document=source, unreadable=str(error))
    except Form144Error as error:
        return Reading(document=source, unreadable=f"It could not be fetched: {error}")
    return Reading(document=source, notice=notice, computed=computed(notice))


def checked_url(url: str) -> str:
    """The address, where it is one of the SEC's that are asked, by https; anything else is refused."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise _BadSourceError(_ONLY_THE_SEC) from None
    # Nothing but the host: no user name, password or port that another machine might listen on.
    if not SEC.holds(url) or parts.netloc.lower() != parts.hostname:
        raise _BadSourceError(_ONLY_THE_SEC)
    return url


def _bytes_of(source: str) -> bytes:
    """At most one byte more than is ever read, so that the reader can say it is too large."""
    try:
        if source == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with Path(source).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _BadSourceError(getattr(error, "strerror", None) or str(error)) from None


def _fetched(url: str) -> bytes:
    from worker import parts  # noqa: PLC0415  a file needs neither them nor the settings
    from worker.settings import from_environment  # noqa: PLC0415

    try:
        return parts.fetch_document(from_environment(), url)
    except ValueError:
        raise _BadSourceError("FORM144_EDGAR_URL names another EDGAR, and the SEC's is not asked.") from None


read = read_command(_fetched)
