from __future__ import annotations

from pathlib import Path

import pytest

from worker.errors import Mistake
from worker.messages.rehearsal import CHANNELS, rehearse
from worker.messages.specimens import SPECIMENS
from worker.messages.templates import shipped
from worker.messages.writer import Writer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "alert").mkdir()
    return tmp_path


def write(folder: Path, part: str, text: str) -> None:
    (folder / "alert" / part).write_text(text, encoding="utf-8")


def only(folder: Path) -> Mistake:
    (mistake,) = rehearse(folder)
    return mistake


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_the_shipped_templates_manage_everything_they_are_tried_on(specimen: str) -> None:
    writer = Writer([shipped()])
    for channel in CHANNELS:
        assert writer.write(SPECIMENS[specimen](), channel).problem is None


def test_a_copy_of_the_shipped_templates_has_no_mistake(folder: Path) -> None:
    for path in shipped().rglob("*.j2"):
        copy = folder / path.relative_to(shipped())
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(path.read_bytes())
    assert rehearse(folder) == ()


def test_an_unknown_name_is_told_at_its_line_once(folder: Path) -> None:
    write(folder, "email.subject.txt.j2", "{# mine #}\n{{ facts.issuer }} {{ facts.isuer }}")
    mistake = only(folder)
    assert mistake.where == f"{folder}/alert/email.subject.txt.j2:2"
    assert "isuer" in mistake.what
    assert mistake.hint == "for email, with the seed"


def test_a_template_that_cannot_be_parsed_is_told_at_its_line(folder: Path) -> None:
    write(folder, "console.txt.j2", "one\n{% if facts %}\n{{ facts.form }")
    assert only(folder).where == f"{folder}/alert/console.txt.j2:3"


def test_a_template_that_fails_only_for_what_is_missing_is_found(folder: Path) -> None:
    write(folder, "console.txt.j2", "{{ '%.2f' | format(notice.proposed_sales[0].market_value) }}")
    mistake = only(folder)
    assert mistake.where == f"{folder}/alert/console.txt.j2:1"
    assert "with a notice that says little" in mistake.hint


def test_blocks_that_slack_would_refuse_for_the_largest_notice_are_found(folder: Path) -> None:
    write(
        folder,
        "slack.json.j2",
        '[{"type": "header", "text": {"type": "plain_text", "text": '
        '{{ ("Issuer: " ~ notice.issuer_name) | tojson }}}}]',
    )
    mistakes = rehearse(folder)
    assert {mistake.where for mistake in mistakes} == {f"{folder}/alert/slack.json.j2"}
    assert any("of at most 150" in mistake.what for mistake in mistakes)


def test_a_ping_that_a_template_lets_through_is_found(folder: Path) -> None:
    write(
        folder,
        "slack.json.j2",
        '[{"type": "section", "text": {"type": "mrkdwn", "text": {{ alert.list_name | string | tojson }}}}]',
    )
    assert any("hostile text" in mistake.hint for mistake in rehearse(folder))


def test_a_misspelt_part_is_told_with_the_one_that_was_meant(folder: Path) -> None:
    write(folder, "slack.txt.j2", "{{ facts.form }}")
    mistake = only(folder)
    assert mistake.where == f"{folder}/alert/slack.txt.j2"
    assert mistake.hint.startswith("did you mean alert/")
