"""What each of the SEC's error bodies means; the real ones where the corpus is at hand."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from worker.edgar.answers import NotYet, body_of
from worker.errors import Blocked, ConfigurationError, Form144Error, Unreachable

URL = "https://www.sec.gov/Archives/edgar/data/1/2/primary_doc.xml"
AGENT = "Jane Doe jane@example.com"


def meaning(status: int, body: bytes, retry_after: timedelta | None = None) -> Form144Error:
    with pytest.raises(Form144Error) as caught:
        body_of(status, body, url=URL, agent=AGENT, retry_after=retry_after)
    return caught.value


@pytest.mark.parametrize(
    ("file", "status", "error"),
    [
        ("403_rate_threshold_exceeded.html", 403, Blocked),
        ("403_rate_threshold_exceeded.html", 429, Blocked),
        ("403_rate_threshold_exceeded.html", 200, Blocked),
        ("403_undeclared_tool.trimmed.html", 403, ConfigurationError),
        ("403_undeclared_tool.trimmed.html", 200, ConfigurationError),
        ("403_s3_access_denied.daily-index-missing.xml", 403, NotYet),
        ("404_s3_nosuchkey.xml", 404, NotYet),
        ("503_file_unavailable.html", 503, Unreachable),
        ("503_file_unavailable.html", 200, Unreachable),
    ],
)
def test_the_sec_s_own_error_pages_mean_what_they_mean(
    corpus: Path, file: str, status: int, error: type[Form144Error]
) -> None:
    body = (corpus / "feeds" / "errors" / file).read_bytes()
    assert type(meaning(status, body)) is error


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (403, b"<html><h1>Undeclared Automated Tool</h1> declare your traffic", ConfigurationError),
        (403, b"<html><title>Rate</title><h1>Undeclared Automated Tool</h1>", ConfigurationError),
        (403, b"<html>Traffic Limit: declare your traffic", ConfigurationError),
        (403, b"<html><h1>Undeclared Automated Tool</h1> maximum allowable requests", Blocked),
        (403, b"<html>Your request rate has exceeded the maximum\n allowable requests", Blocked),
        (403, b"<html><body>Access Denied. Reference 18</body></html>", Blocked),
        (403, b"", Blocked),
        (403, b"\xff\xfe\x00", Blocked),
        (403, b"the remark <Code>AccessDenied</Code>", Blocked),
        (429, b"", Blocked),
        (404, b"<html>not found</html>", NotYet),
        (410, b"", NotYet),
        (200, b"", Unreachable),
        (200, b" \r\n ", Unreachable),
        (200, b"<!-- a --> <!doctype HTML><html>", Unreachable),
        (200, b"<HTML lang='en'>", Unreachable),
        (204, b"", Unreachable),
        (304, b"", Unreachable),
        (400, b"x", Unreachable),
        (500, b"x", Unreachable),
        (502, b"x", Unreachable),
        (504, b"x", Unreachable),
    ],
)
def test_status_and_body_together_decide(status: int, body: bytes, error: type[Form144Error]) -> None:
    assert type(meaning(status, body)) is error


@pytest.mark.parametrize(
    "body",
    [
        b"<edgarSubmission>exceeded the SEC's Traffic Limit</edgarSubmission>",
        b"144|x",
    ],
)
def test_data_is_handed_on_whatever_it_says(body: bytes) -> None:
    assert body_of(200, body, url=URL, agent=AGENT) == body


def test_a_block_lasts_at_least_ten_minutes_and_longer_if_the_answer_says_so() -> None:
    short, long = meaning(429, b"", timedelta(seconds=3)), meaning(429, b"", timedelta(hours=1))
    assert isinstance(short, Blocked)
    assert isinstance(long, Blocked)
    assert short.retry_after is not None
    assert short.retry_after >= timedelta(minutes=10)
    assert long.retry_after == timedelta(hours=1)


def test_a_refused_agent_says_what_to_set() -> None:
    error = meaning(403, b"<html>please declare your traffic")
    assert isinstance(error, ConfigurationError)
    assert [mistake.where for mistake in error.mistakes] == ["EDGAR_CONTACT"]
    assert AGENT in str(error)


def test_a_thousand_comments_cost_no_more_than_their_length() -> None:
    comments = b"<!-- a -->" * 5_000
    assert isinstance(meaning(200, comments + b"<html>"), Unreachable)
    assert body_of(200, comments + b"<edgarSubmission/>", url=URL, agent=AGENT).endswith(b"/>")
    assert body_of(200, b"<!-- a " * 5_000, url=URL, agent=AGENT)
