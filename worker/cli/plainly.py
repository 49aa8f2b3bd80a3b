"""What Typer and Pydantic say of a value they do not take, in words of ours."""

from __future__ import annotations

import re

#: Their words, and ours.
_WORDS = (
    (r"^Value error, ", ""),
    (r"Input should be a valid integer.*", "that is not a whole number"),
    (r"Unable to parse input string as an integer.*", "that is too large a number"),
    (r"Input should be a valid number.*", "that is not a number"),
    (r"Input should be greater than or equal to (\S+)", r"it has to be at least \1"),
    (r"Input should be less than or equal to (\S+)", r"it has to be at most \1"),
    (
        r"does not match the formats '%Y-%m-%d', '%Y-%m-%d %H:%M'\.?",
        'is no day; write 2026-09-30 or "2026-09-30 17:00"',
    ),
    (r"does not match the formats '%Y-%m-%d'\.?", "is no day; write 2026-09-30"),
)


def plainly(said: str) -> str:
    """The sentence, as a person would say it."""
    for theirs, ours in _WORDS:
        said = re.sub(theirs, ours, said)
    return said
