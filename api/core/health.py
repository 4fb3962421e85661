"""Whether the API is alive, whether it can work, and what it measures."""

import time
from datetime import timedelta
from functools import cache

from alembic.config import Config
from alembic.script import ScriptDirectory
from fastapi import APIRouter, Request, Response, status
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from pydantic import BaseModel
from sqlalchemy import text
from sqlmodel import col, func, select
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from temporalio.service import RPCError

from api.core.addresses import template_of
from api.core.tools import Tools, ToolsOf
from records.core.database import MIGRATIONS
from records.core.tables.cases import CaseRow

TIMEOUT = timedelta(seconds=2)
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

router = APIRouter(tags=["operations"])


class Readiness(BaseModel):
    """What the API needs, and whether it is there: `ok`, or what is wrong."""

    database: str
    schema_version: str
    temporal: str

    @property
    def is_ready(self) -> bool:
        return {self.database, self.schema_version, self.temporal} == {"ok"}


class Metrics:
    """Counts and durations of requests by route template, and the cases that are overdue."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        by_route = ("method", "route", "status")
        self.requests = Counter("vetted_http_requests", "Requests answered", by_route, registry=self.registry)
        self.seconds = Histogram(
            "vetted_http_request_seconds", "Seconds to answer", ("method", "route"), buckets=_BUCKETS,
            registry=self.registry,
        )  # fmt: skip
        self.overdue = Gauge(
            "vetted_overdue_cases", "Cases with a task past its due date", ("process",), registry=self.registry
        )


class Measured:
    """Measures every request. Unknown paths share one label, so that nobody can fill the memory with them."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status_code = 500

        async def noting(message: Message) -> None:
            nonlocal status_code
            if message["type"] == "http.response.start":
                status_code = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            route = template_of(scope)
            self._metrics.requests.labels(scope["method"], route, str(status_code)).inc()
            self._metrics.seconds.labels(scope["method"], route).observe(time.perf_counter() - began)


@router.get("/healthz", name="is_alive", summary="Whether the process is alive")
async def is_alive() -> dict[str, str]:
    return {"status": "ok"}


@router.get(
    "/readyz",
    name="is_ready",
    summary="Whether database, schema and workflow server are there",
    responses={503: {"model": Readiness, "description": "Something is missing"}},
)
async def is_ready(tools: ToolsOf, response: Response) -> Readiness:
    readiness = await readiness_of(tools)
    if not readiness.is_ready:
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return readiness


@router.get("/metrics", name="metrics", summary="Metrics for Prometheus", response_class=Response)
async def exposed(request: Request, tools: ToolsOf) -> Response:
    metrics: Metrics = request.app.state.metrics
    query = select(CaseRow.process, func.count()).where(col(CaseRow.overdue)).group_by(CaseRow.process)
    async with tools.database.reading() as session:
        counts = (await session.exec(query)).all()
    metrics.overdue.clear()
    for process, count in counts:
        metrics.overdue.labels(process).set(count)
    return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)


async def readiness_of(tools: Tools) -> Readiness:
    database, schema_version = await _database(tools)
    return Readiness(database=database, schema_version=schema_version, temporal=await _temporal(tools))


async def _database(tools: Tools) -> tuple[str, str]:
    try:
        async with tools.database.reading() as session:
            connection = await session.connection()
            found = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one_or_none()
    except Exception as error:  # noqa: BLE001 - whatever is wrong, the answer is that it is not ready
        return type(error).__name__, "unknown"
    return "ok", "ok" if found == newest_schema() else f"{found}, this program needs {newest_schema()}"


async def _temporal(tools: Tools) -> str:
    try:
        serving = await tools.temporal.service_client.check_health(timeout=TIMEOUT)
    except (RPCError, RuntimeError) as error:
        return type(error).__name__
    return "ok" if serving else "not serving"


@cache
def newest_schema() -> str | None:
    """The newest version of the schema that this program knows."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head()
