"""What the Slack stand-in knows: channels, what was posted there, and how often it may be."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from zlib import crc32

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Posted:
    """One message as the workspace holds it. `ts` is its identity within the channel."""

    channel: str
    ts: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    thread_ts: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)  #: emoji, and the members who put it there
    sent: Json = field(default_factory=dict)  #: the whole request, for a look at its other options

    def shown(self, *, metadata: bool = False) -> Json:
        """The message as Slack's answers show it."""
        shown: Json = {"type": "message", "ts": self.ts, "text": self.text, "blocks": self.blocks}
        if self.thread_ts:
            shown["thread_ts"] = self.thread_ts
        if self.reactions:
            shown["reactions"] = [
                {"name": name, "users": users, "count": len(users)} for name, users in self.reactions.items()
            ]
        if metadata and self.metadata:
            shown["metadata"] = self.metadata
        return shown


class SlackRefusal(Exception):
    """The workspace says no, in one of Slack's own error codes."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.answer = {"ok": False, "error": code, **more}


class Workspace:
    """Channels by name and by id. `channels` None means that every name exists; `per_second` 0, any pace."""

    def __init__(
        self,
        *,
        check: Callable[[Sequence[Any]], Iterable[str]],
        channels: Iterable[str] | None,
        per_second: float,
        clock: Callable[[], float],
    ) -> None:
        self.messages: defaultdict[str, list[Posted]] = defaultdict(list)
        self.names: dict[str, str] = {}
        self._check = check
        self._clock = clock
        self._per_second = per_second
        self._open = channels is None
        self._last_ts = 0.0
        self._allowed_at: dict[str, float] = {}
        for name in channels or ():
            self.remember(name)

    def remember(self, name: str) -> str:
        """The id of the channel with that name, which exists from now on."""
        channel = self.id_of(name)
        self.names[channel] = name.removeprefix("#")
        return channel

    def resolve(self, channel: Any) -> str:
        """A channel's name, from what chat.postMessage takes: an id, or a name with or without its `#`."""
        if channel in self.names:
            return self.names[channel]
        name = str(channel or "").removeprefix("#")
        if name and (self._open or name in self.names.values()):
            self.remember(name)
            return name
        raise SlackRefusal("channel_not_found")

    def by_id(self, channel: Any) -> str:
        """A channel's name, from the id that every other method insists on."""
        if channel not in self.names:
            raise SlackRefusal("channel_not_found")
        return self.names[channel]

    @staticmethod
    def id_of(name: str) -> str:
        return f"C{crc32(name.removeprefix('#').encode()):010X}"

    def post(self, channel: str, body: Json) -> Posted:
        """Keep a message, unless the channel had one within its pace or the message is none."""
        now = self._clock()
        wait = self._allowed_at.get(channel, 0.0) - now
        if self._per_second and wait > 0:
            raise SlackRefusal("ratelimited", wait=math.ceil(wait))
        ts = max(now, self._last_ts + 0.000001)
        posted = self._made(channel, f"{ts:.6f}", body)
        self._last_ts = ts
        if self._per_second:
            self._allowed_at[channel] = now + 1 / self._per_second
        self.messages[channel].append(posted)
        return posted

    def update(self, channel: str, ts: Any, body: Json) -> Posted:
        """Put another message in the place of one."""
        posted = self.messages[channel]
        for place, message in enumerate(posted):
            if message.ts == ts:
                posted[place] = replace(
                    self._made(channel, message.ts, body),
                    thread_ts=message.thread_ts,
                    reactions=message.reactions,
                )
                return posted[place]
        raise SlackRefusal("message_not_found")

    def _made(self, channel: str, ts: str, body: Json) -> Posted:
        text, blocks = body.get("text") or "", body.get("blocks") or []
        if not text and not blocks:
            raise SlackRefusal("no_text")
        if wrong := list(self._check(blocks)):
            raise SlackRefusal("invalid_blocks", response_metadata={"messages": wrong})
        return Posted(
            channel=channel,
            ts=ts,
            text=text,
            blocks=blocks,
            metadata=body.get("metadata"),
            thread_ts=body.get("thread_ts"),
            sent=body,
        )
