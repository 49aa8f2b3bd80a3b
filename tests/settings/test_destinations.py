"""Settings that name a destination: what no list could tell, they cannot either."""

from __future__ import annotations

import pytest

from worker.errors import ConfigurationError, Mistake
from worker.settings import VARIABLES, from_environment
from worker.watchlists.destination import Destination

NAMED = ("FORM144_OPERATOR", "FORM144_FALLBACK", "FORM144_ANCHOR")
MAIL = {"FORM144_SMTP_URL": "smtp://mail.example.com", "FORM144_MAIL_FROM": "form144@example.com"}
HOOKS = {"FORM144_SLACK_WEBHOOKS": "desk=https://hooks.example.com/1, legal=https://hooks.example.com/2"}


def mistake(environment: dict[str, str]) -> Mistake:
    with pytest.raises(ConfigurationError) as caught:
        from_environment(environment)
    (only,) = caught.value.mistakes
    return only


@pytest.mark.parametrize("variable", NAMED)
def test_a_webhook_that_has_no_such_name_is_a_mistake_with_the_one_that_was_meant(variable: str) -> None:
    found = mistake(HOOKS | {variable: "slack-webhook:dsek"})
    assert (found.where, found.what) == (variable, "there is no webhook 'dsek' in FORM144_SLACK_WEBHOOKS")
    assert found.hint == "did you mean desk?"
    assert "there is: desk, legal" in mistake(HOOKS | {variable: "slack-webhook:nosuch"}).hint
    settings = from_environment(HOOKS | {variable: "slack-webhook:legal"})
    assert Destination("slack-webhook", "legal") in (settings.operator, settings.fallback, settings.anchor)


@pytest.mark.parametrize("variable", [*NAMED, "FORM144_CONFIDENTIAL_DESTINATIONS"])
@pytest.mark.parametrize("text", ["email:ops", "email:x y", "email:jane@", "email:", "#ops"])
def test_what_no_watchlist_may_tell_no_setting_may_name(variable: str, text: str) -> None:
    found = mistake(MAIL | {variable: text})
    assert found.where == variable
    assert found.hint == VARIABLES[variable]


@pytest.mark.parametrize("variable", NAMED)
def test_of_two_addresses_in_the_place_of_one_nobody_would_hear(variable: str) -> None:
    found = mistake(MAIL | {variable: "email:a@example.com,b@example.com"})
    assert found.what == "'a@example.com,b@example.com' is not one e-mail address"
