import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.addresses import AddressGuard
from activities.mail import Mail, Mailbox
from activities.relay import Relay, RelaySettings
from activities.visibility import KEYS
from activities.webhooks import Webhooks
from domain.core.case import CaseOrder, Message, Subject
from domain.core.forms import Process
from domain.core.people import SYSTEM
from records.core.database import Database
from records.core.outgoing.deliveries import Deliveries, RetrySchedule
from records.core.tables.cases import CaseRow
from tests import patience
from tests.activities.outbox import put, rows
from tests.activities.receiver import Receiver, receiver
from tests.activities.subscribing import record, subscribe
from tests.records.databases import Databases
from workflows.core.relay import RELAY, OutboxRelay, ensure_relay

__all__ = ["receiver"]

QUICK = RetrySchedule(timedelta(seconds=0.1), timedelta(seconds=0.2), tries=1000)
RETRIES = dict.fromkeys(("start", "signal", "answer", "mail", "webhook"), QUICK)


@workflow.defn(name="QualityAudit")
class Listener:
    """A case that does nothing but listen, until it receives the end."""

    def __init__(self) -> None:
        self.received: list[str] = []

    @workflow.run
    async def run(self, order: CaseOrder) -> list[str]:
        await workflow.wait_condition(lambda: "end" in self.received)
        return self.received

    @workflow.signal
    async def verified(self, message: Message) -> None:
        self.received.append(message.message_id)

    @workflow.signal
    async def outcome(self, message: Message) -> None:
        self.received.append(message.message_id)


@dataclass
class Office:
    """Records, a workflow server, and relays that can be opened and closed."""

    database: Database
    client: Client
    queue: str
    mailbox: Mailbox

    def relay(self, *, smtp_url: str = "", settings: RelaySettings | None = None) -> Relay:
        return Relay(
            self.database,
            self.client,
            self.queue,
            Mail(smtp_url=smtp_url, sender="vetted@sponsor.example", mailbox=self.mailbox),
            Webhooks(self.database, AddressGuard(allow_private=True), source="https://vetted.sponsor.example"),
            deliveries=Deliveries(self.database, retries=RETRIES),
            settings=settings or RelaySettings(idle=0.02, renew_every=0.5),
        )

    @asynccontextmanager
    async def open(self, *, smtp_url: str = "", settings: RelaySettings | None = None) -> AsyncIterator[None]:
        async with self.worker(self.relay(smtp_url=smtp_url, settings=settings)):
            await ensure_relay(self.client, self.queue)
            yield

    def worker(self, relay: Relay) -> Worker:
        return Worker(
            self.client,
            task_queue=self.queue,
            workflows=[OutboxRelay, Listener],
            activities=[relay.run],
            workflow_runner=UnsandboxedWorkflowRunner(),
            graceful_shutdown_timeout=timedelta(seconds=5),
        )

    async def case(self, case_id: str, *, closed: bool = False) -> CaseOrder:
        """A case on record whose workflow is not started."""
        order = CaseOrder(
            case_id=case_id, process=Process.AUDIT, title="Audit", supplier_id="SUP-1", site_id="CH-1",
            requested_by=SYSTEM, requested_at=datetime.now(UTC), policy_version=1, request={},
        )  # fmt: skip
        row = CaseRow(
            case_id=case_id, process="audits", title="Audit", supplier_id="SUP-1", site_id="CH-1", scope_ids=[],
            stage="REQUESTED", offers=[], open_tasks={}, requested_by="SYSTEM", requested_at=order.requested_at,
            order=order.model_dump(mode="json"), closed_at=order.requested_at if closed else None,
        )  # fmt: skip
        async with self.database.writing() as session:
            session.add(row)
        return order

    async def start(self, order: CaseOrder) -> int:
        return await put(self.database, order.case_id, "start", **order.model_dump(mode="json"))

    async def send(self, case_id: str, message_id: str) -> int:
        subject = Subject.OUTCOME if message_id == "end" else Subject.VERIFIED
        message = Message(message_id=message_id, sender="AUD-0", subject=subject)
        return await put(self.database, case_id, "signal", **message.model_dump(mode="json"))

    async def delivered(self, *outbox_ids: int) -> None:
        async def done() -> bool:
            found = await rows(self.database)
            return all(found[outbox_id].delivered_at for outbox_id in outbox_ids)

        await until(done)

    async def subjects(self, person: str) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mailbox.newest(person, 100)]


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(patience.PATIENCE):
        while not await condition():  # noqa: ASYNC110 - the other side is a database
            await asyncio.sleep(0.03)


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[Client]:
    async with await WorkflowEnvironment.start_local(
        data_converter=pydantic_data_converter,
        dev_server_existing_path=str(Path(sys.executable).parent / "temporal"),
        dev_server_log_level="never",
        search_attributes=KEYS,
    ) as environment:
        yield environment.client


@pytest.fixture
async def office(client: Client, databases: Databases, tmp_path: Path) -> AsyncIterator[Office]:
    database = Database(databases.migrated("sqlite"))
    yield Office(database, client, f"relay-{uuid4()}", Mailbox(tmp_path))
    with suppress(RPCError):
        await client.get_workflow_handle(RELAY).terminate()
    await database.close()


def case_id() -> str:
    return f"AUD-{uuid4().hex[:8]}"


async def test_a_case_is_started_and_told_in_order(office: Office) -> None:
    order = await office.case(case_id())
    await office.start(order)
    for number in range(10):
        await office.send(order.case_id, f"message {number}")
    last = await office.send(order.case_id, "end")
    async with office.open():
        await office.delivered(last)
        handle: WorkflowHandle[Listener, list[str]] = office.client.get_workflow_handle_for(Listener.run, order.case_id)
        assert await handle.result() == [*(f"message {number}" for number in range(10)), "end"]


