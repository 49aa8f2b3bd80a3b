"""The Slack stand-in is as strict as Slack where a sender can go wrong, and fails as it is told to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from worker.messages import slack_limits
from worker.standins.slack import SlackStandIn
from worker.standins.slack_faults import Fault


class Clock:
    now = 1_788_293_100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workspace(clock: Clock) -> Iterator[SlackStandIn]:
    with SlackStandIn(check=slack_limits.problems, channels=["#ir", "#desk"], clock=clock) as standin:
        yield standin


def client(workspace: SlackStandIn, **options: str) -> WebClient:
    token = options.get("token", workspace.token)
    return WebClient(token=token, base_url=workspace.base_url, retry_handlers=[])


def code_of(error: pytest.ExceptionInfo[SlackApiError]) -> str:
    return str(error.value.response["error"])


def test_a_post_is_kept_and_answered_with_its_channel_id_and_ts(workspace: SlackStandIn) -> None:
    answer = client(workspace).chat_postMessage(channel="#ir", text="one")
    (posted,) = workspace.messages["ir"]
    assert answer["ts"] == posted.ts
    assert answer["channel"].startswith("C")


def test_one_message_a_second_and_channel_and_no_more(workspace: SlackStandIn, clock: Clock) -> None:
    client(workspace).chat_postMessage(channel="#ir", text="one")
    client(workspace).chat_postMessage(channel="#desk", text="elsewhere")
    with pytest.raises(SlackApiError) as refused:
        client(workspace).chat_postMessage(channel="#ir", text="two")
    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"] == "1"
    clock.now += 1
    client(workspace).chat_postMessage(channel="#ir", text="two")
    assert [posted.text for posted in workspace.messages["ir"]] == ["one", "two"]


def test_a_wrong_token_an_unknown_channel_and_an_empty_message_are_refused(workspace: SlackStandIn) -> None:
    for expected, token, channel, text in (
        ("invalid_auth", "xoxb-another", "#ir", "x"),
        ("channel_not_found", workspace.token, "#gone", "x"),
        ("no_text", workspace.token, "#ir", ""),
    ):
        with pytest.raises(SlackApiError) as refused:
            client(workspace, token=token).api_call(
                "chat.postMessage", json={"channel": channel, "text": text}
            )
        assert code_of(refused) == expected


def test_blocks_beyond_slacks_limits_are_refused_with_the_reason(workspace: SlackStandIn) -> None:
    header = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}
    with pytest.raises(SlackApiError) as refused:
        client(workspace).chat_postMessage(channel="#ir", text="x", blocks=[header])
    assert code_of(refused) == "invalid_blocks"
    assert "150" in refused.value.response["response_metadata"]["messages"][0]
    assert workspace.messages["ir"] == []


def test_history_takes_ids_only_and_shows_metadata_only_when_asked(workspace: SlackStandIn) -> None:
    slack = client(workspace)
    metadata = {"event_type": "form144_delivery", "event_payload": {"key": "5f"}}
    channel = slack.chat_postMessage(channel="#ir", text="one", metadata=metadata)["channel"]
    with pytest.raises(SlackApiError) as refused:
        slack.conversations_history(channel="#ir")
    assert code_of(refused) == "channel_not_found"
    assert "metadata" not in slack.conversations_history(channel=channel)["messages"][0]
    shown = slack.conversations_history(channel=channel, include_all_metadata=True)["messages"][0]
    assert shown["metadata"] == metadata


def test_a_message_can_be_updated_by_its_ts(workspace: SlackStandIn) -> None:
    slack = client(workspace)
    first = slack.chat_postMessage(channel="#ir", text="one")
    slack.chat_update(channel=first["channel"], ts=first["ts"], text="one, amended")
    assert [posted.text for posted in workspace.messages["ir"]] == ["one, amended"]
    with pytest.raises(SlackApiError) as refused:
        slack.chat_update(channel=first["channel"], ts="1.000000", text="x")
    assert code_of(refused) == "message_not_found"


def test_a_missing_scope_is_named() -> None:
    with SlackStandIn(check=slack_limits.problems, scopes=["channels:read"]) as workspace:
        with pytest.raises(SlackApiError) as refused:
            client(workspace).chat_postMessage(channel="#ir", text="x")
        assert code_of(refused) == "missing_scope"
        assert refused.value.response["needed"] == "chat:write"


def test_preflight_questions_are_answered(workspace: SlackStandIn) -> None:
    slack = client(workspace)
    assert slack.auth_test()["ok"]
    listed = slack.conversations_list()["channels"]
    assert [channel["name"] for channel in listed] == ["ir", "desk"]
    assert slack.conversations_info(channel=listed[0]["id"])["channel"]["is_member"]


def test_a_lost_answer_is_a_message_taken_and_a_reset_is_none(workspace: SlackStandIn) -> None:
    for fault, taken in ((Fault.lost_answer(), 1), (Fault.reset(), 1)):
        workspace.fail_next("chat.postMessage", fault)
        with pytest.raises(ConnectionResetError, match="reset by peer"):  # and not an orderly end
            client(workspace).chat_postMessage(channel="#ir", text="x")
        assert len(workspace.messages["ir"]) == taken
    assert workspace.asked["chat.postMessage"] == 2


def test_a_webhook_answers_ok_and_refuses_in_words(workspace: SlackStandIn) -> None:
    def post(url: str, body: object) -> tuple[int, str]:
        request = Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
        try:
            with urlopen(request) as answer:
                return answer.status, answer.read().decode()
        except URLError as error:
            with error:  # type: ignore[attr-defined]
                return error.code, error.read().decode()  # type: ignore[attr-defined]

    url = workspace.webhook_url("#ir")
    assert post(url, {"text": "one"}) == (200, "ok")
    assert post(url, {"text": "two"}) == (429, "rate_limited")
    assert post(url.rsplit("/", 1)[0] + "/nowhere", {"text": "x"}) == (404, "channel_not_found")
    assert post(workspace.webhook_url("#desk"), {}) == (400, "no_text")
    assert [posted.text for posted in workspace.messages["ir"]] == ["one"]


def test_messages_are_saved_as_files_in_the_order_they_were_posted(
    workspace: SlackStandIn, tmp_path: Path
) -> None:
    for channel in ("#desk", "#ir"):
        client(workspace).chat_postMessage(channel=channel, text=f"to {channel}")
    files = workspace.save(tmp_path / "slack")
    assert [file.name for file in files] == ["01-desk.json", "02-ir.json"]
    assert json.loads(files[0].read_text())["text"] == "to #desk"


def test_the_replies_of_a_thread_are_not_in_the_channels_history(
    workspace: SlackStandIn, clock: Clock
) -> None:
    slack = client(workspace)
    root = slack.chat_postMessage(channel="#ir", text="root")
    clock.now += 2
    slack.chat_postMessage(channel="#ir", text="reply", thread_ts=root["ts"])
    history = slack.conversations_history(channel=root["channel"])
    assert [message["text"] for message in history["messages"]] == ["root"]
    replies = slack.conversations_replies(channel=root["channel"], ts=root["ts"])
    assert [message["text"] for message in replies["messages"]] == ["root", "reply"]
    with pytest.raises(SlackApiError) as refused:
        slack.conversations_replies(channel=root["channel"], ts="1.000001")
    assert code_of(refused) == "thread_not_found"


def test_a_reply_that_is_changed_stays_in_its_thread(workspace: SlackStandIn, clock: Clock) -> None:
    slack = client(workspace)
    root = slack.chat_postMessage(channel="#ir", text="root")
    clock.now += 2
    reply = slack.chat_postMessage(channel="#ir", text="reply", thread_ts=root["ts"])
    slack.chat_update(channel=root["channel"], ts=reply["ts"], text="changed")
    changed = workspace.messages["ir"][-1]
    assert (changed.text, changed.thread_ts) == ("changed", root["ts"])
