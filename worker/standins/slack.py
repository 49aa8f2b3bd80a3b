"""A Slack workspace on this machine: the Web API methods and incoming webhooks this program calls.

It is as strict as Slack where that matters to a sender: the token, the scopes, one message a second and
channel (https://docs.slack.dev/apis/web-api/rate-limits), names that only chat.postMessage takes, and the
limits of Block Kit. It keeps what was posted, and misbehaves on demand (`faults.py`).
"""

from __future__ import annotations

import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from worker.standins.slack_faults import Answer, Fault, FaultyServer
from worker.standins.slack_workspace import Json, Posted, SlackRefusal, Workspace

TOKEN = "xoxb-not-a-token"  # noqa: S105  the stand-in's own, worth nothing elsewhere
SCOPES = frozenset({"chat:write", "channels:read", "channels:history", "groups:read", "groups:history"})


class SlackStandIn(FaultyServer):
    """Use as a context manager; listens on a free port of 127.0.0.1.

    `check` judges a message's blocks and returns what is wrong with them, in sentences. `channels` are the
    names that exist (None: every name does). `per_second` is the pace allowed in one channel, 0 for any.
    `messages` maps a channel's name to what was posted there, in order; `asked` counts requests by method.
    The bot is in every channel but those in `elsewhere`; nobody posts in those that are `archived`.
    """

    def __init__(
        self,
        *,
        check: Callable[[Sequence[Any]], Iterable[str]],
        channels: Iterable[str] | None = None,
        per_second: float = 1.0,
        scopes: Iterable[str] = SCOPES,
        token: str = TOKEN,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self.token = token
        self.scopes = set(scopes)
        self.elsewhere: set[str] = set()
        self.archived: set[str] = set()
        self._workspace = Workspace(check=check, channels=channels, per_second=per_second, clock=clock)

    @property
    def messages(self) -> defaultdict[str, list[Posted]]:
        return self._workspace.messages

    @property
    def base_url(self) -> str:
        """What a Slack client is given instead of `https://slack.com/api/`."""
        return f"{self.root}/api/"

    def webhook_url(self, channel: str) -> str:
        """An incoming webhook that posts into that channel."""
        return f"{self.root}/services/T00000000/B00000000/{self._workspace.remember(channel)}"

    def fail_next(self, method: str, fault: Fault, times: int = 1) -> None:
        """Answer the next requests of that method (`chat.postMessage`, `webhook`) with the fault."""
        self.queue_fault(method, fault, times)

    def save(self, folder: Path) -> list[Path]:
        """Write every message as a JSON file of its own, in the order they were posted."""
        folder.mkdir(parents=True, exist_ok=True)
        everything = sorted((m for posted in self.messages.values() for m in posted), key=lambda m: m.ts)
        files = []
        for number, message in enumerate(everything, 1):
            channel = re.sub(r"[^A-Za-z0-9_-]+", "-", message.channel).strip("-")
            file = folder / f"{number:02}-{channel}.json"
            kept = {key: value for key, value in asdict(message).items() if key != "sent"}
            file.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
            files.append(file)
        return files

    # -- what a request comes to -------------------------------------------------------------------

    def name_of(self, path: str) -> str:
        return "webhook" if path.startswith("/services/") else path.removeprefix("/api/")

    def carry_out(self, path: str, headers: Mapping[str, str], body: Json) -> Answer:
        method = self.name_of(path)
        try:
            if method == "webhook":
                return self._webhook(path.rsplit("/", 1)[-1], body)
            self._know(headers.get("Authorization"))
            name = "_" + method.replace(".", "_") if "." in method else ""
            action = getattr(self, name, self._unknown_method)
            return self._with_scopes(Answer.json({"ok": True, **action(body)}))
        except SlackRefusal as refusal:
            if refusal.code == "ratelimited":
                return Answer.json(refusal.answer, status=429, retry_after=refusal.answer["wait"])
            return Answer.json(refusal.answer)

    def _auth_test(self, _: Json) -> Json:
        return {"team": "Stand-in", "user": "form144", "bot_id": "B00000000", "url": self.root}

    def _chat_postMessage(self, body: Json) -> Json:  # noqa: N802  Slack's name
        self._need("chat:write")
        name = self._workspace.resolve(body.get("channel"))
        if name in self.archived:
            raise SlackRefusal("is_archived")
        if name in self.elsewhere and "chat:write.public" not in self.scopes:
            raise SlackRefusal("not_in_channel")
        posted = self._workspace.post(name, body)
        channel = self._workspace.id_of(posted.channel)
        return {"channel": channel, "ts": posted.ts, "message": posted.shown()}

    def _chat_update(self, body: Json) -> Json:
        self._need("chat:write")
        changed = self._workspace.update(self._workspace.by_id(body.get("channel")), body.get("ts"), body)
        return {"channel": body["channel"], "ts": changed.ts, "text": changed.text}

    def _conversations_history(self, body: Json) -> Json:
        """A channel without the replies in its threads, newest first."""
        name = self._readable(body)
        found = [m for m in reversed(self.messages[name]) if m.thread_ts in (None, m.ts)]
        return self._page(found, body)

    def _conversations_replies(self, body: Json) -> Json:
        """A message and the replies to it, oldest first."""
        name = self._readable(body)
        found = [m for m in self.messages[name] if body.get("ts") in (m.ts, m.thread_ts)]
        if not found:
            raise SlackRefusal("thread_not_found")
        return self._page(found, body)

    def _readable(self, body: Json) -> str:
        self._need("channels:history")
        return self._workspace.by_id(body.get("channel"))

    @staticmethod
    def _page(found: Sequence[Posted], body: Json) -> Json:
        oldest, limit = float(body.get("oldest") or 0), int(body.get("limit") or 100)
        start = int(body.get("cursor") or 0)
        recent = [message for message in found if float(message.ts) > oldest]
        more = len(recent) > start + limit
        metadata = str(body.get("include_all_metadata")) in ("1", "True")
        shown = [message.shown(metadata=metadata) for message in recent[start : start + limit]]
        cursor = str(start + limit) if more else ""
        return {"messages": shown, "has_more": more, "response_metadata": {"next_cursor": cursor}}

    def _conversations_list(self, body: Json) -> Json:
        private = "private_channel" in str(body.get("types"))
        self._need("groups:read" if private else "channels:read")
        start, limit = int(body.get("cursor") or 0), int(body.get("limit") or 100)
        known = [
            {"id": key, "name": name, "is_member": True}
            for key, name in self._workspace.names.items()
            if not private
        ]
        cursor = str(start + limit) if len(known) > start + limit else ""
        return {"channels": known[start : start + limit], "response_metadata": {"next_cursor": cursor}}

    def _conversations_info(self, body: Json) -> Json:
        self._need("channels:read")
        name = self._workspace.by_id(body.get("channel"))
        return {
            "channel": {
                "id": self._workspace.id_of(name),
                "name": name,
                "is_member": name not in self.elsewhere,
                "is_archived": name in self.archived,
            }
        }

    def _webhook(self, channel: str, body: Json) -> Answer:
        try:
            self._workspace.post(self._workspace.by_id(channel), body)
        except SlackRefusal as refusal:
            if refusal.code == "ratelimited":
                return Answer.plain("rate_limited", status=429, retry_after=refusal.answer["wait"])
            missing = refusal.code == "channel_not_found"
            return Answer.plain(refusal.code, status=404 if missing else 400)
        return Answer.plain("ok")

    def _with_scopes(self, answer: Answer) -> Answer:
        """Every answer to a token names what that may do."""
        answer.headers["x-oauth-scopes"] = ",".join(sorted(self.scopes))
        return answer

    def _know(self, credentials: str | None) -> None:
        if credentials != f"Bearer {self.token}":
            raise SlackRefusal("invalid_auth")

    def _unknown_method(self, _: Json) -> Json:
        raise SlackRefusal("unknown_method")

    def _need(self, scope: str) -> None:
        if scope not in self.scopes:
            raise SlackRefusal("missing_scope", needed=scope, provided=",".join(sorted(self.scopes)))
