"""What can be asked about the channels: each thing that may be wrong has a line, and none holds a secret."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.notifiers.rigs import PASSWORD, TOKEN
from tests.notifiers.test_email import encrypted, trusting
from worker import preflight
from worker.messages.slack_limits import problems
from worker.notifiers.check import Check, Mark
from worker.notifiers.email import Security
from worker.notifiers.email_preflight import EmailPreflight
from worker.notifiers.slack_preflight import LOST_WITHOUT, SlackPreflight, webhook_checks
from worker.settings import from_environment
from worker.standins.mail import HANG_UP, MailStandIn
from worker.standins.slack import SlackStandIn
from worker.standins.slack_faults import Answer, Fault
from worker.watchlists.destination import Destination


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn(check=problems, channels=["#ir", "#exec"], token=TOKEN) as standin:
        yield standin


def asked(slack: SlackStandIn, *channels: str, token: str = TOKEN) -> dict[str, Check]:
    found = list(SlackPreflight(token, base_url=slack.base_url, timeout=30).checks(channels))
    assert not [one for one in found if TOKEN in str(one)]
    assert slack.messages == {}
    return {one.what: one for one in found}


def test_a_good_token_with_every_scope_in_its_channel_is_fine_and_posts_nothing(slack: SlackStandIn) -> None:
    found = asked(slack, "#ir", slack._workspace.id_of("exec"))
    assert {one.mark for one in found.values()} == {Mark.FINE}
    assert found["Slack token"].finding == "form144 in Stand-in"


def test_a_wrong_token_ends_the_questions_and_is_not_repeated(slack: SlackStandIn) -> None:
    found = asked(slack, "#ir", token="xoxb-wrong")
    assert found["Slack token"].mark is Mark.BROKEN
    assert "invalid_auth" in found["Slack token"].finding
    assert found["slack:#ir"].mark is Mark.NOT_ASKED
    assert "xoxb-wrong" not in str(found)


def test_a_slack_that_does_not_answer_is_said(slack: SlackStandIn) -> None:
    for fault in (Fault.reset(), Fault.status(503), Fault.rate_limited(30), Fault.html_page()):
        slack.fail_next("auth.test", fault)
        found = asked(slack, "#ir")
        assert found["Slack token"].mark is Mark.BROKEN
        assert found["slack:#ir"].finding == "Slack could not be asked"


@pytest.mark.parametrize("scope", sorted(LOST_WITHOUT))
def test_each_missing_scope_is_named_with_what_is_lost(slack: SlackStandIn, scope: str) -> None:
    slack.scopes -= {scope}
    (line,) = [one for one in asked(slack).values() if one.what == "Slack scopes"]
    assert line.mark is Mark.WARNING
    assert f"{scope} is missing: {LOST_WITHOUT[scope]}" in line.finding
    assert "OAuth & Permissions" in line.hint


def test_without_the_right_to_post_it_is_broken(slack: SlackStandIn) -> None:
    slack.scopes -= {"chat:write"}
    assert asked(slack)["Slack scopes"].mark is Mark.BROKEN


def test_scopes_that_slack_does_not_name_are_not_guessed(slack: SlackStandIn) -> None:
    slack.fail_next("auth.test", Fault(answer=Answer.json({"ok": True, "user": "form144"})))
    assert asked(slack)["Slack scopes"].mark is Mark.NOT_ASKED


def test_the_bot_outside_of_its_channel_is_told_how_to_get_in(slack: SlackStandIn) -> None:
    slack.elsewhere.add("ir")
    line = asked(slack, "#ir")["slack:#ir"]
    assert (line.mark, line.hint) == (Mark.BROKEN, "write in the channel: /invite @form144")
    slack.scopes.add("chat:write.public")
    assert asked(slack, "#ir")["slack:#ir"].mark is Mark.WARNING


def test_an_archived_and_an_unknown_channel_are_broken(slack: SlackStandIn) -> None:
    slack.archived.add("exec")
    found = asked(slack, "#exec", "#nowhere", "C0123456789")
    assert found["slack:#exec"].finding == "it is archived"
    assert found["slack:#nowhere"].finding == "Slack lists no channel of that name"
    assert [one.mark for one in found.values()][2:] == [Mark.BROKEN] * 3


def test_without_channels_read_a_channel_cannot_be_asked_about(slack: SlackStandIn) -> None:
    slack.scopes -= {"channels:read"}
    line = asked(slack, "#ir")["slack:#ir"]
    assert line.mark is Mark.WARNING
    assert "channels:read" in line.finding


def test_of_a_webhook_only_its_form_is_known_and_its_address_is_never_shown() -> None:
    good = "https://hooks.slack.com/services/T00000000/B00000000/notASecret0"
    hooks = {"ir": good, "odd": "https://example.com/services/nonsense"}
    found = list(webhook_checks(hooks, ["ir", "odd", "none"]))
    assert [one.mark for one in found] == [Mark.NOT_ASKED, Mark.WARNING, Mark.BROKEN]
    assert "notASecret0" not in str(found)
    assert "nonsense" not in str(found)


def mail(server: MailStandIn, **overrides: Any) -> dict[str, Check]:
    values: dict[str, Any] = {"sender": "alerts@example.com", "security": Security.NONE, "timeout": 30.0}
    found = list(EmailPreflight(server.host, server.port, **(values | overrides)).checks())
    assert PASSWORD not in str(found)
    assert server.received == []
    return {one.what: one for one in found}


@pytest.mark.parametrize(("security", "implicit"), [(Security.STARTTLS, False), (Security.TLS, True)])
def test_a_good_server_is_encrypted_takes_the_login_and_the_sender(
    security: Security, *, implicit: bool
) -> None:
    with MailStandIn(tls=encrypted(), implicit_tls=implicit, accounts={"alerts": PASSWORD}) as server:
        found = mail(server, security=security, tls=trusting(), username="alerts", password=PASSWORD)
    assert list(found) == ["SMTP server", "SMTP encryption", "SMTP login", "SMTP sender", "SMTP size"]
    assert {one.mark for one in found.values()} == {Mark.FINE}


@pytest.mark.parametrize(("security", "implicit"), [(Security.STARTTLS, False), (Security.TLS, True)])
def test_a_certificate_that_nobody_vouches_for_ends_the_session(
    security: Security, *, implicit: bool
) -> None:
    with MailStandIn(tls=encrypted(), implicit_tls=implicit, accounts={"alerts": PASSWORD}) as server:
        found = mail(server, security=security, username="alerts", password=PASSWORD)
    assert found["SMTP encryption"].mark is Mark.BROKEN
    assert "certificate is not trusted" in found["SMTP encryption"].finding
    assert "SMTP login" not in found


def test_a_server_without_starttls_gets_no_password() -> None:
    with MailStandIn() as server:
        found = mail(server, security=Security.STARTTLS, username="alerts", password=PASSWORD)
    assert found["SMTP encryption"].finding == "the server does not offer STARTTLS"
    assert "SMTP login" not in found


def test_tls_spoken_to_a_port_that_does_not_is_explained() -> None:
    with MailStandIn() as server:
        line = mail(server, security=Security.TLS)["SMTP encryption"]
    assert line.mark is Mark.BROKEN
    assert "465" in line.hint


def test_a_login_that_is_refused_or_cannot_be_made_is_told_apart() -> None:
    login = {"security": Security.STARTTLS, "tls": trusting(), "username": "alerts", "password": PASSWORD}
    with MailStandIn(tls=encrypted(), accounts={"alerts": "another"}) as server:
        refused = mail(server, **login)
        assert refused["SMTP login"].finding == "the server refused the login: 535"
        assert "SMTP sender" not in refused
        nobody = mail(server, security=Security.STARTTLS, tls=trusting())
        assert nobody["SMTP login"].mark is Mark.WARNING
    with MailStandIn(tls=encrypted()) as server:
        assert mail(server, **login)["SMTP login"].finding == "the server does not offer AUTH"


def test_a_sender_that_is_refused_and_a_small_limit_are_said() -> None:
    with MailStandIn(size=100_000) as server:
        server.fail_next("MAIL", "553 5.1.8 alerts@example.com is none of ours")
        found = mail(server)
        assert found["SMTP sender"].finding == "alerts@example.com is refused: 553"
        assert found["SMTP size"].mark is Mark.WARNING
        assert mail(server)["SMTP sender"].mark is Mark.FINE


def test_a_server_that_is_away_or_hangs_up_is_said() -> None:
    with MailStandIn() as server:
        server.fail_next("MAIL", HANG_UP)
        assert "hung up" in mail(server)["SMTP server"].finding
    assert "no session with 127.0.0.1" in mail(server)["SMTP server"].finding


def test_each_destination_gets_its_line_and_a_notifier_is_asked_once(slack: SlackStandIn) -> None:
    with MailStandIn() as server:
        settings = from_environment(
            {
                "FORM144_SLACK_TOKEN": TOKEN,
                "FORM144_SLACK_URL": slack.base_url,
                "FORM144_SMTP_URL": f"smtp+plain://127.0.0.1:{server.port}",
                "FORM144_MAIL_FROM": "form144@example.com",
            }
        )
        told = [
            "slack:#ir",
            "slack:#exec",
            "email:jane@example.com",
            "email:jane",
            "console:",
            "slack-webhook:x",
        ]
        found = preflight.destinations(settings, [Destination.parse(text) for text in (*told, "slack:#ir")])
    marks = {one.what: one.mark for one in found}
    assert marks["email:jane"] is marks["slack-webhook:x"] is Mark.BROKEN
    assert marks["console:"] is Mark.NOT_ASKED
    assert marks["slack:#ir"] is marks["slack:#exec"] is marks["email:jane@example.com"] is Mark.FINE
    assert slack.asked["auth.test"] == 1
    assert TOKEN not in str(found)
