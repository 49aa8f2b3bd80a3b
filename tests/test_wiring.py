from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from worker import parts, wiring
from worker.edgar.budget import LocalBudget
from worker.errors import ConfigurationError
from worker.settings import Settings, from_environment
from worker.standins.edgar import EdgarStandin
from worker.standins.edgar_faults import Fault


@pytest.fixture
def edgar() -> Iterator[EdgarStandin]:
    with EdgarStandin(per_second=None) as standin:
        standin.list_company("QFIN", 1_741_530, "Qfin Holdings, Inc.")
        yield standin


def settings_for(edgar: EdgarStandin, folder: Path, **more: str) -> Settings:
    return from_environment(
        {
            "EDGAR_CONTACT": "Jane Doe jane@example.com",
            "FORM144_EDGAR_URL": edgar.base_url,
            "FORM144_DATA": str(folder / "data"),
            **more,
        }
    )


def tickers(settings: Settings, *, after: timedelta = timedelta(0)) -> object:
    with parts.open_edgar(settings, LocalBudget()) as client:
        return parts.tickers(settings, client, parts.clock() + after)


def asked_for_tickers(edgar: EdgarStandin) -> int:
    return sum(asked.path.endswith("company_tickers.json") for asked in edgar.requests)


def test_tickers_are_fetched_once_a_day_and_kept(edgar: EdgarStandin, tmp_path: Path) -> None:
    settings = settings_for(edgar, tmp_path)
    for hours in (0, 1, 23):
        assert tickers(settings, after=timedelta(hours=hours)) == {"QFIN": (1_741_530, "Qfin Holdings, Inc.")}
    assert asked_for_tickers(edgar) == 1
    tickers(settings, after=timedelta(hours=25))
    assert asked_for_tickers(edgar) == 2


def test_an_old_copy_of_the_tickers_is_better_than_none(edgar: EdgarStandin, tmp_path: Path) -> None:
    settings = settings_for(edgar, tmp_path)
    first = tickers(settings)
    edgar.fail_next("/files/company_tickers.json", Fault.UNAVAILABLE, times=5)
    assert tickers(settings, after=timedelta(days=9)) == first


def test_without_a_copy_and_without_the_sec_there_are_no_tickers(edgar: EdgarStandin, tmp_path: Path) -> None:
    edgar.fail_next("/files/company_tickers.json", Fault.UNAVAILABLE, times=5)
    assert tickers(settings_for(edgar, tmp_path)) is None


def test_a_refused_agent_is_the_operators_business(edgar: EdgarStandin, tmp_path: Path) -> None:
    edgar.fail_next("/files/company_tickers.json", Fault.UNDECLARED)
    with pytest.raises(ConfigurationError):
        tickers(settings_for(edgar, tmp_path))


def test_notifiers_are_there_as_far_as_the_settings_give_the_means(
    edgar: EdgarStandin, tmp_path: Path
) -> None:
    assert set(parts.open_notifiers(settings_for(edgar, tmp_path))) == {"console"}
    everything = settings_for(
        edgar,
        tmp_path,
        FORM144_SLACK_TOKEN="xoxb-not-a-token",
        FORM144_SLACK_WEBHOOKS="ir=https://hooks.example.com/1",
        FORM144_SMTP_URL="smtp://mail.example.com",
        FORM144_MAIL_FROM="form144@example.com",
    )
    assert set(parts.open_notifiers(everything)) == {"console", "slack", "slack-webhook", "email"}


def test_no_part_of_the_pipeline_shows_a_secret(edgar: EdgarStandin, tmp_path: Path) -> None:
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "x.yaml").write_text("name: x\nowner: y\nissuers: [QFIN]\ntell: ['console:']\n")
    settings = settings_for(
        edgar, tmp_path, FORM144_SLACK_TOKEN="xoxb-not-a-token", FORM144_WATCHLISTS=os.fspath(folder)
    )
    with wiring.ready(settings, alone=True):
        pipeline = wiring.build_pipeline(settings, ring=lambda _step: None)
    assert "xoxb" not in repr(pipeline)
    assert repr(pipeline.ledger.secret()) not in repr(pipeline)
    pipeline.ledger.close()
    pipeline.edgar.close()
