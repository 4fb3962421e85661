"""Scripted people who take audits as far as a day allows, over HTTP, as the embedded program runs."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx2
from sqlmodel import col, select

from domain.core.forms import Process
from domain.processes import form_of
from records.core.database import Database
from records.core.tables.cases import TaskRow
from tests.domain.filling import filled
from tests.stating import stated

STEPS = (
    ("hana", "decide"),
    ("ines", "plan"),
    ("priya", "approve-plan"),
    ("ines", "team"),
    ("tom", "declare"),
    ("tom", "notice"),
    ("vito", "confirm"),
    ("tom", "prepare"),
)
"""From the request to the opening meeting, which has to wait for its day."""


@dataclass
class People:
    """They sign in once. What they look up is read from the database, so that the API works for their steps alone."""

    http: httpx2.AsyncClient
    database: Database
    password: str
    cpu: Callable[[], float]
    """Processor seconds of worker and API so far."""
    signing: float = 0.0
    """Of which for checking passwords, which no raw case does."""
    _headers: dict[str, dict[str, str]] = field(default_factory=dict)

    async def request(self, body: dict[str, Any]) -> tuple[str, float]:
        """Start a for-cause audit; returns its id and the seconds that took."""
        headers = await self._signed_in("ines") | {"Idempotency-Key": str(uuid4())}
        trigger = {**body["trigger"], "reference": uuid4().hex}
        began = time.perf_counter()
        answer = await self.http.post("/v1/audits", json={**body, "trigger": trigger}, headers=headers)
        seconds = time.perf_counter() - began
        return str(answer.raise_for_status().json()["case_id"]), seconds

    async def follow(self, audit: str) -> list[float]:
        """Do all steps; returns the seconds of each."""
        return [await self._step(audit, user, action) for user, action in STEPS]

    async def _step(self, audit: str, user: str, action: str) -> float:
        prefill = await self._asked(audit, action)
        kind = form_of(Process.AUDIT, action)
        form = filled(kind, stated(kind, prefill, datetime.now(UTC))).model_dump(mode="json")
        headers = await self._signed_in(user) | {"Idempotency-Key": str(uuid4())}
        if form_of(Process.AUDIT, action).action.meaning is not None:
            with self._apart():
                headers["Signature-Token"] = await self._signature(audit, action, form, headers)
        began = time.perf_counter()
        answer = await self.http.post(f"/v1/audits/{audit}/{action}", json=form, headers=headers)
        seconds = time.perf_counter() - began
        answer.raise_for_status()
        return seconds

    async def _asked(self, audit: str, action: str) -> dict[str, Any]:
        query = select(TaskRow).where(
            col(TaskRow.case_id) == audit, col(TaskRow.action) == action, col(TaskRow.state) == "OPEN"
        )
        async with asyncio.timeout(20):
            while True:
                await asyncio.sleep(0.05)
                async with self.database.reading() as session:
                    if (task := (await session.exec(query)).first()) is not None:
                        return dict(task.prefill)

    async def _signed_in(self, user: str) -> dict[str, str]:
        if user not in self._headers:
            with self._apart():
                sign_in = {"user": user, "password": self.password}
                answer = (await self.http.post("/v1/token", json=sign_in)).raise_for_status()
            self._headers[user] = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        return self._headers[user]

    async def _signature(self, audit: str, action: str, form: dict[str, Any], headers: dict[str, str]) -> str:
        body = {"password": self.password, "record": audit, "action": action, "form": form}
        answer = await self.http.post("/v1/signatures", json=body, headers=headers)
        return str(answer.raise_for_status().json()["token"])

    @contextmanager
    def _apart(self) -> Iterator[None]:
        before = self.cpu()
        yield
        self.signing += self.cpu() - before
