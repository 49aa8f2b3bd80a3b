"""What every connection to the ledger is told before it is used."""

from __future__ import annotations

import sqlite3
import time
import traceback
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from sqlite3 import Connection
from threading import Barrier

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from worker.errors import ConfigurationError, Unreachable
from worker.ledger.database import AT_A_TIME, Database


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


@pytest.mark.servers
def test_a_server_that_takes_no_writes_is_away_and_its_connection_is_not_used_again(
    postgres_url: str,
) -> None:
    with closing(Database(postgres_url)) as owner, closing(Database(postgres_url)) as database:

        def read_only(state: str) -> None:
            with owner.write() as connection:
                name = connection.scalar(sa.text("SELECT current_database()"))
                connection.execute(
                    sa.text(f"ALTER DATABASE {name} SET default_transaction_read_only = {state}")
                )

        read_only("on")
        for _ in range(2):
            with pytest.raises(Unreachable, match="takes no writes"), database.write() as connection:
                connection.execute(sa.text("CREATE TABLE counted (times INTEGER)"))
        read_only("off")
        # Sessions keep what was so when they began: only a new one takes this.
        with database.write() as connection:
            connection.execute(sa.text("CREATE TABLE counted (times INTEGER)"))


@pytest.mark.servers
def test_a_transaction_that_the_server_ended_for_its_idleness_is_unreachable(postgres_url: str) -> None:
    options = "options=-c%20idle_in_transaction_session_timeout%3D100ms"

    def stand_still() -> None:
        with database.write() as connection:
            connection.execute(sa.text("SELECT 1"))
            time.sleep(0.5)
            connection.execute(sa.text("SELECT 1"))

    with closing(Database(f"{postgres_url}?{options}")) as database:
        with pytest.raises(Unreachable, match="idle"):
            stand_still()
        with database.read() as connection:
            assert connection.scalar(sa.text("SELECT 1")) == 1


@pytest.mark.servers
def test_a_user_without_the_right_is_a_mistake_with_a_sentence(postgres_url: str) -> None:
    with closing(Database(postgres_url)) as owner, owner.write() as connection:
        connection.execute(sa.text("CREATE TABLE counted (times INTEGER)"))
    options = "options=-c%20role%3Dpg_read_all_data"
    with (
        closing(Database(f"{postgres_url}?{options}")) as database,
        pytest.raises(ConfigurationError, match="permission denied for table counted"),
        database.write() as connection,
    ):
        connection.execute(sa.text("INSERT INTO counted VALUES (1)"))


@pytest.mark.parametrize("option", ["sslmod=hunter2", "hunter2=a", "connect_timeout=hunter2", "port=hunter2"])
def test_an_option_that_cannot_be_used_is_a_mistake_and_is_not_quoted(option: str) -> None:
    def connect() -> None:
        with (
            closing(Database(f"postgresql+psycopg:///f?host=127.0.0.1&{option}")) as database,
            database.read(),
        ):
            pass

    with pytest.raises(ConfigurationError, match="FORM144_LEDGER_URL") as caught:
        connect()
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_a_file_that_is_damaged_or_no_ledger_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"somebody's notes\n" * 300)
    with (
        closing(Database(f"sqlite:///{tmp_path / 'ledger.sqlite'}")) as database,
        pytest.raises(Unreachable, match="not a database"),
        database.read(),
    ):
        pass


def test_as_many_threads_as_the_command_line_allows_have_a_connection_each(tmp_path: Path) -> None:
    together = Barrier(AT_A_TIME)

    def read(_thread: int) -> None:
        with database.read():
            together.wait(timeout=20)

    with (
        closing(Database(f"sqlite:///{tmp_path / 'ledger.sqlite'}")) as database,
        ThreadPoolExecutor(AT_A_TIME) as pool,
    ):
        list(pool.map(read, range(AT_A_TIME)))


def test_connections_that_are_all_in_use_are_waited_for_and_then_said(tmp_path: Path) -> None:
    with closing(Database(f"sqlite:///{tmp_path / 'ledger.sqlite'}")) as database, ExitStack() as stack:
        database.engine.pool._timeout = 0.1  # type: ignore[attr-defined]  # a test does not wait half a minute
        taken = (stack.enter_context(database.read()) for _ in range(1000))
        with pytest.raises(Unreachable, match="in use"):
            deque(taken)


def test_a_file_is_not_asked_before_each_use_whether_it_is_there(tmp_path: Path) -> None:
    asked: list[str] = []

    def listen(connection: Connection, _record: object) -> None:
        connection.set_trace_callback(asked.append)

    with closing(Database(f"sqlite:///{tmp_path / 'ledger.sqlite'}")) as database:
        event.listen(database.engine, "connect", listen)
        for _ in range(3):
            with database.read() as connection:
                connection.execute(sa.text("SELECT 144"))
    assert [one for one in asked if not one.startswith("PRAGMA")] == ["BEGIN", "SELECT 144", "COMMIT"] * 3


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


def test_a_connection_in_use_while_the_ledger_closes_is_closed_when_it_is_given_back(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    with database.read() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        database.close()
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
        driver.execute("SELECT 1")
    with database.read() as late:
        driver = late.connection.driver_connection
        assert driver is not None
    with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
        driver.execute("SELECT 1")


def test_a_connection_that_is_given_back_at_the_moment_of_closing_is_closed_all_the_same(
    tmp_path: Path,
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    # Heard after the database's own listener, which has seen it open.
    event.listen(database.engine, "checkin", lambda *_: database.close(), once=True)
    with database.write() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
    with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
        driver.execute("SELECT 1")
