"""The worker: runs the procedures. Any number of them may run."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

import structlog
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeIndexedValueType
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.addresses import AddressGuard
from activities.journal import JournalActivities
from activities.mail import Mail, Mailbox
from activities.relay import Relay
from activities.standing_clock import ClockActivities
from activities.visibility import KEYS
from activities.webhooks import Webhooks
from domain.core.units import load_units
from records.contexts import load
from records.core.database import Database
from records.core.dates import Dates
from records.core.journal import Journal
from settings import Settings
from workflows.agreement.review import QualityAgreementReview
from workflows.audit.audit import QualityAudit
from workflows.audit.capa import CorrectiveAction
from workflows.change.site_change import SiteChange
from workflows.core.relay import OutboxRelay, ensure_relay
from workflows.core.standing_clock import StandingClock, ensure_standing_clock
from workflows.delivery.destruction import StockDestruction
from workflows.delivery.returns import GoodsReturn
from workflows.delivery.shipment import BatchDelivery
from workflows.exchange.exchange import TechnicalExchange
from workflows.inspection.inspection import AuthorityInspection
from workflows.oversight.oversight import SiteOversight
from workflows.oversight.renewal import CertificateRenewal
from workflows.oversight.review import QuarterlyReview
from workflows.qualification.qualification import SupplierQualification
from workflows.qualification.risk_review import RiskReview
from workflows.release.batch import BatchDisposition
from workflows.status.status import StatusDecision
from workflows.triage.site_event import SiteEventTriage

log = structlog.get_logger()

PASSED_THROUGH = (
    "domain",
    "records",
    "activities",
    "workflows",
    "sqlalchemy",
    "sqlmodel",
    "yaml",
    "holidays",
    "pint",
    "ucumvert",
    "lark",
)
"""Packages that workflows share with the process: a forgotten one costs memory and time for every case."""

WORKFLOWS: Sequence[type[Any]] = (
    SupplierQualification,
    SiteOversight,
    QuarterlyReview,
    QualityAudit,
    CorrectiveAction,
    CertificateRenewal,
    QualityAgreementReview,
    SiteEventTriage,
    RiskReview,
    SiteChange,
    AuthorityInspection,
    StatusDecision,
    TechnicalExchange,
    BatchDisposition,
    BatchDelivery,
    GoodsReturn,
    StockDestruction,
    OutboxRelay,
    StandingClock,
)
CACHED_WORKFLOWS = 4_000
_TYPES = {
    SearchAttributeIndexedValueType.KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    SearchAttributeIndexedValueType.KEYWORD_LIST: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
    SearchAttributeIndexedValueType.DATETIME: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
    SearchAttributeIndexedValueType.BOOL: IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
    SearchAttributeIndexedValueType.INT: IndexedValueType.INDEXED_VALUE_TYPE_INT,
}


def sandbox() -> SandboxedWorkflowRunner:
    """What workflows run in, and are replayed in. Units are loaded before, for a workflow cannot wait for them."""
    load_units()
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH))


def build_worker(
    client: Client, task_queue: str, journal: Journal, *, relay: Relay | None = None, dates: Dates | None = None
) -> Worker:
    """The one worker of production, embedded mode and tests. Without a relay it leaves the outbox to others.

    Without `dates` it leaves to others what becomes true by a date.
    """
    activities: list[Callable[..., Any]] = [JournalActivities(journal).write]
    if relay is not None:
        activities.append(relay.run)
    if dates is not None:
        activities.append(ClockActivities(dates).look)
    return Worker(
        client,
        task_queue=task_queue,
        workflows=WORKFLOWS,
        activities=activities,
        workflow_runner=sandbox(),
        max_cached_workflows=CACHED_WORKFLOWS,
        graceful_shutdown_timeout=timedelta(seconds=5),
    )


async def add_search_attributes(client: Client, namespace: str, names: Iterable[str]) -> None:
    """Register search attributes by name."""
    types = {key.name: _TYPES[key.indexed_value_type] for key in KEYS}
    await client.operator_service.add_search_attributes(
        AddSearchAttributesRequest(namespace=namespace, search_attributes={name: types[name] for name in names})
    )


async def register_search_attributes(client: Client, namespace: str) -> None:
    """Register what is missing and check all. An attribute that is not registered would stall every case for ever."""
    missing = await _missing(client, namespace)
    if missing:
        with contextlib.suppress(RPCError):  # another worker may have been first; checked below
            await add_search_attributes(client, namespace, missing)
    for _ in range(100):
        missing = await _missing(client, namespace)
        if not missing:
            return
        await asyncio.sleep(0.1)
    raise RuntimeError(f"Temporal does not have the search attributes {', '.join(missing)}, or not with their types.")


async def _missing(client: Client, namespace: str) -> list[str]:
    known = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace=namespace))
    return [key.name for key in KEYS if known.custom_attributes.get(key.name) != _TYPES[key.indexed_value_type]]


async def connect(settings: Settings) -> Client:
    """Connect to Temporal, waiting for a server that is not up yet."""
    pause = 0.2
    while True:
        try:
            return await Client.connect(
                settings.temporal_address,
                namespace=settings.temporal_namespace,
                data_converter=pydantic_data_converter,
            )
        except RuntimeError as error:
            log.info("waiting for Temporal", address=settings.temporal_address, reason=str(error)[:200])
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)


async def main(settings: Settings) -> None:
    """Run one worker until it is told to stop."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    client = await connect(settings)
    database = Database(settings.database_url)
    webhooks = Webhooks(
        database, AddressGuard(allow_private=settings.allow_private_webhooks), source=settings.public_url
    )
    mail = Mail(smtp_url=settings.smtp_url, sender=settings.mail_from, mailbox=Mailbox(settings.mailbox_dir))
    relay = Relay(database, client, settings.task_queue, mail, webhooks)
    try:
        await register_search_attributes(client, settings.temporal_namespace)
        journal = Journal(database, load(), web=settings.public_url)
        dates = Dates(database, journal, load())
        async with build_worker(client, settings.task_queue, journal, relay=relay, dates=dates):
            await ensure_relay(client, settings.task_queue)
            await ensure_standing_clock(client, settings.task_queue)
            log.info("worker runs", task_queue=settings.task_queue)
            await stop.wait()
    finally:
        await webhooks.close()
        await database.close()