async def test_a_case_that_was_started_by_the_api_is_not_started_twice(office: Office) -> None:
    order = await office.case(case_id())
    handle = await office.client.start_workflow("QualityAudit", order, id=order.case_id, task_queue=office.queue)
    async with office.open():
        await office.delivered(await office.start(order), await office.send(order.case_id, "end"))
        assert await handle.result() == ["end"]
        await office.delivered(await office.start(order))
    newest = await office.client.get_workflow_handle(order.case_id).describe()
    assert newest.run_id == handle.first_execution_run_id


async def test_a_message_waits_for_its_case_and_a_closed_case_needs_none(office: Office) -> None:
    late, closed = await office.case(case_id()), await office.case(case_id(), closed=True)
    waits = await office.send(late.case_id, "end")
    dropped = await office.send(closed.case_id, "too late")
    async with office.open():
        await office.delivered(dropped)
        found = await rows(office.database)
        assert found[dropped].last_error == "not delivered: the case is closed"
        assert found[waits].delivered_at is None
        await office.client.start_workflow("QualityAudit", late, id=late.case_id, task_queue=office.queue)
        await office.delivered(waits)
        assert await office.client.get_workflow_handle(late.case_id).result() == ["end"]


async def test_a_message_to_no_case_is_a_dead_letter_and_stops_nobody(office: Office) -> None:
    lost = await office.send("AUD-none", "hello")
    fine = await put(office.database, "PER-1", subject="fine")
    async with office.open():
        await office.delivered(fine)

        async def dead() -> bool:
            return (await rows(office.database))[lost].dead_at is not None

        await until(dead)
    assert (await rows(office.database))[lost].last_error == "there is no case AUD-none"


async def test_mail_waits_for_its_server_while_the_rest_goes_out(
    office: Office, receiver: Receiver, unused_tcp_port: int
) -> None:
    await subscribe(office.database, "WH-1", receiver.url)
    stuck = [await put(office.database, "PER-1", subject=f"mail {number}") for number in range(3)]
    await record(office.database, "AUD-1", "audit.plan")
    async with office.open(smtp_url=f"smtp://127.0.0.1:{unused_tcp_port}"):

        async def tried() -> bool:
            found = await rows(office.database)
            return bool(receiver.got) and found[stuck[0]].tries > 1

        await until(tried)
    found = await rows(office.database)
    assert "Connect" in str(found[stuck[0]].last_error)
    assert [found[outbox_id].tries for outbox_id in stuck[1:]] == [0, 0]
    async with office.open():
        await office.delivered(*stuck)
    assert await office.subjects("PER-1") == ["mail 2", "mail 1", "mail 0"]


async def test_after_a_day_without_mail_each_person_gets_one_digest(office: Office) -> None:
    day = [
        await put(office.database, f"PER-{number % 2}", subject=f"mail {number}", ago=timedelta(hours=24 - number))
        for number in range(10)
    ]
    async with office.open():
        await office.delivered(*day)
    for person in ("PER-0", "PER-1"):
        assert await office.subjects(person) == ["5 messages while mail was down"]


async def test_a_subscriber_that_is_down_gets_every_event_in_order_later(office: Office, receiver: Receiver) -> None:
    await subscribe(office.database, "WH-1", receiver.url)
    receiver.status = 503
    async with office.open():
        for _ in range(5):
            await record(office.database, "AUD-1", "audit.plan")

        async def tried() -> bool:
            return len(receiver.got) >= 2

        await until(tried)
        receiver.status, failed = 204, len(receiver.got)

        async def settled() -> bool:
            return all(row.delivered_at for row in (await rows(office.database)).values())

        await until(settled)
    assert set(receiver.ids[:failed]) == {"AUD-1#1"}
    assert list(dict.fromkeys(receiver.ids)) == [f"AUD-1#{number}" for number in range(1, 6)]


async def test_two_relays_deliver_everything_once_and_in_order(office: Office, receiver: Receiver) -> None:
    for number in range(3):
        await subscribe(office.database, f"WH-{number}", receiver.url)
    receiver.delay = 0.01
    for _ in range(15):
        await record(office.database, "AUD-1", "audit.plan")
    queue = f"second-{uuid4()}"
    second = Office(office.database, office.client, queue, office.mailbox)
    async with office.open(), second.worker(second.relay()):
        await office.client.start_workflow(OutboxRelay.run, id=queue, task_queue=queue)

        async def settled() -> bool:
            return all(row.delivered_at for row in (await rows(office.database)).values())

        await until(settled)
        await office.client.get_workflow_handle(queue).terminate()
    assert len(receiver.got) == 45
    assert [row.tries for row in (await rows(office.database)).values()] == [1] * 45


async def test_another_worker_goes_on_where_one_was_shut_down(office: Office) -> None:
    first = await put(office.database, "PER-1", subject="before")
    async with office.open():
        await office.delivered(first)
    second = await put(office.database, "PER-1", subject="after")
    async with office.worker(office.relay()):
        await office.delivered(second)
    assert await office.subjects("PER-1") == ["after", "before"]


async def test_there_is_one_relay_and_its_history_stays_short(office: Office) -> None:
    async with office.open(settings=RelaySettings(idle=0.001, run_for=0.005)):
        await ensure_relay(office.client, office.queue)
        handle = office.client.get_workflow_handle(RELAY)
        first_run = (await handle.describe()).run_id

        async def went_on() -> bool:
            return (await handle.describe()).run_id != first_run

        await until(went_on)
        events = (await office.client.get_workflow_handle(RELAY, run_id=first_run).fetch_history()).events
        assert 300 < len(events) < 1000
        await office.delivered(await put(office.database, "PER-1"))
