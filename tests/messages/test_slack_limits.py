"""Our own validator knows each of Slack's limits, at the limit and one past it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from worker.messages.slack_limits import problems


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def section(**parts: Any) -> dict[str, Any]:
    return {"type": "section", **parts}


def context(*elements: Any) -> dict[str, Any]:
    return {"type": "context", "elements": list(elements)}


def button(text: str, url: str = "https://www.sec.gov/") -> dict[str, Any]:
    return {"type": "button", "text": plain(text), "url": url}


LIMITS: dict[str, Callable[[int], list[Any]]] = {
    "blocks": lambda n: [{"type": "divider"}] * (49 + n),
    "header": lambda n: [{"type": "header", "text": plain("x" * (149 + n))}],
    "section text": lambda n: [section(text=plain("x" * (2999 + n)))],
    "section fields": lambda n: [section(fields=[plain("x")] * (9 + n))],
    "section field": lambda n: [section(fields=[mrkdwn("x" * (1999 + n))])],
    "context elements": lambda n: [context(*[mrkdwn("x")] * (9 + n))],
    "context element": lambda n: [context(mrkdwn("x" * (2999 + n)))],
    "actions": lambda n: [{"type": "actions", "elements": [button("x")] * (24 + n)}],
    "button text": lambda n: [{"type": "actions", "elements": [button("x" * (74 + n))]}],
    "button url": lambda n: [section(text=plain("x"), accessory=button("x", "h" * (2999 + n)))],
    "block_id": lambda n: [{"type": "divider", "block_id": "x" * (254 + n)}],
    "image alt text": lambda n: [{"type": "image", "image_url": "h", "alt_text": "x" * (1999 + n)}],
    "table rows": lambda n: [{"type": "table", "rows": [["x"]] * (99 + n)}],
    "table columns": lambda n: [{"type": "table", "rows": [["x"] * (19 + n)]}],
    "two units a character": lambda n: [{"type": "header", "text": plain("\U0001f600" * 74 + "x" * (1 + n))}],
}


@pytest.mark.parametrize("limit", LIMITS)
def test_at_the_limit_all_is_well_and_one_past_it_is_named(limit: str) -> None:
    assert problems(LIMITS[limit](1)) == []
    assert len(problems(LIMITS[limit](2))) == 1


def test_the_whole_message_has_a_limit_that_no_block_has() -> None:
    blocks = [section(text=plain("x" * 2900))] * 4
    assert problems(blocks) == []
    assert "JSON" in problems([*blocks, *blocks])[0]


def test_all_markdown_together_has_a_limit() -> None:
    half = {"type": "markdown", "text": "x" * 6_001}
    assert problems([half]) == []
    assert any("markdown" in problem for problem in problems([half, half]))


def test_the_top_level_text_has_a_limit() -> None:
    assert problems([], "x" * 4_000) == []
    assert problems([], "x" * 4_001) != []


@pytest.mark.parametrize(
    "block",
    [
        {},
        "a string",
        {"type": "invented"},
        section(),
        section(text=plain("")),
        section(text=plain("   ")),
        section(text={"type": "markdown", "text": "x"}),
        section(text="a string"),
        section(fields=[]),
        section(fields="a string"),
        context(),
        context({"type": "button"}),
        {"type": "header", "text": mrkdwn("x")},
        {"type": "header"},
        {"type": "actions", "elements": [{"type": "button", "text": mrkdwn("x")}]},
        {"type": "image", "image_url": "h"},
        {"type": "table", "rows": []},
    ],
)
def test_what_is_no_block_of_slacks_is_named_with_its_place(block: Any) -> None:
    (problem,) = problems([{"type": "divider"}, block])
    assert problem.startswith("blocks[1]")


def test_a_problem_names_the_part_of_the_block_it_is_in() -> None:
    blocks = [
        section(text=plain("x"), fields=[plain("x"), mrkdwn("x" * 2_001)], accessory=button("x" * 76)),
        context(mrkdwn("x"), {"type": "image", "image_url": "h", "alt_text": " "}),
        {"type": "table", "rows": [["x"], ["x"] * 21]},
    ]
    assert problems(blocks) == [
        "blocks[0] (section).fields[1]: 2001 characters of at most 2000",
        "blocks[0] (section).accessory.text: 76 characters of at most 75",
        "blocks[1] (context).elements[1].alt_text: empty",
        "blocks[2] (table).rows[1]: 21 of at most 20",
    ]


def test_a_block_id_is_used_once() -> None:
    assert problems([{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "b"}]) == []
    assert problems([{"type": "divider", "block_id": "a"}] * 2) == ["blocks[1].block_id: used twice"]


@pytest.mark.parametrize(
    "ping", ["<!channel>", "<!here|here>", "<!everyone>", "<!subteam^S1>", "<@U012>", "<@W1|x>"]
)
def test_what_would_ring_people_is_named_wherever_it_stands(ping: str) -> None:
    assert problems([context(mrkdwn(f"look {ping}"))]) != []
    assert problems([section(fields=[plain("x"), mrkdwn(ping)])]) != []
    assert problems([], f"look {ping}") != []


def test_a_broadcast_of_rich_text_is_named_and_other_rich_text_is_not() -> None:
    def rich(element: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [element]}]}]

    assert problems(rich({"type": "broadcast", "range": "channel"})) != []
    assert problems(rich({"type": "text", "text": "x"})) == []


@pytest.mark.parametrize(
    "text", ["&lt;!channel&gt;", "<https://www.sec.gov/|SEC>", "<!date^1^{date}|x>", "a@b.c"]
)
def test_links_dates_and_escaped_text_ring_nobody(text: str) -> None:
    assert problems([section(text=mrkdwn(text))], text) == []
