"""A system as the seed leaves it, on both kinds of database."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from pydantic import JsonValue

from domain.entry import Entry, Fact, Written
from domain.people import SYSTEM, Actor
from records.actors import actor_of
from records.database import Database
from records.journal import Journal
from records.seed import SeedResult, seed
from settings import Settings
from tests.records.databases import Databases

START = datetime(2025, 1, 13, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Seeded:
    """The journal of a seeded system and who is in it."""

    database: Database
    journal: Journal
    result: SeedResult

    async def actor(self, user: str, *, on_behalf_of: str | None = None, at: datetime = START) -> Actor:
        delegator = self.result.person(on_behalf_of) if on_behalf_of else None
        async with self.database.reading() as session:
            return await actor_of(session, self.result.person(user), user, at=at, on_behalf_of=delegator)

    async def write(
        self,
        type_: str,
        stream: str,
        payload: dict[str, JsonValue],
        *,
        by: Actor = SYSTEM,
        key: str = "",
        version: int | None = None,
        at: datetime = START,
    ) -> Written:
        entry = Entry(
            stream=stream,
            command_id=key or f"{type_}:{stream}:{payload}",
            at=at,
            actor=by,
            lines=(Fact(type=type_, payload=payload),),
            expected_version=version,
        )
        return await self.journal.write(entry)


_templates: dict[str, tuple[str, SeedResult]] = {}


@pytest.fixture
async def seeded(databases: Databases, database_kind: str) -> AsyncIterator[Seeded]:
    if database_kind not in _templates:
        url = databases.migrated(database_kind)
        template = Database(url)
        _templates[database_kind] = url, await seed(template, Settings(dev_password="vetted"), now=START)
        await template.close()
    url, result = _templates[database_kind]
    database = Database(databases.copy(url))
    yield Seeded(database, Journal(database), result)
    await database.close()
