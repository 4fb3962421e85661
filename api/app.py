"""The HTTP application: what it is made of, and what it opens and closes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RetryConfig

from api.agreement import agreements
from api.appointment import appointments
from api.asl import asl
from api.audit import programmes as audit_programmes
from api.authorisation import authorisations
from api.batch import analysis as batch_analysis
from api.batch import genealogy, holds, specifications
from api.core import auth, documents, facts, health, mailbox, openapi, people, refusals, signatures, webhooks
from api.core.actions import action_router, processes
from api.core.body_limit import MAX_FORM, TooLargeAsProblem
from api.core.health import Measured, Metrics
from api.core.problems import Problem, any_problem, declared
from api.core.tools import Tools, utc_now
from api.exchange import exchanges, parameter_sets
from api.importation import batch_certificates, consignments
from api.oversight import scorecards
from api.pages import routes as pages
from api.policy import policy
from api.qualification import questionnaires, registers
from api.release import (
    certifications_abroad,
    gates,
    grounds,
    official_releases,
    part_confirmations,
    qp_declarations,
    reconciliation,
)
from api.site import calendars, certificates, sites, suppliers
from api.views import calendar_feed, events, product_review, tasks
from api.views.cases import case_router
from domain.core.units import load_units
from domain.processes import FORMS
from records.contexts import load
from records.core.database import Database
from records.core.documents.store import DocumentStore
from records.core.journal import Journal
from settings import Settings

_DESCRIPTION = """
Qualification and oversight of CDMOs. A **case** is a running procedure, a **task** a step that waits for a person, an
**action** a form that a person submits. `GET /v1/tasks` is your inbox: each task names the URL of its action, the JSON
schema of its form, the meaning of its signature, its clock, and what happens if nobody acts.

Errors are `application/problem+json` with a stable `code`. Repeat a request safely with the same `Idempotency-Key`.
"""
_RETRIES = RetryConfig(max_elapsed_time_millis=2000, max_retries=4, max_interval_millis=500)
"""A person waits: a workflow server that is down is told within seconds."""


class VettedApi(FastAPI):
    """The application with `Problem` in its schema, to which all error responses refer."""

    def openapi(self) -> dict[str, Any]:
        schema = super().openapi()
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        schemas.setdefault("Problem", Problem.model_json_schema(ref_template="#/components/schemas/{model}"))
        openapi.mend(schema)
        return schema


def create_app(
    settings: Settings,
    *,
    database: Database | None = None,
    temporal: Client | None = None,
    clock: Callable[[], datetime] | None = None,
) -> FastAPI:
    """The application. What is not given is made when it starts, and closed when it stops."""
    app = VettedApi(
        title="Vetted",
        summary="Qualification and oversight of CDMOs as durable workflows",
        description=_DESCRIPTION,
        version="1",
        openapi_tags=openapi.tags(FORMS, processes(FORMS)),
        routes=list(_routes()),
        lifespan=_lifespan(settings, database, temporal, clock or utc_now),
        telemetry={"logs": False},
        docs_url=None,  # those of the framework load their scripts from another host; `api.pages` serves ours
        redoc_url=None,
    )
    app.state.metrics = Metrics()
    app.add_middleware(TooLargeAsProblem)
    app.add_middleware(Measured, metrics=app.state.metrics)
    refusals.install(app)
    return app


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """The routes of every application. They hold nothing of the one they serve, and it takes long to make them."""
    root = APIRouter(generate_unique_id_function=_operation_id)
    root.include_router(pages.router)
    root.include_router(health.router)
    root.include_router(documents.router, responses=_errors())
    for router in (
        auth.router,
        action_router(FORMS),
        case_router(FORMS),
        asl.router,
        tasks.router,
        signatures.router,
        suppliers.router,
        sites.router,
        agreements.router,
        registers.router,
        people.router,
        policy.router,
        questionnaires.router,
        calendars.router,
        calendar_feed.router,
        certificates.router,
        scorecards.router,
        audit_programmes.router,
        holds.router,
        facts.router,
        exchanges.router,
        parameter_sets.router,
        batch_analysis.router,
        specifications.router,
        reconciliation.router,
        gates.router,
        grounds.router,
        qp_declarations.router,
        official_releases.router,
        part_confirmations.router,
        certifications_abroad.router,
        consignments.router,
        batch_certificates.router,
        appointments.router,
        authorisations.router,
        genealogy.router,
        product_review.router,
        events.router,
        webhooks.router,
        mailbox.router,
    ):
        root.include_router(router, responses=_errors(), max_body_size=MAX_FORM)
    return tuple(root.routes)


def _lifespan(
    settings: Settings, database: Database | None, temporal: Client | None, clock: Callable[[], datetime]
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        records = database or Database(settings.database_url)
        await asyncio.to_thread(DocumentStore(settings.document_dir).sweep)
        await asyncio.to_thread(load_units)
        app.state.tools = Tools(
            settings=settings,
            database=records,
            journal=Journal(records, load(), web=settings.public_url),
            temporal=temporal or await _connect(settings),
            clock=clock,
        )
        try:
            yield
        finally:
            if database is None:
                await records.close()

    return lifespan


async def _connect(settings: Settings) -> Client:
    """Connects with the first call: the API starts, and answers 503, while the workflow server is down."""
    return await Client.connect(
        settings.temporal_address,
        namespace=settings.temporal_namespace,
        data_converter=pydantic_data_converter,
        retry_config=_RETRIES,
        lazy=True,
    )


def _errors() -> dict[int | str, dict[str, Any]]:
    """The errors that every route may answer with."""
    return {**declared(401, 403, 422, 503), "default": any_problem()}


def _operation_id(route: APIRoute) -> str:
    return route.name
