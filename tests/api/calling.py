"""The API called as people call it, without a network."""

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlmodel import col, select
from temporalio.client import Client

from api.app import create_app
from api.core.auth import issue
from domain.core.events import Event
from records.core.tables.journal import EventRow
from settings import Settings
from tests.records.seeded import Seeded

_keys = itertools.count(1)


@dataclass(frozen=True)
class Api:
    """Speaks for people of the seed: `await api.get("ines", "/v1/sites")`."""

    client: httpx2.AsyncClient
    seeded: Seeded
    secret: str
    tokens: dict[str, str]
    """Of whom to speak with another token than the one their sign-in would give."""

    async def sign_in(self, user: str, password: str = "vetted") -> httpx2.Response:
        return await self.client.post("/v1/token", data={"username": user, "password": password})

    def token(self, user: str) -> str:
        """What the sign-in gives, without the time that a password takes."""
        return self.tokens.get(user) or issue(self.secret, user, self.person(user), timedelta(hours=1))

    async def call(
        self, method: str, user: str, path: str, body: Any = None, *, expects: int = 200, **headers: str
    ) -> httpx2.Response:
        """Call as a person. Header names are given with underscores."""
        sent = {"Authorization": f"Bearer {self.token(user)}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await self.client.request(method, path, json=body, headers=sent)
        assert answer.status_code == expects, answer.text
        return answer

    async def get(self, user: str, path: str, *, expects: int = 200, **headers: str) -> Any:
        return (await self.call("GET", user, path, expects=expects, **headers)).json()

    async def post(self, user: str, path: str, body: Any = None, *, expects: int = 201, **headers: str) -> Any:
        return (await self.call("POST", user, path, body, expects=expects, **headers)).json()

    async def patch(
        self, user: str, path: str, body: Any, version: int, *, expects: int = 200, method: str = "PATCH"
    ) -> Any:
        return (await self.call(method, user, path, body, expects=expects, if_match=f'"{version}"')).json()

    async def events(self, stream: str, type_: str) -> list[Event]:
        query = select(EventRow.body).where(col(EventRow.stream) == stream, col(EventRow.type) == type_)
        async with self.seeded.database.reading() as session:
            bodies = (await session.exec(query.order_by(col(EventRow.number)))).all()
        return [Event.model_validate_json(body) for body in bodies]

    def person(self, user: str) -> str:
        return self.seeded.result.person(user)


@pytest.fixture
async def api(seeded: Seeded, tmp_path: Path) -> AsyncIterator[Api]:
    settings = Settings(token_secret="a secret for tests that is long enough", data_dir=tmp_path)
    temporal = await Client.connect("127.0.0.1:1", lazy=True)
    app = create_app(settings, database=seeded.database, temporal=temporal)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://vetted") as client,
    ):
        yield Api(client, seeded, settings.token_secret, {})
