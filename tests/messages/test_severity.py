"""How a message says how much it matters: the same in every channel, and nothing where it is as usual."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.headerregistry import Address
from pathlib import Path

import pytest
from msgspec import structs

from tests.messages import samples
from worker.alerts.alert import Alert
from worker.alerts.message import Message
from worker.messages.specimens import SPECIMENS
from worker.messages.templates import shipped
from worker.messages.writer import Writer
from worker.notifiers.email_message import compose
from worker.watchlists.destination import Destination
from worker.watchlists.match import Severity

CHANNELS = ("slack", "slack-webhook", "email", "console")
WRITER = Writer([shipped()])
ROBOT = Address("form144", "alerts", "example.com")


def as_severe(alert: Alert, severity: Severity) -> Alert:
    return structs.replace(alert, match=structs.replace(alert.match, severity=severity))


def written(severity: Severity, channel: str, name: str = "the sample 360-digitech") -> Message:
    one = WRITER.write(as_severe(SPECIMENS[name](), severity), Destination(channel))
    assert one.problem is None
    return one.message


def mailed(message: Message) -> str:
    mail = compose(
        message,
        sender=ROBOT,
        recipient=ROBOT,
        key="k" * 64,
        now=datetime(2026, 9, 1, tzinfo=UTC),
        answers=None,
    )
    return mail.as_string()


@pytest.mark.parametrize("name", SPECIMENS)
@pytest.mark.parametrize("channel", CHANNELS)
def test_a_message_that_matters_says_so_first_and_an_ordinary_one_says_nothing(
    channel: str, name: str
) -> None:
    high, low, normal = (
        written(one, channel, name) for one in (Severity.HIGH, Severity.LOW, Severity.NORMAL)
    )
    assert high.text.upper().startswith("HIGH SEVERITY. ")
    assert low.text.upper().startswith("LOW SEVERITY. ")
    assert "SEVERITY" not in str(normal.text + str(normal.html) + str(normal.blocks)).upper()
    assert (high.severity, low.severity) == (Severity.HIGH, Severity.LOW)


def test_slack_shows_it_in_the_header_and_the_e_mail_in_the_subject_and_over_the_headline() -> None:
    blocks = json.dumps(written(Severity.HIGH, "slack").blocks, ensure_ascii=False)
    assert '"High severity · Form 144 · 360 DigiTech, Inc."' in blocks
    mail = written(Severity.HIGH, "email")
    assert mail.subject == "[High] Form 144: 360 DigiTech, Inc. (Ruby Finance Holdings Ltd.)"
    assert "High severity &middot;" in (mail.html or "") or "High severity ·" in (mail.html or "")
    unreadable = written(Severity.LOW, "email", "a document nobody could read")
    assert (unreadable.subject or "").startswith("[Low] Form 144, could not be read")


def test_a_mail_program_is_told_of_high_severity_alone() -> None:
    assert "\nImportance: high\n" in mailed(written(Severity.HIGH, "email")).replace("\r", "")
    for severity in (Severity.LOW, Severity.NORMAL):
        assert "Importance" not in mailed(written(severity, "email"))


@pytest.mark.parametrize("channel", CHANNELS)
def test_beside_others_it_is_marked_and_makes_the_whole_message_matter(channel: str) -> None:
    summaries = [
        structs.replace(one, severity=Severity.HIGH if number == 1 else Severity.LOW)
        for number, one in enumerate(samples.together())
    ]
    told, number = WRITER.write_together(summaries, Destination(channel))
    assert told.problem is None
    assert number == len(summaries)
    assert told.message.severity is Severity.HIGH
    said = json.dumps(told.message.blocks) if told.message.blocks else told.message.html or told.message.text
    assert said.count("High severity") == 1


def test_users_templates_of_before_go_on_working(tmp_path: Path) -> None:
    (tmp_path / "alert").mkdir()
    (tmp_path / "alert" / "console.txt.j2").write_text("{{ facts.form }} {{ facts.severity }}")
    alert = as_severe(SPECIMENS["the sample 360-digitech"](), Severity.HIGH)
    assert Writer([tmp_path, shipped()]).write(alert, Destination("console")).message.text == "Form 144 High"
