"""A Slack message as plain text: for a terminal, and for who gets it by another way than Slack."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Any

#: `<https://...|words>`, `<!date^...|words>`, `<#C012|words>`: what stands between Slack's angle brackets
#: (https://docs.slack.dev/messaging/formatting-message-text).
_BRACKETED = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_BOLD = re.compile(r"(?<!\w)\*([^*\n]+)\*(?!\w)")
RULE = "─" * 40


def as_text(blocks: Sequence[dict[str, Any]]) -> str:
    """What the blocks say, top to bottom. A block of a kind that says nothing in words is left out."""
    return "\n".join(line for block in blocks for line in _lines(block))


def plain(text: str) -> str:
    """Slack's mrkdwn without its marks; a link keeps its address."""
    return unescape(_BOLD.sub(r"\1", _BRACKETED.sub(_said, text)))


def _lines(block: dict[str, Any]) -> Iterator[str]:
    match block:
        case {"type": "header", "text": text}:
            yield _words(text).upper()
        case {"type": "divider"}:
            yield RULE
        case {"type": "section", **parts}:
            if "text" in parts:
                yield _words(parts["text"])
            for field in parts.get("fields", ()):
                yield ": ".join(_words(field).split("\n", 1))
        case {"type": "context", "elements": elements}:
            yield " ".join(_words(element) for element in elements if "text" in element)
        case {"type": "markdown", "text": str(text)}:
            yield text
        case {"type": "image", "alt_text": str(text)}:
            yield text


def _words(text: dict[str, Any]) -> str:
    said = str(text.get("text", ""))
    return plain(said) if text.get("type") == "mrkdwn" else unescape(said)


def _said(found: re.Match[str]) -> str:
    target, words = found.groups()
    if words is None:
        return str(target)
    return f"{words} ({target})" if target.startswith(("http", "mailto:")) else str(words)
