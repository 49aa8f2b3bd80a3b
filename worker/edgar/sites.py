"""Sites: where EDGAR's pages are, and which addresses the worker may ask at all."""

from __future__ import annotations

import re
from datetime import date
from typing import Self
from urllib.parse import urlencode, urlsplit

import msgspec

from worker.filings.filing import Filing, Role

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
#: Search and index pages link to the rendering `xsl144X01/primary_doc.xml`, which is HTML.
_RENDERED = re.compile(r"/xsl\w+/(?=[^/]+$)")
_INDEX_PAGE = re.compile(r"/[\d-]+-index\.html?$")


class Sites(msgspec.Struct, frozen=True, kw_only=True):
    """The base URLs of the SEC's hosts, without a slash at the end."""

    www: str
    efts: str

    @classmethod
    def at(cls, base_url: str) -> Self:
        """One server that plays all of them: a stand-in on this machine, or a mirror.

        Raises ValueError unless it is https, or http on this machine.
        """
        base = base_url.rstrip("/")
        parts = urlsplit(base)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise ValueError(f"{base_url}: EDGAR is asked over https (http only on this machine)")
        return cls(www=base, efts=base)

    @property
    def on_this_machine(self) -> bool:
        return urlsplit(self.www).hostname in _LOOPBACK

    def holds(self, url: str) -> bool:
        """Whether the URL lies on one of these hosts, by scheme, host and port."""
        return _origin(url) in {_origin(self.www), _origin(self.efts)}

    def latest(self, *, start: int, count: int) -> str:
        """The latest-filings page. `type` is a prefix; without `owner=include` the default is unknown."""
        query = {
            "action": "getcurrent",
            "type": "144",
            "company": "",
            "dateb": "",
            "owner": "include",
            "start": start,
            "count": count,
            "output": "atom",
        }
        return f"{self.www}/cgi-bin/browse-edgar?{urlencode(query)}"

    def document(self, filing: Filing) -> str:
        """The raw `primary_doc.xml`, not its rendering."""
        return f"{self._folder(filing)}/primary_doc.xml"

    def submission(self, filing: Filing) -> str:
        """The full submission, a `.txt` with the SGML header that names both parties' roles."""
        return f"{self._folder(filing)}/{filing.accession}.txt"

    def index_page(self, filing: Filing) -> str:
        """The page a person opens."""
        return f"{self._folder(filing)}/{filing.accession}-index.htm"

    def raw(self, url: str) -> str:
        """The raw document behind a URL copied from a browser: an index page or a rendering."""
        return _INDEX_PAGE.sub("/primary_doc.xml", _RENDERED.sub("/", url))

    def daily_index(self, day: date) -> str:
        return f"{self._quarter('daily-index', day)}/master.{day:%Y%m%d}.idx"

    def daily_listing(self, day: date) -> str:
        """The listing of the daily indexes of the day's quarter."""
        return f"{self._quarter('daily-index', day)}/index.json"

    def quarterly_index(self, day: date) -> str:
        return f"{self._quarter('full-index', day)}/master.idx"

    def search(self, day: date, *, start: int) -> str:
        """Full-text search for one day; `forms=144` finds 144/A as well."""
        query = {
            "q": "",
            "forms": "144",
            "dateRange": "custom",
            "startdt": day.isoformat(),
            "enddt": day.isoformat(),
            "from": start,
        }
        return f"{self.efts}/LATEST/search-index?{urlencode(query)}"

    def tickers(self) -> str:
        return f"{self.www}/files/company_tickers.json"

    def _folder(self, filing: Filing) -> str:
        """Any party's folder serves the same files. Where no party is known yet, the number's own first
        ten digits are a filer that EDGAR may keep it under.
        """
        party = filing.party(Role.ISSUER) or next(iter(filing.parties), None)
        cik = party.cik if party else int(filing.accession[:10])
        return f"{self.www}/Archives/edgar/data/{cik}/{filing.accession.replace('-', '')}"

    def _quarter(self, kind: str, day: date) -> str:
        return f"{self.www}/Archives/edgar/{kind}/{day.year}/QTR{(day.month + 2) // 3}"


SEC = Sites(www="https://www.sec.gov", efts="https://efts.sec.gov")


def _origin(url: str) -> tuple[str, str | None, int | None] | None:
    """Scheme, host and port; None for what cannot be read as a URL, or carries a user name."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port) if parts.username is None else None
