"""Styles into the tags of an e-mail's HTML: by css-inline, once for each shape of message.

Which styles a tag gets depends on the tags around it and never on the text between them. So what is kept is
the inlined page with a gap for each text and each link, and most alerts only fill the gaps.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import unescape

import css_inline

#: How many shapes are kept, and how long a page may be that is worth a shape: few are longer, and alike.
SHAPES = 64
WORTH_A_SHAPE = 30_000

#: Characters for private use, which no name has, mark where something stood.
_OPEN, _CLOSE = "\ue000", "\ue001"
_GAP = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
_HREF = ' href="'
_STYLE_ENDS = "</style>"
#: What a parser of HTML takes otherwise than as a tag or text, a second style sheet, and our own marks.
_UNUSUAL = (
    *("<!", "<style", "<script", "<textarea", "<pre", "<plaintext", "<xmp", "<noscript", "<svg", "<math"),
    *(_OPEN, _CLOSE, "\r", "\0"),
)


class Inliner:
    """Safe for several threads."""

    def __init__(self) -> None:
        self._inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
        self._shape = lru_cache(SHAPES)(self._inlined_shape)

    def inline(self, html: str) -> str:
        """What css-inline makes of the page. Raises css_inline.InlineError as it does."""
        head, style, body = html.partition(_STYLE_ENDS)
        lower = body.lower()
        # A style sheet may ask for the value of a link: `a[href^="http"]`.
        if len(html) > WORTH_A_SHAPE or "[" in head or any(unusual in lower for unusual in _UNUSUAL):
            return self.whole(html)
        shape, held = _emptied(body)
        found = self._shape(f"{head}{style}{shape}") if shape else ()
        if len(found) != 2 * len(held) + 1:
            return self.whole(html)
        filled = list(found)
        filled[1::2] = [held[int(number)] for number in found[1::2]]
        return "".join(filled)

    def whole(self, html: str) -> str:
        """The same, without looking for a shape."""
        return self._inliner.inline(html)

    def _inlined_shape(self, html: str) -> Sequence[str]:
        """The inlined page in pieces: every other one is the number of what stood there."""
        return tuple(_GAP.split(self.whole(html)))


def _emptied(body: str) -> tuple[str, list[str]]:
    """The page with numbered gaps, and what belongs into each as a serialiser writes it
    (https://html.spec.whatwg.org/multipage/parsing.html#escapingString); "" where not every tag is
    written plainly.
    """
    first, *rest = body.split("<")
    if first.strip():
        return "", []
    pieces = [first]
    held: list[str] = []
    for piece in rest:
        tag, closing, text = piece.partition(">")
        if not closing or "'" in tag or tag.count('"') % 2:
            return "", []
        if _HREF in tag:
            before, _, link = tag.partition(_HREF)
            link, _, after = link.partition('"')
            tag = f'{before}{_HREF}{_OPEN}{len(held)}{_CLOSE}"{after}'
            held.append(_entities(link).replace('"', "&quot;"))
        if stripped := text.strip():
            gap = f"{_OPEN}{len(held)}{_CLOSE}"
            text = gap if stripped == text else text.replace(stripped, gap)
            held.append(_entities(stripped).replace("<", "&lt;").replace(">", "&gt;"))
        pieces.append(f"{tag}{closing}{text}")
    return "<".join(pieces), held


def _entities(source: str) -> str:
    if "&" in source:
        source = unescape(source).replace("&", "&amp;")
    return source.replace("\xa0", "&nbsp;")
