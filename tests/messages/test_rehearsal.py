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
    assert mistake.what == "facts has no 'isuer'"
    assert mistake.hint == "for email, with the sample 360-digitech"


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


@pytest.mark.parametrize("part", ["alerts/email.txt.j2", "email.txt.j2", "alert/email.txt"])
def test_a_file_that_nothing_reads_is_told_with_the_one_that_was_meant(folder: Path, part: str) -> None:
    (folder / part).parent.mkdir(exist_ok=True)
    (folder / part).write_text("{{ nosuch }}", encoding="utf-8")
    mistake = only(folder)
    assert mistake.where == f"{folder}/{part}"
    assert mistake.hint == "did you mean alert/email.txt.j2?"


def test_what_another_template_reads_and_what_is_for_people_is_no_mistake(folder: Path) -> None:
    write(folder, "console.txt.j2", "{% include 'ours/head.txt' %}{{ facts.form }}")
    for part in ("ours/head.txt", "base/ours.j2", "README.md", ".git/config"):
        (folder / part).parent.mkdir(exist_ok=True)
        (folder / part).write_text("ours", encoding="utf-8")
    assert rehearse(folder) == ()


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ("notice.nope", "notice has no 'nope'"),
        ("notice.proposed_sales[0].nope", "proposed sale has no 'nope'"),
        ("nope", "'nope' is undefined"),
    ],
)
def test_what_a_template_asks_for_in_vain_is_told_in_the_words_of_templates(
    folder: Path, asked: str, what: str
) -> None:
    write(folder, "console.txt.j2", f"{{{{ {asked} }}}}")
    assert rehearse(folder)[0].what == what
