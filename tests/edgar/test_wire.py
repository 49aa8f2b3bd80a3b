"""One GET over real HTTP: polite, confined to the SEC's hosts, and whole or not at all."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.builders import a_filing
from tests.edgar.conftest import CONTACT, SteppedClock
from tests.servers import nobody_listens
from worker.due import POLL_LEASE, READ_LEASE
from worker.edgar import client, wire
from worker.edgar.answers import NotYet
from worker.edgar.budget import LocalBudget
from worker.edgar.client import Edgar
from worker.edgar.sites import Sites
from worker.errors import Blocked, ConfigurationError, Unreachable
from worker.standins.edgar.answer import Answer, Asked, Packing
from worker.standins.edgar.faults import Fault
from worker.standins.edgar.server import EdgarStandin

Scripted = Callable[[Callable[[Asked], Answer]], Edgar]
PATH = "/Archives/edgar/data/1999500/000195004726000123/primary_doc.xml"


@pytest.fixture
def documents(standin: EdgarStandin) -> EdgarStandin:
    standin.publish(a_filing(), b"<edgarSubmission/>")
    return standin


def test_every_request_declares_the_contact(documents: EdgarStandin, edgar: Edgar) -> None:
    edgar.document(a_filing())
    assert [asked.agent for asked in documents.requests] == ["Jane Doe jane@example.com"]


def test_requests_of_one_process_stay_within_its_budget(documents: EdgarStandin, edgar: Edgar) -> None:
    for _ in range(40):
        edgar.document(a_filing())
    first, last = documents.requests[0].at, documents.requests[-1].at
    assert last - first == pytest.approx(timedelta(seconds=39 / 5), abs=timedelta(milliseconds=1))
    assert documents.peak_per_second <= 6


def test_threads_share_the_budget_in_real_time() -> None:
    def now() -> datetime:
        return datetime.fromtimestamp(time.monotonic(), UTC)

    with (
        # No limit: a machine that stands still for a moment lets what left in time arrive in a heap.
        EdgarStandin(clock=now, per_second=None) as standin,
        Edgar(CONTACT, LocalBudget(per_second=8), sites=Sites.at(standin.base_url)) as edgar,
        ThreadPoolExecutor(4) as pool,
    ):
        began = now()
        standin.publish(a_filing(), b"<edgarSubmission/>")
        list(pool.map(lambda _: edgar.document(a_filing()), range(12)))
        arrived = sorted(asked.at for asked in standin.requests)
    assert len(arrived) == 12
    slots = [began + timedelta(seconds=number / 8, milliseconds=-1) for number in range(12)]
    assert [at for at, slot in zip(arrived, slots, strict=True) if at < slot] == []


@pytest.mark.parametrize("fault", [Fault.RATE, Fault.TOO_MANY, Fault.FORBIDDEN])
def test_a_block_pauses_everybody_and_nobody_probes(
    documents: EdgarStandin, edgar: Edgar, clock: SteppedClock, fault: Fault
) -> None:
    documents.fail_next(PATH, fault)
    for _ in range(3):
        with pytest.raises(Blocked) as caught:
            edgar.document(a_filing())
        assert caught.value.retry_after is not None
    assert len(documents.requests) == 1
    clock.sleep(599)
    with pytest.raises(Blocked):
        edgar.document(a_filing())
    clock.sleep(120)
    assert edgar.document(a_filing()).body == b"<edgarSubmission/>"
    assert len(documents.requests) == 2


def test_a_refused_agent_is_the_operator_s_matter_and_pauses_nothing(
    documents: EdgarStandin, edgar: Edgar
) -> None:
    documents.fail_next(PATH, Fault.UNDECLARED)
    with pytest.raises(ConfigurationError, match="EDGAR_CONTACT"):
        edgar.document(a_filing())
    assert edgar.document(a_filing()).body


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.ABSENT, NotYet),
        (Fault.DENIED, NotYet),
        (Fault.GZIPPED, NotYet),
        (Fault.BACKEND, Unreachable),
        (Fault.UNAVAILABLE, Unreachable),
        (Fault.EMPTY, Unreachable),
        (Fault.HTML, Unreachable),
        (Fault.TRUNCATED, Unreachable),
        (Fault.RESET, Unreachable),
        (Fault.ELSEWHERE, Unreachable),
        (Fault.ENDLESS, Unreachable),
    ],
)
def test_every_other_failure_is_for_later_and_passes(
    documents: EdgarStandin, edgar: Edgar, fault: Fault, error: type[Unreachable]
) -> None:
    documents.fail_next(PATH, fault)
    with pytest.raises(Unreachable) as caught:
        edgar.document(a_filing())
    assert type(caught.value) is error
    assert edgar.document(a_filing()).body == b"<edgarSubmission/>"


def test_nobody_listening_is_unreachable(budget: LocalBudget, clock: SteppedClock) -> None:
    with nobody_listens() as port:
        sites = Sites.at(f"http://127.0.0.1:{port}")
        with Edgar(CONTACT, budget, sites=sites, sleep=clock.sleep) as edgar, pytest.raises(Unreachable):
            edgar.tickers()


def test_a_server_that_does_not_answer_is_given_up(
    documents: EdgarStandin, edgar: Edgar, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "TIMEOUT", httpx.Timeout(30, read=0.05))
    documents.fail_next(PATH, Fault.SLOW)
    impatient = Edgar(CONTACT, LocalBudget(monotonic=clock.monotonic), sites=edgar.sites, sleep=clock.sleep)
    with impatient, pytest.raises(Unreachable, match="ReadTimeout"):
        impatient.document(a_filing())


@pytest.mark.usefixtures("documents")
def test_an_answer_that_drips_is_given_up(edgar: Edgar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "DOCUMENT_SECONDS", -1.0)
    with pytest.raises(Unreachable, match="not complete"):
        edgar.document(a_filing())


def test_a_document_and_a_page_of_the_feed_are_given_up_within_half_of_their_leases() -> None:
    waits = wire.TIMEOUT
    assert waits.connect is not None
    assert waits.write is not None
    assert waits.read is not None
    until_its_head = waits.connect + waits.write + waits.read
    longest = max(until_its_head, client.DOCUMENT_SECONDS + waits.read)
    assert timedelta(seconds=longest) <= min(READ_LEASE, POLL_LEASE) / 2


@pytest.mark.parametrize(
    "url",
    [
        "https://www.sec.gov/Archives/edgar/data/1/x.xml",  # not the EDGAR this client was given
        "http://127.0.0.1:1/Archives/x.xml",
        "file:///etc/hostname",
        "",
    ],
)
def test_a_url_elsewhere_is_refused_before_anything_is_sent(
    documents: EdgarStandin, edgar: Edgar, url: str
) -> None:
    with pytest.raises(ValueError, match="is not an address"):
        edgar.fetch(url)
    assert documents.requests == []


def test_an_address_that_is_none_is_refused(edgar: Edgar) -> None:
    with pytest.raises(ValueError, match="not an address"):
        edgar.fetch(f"{edgar.sites.www}/\x00")


def test_a_redirect_within_the_site_is_followed_in_the_budget(scripted: Scripted) -> None:
    asked: list[Asked] = []

    def answer(request: Asked) -> Answer:
        asked.append(request)
        if request.path == "/moved.xml":
            return Answer(body=b"<raw/>")
        return Answer(status=301, body=b"", headers=(("Location", "/moved.xml"),))

    edgar = scripted(answer)
    assert edgar.fetch(f"{edgar.sites.www}/old.xml").body == b"<raw/>"
    assert [request.path for request in asked] == ["/old.xml", "/moved.xml"]
    assert asked[1].at - asked[0].at >= timedelta(milliseconds=199)


@pytest.mark.parametrize(
    "target",
    [
        "https://www.sec.gov/x",
        "//elsewhere.example.com/x",
        "ftp://127.0.0.1/x",
        "http://[",
        "http://xn--zz--/",
        "/again.xml",
    ],
)
def test_a_redirect_away_or_in_circles_is_not_followed(scripted: Scripted, target: str) -> None:
    asked: list[str] = []

    def answer(request: Asked) -> Answer:
        asked.append(request.path)
        return Answer(status=302, body=b"", headers=(("Location", target),))

    edgar = scripted(answer)
    with pytest.raises(Unreachable, match="redirect"):
        edgar.fetch(f"{edgar.sites.www}/again.xml")
    assert len(asked) == (4 if target == "/again.xml" else 1)


@pytest.mark.parametrize(
    ("sent", "encoding", "result"),
    [
        (gzip.compress(b"<raw/>"), None, b"<raw/>"),  # compressed and not saying so
        (gzip.compress(b"<ra") + gzip.compress(b"w/>"), None, b"<raw/>"),
        (gzip.compress(b"<raw/>")[:-4], None, "half-way"),
        (gzip.compress(b"<raw/>")[:-8] + b"12345678", None, "damaged"),
        (gzip.compress(bytes(9_000_000)), None, "more than"),
        (b"<raw/>", "br", "not asked for"),
        (bytes(9_000_000), None, "more than"),
    ],
    ids=["unlabelled", "two members", "truncated", "damaged", "bomb", "brotli", "oversized"],
)
def test_a_compressed_body_is_read_whole_and_within_its_limit(
    scripted: Scripted, sent: bytes, encoding: str | None, result: bytes | str
) -> None:
    headers = (("Content-Encoding", encoding),) if encoding else ()
    edgar = scripted(lambda _: Answer(body=sent, headers=headers, packing=Packing.NEVER))
    url = f"{edgar.sites.www}/x.xml"
    if isinstance(result, bytes):
        assert edgar.fetch(url).body == result
    else:
        with pytest.raises(Unreachable, match=result):
            edgar.fetch(url)


@pytest.mark.parametrize(("value", "seconds"), [("120", 120), ("soon", None), ("", None), ("9" * 30, None)])
def test_patience_that_is_asked_for_is_handed_on(scripted: Scripted, value: str, seconds: int | None) -> None:
    edgar = scripted(lambda _: Answer(status=503, body=b"x", headers=(("Retry-After", value),)))
    with pytest.raises(Unreachable) as caught:
        edgar.tickers()
    assert caught.value.retry_after == (None if seconds is None else timedelta(seconds=seconds))
