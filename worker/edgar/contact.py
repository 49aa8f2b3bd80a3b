"""Contact: who runs this program, as the SEC asks every automated client to declare in its User-Agent.

https://www.sec.gov/about/webmaster-frequently-asked-questions#developers: "Sample Company Name
AdminContact@<sample company domain>.com". Agents with a URL, a noreply address or no address at all are
answered 403.
"""

from __future__ import annotations

import re
from typing import Self

import msgspec

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_URL = re.compile(r"://|\bwww\.", re.IGNORECASE)
_NOBODY = re.compile(r"(no|do-?not)[-_.]?reply", re.IGNORECASE)
_ADVICE = (
    'Set EDGAR_CONTACT to a name and an e-mail address, such as "Jane Doe jane@example.com": the SEC asks '
    "every automated client to say who runs it, and answers the others with an error page."
)


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """A person's or a company's name, and a mailbox that somebody reads."""

    name: str
    address: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `Jane Doe jane@example.com` (or `Jane Doe <jane@example.com>`).

        Raises ValueError with a sentence that says what is wrong, what to set and why.
        """
        words = text.split()
        if not words:
            raise ValueError(f"no contact is given. {_ADVICE}")
        if not (text.isascii() and text.isprintable()):
            raise ValueError(f"{text!r} cannot stand in an HTTP header: plain ASCII only. {_ADVICE}")
        if _URL.search(text):
            raise ValueError(f"{text!r} holds a URL, and the SEC refuses those. {_ADVICE}")
        address = words[-1].removeprefix("<").removesuffix(">")
        if not _ADDRESS.fullmatch(address):
            raise ValueError(f"{text!r} does not end in an e-mail address. {_ADVICE}")
        if _NOBODY.match(address):
            raise ValueError(f"{text!r} is an address nobody reads, and the SEC refuses those. {_ADVICE}")
        name = " ".join(words[:-1])
        if not name:
            raise ValueError(f"{text!r} has no name before the address. {_ADVICE}")
        return cls(name=name, address=address)

    @property
    def user_agent(self) -> str:
        return f"{self.name} {self.address}"
