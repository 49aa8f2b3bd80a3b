"""A URL that may hold a password, taken apart so that no part of the password is taken for anything else.

What a reader of URLs makes of an @, /, ? or # that stands in a password as it is depends on the reader: one
takes half of the password for the host and says so where that is not found, another asks a host that nobody
meant. Such a URL is refused here, and nothing of it is quoted.
"""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

#: What to do about it.
ESCAPE = "special characters of a user or password are written as %XX, such as %40 for @ and %2F for /"


def taken_apart(text: str) -> SplitResult:
    """The parts, with a port that is one or None, and no fragment. Raises ValueError with the rest of a
    sentence that begins with a variable's name, and quotes nothing.
    """
    parts = _split(text)
    if parts is None:
        raise ValueError(f"is no URL that can be taken apart, its port included; {ESCAPE}")
    if parts.netloc.count("@") > 1 or "@" in parts.path + parts.query:
        raise ValueError(f"holds an @ that does not stand before the host; {ESCAPE}")
    if "#" in text:
        raise ValueError(f"holds a #, which means nothing here; {ESCAPE}")
    return parts


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        return parts if text.isprintable() and parts.port != 0 else None
    except ValueError:
        return None


def without_more(parts: SplitResult) -> None:
    """Refuse whatever stands behind the host and its port."""
    if parts.path not in ("", "/") or parts.query:
        raise ValueError(f"says more than a user, a password, a host and a port; {ESCAPE}")
