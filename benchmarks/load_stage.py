"""The other side of the load: EDGAR with a year's documents, Slack and a mail server in a process of its own.

Who is quicker than the SEC is not measured by waiting for it: this EDGAR counts requests and refuses none.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.reading import a_load
from worker.filings.filing import Filing, FoundBy, Party, Role
from worker.messages.slack_limits import problems
from worker.standins.edgar.answer import Answer
from worker.standins.edgar.faults import ABSENT
from worker.standins.edgar.folders import accession_in, folder_file
from worker.standins.edgar.server import EdgarStandin
from worker.standins.forms import as_xml
from worker.standins.mail import MailStandIn
from worker.standins.slack import SlackStandIn

#: Issuers there are, and the first one's CIK. A list names the entries that fall to it; every tenth issuer
#: stands on exactly one list.
ISSUERS = 1_000_000
FIRST_CIK = 3_000_000
ISSUER, SELLER = b"0001999500", b"0001999001"


class YearStandin(EdgarStandin):
    """Has the document of every filing of the year, made when it is asked for: half a thousand notices, each
    with the issuer's CIK in its place.
    """

    def __init__(self, issuers: list[int]) -> None:
        super().__init__(per_second=None)
        self.issuers = issuers
        self.live: dict[str, int] = {}
        self._forms = [as_xml(notice) for notice in a_load(500)]

    def _archived(self, path: str, now: datetime) -> Answer:
        found = accession_in(path)
        if found is None:
            return ABSENT
        accession, cik, file = found
        number = int(accession[-6:])
        issuer = self.live.get(accession)
        if issuer is None:
            issuer = self.issuers[number]
        document = self._forms[number % len(self._forms)].replace(ISSUER, b"%010d" % issuer)
        return folder_file(a_filing(accession, issuer, now), document, cik, file)


def a_filing(accession: str, issuer: int, accepted_at: datetime) -> Filing:
    return Filing(
        accession=accession,
        form_type="144",
        parties=(
            Party(cik=issuer, name=f"Example {issuer} Inc.", role=Role.ISSUER),
            Party(cik=1_999_001, name="EXAMPLE JANE Q.", role=Role.SELLER),
        ),
        found_by=FoundBy.FEED,
        accepted_at=accepted_at,
    )


def a_year(number: int, until: date) -> list[Filing]:
    """The filings of the 250 business days before, about one in ten on a list."""
    draw = random.Random(144)
    days = [until - timedelta(days=back) for back in range(1, 366)]
    days = [day for day in days if day.weekday() < 5][:250]
    filings = []
    for place in range(number):
        opening = datetime.combine(days[place * len(days) // number], time(11), tzinfo=UTC)
        accepted_at = opening + timedelta(minutes=draw.triangular(0, 600, 560))
        filings.append(
            a_filing(f"0001950047-25-{place:06d}", FIRST_CIK + draw.randrange(ISSUERS), accepted_at)
        )
    return filings


class Stage:
    """The stage as the benchmark's own process holds it."""

    def __init__(self, connection: Connection, ports: dict[str, Any]) -> None:
        self._connection = connection
        self.settings: dict[str, str] = ports["settings"]

    def publish(self, accession: str, issuer: int) -> None:
        """Have the feed show one more filing, now."""
        self._connection.send(("publish", accession, issuer))
        self._connection.recv()

    def counts(self) -> dict[str, int]:
        """How many requests EDGAR had, how many messages Slack and the mail server took."""
        self._connection.send(("counts",))
        found: dict[str, int] = self._connection.recv()
        return found


@contextmanager
def stage(issuers: list[int], channels: list[str]) -> Iterator[Stage]:
    """The servers, in a process of their own."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, issuers, channels), daemon=True)
    process.start()
    try:
        yield Stage(ours, ours.recv())
        ours.send(("stop",))
        process.join(timeout=30)
    finally:
        process.kill()
        process.join()


def _serve(connection: Connection, issuers: list[int], channels: list[str]) -> None:
    slack = SlackStandIn(check=problems, channels=channels, per_second=0)
    with YearStandin(issuers) as edgar, slack, MailStandIn() as mail:
        settings = {
            "EDGAR_CONTACT": "Load test@example.com",
            "FORM144_EDGAR_URL": edgar.base_url,
            "FORM144_SLACK_TOKEN": slack.token,
            "FORM144_SLACK_URL": slack.base_url,
            "FORM144_SMTP_URL": f"smtp+plain://127.0.0.1:{mail.port}",
            "FORM144_MAIL_FROM": "form144@example.com",
        }
        edgar.list_company("EXMP", 1_999_500, "Example Industries Inc.")
        connection.send({"settings": settings})
        while True:
            match connection.recv():
                case ("publish", accession, issuer):
                    edgar.live[accession] = issuer
                    edgar.publish(a_filing(accession, issuer, edgar.clock()))
                    connection.send(None)
                case ("counts",):
                    posts = sum(map(len, slack.messages.values()))
                    connection.send(
                        {"requests": len(edgar.requests), "posts": posts, "mails": len(mail.received)}
                    )
                case _:
                    return
