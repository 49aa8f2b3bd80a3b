"""What every connection to the ledger is told before it is used."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from sqlite3 import Connection

import pytest
import sqlalchemy as sa
from sqlalchemy import event

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


def test_threads_that_write_to_sqlite_take_turns_and_never_find_it_locked(tmp_path: Path) -> None:
    table = sa.table("counted", sa.column("times", sa.Integer))

    def at_once(connection: Connection, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout=0")

    def count(_thread: int) -> None:
        for _ in range(50):
            with database.write() as connection:
                times = connection.execute(sa.select(table.c.times)).scalar_one()
                connection.execute(sa.update(table).values(times=times + 1))

    with closing(Database(f"sqlite:///{tmp_path / 'ledger.sqlite'}")) as database:
        event.listen(database.engine, "connect", at_once)
        with database.write() as connection:
            connection.execute(sa.text("CREATE TABLE counted (times INTEGER)"))
            connection.execute(sa.insert(table).values(times=0))
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(count, range(4)))
        with database.read() as connection:
            assert connection.execute(sa.select(table.c.times)).scalar_one() == 200
