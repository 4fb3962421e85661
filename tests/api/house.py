"""A house to try the API in: the seeded company, a real workflow server, and a short audit that takes its actions."""

import asyncio
import itertools
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
from fastapi import FastAPI
from sqlmodel import col, select
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.journal import JournalActivities
from api.app import create_app
from api.core.auth import issue
from domain.audit.audit import AUDIT_FORMS
from domain.audit.closure import AuditCancellation
from domain.audit.conduct import DailyWrapUp
from domain.audit.critical import Containment
from domain.audit.request import ForCauseDecision
from domain.audit.team import AuditorDeclaration
from domain.core.case import CaseOrder
from domain.core.case_actions import COMMON_FORMS
from domain.core.events import Event
from records.contexts import load
from records.core.database import PATIENCE, Database
from records.core.journal import Journal
from records.core.tables.cases import CaseRow
from records.core.tables.journal import CounterRow, EventRow
from records.installation.seed import SeedResult, seed
from settings import Settings
from tests import patience as waiting
from workflows.core.case import Case
from workflows.core.tasks import Closing

TEMPORAL = Path(sys.executable).parent / "temporal"
_first_numbers = itertools.count(1000, 1000)


class Stage(StrEnum):
    REQUESTED = "REQUESTED"
    PREPARING = "PREPARING"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


@workflow.defn(name="QualityAudit")
class ShortAudit:
    """The decision of the head of QA, then two declarations and a containment at once."""

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        self.case = Case(order, AUDIT_FORMS + COMMON_FORMS, stage=Stage.REQUESTED)

    @workflow.run
    async def run(self, order: CaseOrder) -> str:
        self.case.offer(AuditCancellation, ends=Closing(Stage.CANCELLED, "CANCELLED"))
        return await self.case.follow(self._steps(order))

    async def _steps(self, order: CaseOrder) -> Closing:
        await self.case.ask(ForCauseDecision, barred={order.requested_by.person: "S9"})
        self.case.stage(Stage.PREPARING)
        self.case.offer(DailyWrapUp)
        declarations = (self.case.ask(AuditorDeclaration, about=f"auditor {no}") for no in (1, 2))
        await asyncio.gather(*declarations, self.case.ask(Containment))
        return Closing(Stage.CLOSED, "ACCEPTABLE")


@dataclass(frozen=True)
class House:
    """The API over ASGI, with its records."""

    app: FastAPI
    settings: Settings
    database: Database
    company: SeedResult
    http: httpx2.AsyncClient

    def as_(self, user: str) -> "Colleague":
        token = issue(self.settings.token_secret, user, self.company.person(user), timedelta(hours=1))
        return Colleague(self, user, {"Authorization": f"Bearer {token}"})

    async def audit(self, *, announced: bool = True, **changes: Any) -> str:
        """A for-cause audit, requested by Ines. The site knows of it once it is announced."""
        request = {**self.company.audit_request, **changes}
        answer = await self.as_("ines").post("/v1/audits", request, key=str(uuid4()))
        assert answer.status_code in (200, 201), answer.text
        case_id = str(answer.json()["case_id"])
        if announced:
            async with self.database.writing() as session:
                (await session.get_one(CaseRow, case_id)).shared = True
        return case_id

    async def events(self, stream: str, type_: str) -> list[Event]:
        query = select(EventRow.body).where(col(EventRow.stream) == stream, col(EventRow.type) == type_)
        async with self.database.reading() as session:
            bodies = (await session.exec(query.order_by(col(EventRow.number)))).all()
        return [Event.model_validate_json(body) for body in bodies]


@dataclass(frozen=True)
class Colleague:
    """A person with a client that knows nothing but addresses."""

    house: House
    user: str
    headers: dict[str, str]

    async def get(self, url: str, **query: Any) -> httpx2.Response:
        return await self.house.http.get(url, headers=self.headers, params=query or None)

    async def post(
        self, url: str, form: Any, *, key: str | None = None, token: str | None = None, **headers: str
    ) -> httpx2.Response:
        sent = {**self.headers, **headers}
        sent |= {"Idempotency-Key": key} if key else {}
        sent |= {"Signature-Token": token} if token else {}
        return await self.house.http.post(url, json=form, headers=sent)

    async def sign(self, record: str, action: str, form: Any) -> str:
        """A signature token for a form."""
        request = {"password": self.house.settings.dev_password, "record": record, "action": action, "form": form}
        answer = await self.post("/v1/signatures", request)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])

    async def opened(self, case_id: str, action: str) -> None:
        """Wait until the case shows an open task of that action."""
        async with asyncio.timeout(waiting.PATIENCE):
            while True:
                tasks = (await self.get(f"/v1/audits/{case_id}")).json()["tasks"]
                if any(task["action"] == action for task in tasks):
                    return
                await asyncio.sleep(0.05)

    async def task(self, case_id: str, action: str) -> dict[str, Any]:
        """The task of that action in the inbox, as soon as it is there."""
        async with asyncio.timeout(waiting.PATIENCE):
            while True:
                tasks = (await self.get("/v1/tasks")).json()["items"]
                for task in tasks:
                    if (task["case_id"], task["action"]) == (case_id, action):
                        return dict(task)
                await asyncio.sleep(0.05)


async def seeded(database_url: str) -> SeedResult:
    """Fill a database with the company."""
    database = Database(database_url)
    company = await seed(database, load(), Settings(database_url=database_url))
    await database.close()
    return company


@asynccontextmanager
async def house_with(
    folder: Path,
    database_url: str,
    company: SeedResult,
    temporal: Client,
    *,
    works: bool = True,
    queue: str = "",
    patience: timedelta = PATIENCE,
) -> AsyncIterator[House]:
    """Open a house. Without a worker (`works=False`) its cases start but take no action.

    `patience` is how long its writers wait for a lock.
    """
    queue = queue or f"house-{uuid4()}"
    settings = Settings(data_dir=folder, database_url=database_url, token_secret="s" * 40, task_queue=queue)
    database = Database(database_url, patience=patience)
    async with database.writing() as session:
        await session.merge(CounterRow(prefix="AUD", value=next(_first_numbers)))
    app = create_app(settings, database=database, temporal=temporal)
    journal = Journal(database, load(), web=settings.public_url)
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        await stack.enter_async_context(app.router.lifespan_context(app))
        if works:
            worker = Worker(
                temporal,
                task_queue=queue,
                workflows=[ShortAudit],
                activities=[JournalActivities(journal).write],
                workflow_runner=UnsandboxedWorkflowRunner(),
            )
            await stack.enter_async_context(worker)
        http = await stack.enter_async_context(httpx2.AsyncClient(transport=transport, base_url="http://vetted"))
        yield House(app, settings, database, company, http)
