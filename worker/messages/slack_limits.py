"""Slack's limits, checked over the finished JSON: Slack refuses a message as a whole, and slack_sdk's own
models let some of these pass.

Sources: https://docs.slack.dev/reference/block-kit/blocks and .../composition-objects/text-object, where
nothing else is named beside the constant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
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

#: What is wrong with a part: each a place within the part, and a sentence.
Found = list[str]


def problems(blocks: Sequence[Any], text: str | None = None) -> list[str]:
    """Every reason why Slack would refuse these blocks, or why they must not be posted; [] where all is
    well. Each is a sentence that begins with the place.
    """
    found = [f"blocks: {len(blocks)} of at most {BLOCKS}"] if len(blocks) > BLOCKS else []
    written = _as_json(list(blocks))
    size = length(written)
    if size > WHOLE_MESSAGE:
        found.append(f"blocks: {size} characters of JSON of at most {WHOLE_MESSAGE}")
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        if not isinstance(block, dict) or block.get("type") not in CHECKS:
            found.append(f"blocks[{number}]: no block of a type that is known here")
            continue
        if wrong := CHECKS[block["type"]](block):
            found += _at(f"blocks[{number}] ({block['type']})", wrong)
        if (block_id := block.get("block_id")) is not None:
            place = f"blocks[{number}].block_id"
            found += _at(place, _sized(block_id, BLOCK_ID))
            found += [f"{place}: used twice"] if block_id in seen else []
            seen.add(block_id)
    markdown = sum(length(b["text"]) for b in blocks if _is_markdown(b))
    if markdown > MARKDOWN:
        found.append(f"blocks: {markdown} characters of markdown of at most {MARKDOWN}")
    found.extend(
        f"blocks: {ping.group()}... would ring people"
        for kind in (PING, PING_ELEMENT)
        for ping in kind.finditer(written)
    )
    if text is not None:
        found += _at("text", _sized(text, TOP_LEVEL_TEXT))
        found.extend(f"text: {ping.group()}... would ring people" for ping in PING.finditer(text))
    return found


def _section(block: dict[str, Any]) -> Found:
    fields = block.get("fields")
    found = [": neither text nor fields"] if "text" not in block and fields is None else []
    if "text" in block:
        found += _at(".text", _text(block["text"], TEXT))
    if fields is not None:
        found += _at(".fields", _listed(fields, FIELDS, _field))
    if "accessory" in block:
        found += _at(".accessory", _element(block["accessory"]))
    return found


def _field(field: Any) -> Found:
    return _text(field, FIELD)


def _header(block: dict[str, Any]) -> Found:
    return _at(".text", _text(block.get("text"), HEADER, kinds=("plain_text",)))


def _context(block: dict[str, Any]) -> Found:
    return _at(".elements", _listed(block.get("elements"), CONTEXT_ELEMENTS, _element))


def _actions(block: dict[str, Any]) -> Found:
    return _at(".elements", _listed(block.get("elements"), ACTIONS, _element))


def _image(block: dict[str, Any]) -> Found:
    return _at(".image_url", _sized(block.get("image_url"), URL)) + _at(
        ".alt_text", _sized(block.get("alt_text"), ALT_TEXT)
    )


def _markdown(block: dict[str, Any]) -> Found:
    return _at(".text", _sized(block.get("text"), MARKDOWN))


def _table(block: dict[str, Any]) -> Found:
    return _at(".rows", _listed(block.get("rows"), TABLE_ROWS, _row))


def _row(row: Any) -> Found:
    return _listed(row, TABLE_COLUMNS, _free)


def _free(_part: Any) -> Found:
    """A divider and a table's cell have no limits of their own; rich text none but the whole message's."""
    return []


CHECKS: dict[str, Callable[[dict[str, Any]], Found]] = {
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


def _element(element: Any) -> Found:
    kind = element.get("type") if isinstance(element, dict) else None
    if kind in ("plain_text", "mrkdwn"):
        return _text(element, TEXT)
    if kind == "image":
        return _image(element)
    if kind == "button":
        found = _at(".text", _text(element.get("text"), BUTTON_TEXT, kinds=("plain_text",)))
        return found + (_at(".url", _sized(element["url"], URL)) if "url" in element else [])
    return [": no element of a type that is known here"]


def _text(value: Any, most: int, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")) -> Found:
    if not isinstance(value, dict) or value.get("type") not in kinds:
        return [f": no text object of type {' or '.join(kinds)}"]
    return _sized(value.get("text"), most)


def _sized(value: Any, most: int) -> Found:
    if not isinstance(value, str) or not value.strip():
        return [": empty"]
    size = length(value)
    return [f": {size} characters of at most {most}"] if size > most else []


def _listed(values: Any, most: int, check: Callable[[Any], Found]) -> Found:
    if not isinstance(values, list | tuple) or not values:
        return [": empty"]
    found = [f": {len(values)} of at most {most}"] if len(values) > most else []
    for number, value in enumerate(values):
        if wrong := check(value):
            found += _at(f"[{number}]", wrong)
    return found


def _at(place: str, found: Found) -> Found:
    return [f"{place}{one}" for one in found]


def length(text: str) -> int:
    """In UTF-16 units, the most that any way of counting comes to."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _is_markdown(block: Any) -> bool:
    return isinstance(block, dict) and block.get("type") == "markdown" and isinstance(block.get("text"), str)
