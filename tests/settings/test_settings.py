from __future__ import annotations

from pathlib import Path

import pytest

from worker.errors import ConfigurationError
from worker.notifiers.email import Security
from worker.settings import SECRETS, from_environment
from worker.settings.broker import broker


def mistakes(environment: dict[str, str]) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        from_environment(environment)
    return [mistake.where for mistake in caught.value.mistakes]


def test_nothing_set_is_one_process_with_a_file_ledger_and_no_contact() -> None:
    settings = from_environment({})
    assert settings.is_embedded
    assert settings.ledger_url == "sqlite:///form144-data/ledger.sqlite"
    assert settings.contact is None
    assert settings.slack_token is None


def test_every_mistake_is_named_at_once_with_what_was_meant() -> None:
    with pytest.raises(ConfigurationError) as caught:
        from_environment(
            {
                "EDGAR_CONTACT": "https://example.com",
                "FORM144_REQUESTS_PER_SECOND": "11",
                "FORM144_POLL_SECONDS": "soon",
                "FORM144_SLAK_TOKEN": "xoxb-not-a-token",
            }
        )
    where = [mistake.where for mistake in caught.value.mistakes]
    assert where == [
        "FORM144_SLAK_TOKEN",
        "EDGAR_CONTACT",
        "FORM144_REQUESTS_PER_SECOND",
        "FORM144_POLL_SECONDS",
    ]
    assert all(mistake.hint for mistake in caught.value.mistakes)
    assert caught.value.mistakes[0].hint == "did you mean FORM144_SLACK_TOKEN?"


@pytest.mark.parametrize("text", ["0", "-1", "9.1", "10", "nan", "1e1", "five", "１"])
def test_a_request_rate_the_sec_does_not_allow_is_refused(text: str) -> None:
    assert mistakes({"FORM144_REQUESTS_PER_SECOND": text}) == ["FORM144_REQUESTS_PER_SECOND"]


def test_a_secret_may_stand_in_a_file_and_never_shows(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("xoxb-not-a-token\n")
    settings = from_environment({"FORM144_SLACK_TOKEN_FILE": str(file)})
    assert settings.slack_token == "xoxb-not-a-token"
    assert "xoxb" not in repr(settings)


#: How people write secrets that cannot be taken apart; "hunter2" and "Pa55" are parts of the secret.
MISWRITTEN = {
    "FORM144_LEDGER_URL": [
        "postgresql://form144:hunter2@Pa55@127.0.0.1/f",
        "postgresql://form144:12/hunter2@127.0.0.1/f",
        "postgresql://form144:12?hunter2@127.0.0.1/f",
        "postgresql://form144:12#hunter2@127.0.0.1/f",
        "postgresql://form144:hun[ter2@127.0.0.1/f",
        "postgresql://form144:hunter2@127.0.0.1:54x/f",
        "postgresql://form144:hunter2@127.0.0.1:70000/f",
        "sqlite:////f?password=hunter2",
        "mysql://form144:hunter2@host/f",
    ],
    "FORM144_BROKER_URL": [
        "redis://default:12?hunter2@host:6379/0",
        "redis://default:hunter2@Pa55@host:6379/0",
        "rediss://default:12#hunter2@host/0",
        "rediss://default:12/hunter2@host/0",
        "redis://default:hunter2@host/Pa55",
        "sentinel://default:12;hunter2@one?master_name=m",
        "sentinel://one?master_name=m&sentinel_password=a&hunter2",
        "sentinel://one?master_name=m&sentinel_password=a@hunter2",
        "hunter2",
    ],
    "FORM144_SLACK_TOKEN": ["xoxb-hunter2\nxoxb-Pa55", "xoxb-hunter2•", "Bearer xoxb-hunter2"],
    "FORM144_SLACK_WEBHOOKS": ["ir=https://host:hunter2/Pa55", "ir=https://host/12#hunter2", "hunter2=Pa55"],
    "FORM144_SMTP_URL": [
        "smtp://jane:hun/ter2@host:587",
        "smtp://jane:12/hunter2@host",
        "smtp://jane:12?hunter2@host",
        "smtp://jane:12#hunter2@host",
        "smtp://jane:hunter2@Pa55@host",
        "smtp://jane:hunter2℀@host",
        "smtp://jane:12;hunter2",
        "smtp://jane@example.com:hunter2@host:587",
        "smtp://jane:a@host:587/hunter2",
        "smtp://jane:a@host:587?hunter2",
        "jane:hunter2@host",
    ],
    "FORM144_PING_URL": ["https://host:hunter2/ping", "https://jane:12/hunter2@host", "http://host/hunter2"],
    "FORM144_SENTRY_DSN": ["https://host/hunter2", "https://key:12/hunter2@host/3", "hunter2@host"],
}


@pytest.mark.parametrize("variable", SECRETS)
def test_a_secret_that_is_written_wrongly_is_refused_and_no_part_of_it_is_shown(variable: str) -> None:
    for text in MISWRITTEN[variable]:
        with pytest.raises(ConfigurationError) as caught:
            from_environment({variable: text, "FORM144_MAIL_FROM": "form144@example.com"})
        assert [one.where for one in caught.value.mistakes] == [variable], text
        for part in ("hun", "ter2", "Pa55"):
            assert part not in str(caught.value), text


@pytest.mark.parametrize("variable", SECRETS)
def test_a_secret_in_the_place_of_its_files_name_is_not_shown(variable: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        from_environment({f"{variable}_FILE": "xoxb-hunter2"})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("variable", "text", "shown"),
    [
        ("FORM144_LEDGER_URL", "postgresql://jane:a%40b%2Fc@db/f?sslmode=verify-full", "jane:a%40b%2Fc@db/f"),
        ("FORM144_LEDGER_URL", "postgresql:///f?host=/var/run/postgresql", "psycopg:///f?host=/var/run"),
        ("FORM144_LEDGER_URL", "postgresql://jane:pw@[::1]:5432/f", "[::1]:5432"),
        ("FORM144_LEDGER_URL", "sqlite:////var/lib/a@b#c/ledger.sqlite", "a@b#c"),
        ("FORM144_BROKER_URL", "rediss://jane:a%3Fb@host:6380/12", "a%3Fb@host:6380/12"),
        ("FORM144_BROKER_URL", "sentinel://:a%3Bb@one/0;sentinel://two?master_name=m", "a%3Bb@one"),
    ],
)
def test_a_secret_that_is_written_well_is_taken_as_it_is(variable: str, text: str, shown: str) -> None:
    settings = from_environment({variable: text})
    assert shown in (settings.ledger_url if "LEDGER" in variable else settings.broker_url)


def test_a_brokers_repr_does_not_show_the_sentinels_password() -> None:
    assert "hunter2" not in repr(broker("sentinel://one?master_name=m&sentinel_password=hunter2"))


def test_a_secret_file_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    assert mistakes({"FORM144_SLACK_TOKEN_FILE": str(tmp_path / "none")}) == ["FORM144_SLACK_TOKEN_FILE"]


def test_an_empty_secret_file_is_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / "token").touch()
    assert from_environment({"FORM144_SLACK_TOKEN_FILE": str(tmp_path / "token")}).slack_token is None


