"""Styles into the tags of an e-mail's HTML: by css-inline, once for each shape of message.

Which styles a tag gets depends on the tags around it and never on the text between them. So what is kept is
the inlined page with a gap for each text and each link, and most alerts only fill the gaps. This holds for
pages of plain tags (`_PLAIN`), whoever wrote the template; any other page goes through css-inline itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import unescape
from itertools import count

import css_inline

#: How many shapes are kept, and how long a page may be that is worth a shape: few are longer, and alike.
SHAPES = 64
WORTH_A_SHAPE = 30_000

#: Characters for private use, which no name has, mark where something stood.
_TEXT, _LINK, _STYLE, _END = "\ue000", "\ue001", "<\ue002>", "\ue003"
#: A parser drops or changes the first two; the others are our own marks.
_NOT_KEPT = "\r\0\ue000\ue001\ue002\ue003"

#: A text up to the next tag. White space before it stays in the shape: a parser may put it elsewhere.
_TEXTS = re.compile(r"(>\s*)([^<\s][^<]*)(?=<)")
_HREF = ' href="'
#: A link that reads the same once it is parsed and written again.
_PLAIN_LINK = re.compile(r"[^&<>\xa0]*+(?:&amp;[^&<>\xa0]*+)*+")
#: References to white space, and numbers that Python and a parser of HTML may read differently.
_ODD_REFERENCE = re.compile(r"&(?:#(?!3[49];)|Tab;|NewLine;)")

_GAP = re.compile(f"[{_TEXT}{_LINK}]")
_NUMBERED = re.compile(f"{_TEXT}([0-9]+){_END}")
#: A page of which all is known: tags between which a text is only a text, written with double quotes.
_TAGS = (
    "html|head|meta|body|div|p|span|a|b|i|em|strong|small|br|hr|h[1-6]|ul|ol|li|img|center|font|"
    "table|thead|tbody|tfoot|tr|td|th"
)
_BODY = rf'[^<>]++|</?(?:{_TAGS})(?:\s+[a-z-]+="[^"<>]*")*\s*/?>'
_PLAIN = re.compile(rf"(?:\s*<!DOCTYPE[^<>]*>)?(?:<title>[^<>]*</title>|{_BODY})*{_STYLE}(?:{_BODY})*")


class Inliner:
    """Safe for several threads."""

    def __init__(self) -> None:
        self._inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
        self._shape = lru_cache(SHAPES)(self._inlined_shape)

    def inline(self, html: str) -> str:
        """What css-inline makes of the page. Raises css_inline.InlineError as it does."""
        head, _, rest = html.partition("<style>")
        styles, ends, body = rest.partition("</style>")
        if not ends or len(html) > WORTH_A_SHAPE or any(mark in html for mark in _NOT_KEPT):
            return self.whole(html)
        shape, held = _emptied(f"{head}{_STYLE}{body}")
        inlined = self._shape(shape, styles) if held else None
        if inlined is None:
            return self.whole(html)
        filled, places = list(inlined[0]), inlined[1]
        filled[1::2] = [held[place] for place in places]
        return "".join(filled)

    def whole(self, html: str) -> str:
        """The same, without looking for a shape."""
        return self._inliner.inline(html)

    def _inlined_shape(self, shape: str, styles: str) -> tuple[Sequence[str], Sequence[int]] | None:
        """The inlined page in pieces, and which of what is held stands in the place of every other one: a
        parser may move a tag that stands amiss, or copy one that was not closed, with what is in it.

        None where the page is not plain, or a style may ask for the value of a link: `a[href^="http"]`.
        """
        if "[" in styles or "<" in styles or not _PLAIN.fullmatch(shape):
            return None
        numbers = {_TEXT: count(), _LINK: count(shape.count(_TEXT))}
        numbered = _GAP.sub(lambda gap: f"{_TEXT}{next(numbers[gap[0]])}{_END}", shape)
        pieces = _NUMBERED.split(self.whole(numbered.replace(_STYLE, f"<style>{styles}</style>")))
        return pieces, [int(number) for number in pieces[1::2]]


def _emptied(page: str) -> tuple[str, list[str]]:
    """The page with gaps, and what belongs into each as a serialiser writes it: texts, then links; nothing
    where that is not certain.
    """
    pieces = _TEXTS.split(page)
    texts = _TEXT.join(pieces[2::3])
    if "&" in texts and _ODD_REFERENCE.search(texts):
        return page, []
    held = _serialised(texts).split(_TEXT) if texts else []
    pieces[2::3] = [_TEXT] * len(pieces[2::3])
    first, *linked = "".join(pieces).split(_HREF)
    shape = [first]
    for piece in linked:
        link, _, after = piece.partition('"')
        if not _PLAIN_LINK.fullmatch(link):
            return page, []
        held.append(link)
        shape.append(f'{_LINK}"{after}')
    return _HREF.join(shape), held


def _serialised(texts: str) -> str:
    """https://html.spec.whatwg.org/multipage/parsing.html#escapingString"""
    if "&" in texts:
        texts = unescape(texts).replace("&", "&amp;")
    return texts.replace("<", "&lt;").replace(">", "&gt;").replace("\xa0", "&nbsp;")
