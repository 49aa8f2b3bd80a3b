"""Slack's limits, checked over the finished JSON: Slack refuses a message as a whole, and slack_sdk's own
models let some of these pass.

Sources: https://docs.slack.dev/reference/block-kit/blocks and .../composition-objects/text-object, where
nothing else is named beside the constant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

BLOCKS = 50
BLOCK_ID = 255
TEXT = 3_000  #: any text object
FIELDS = 10  #: of a section
FIELD = 2_000
HEADER = 150
CONTEXT_ELEMENTS = 10
ACTIONS = 25
BUTTON_TEXT = 75
URL = 3_000
ALT_TEXT = 2_000
MARKDOWN = 12_000  #: all markdown blocks together
TABLE_ROWS, TABLE_COLUMNS = 100, 20
#: Slack cuts the top-level text at 40,000 and advises to stay below 4,000
#: (https://docs.slack.dev/reference/methods/chat.postMessage, "Truncating content").
TOP_LEVEL_TEXT = 4_000
#: Not documented: `msg_blocks_too_long` was observed from 13,172 characters of JSON on
#: (https://github.com/slackapi/bolt-js/issues/2509).
WHOLE_MESSAGE = 12_000
#: What rings people's phones: @channel, @here, @everyone, a user group, a user; in text, and as elements.
PING = re.compile(r"<(?i:!(?:channel|here|everyone|group|subteam)\b|@[A-Z0-9])")
PING_ELEMENT = re.compile(r'"type": "(?i:broadcast|user|usergroup)"')


_as_json = json.JSONEncoder(ensure_ascii=False).encode


def problems(blocks: Sequence[Any], text: str | None = None) -> list[str]:
    """Every reason why Slack would refuse these blocks, or why they must not be posted; [] where all is
    well. Each is a sentence that begins with the place.
    """
    found = [f"blocks: {len(blocks)} of at most {BLOCKS}"] if len(blocks) > BLOCKS else []
    written = _as_json(list(blocks))
    size = _length(written)
    if size > WHOLE_MESSAGE:
        found.append(f"blocks: {size} characters of JSON of at most {WHOLE_MESSAGE}")
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        place = f"blocks[{number}]"
        if not isinstance(block, dict) or block.get("type") not in CHECKS:
            found.append(f"{place}: no block of a type that is known here")
            continue
        found.extend(CHECKS[block["type"]](block, f"{place} ({block['type']})"))
        if (block_id := block.get("block_id")) is not None:
            found.extend(_sized(block_id, BLOCK_ID, f"{place}.block_id"))
            found.extend([f"{place}.block_id: used twice"] if block_id in seen else [])
            seen.add(block_id)
    markdown = sum(_length(b["text"]) for b in blocks if _is_markdown(b))
    if markdown > MARKDOWN:
        found.append(f"blocks: {markdown} characters of markdown of at most {MARKDOWN}")
    found.extend(
        f"blocks: {ping.group()}... would ring people"
        for kind in (PING, PING_ELEMENT)
        for ping in kind.finditer(written)
    )
    if text is not None:
        found.extend(_sized(text, TOP_LEVEL_TEXT, "text"))
        found.extend(f"text: {ping.group()}... would ring people" for ping in PING.finditer(text))
    return found


def _section(block: dict[str, Any], place: str) -> Iterator[str]:
    fields = block.get("fields")
    if "text" not in block and fields is None:
        yield f"{place}: neither text nor fields"
    if "text" in block:
        yield from _text(block["text"], TEXT, f"{place}.text")
    if fields is not None:
        yield from _listed(fields, FIELDS, f"{place}.fields", lambda f, p: _text(f, FIELD, p))
    if "accessory" in block:
        yield from _element(block["accessory"], f"{place}.accessory")


def _header(block: dict[str, Any], place: str) -> Iterator[str]:
    yield from _text(block.get("text"), HEADER, f"{place}.text", kinds=("plain_text",))


def _context(block: dict[str, Any], place: str) -> Iterator[str]:
    yield from _listed(block.get("elements"), CONTEXT_ELEMENTS, f"{place}.elements", _element)


def _actions(block: dict[str, Any], place: str) -> Iterator[str]:
    yield from _listed(block.get("elements"), ACTIONS, f"{place}.elements", _element)


def _image(block: dict[str, Any], place: str) -> Iterator[str]:
    yield from _sized(block.get("image_url"), URL, f"{place}.image_url")
    yield from _sized(block.get("alt_text"), ALT_TEXT, f"{place}.alt_text")


def _markdown(block: dict[str, Any], place: str) -> Iterator[str]:
    yield from _sized(block.get("text"), MARKDOWN, f"{place}.text")


def _table(block: dict[str, Any], place: str) -> Iterator[str]:
    yield from _listed(block.get("rows"), TABLE_ROWS, f"{place}.rows", _row)


def _row(row: Any, place: str) -> Iterator[str]:
    yield from _listed(row, TABLE_COLUMNS, place, lambda _cell, _place: iter(()))


def _free(_block: dict[str, Any], _place: str) -> Iterator[str]:
    """A divider has no parts; rich text has no limits but the whole message's."""
    return iter(())


CHECKS: dict[str, Callable[[dict[str, Any], str], Iterator[str]]] = {
    "actions": _actions,
    "context": _context,
    "divider": _free,
    "header": _header,
    "image": _image,
    "markdown": _markdown,
    "rich_text": _free,
    "section": _section,
    "table": _table,
}


def _element(element: Any, place: str) -> Iterator[str]:
    kind = element.get("type") if isinstance(element, dict) else None
    if kind in ("plain_text", "mrkdwn"):
        yield from _text(element, TEXT, place)
    elif kind == "image":
        yield from _image(element, place)
    elif kind == "button":
        yield from _text(element.get("text"), BUTTON_TEXT, f"{place}.text", kinds=("plain_text",))
        if "url" in element:
            yield from _sized(element["url"], URL, f"{place}.url")
    else:
        yield f"{place}: no element of a type that is known here"


def _text(
    value: Any, most: int, place: str, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")
) -> Iterator[str]:
    if not isinstance(value, dict) or value.get("type") not in kinds:
        yield f"{place}: no text object of type {' or '.join(kinds)}"
    else:
        yield from _sized(value.get("text"), most, place)


def _sized(value: Any, most: int, place: str) -> Iterator[str]:
    if not isinstance(value, str) or not value.strip():
        yield f"{place}: empty"
    elif _length(value) > most:
        yield f"{place}: {_length(value)} characters of at most {most}"


def _listed(values: Any, most: int, place: str, check: Callable[[Any, str], Iterator[str]]) -> Iterator[str]:
    if not isinstance(values, list | tuple) or not values:
        yield f"{place}: empty"
        return
    if len(values) > most:
        yield f"{place}: {len(values)} of at most {most}"
    for number, value in enumerate(values):
        yield from check(value, f"{place}[{number}]")


def _length(text: str) -> int:
    """In UTF-16 units, the most that any way of counting comes to."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _is_markdown(block: Any) -> bool:
    return isinstance(block, dict) and block.get("type") == "markdown" and isinstance(block.get("text"), str)
