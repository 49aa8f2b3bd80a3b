"""Wire: one polite GET. It declares itself, keeps the budget, asks only the SEC, and reads no more than
it was told to expect.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache

import httpx

from worker.edgar.answers import body_of
from worker.edgar.body import BadBodyError, read_body
from worker.edgar.budget import Budget
from worker.edgar.contact import Contact
from worker.edgar.sites import Sites
from worker.errors import Blocked, Unreachable

TIMEOUT = httpx.Timeout(connect=10, read=20, write=10, pool=30)
_REDIRECTS = 3


class Wire:
    """Safe for several threads. Close it when done."""

    def __init__(
        self, contact: Contact, budget: Budget, sites: Sites, *, sleep: Callable[[float], None]
    ) -> None:
        self._agent = contact.user_agent
        self._budget = budget
        self._sites = sites
        self._sleep = sleep
        self._date = ""  # the Date of the last answer
        self._client = httpx.Client(
            headers={"User-Agent": self._agent, "Accept-Encoding": "gzip", "Accept": "*/*"},
            timeout=TIMEOUT,
            follow_redirects=False,
            verify=_certificates(),
            # A company's proxy and certificates are found as every tool finds them; a stand-in on this
            # machine must never be looked for through a proxy.
            trust_env=not sites.on_this_machine,
        )

    def close(self) -> None:
        self._client.close()

    @property
    def answered_at(self) -> datetime | None:
        """What time it was at the other side when it last answered; None where it did not say."""
        try:
            return parsedate_to_datetime(self._date).astimezone(UTC)
        except ValueError:
            return None

    def get(self, url: str, *, at_most: int, within: float) -> bytes:
        """The body, at most `at_most` bytes of it after decompression. It is not waited for once `within`
        seconds have passed since a request left, except for what one read may take. A head is, as long as
        each of its bytes comes within what one read may take: httpx has no limit for all of them.

        Raises what `answers.body_of` raises, Unreachable for every failure on the way, ValueError where
        the URL is not on the SEC's hosts. A block pauses the budget, for everybody.
        """
        if not self._sites.holds(url):
            raise ValueError(f"{url} is not an address of the SEC's EDGAR")
        for _ in range(_REDIRECTS + 1):
            answer, body = self._ask(url, at_most, within)
            target = answer.headers.get("Location")
            if not (answer.is_redirect and target):
                return self._judged(answer, body, url)
            url = self._checked_target(answer, target)
        raise Unreachable(f"{url}: more than {_REDIRECTS} redirects")

    def _checked_target(self, answer: httpx.Response, target: str) -> str:
        try:
            url = str(answer.url.join(target))
        except httpx.InvalidURL as error:
            raise Unreachable(f"{answer.url} redirects to what is no address") from error
        if not self._sites.holds(url):
            raise Unreachable(f"{answer.url} redirects away from the SEC's hosts, which is not followed")
        return url

    def _judged(self, answer: httpx.Response, body: bytes, url: str) -> bytes:
        try:
            return body_of(
                answer.status_code, body, url=url, agent=self._agent, retry_after=_retry_after(answer)
            )
        except Blocked as blocked:
            if blocked.retry_after is not None:
                self._budget.pause(blocked.retry_after.total_seconds())
            raise

    def _ask(self, url: str, at_most: int, within: float) -> tuple[httpx.Response, bytes]:
        """One request in its slot: the answer's head and its decompressed body."""
        wait = self._budget.reserve()
        if wait > 0:
            self._sleep(wait)
        give_up_at = time.monotonic() + within
        try:
            with self._client.stream("GET", url) as answer:
                self._date = answer.headers.get("Date", "")
                body = read_body(answer, at_most, give_up_at)
        except httpx.HTTPError as error:
            raise Unreachable(f"{url}: {type(error).__name__}: {error}") from error
        except httpx.InvalidURL as error:
            raise ValueError(f"{url!r} is not an address: {error}") from error
        except UnicodeError as error:
            # httpx reads where it is sent on to, also where it does not go there, and lets idna's through.
            raise Unreachable(f"{url} redirects to what is no address: {error}") from error
        except BadBodyError as error:
            raise Unreachable(f"{url}: {error}") from error
        return answer, body


@cache
def _certificates() -> ssl.SSLContext:
    """Loading them takes 50 ms, which once a process is enough."""
    return httpx.create_ssl_context()


def _retry_after(answer: httpx.Response) -> timedelta | None:
    """Whole seconds only; the SEC sends none, a proxy in between may."""
    value = answer.headers.get("Retry-After", "")
    return timedelta(seconds=int(value)) if value.isascii() and value.isdigit() and len(value) < 7 else None
