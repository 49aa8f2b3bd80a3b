"""Settings that may stand in a file, and what would otherwise be passed over without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.settings.test_destinations import mistake
from worker.settings import SECRETS, VARIABLES, from_environment


def test_two_webhooks_of_one_name_are_a_mistake_that_quotes_neither() -> None:
    found = mistake({"FORM144_SLACK_WEBHOOKS": "desk=https://host/secret1,desk=https://host/secret2"})
    assert found.what == "item 2 has the name of one before it; give each its own"
    assert "secret" not in str(found)


@pytest.mark.parametrize("variable", sorted(VARIABLES.keys() - set(SECRETS)))
def test_a_file_for_what_is_no_secret_is_a_mistake_and_not_passed_over(variable: str) -> None:
    found = mistake({f"{variable}_FILE": "anything"})
    assert found.where == f"{variable}_FILE"
    assert found.what == "is not read: only secrets may stand in a file"
    assert found.hint == f"set {variable} itself"


@pytest.mark.parametrize("held", ["", "xoxb-not-a-token"])
def test_a_secret_in_a_variable_and_in_a_file_is_a_mistake_because_nobody_knows_which_counts(
    tmp_path: Path, held: str
) -> None:
    (tmp_path / "token").write_text(held)
    both = {"FORM144_SLACK_TOKEN": "xoxb-another", "FORM144_SLACK_TOKEN_FILE": str(tmp_path / "token")}
    found = mistake(both)
    assert str(found).startswith("FORM144_SLACK_TOKEN_FILE: is set, and so is FORM144_SLACK_TOKEN")
    assert "xoxb" not in str(found)
    of_the_file = from_environment(both | {"FORM144_SLACK_TOKEN": " "})
    assert of_the_file.slack_token == (held or None)
    assert from_environment(both | {"FORM144_SLACK_TOKEN_FILE": ""}).slack_token == "xoxb-another"
