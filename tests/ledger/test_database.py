"""What every connection to the ledger is told before it is used."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from worker.errors import ConfigurationError
from worker.ledger.database import Database


@pytest.mark.servers
def test_a_postgresql_that_went_away_without_a_word_is_noticed_and_so_is_a_client(postgres_url: str) -> None:
    database = Database(postgres_url)
    with database.engine.connect() as connection:
        assert connection.scalar(sa.text("SHOW idle_in_transaction_session_timeout")) == "1min"
        told = connection.connection.driver_connection.info.get_parameters()  # type: ignore[union-attr]
    assert (told["connect_timeout"], told["tcp_user_timeout"]) == ("10", "60000")
    assert (told["keepalives_idle"], told["keepalives_interval"], told["keepalives_count"]) == (
        "30",
        "10",
        "3",
    )
    database.close()


@pytest.mark.servers
def test_what_the_url_says_of_a_connection_stands(postgres_url: str) -> None:
    database = Database(f"{postgres_url}?connect_timeout=3")
    with database.engine.connect() as connection:
        told = connection.connection.driver_connection.info.get_parameters()  # type: ignore[union-attr]
    assert told["connect_timeout"] == "3"
    database.close()


def test_a_url_that_is_none_is_a_mistake_with_a_place() -> None:
    with pytest.raises(ConfigurationError, match="FORM144_LEDGER_URL"):
        Database("nonsense")
