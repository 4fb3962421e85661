"""The relay: one long activity that delivers what the records want to leave the process."""

import asyncio
import contextlib
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from temporalio import activity
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.service import RPCError, RPCStatusCode

from activities.mail import Letter, Mail
from activities.starting import start_case
from activities.undeliverable import Undeliverable
from activities.webhooks import Webhooks
from domain.core.case import CaseOrder, Message, submitted
from records.core.database import OUTAGES, Database
from records.core.outgoing.deliveries import Deliveries, Delivery, Outcome
from records.core.queries.events import event_of
from records.core.tables.cases import CaseRow

log = structlog.get_logger()
Send = Callable[[Delivery], Awaitable[str | None]]
"""Takes a delivery where it goes; what it returns is noted. Raises if it did not arrive."""


@dataclass(frozen=True)
class RelaySettings:
    """How the relay works: its times in seconds, and how many deliveries are under way at once."""

    idle: float = 0.2
    """Between two queries of an empty outbox; up to ten times as long while a query takes long."""
    renew_every: float = 2.0
    run_for: float = 3600.0
    """Then the activity returns, so that the workflow can continue as new."""
    at_once: int = 16
    timeout: float = 20.0
    """Then one try is given up."""


class Relay:
    """Delivers outbox rows at least once, in order within each lane.

    May run twice: every row is claimed in the database, cases and messages carry ids that receivers know again, mails
    a Message-ID and webhooks a `webhook-id`.
    """

    def __init__(
        self,
        database: Database,
        client: Client,
        task_queue: str,
        mail: Mail,
        webhooks: Webhooks,
        *,
        deliveries: Deliveries | None = None,
        settings: RelaySettings = RelaySettings(),
    ) -> None:
        self._database = database
        self._client = client
        self._task_queue = task_queue
        self._mail = mail
        self._webhooks = webhooks
        self._deliveries = deliveries or Deliveries(database)
        self._settings = settings
        self._senders: dict[str, Send] = {
            "start": self._start_case,
            "signal": self._send_signal,
            "answer": self._send_answer,
            "mail": self._send_mail,
            "webhook": self._send_webhook,
        }

    @activity.defn(name="relay")
    async def run(self) -> int:
        """Deliver for `run_for` seconds, or until the worker shuts down. Returns how many deliveries were settled."""
        run = RelayRun(self._deliveries, self._deliver, self._settings)
        async with asyncio.TaskGroup() as group:
            beside = [group.create_task(run.beat()), group.create_task(run.keep_claims())]
            try:
                await run.work()
            finally:
                for task in beside:
                    task.cancel()
                await run.end()
        return run.settled

    async def _deliver(self, delivery: Delivery) -> Outcome:
        try:
            send = self._senders[delivery.head.kind]
            async with asyncio.timeout(self._settings.timeout):
                note = await send(delivery)
        except Undeliverable as error:
            return Outcome(delivery, delivered=False, error=str(error), final=True)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, it is tried again
            log.info(
                "not delivered", outbox_id=delivery.head.outbox_id, kind=delivery.head.kind, error=_in_words(error)
            )
            return Outcome(delivery, delivered=False, error=_in_words(error))
        return Outcome(delivery, delivered=True, error=note)

    async def _start_case(self, delivery: Delivery) -> None:
        await start_case(self._client, CaseOrder.model_validate(delivery.head.payload), self._task_queue)

    async def _send_signal(self, delivery: Delivery) -> str | None:
        """A closed case needs no message any more; one that is not started yet gets it later."""
        message = Message.model_validate(delivery.head.payload)
        handle = self._client.get_workflow_handle(delivery.head.lane)
        try:
            await handle.signal(message.subject.value, message, rpc_timeout=timedelta(seconds=5))
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            async with self._database.reading() as session:
                case = await session.get(CaseRow, delivery.head.lane)
            if case is None:
                raise Undeliverable(f"there is no case {delivery.head.lane}") from error
            if case.closed_at is not None:
                return "not delivered: the case is closed"
            raise
        return None

    async def _send_answer(self, delivery: Delivery) -> str | None:
        """A case that knows the answer gives its first receipt; one that forgot it takes it up again."""
        about = delivery.head.payload
        async with self._database.reading() as session:
            event = await event_of(session, about["stream"], about["number"])
        handle = self._client.get_workflow_handle(about["stream"])
        try:
            await handle.execute_update(
                about["action"], submitted(event), id=event.command_id, rpc_timeout=timedelta(seconds=10)
            )
        except WorkflowUpdateFailedError as error:
            return f"the case is past it: {error.cause}"
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return "the case is closed"
        return None

    async def _send_mail(self, delivery: Delivery) -> str | None:
        return await self._mail.send([Letter.of(row) for row in delivery.rows])

    async def _send_webhook(self, delivery: Delivery) -> str | None:
        return await self._webhooks.deliver(delivery.head)


@dataclass
class RelayRun:
    """One run of the activity: the deliveries that are under way and those that wait to be settled."""

    deliveries: Deliveries
    deliver: Callable[[Delivery], Awaitable[Outcome]]
    settings: RelaySettings
    relay: str = field(default_factory=lambda: uuid.uuid4().hex)
    settled: int = 0
    under_way: dict[asyncio.Task[Outcome], Delivery] = field(default_factory=dict)

    async def work(self) -> None:
        clock = asyncio.get_running_loop().time
        until = clock() + self.settings.run_for
        while clock() < until and not activity.is_worker_shutdown():
            began, works, claimed = clock(), True, 0
            try:
                claimed = await self._turn(self.settings.at_once - len(self.under_way))
            except OUTAGES as outage:
                works = False
                log.warning("the records cannot be written; the relay tries again", error=_in_words(outage))
            pause = min(max(self.settings.idle, 5 * (clock() - began)), 10 * self.settings.idle)
            if self.under_way and works:
                await asyncio.wait(self.under_way, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
            elif not claimed:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(activity.wait_for_worker_shutdown(), pause)

    async def _turn(self, at_most: int) -> int:
        done = [task for task in self.under_way if task.done()]
        claimed = await self.deliveries.turn(self.relay, [task.result() for task in done], at_most)
        for task in done:
            del self.under_way[task]
        for delivery in claimed:
            self.under_way[asyncio.create_task(_as_task(self.deliver, delivery))] = delivery
        self.settled += len(done)
        return len(claimed)

    async def beat(self) -> None:
        """Beside the claims, which may have to wait for their turn to write: a relay that waits is not dead."""
        while True:
            activity.heartbeat(self.settled)
            await asyncio.sleep(self.settings.renew_every)

    async def keep_claims(self) -> None:
        while True:
            with contextlib.suppress(*OUTAGES):
                await self.deliveries.renew(self.relay, list(self.under_way.values()))
            await asyncio.sleep(self.settings.renew_every)

    async def end(self) -> None:
        """Let what is under way finish for a moment, settle it, and give the rest back.

        While the records cannot be written, claims run out instead, and what was delivered is delivered once more.
        """
        if self.under_way:
            await asyncio.wait(self.under_way, timeout=2.0)
        with contextlib.suppress(*OUTAGES):
            await self._turn(0)
        left = list(self.under_way.values())
        for task in self.under_way:
            task.cancel()
        await asyncio.gather(*self.under_way, return_exceptions=True)
        with contextlib.suppress(*OUTAGES):
            await self.deliveries.release(self.relay, left)


async def _as_task(deliver: Callable[[Delivery], Awaitable[Outcome]], delivery: Delivery) -> Outcome:
    return await deliver(delivery)


def _in_words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:500]
