"""The terminal as commands write to it: words as they stand, lines as long as they are."""

from __future__ import annotations

from rich.console import Console


def stdout(*, wrap: bool = False) -> Console:
    """What was asked for, on standard output; `wrap` breaks lines where the terminal ends. Nothing is taken
    for an emoji: POSITION:abcd is an anchor.
    """
    return Console(highlight=False, emoji=False, soft_wrap=not wrap)


def stderr() -> Console:
    """What went wrong, or is about the work and not its outcome, on standard error."""
    return Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)
