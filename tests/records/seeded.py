"""A system as the seed leaves it, on both kinds of database."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from pydantic import JsonValue
from sqlmodel import SQLModel, col, select

from domain.core.entry import Entry, PlainEvent, Written
from domain.core.events import Event
from domain.core.people import SYSTEM, Actor
from records.contexts import load
from records.core.database import Database
from records.core.identities import next_id
from records.core.journal import Journal
from records.core.people.actors import actor_of
from records.core.tables.journal import EventRow
from records.installation.seed import SeedResult, seed
from settings import Settings
from tests.authorised import all_is_authorised
from tests.records.databases import Databases

START = datetime(2025, 1, 13, 8, tzinfo=UTC)
R = TypeVar("R", bound=SQLModel)


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
            lines=(PlainEvent(type=type_, payload=payload),),
            expected_version=version,
        )
        return await self.journal.write(entry)

    async def upload(
        self, sha256: str = "0" * 64, *, by: Actor = SYSTEM, media_type: str = "application/pdf", **about: JsonValue
    ) -> dict[str, Any]:
        """A document is recorded; the first one is the example of the forms. Returns the reference to it."""
        async with self.database.writing() as session:
            document_id = await next_id(session, "DOC")
        record: dict[str, JsonValue] = {"title": "Evidence", "filename": "evidence", "case_id": None, "site_id": None}
        record |= {"sha256": sha256, "size": 9, "media_type": media_type, **about}
        await self.write("document.uploaded", document_id, record, by=by)
        return {"document_id": document_id, "sha256": sha256}

    async def row(self, table: type[R], key: Any) -> R:
        """A row of the projections, as it is now."""
        async with self.database.reading() as session:
            return await session.get_one(table, key)

    async def rows(self, table: type[R]) -> list[R]:
        """All rows of a table, by their keys."""
        keys = table.__table__.primary_key.columns  # type: ignore[attr-defined]
        async with self.database.reading() as session:
            return list((await session.exec(select(table).order_by(*keys))).all())

    async def events(self, stream: str, type_: str | None = None) -> list[Event]:
        """The events of a stream, or those of one type."""
        query = select(EventRow.body).where(col(EventRow.stream) == stream)
        if type_ is not None:
            query = query.where(col(EventRow.type) == type_)
        async with self.database.reading() as session:
            bodies = (await session.exec(query.order_by(col(EventRow.number)))).all()
        return [Event.model_validate_json(body) for body in bodies]


_templates: dict[str, tuple[str, SeedResult]] = {}


@pytest.fixture
async def seeded(databases: Databases, database_kind: str) -> AsyncIterator[Seeded]:
    if database_kind not in _templates:
        url = databases.migrated(database_kind)
        template = Database(url)
        _templates[database_kind] = url, await seed(template, load(), Settings(dev_password="vetted"), now=START)
        await all_is_authorised(template)
        await template.close()
    url, result = _templates[database_kind]
    database = Database(databases.copy(url))
    yield Seeded(database, Journal(database, load()), result)
    await database.close()
