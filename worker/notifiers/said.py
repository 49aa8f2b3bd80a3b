"""What the other side said, as it may be kept: PostgreSQL takes no NUL, and a terminal obeys others."""

from __future__ import annotations


def words(text: str, *, at_most: int = 200) -> str:
    """The text on one line, without control characters and whatever else cannot be printed; not longer."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:at_most]
