"""What every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from secrets import token_hex

import psycopg
import pytest

from tests.servers import AbsentError, absent
from tests.servers.postgres import PostgresServer, any_postgres
from tests.servers.redis import RedisServer, any_redis

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real EDGAR material beside the repository, which is not part of it.

    A stranger's clone has none: tests that want it skip there, saying so. In CI it must be present.
    """
    folder = Path(os.environ.get("FORM144_CORPUS", ROOT.parent / "shared" / "corpus"))
    if folder.is_dir():
        return folder
    if os.environ.get("CI"):
        pytest.fail(f"CI is set and the corpus is not at {folder}")
    pytest.skip(f"no corpus at {folder}")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the session; each test makes itself a database in it."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(any_postgres())
        except AbsentError as error:
            absent(str(error))
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """The URL of an empty database of one's own, gone after the test."""
    name = f"test_{token_hex(6)}"
    with psycopg.connect(postgres.url().replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield postgres.url(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis server of one's own, empty."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(any_redis(tmp_path))
        except AbsentError as error:
            absent(str(error))
        yield server