@pytest.mark.parametrize(
    ("url", "port", "security"),
    [
        ("smtp://jane:p%40ss@mail.example.com", 587, Security.STARTTLS),
        ("smtps://jane:p%40ss@mail.example.com", 465, Security.TLS),
        ("smtp://jane:p%40ss@mail.example.com:2525", 2525, Security.STARTTLS),
    ],
)
def test_a_mail_server_is_asked_for_encryption_by_its_scheme(url: str, port: int, security: Security) -> None:
    settings = from_environment({"FORM144_SMTP_URL": url, "FORM144_MAIL_FROM": "form144@example.com"})
    server = settings.mail_server
    assert server is not None
    assert (server.port, server.security, server.username) == (port, security, "jane")
    assert server.password == "p@ss"
    assert "p@ss" not in repr(settings)


def test_mail_without_encryption_stays_on_this_machine() -> None:
    assert mistakes(
        {"FORM144_SMTP_URL": "smtp+plain://mail.example.com", "FORM144_MAIL_FROM": "form144@example.com"}
    ) == ["FORM144_SMTP_URL"]


def test_a_password_that_no_log_in_can_carry_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(ConfigurationError) as caught:
        from_environment({"FORM144_SMTP_URL": "smtp://form144:p%C3%A4ss@mail.example.com:587"})
    assert "not ASCII" in str(caught.value)
    assert "ss@" not in str(caught.value)


def test_a_mail_server_without_a_sender_is_a_mistake() -> None:
    assert mistakes({"FORM144_SMTP_URL": "smtp://mail.example.com"}) == ["FORM144_MAIL_FROM"]


def test_webhooks_are_counted_and_not_quoted_where_one_is_wrong() -> None:
    with pytest.raises(ConfigurationError, match="item 2") as caught:
        from_environment(
            {"FORM144_SLACK_WEBHOOKS": "ir=https://hooks.example.com/1,hooks.example.com/secret"}
        )
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("variable", ["FORM144_EDGAR_URL", "FORM144_SLACK_URL"])
def test_another_server_is_asked_over_https_unless_it_is_on_this_machine(variable: str) -> None:
    assert mistakes({variable: "http://example.com"}) == [variable]
    from_environment({variable: "http://127.0.0.1:8144"})


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///", "sqlite:///:memory:", "redis://x"])
def test_a_ledger_is_sqlite_or_postgresql(url: str) -> None:
    assert mistakes({"FORM144_LEDGER_URL": url}) == ["FORM144_LEDGER_URL"]


def test_a_postgresql_url_gets_the_driver_that_is_installed() -> None:
    settings = from_environment({"FORM144_LEDGER_URL": "postgresql://form144:pw@db/form144"})
    assert settings.ledger_url == "postgresql+psycopg://form144:pw@db/form144"
    assert "pw" not in repr(settings)


def test_the_destinations_of_confidential_lists_are_named_one_by_one() -> None:
    text = "slack:#compliance, email:jane@example.com"
    settings = from_environment({"FORM144_CONFIDENTIAL_DESTINATIONS": text})
    assert [str(one) for one in settings.confidential] == ["slack:#compliance", "email:jane@example.com"]
    assert mistakes({"FORM144_CONFIDENTIAL_DESTINATIONS": "slack:#a, #b"}) == [
        "FORM144_CONFIDENTIAL_DESTINATIONS"
    ]


def test_what_a_confidential_destination_refuses_goes_to_no_other() -> None:
    environment = {"FORM144_CONFIDENTIAL_DESTINATIONS": "email:a@example.com", "FORM144_FALLBACK": "console:"}
    assert mistakes(environment) == ["FORM144_FALLBACK"]
    allowed = environment | {"FORM144_CONFIDENTIAL_DESTINATIONS": "email:a@example.com, console:"}
    assert from_environment(allowed).fallback is not None
