"""Counts what a step costs the database: exactly, however fast the machine is.

A statement is one `before_cursor_execute` of the engine that API, worker and relay share; BEGIN and COMMIT are none.
What would depend on the moment is taken out of the count:

- The relay looks again and again, and takes together what happens to be due. Here it makes one turn at a time, when all
  procedures are at rest and everything of the turn before is delivered; so a lone step is counted, with the looks that
  found something and without those that found nothing.
- A person's answer is told to its case once more ten seconds later. Here at once, but in a turn of its own.
- Claims are renewed while a delivery lasts. Here they are not.
- A procedure writes on after the answer. It is at rest when the history of its case says that no task is left to do.
- Who starts a case does not wait for its procedure: of a start, before the answer is what the API does.
- Whoever watches has a database engine of their own.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine, event, update
from sqlmodel import col, select
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from records.core.database import Database
from records.core.outgoing.deliveries import Deliveries, Delivery, Outcome, pending
from records.core.tables.cases import CaseRow
from records.core.tables.journal import OutboxRow

PATIENCE = 120
"""Seconds: a loaded machine takes longer, and counts the same."""

_TASK_EVENTS = {
    EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
}

_ASKING: ContextVar[bool] = ContextVar("asking", default=False)
"""Set where somebody asks: the API works in their context, worker and relay do not."""


@dataclass
class Counter:
    """What was done on one engine while it was counted."""

    statements: int = 0
    of_the_api: int = 0
    """Statements of the API alone, without what a worker does at the same time."""
    writes: int = 0
    """Transactions that were begun to write, also if they wrote nothing or were rolled back."""

    @contextmanager
    def on(self, engine: Engine) -> Iterator[None]:
        """Count until the block ends; whoever asks must ask inside of it."""
        asking = _ASKING.set(True)
        event.listen(engine, "before_cursor_execute", self._statement)
        event.listen(engine, "begin", self._begin)
        try:
            yield
        finally:
            event.remove(engine, "before_cursor_execute", self._statement)
            event.remove(engine, "begin", self._begin)
            _ASKING.reset(asking)

    def _statement(self, _connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            self.statements += 1
            self.of_the_api += _ASKING.get()

    def _begin(self, connection: Connection) -> None:
        self.writes += not connection.get_execution_options().get("reading", False)


class Turns(Deliveries):
    """The outbox of a relay that makes a turn only when it is told to."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, lease=timedelta(minutes=10))
        self._outcomes: list[Outcome] = []
        self._under_way = 0
        self._asked: asyncio.Future[None] | None = None
        self._free = False

    async def turn(self, relay: str, outcomes: Sequence[Outcome], at_most: int) -> list[Delivery]:
        """Collect outcomes until a turn is asked for. A relay that shuts down (`at_most` of 0) settles in any case."""
        self._outcomes += outcomes
        asked = self._asked
        if asked is None and not self._free and at_most > 0:
            return []
        done, self._outcomes = self._outcomes, []
        deliveries = await super().turn(relay, done, at_most)
        self._under_way += len(deliveries) - len(done)
        if asked is not None:
            self._asked = None
            asked.set_result(None)
        return deliveries

    async def renew(self, relay: str, deliveries: Sequence[Delivery]) -> None:
        """By the second, not by the step."""

    @contextmanager
    def freely(self) -> Iterator[None]:
        """Turns as they come, while time passes."""
        self._free = True
        try:
            yield
        finally:
            self._free = False

    @property
    def are_delivered(self) -> bool:
        """Whether nothing is under way."""
        return self._under_way == len(self._outcomes)

    @property
    def wait_to_be_settled(self) -> bool:
        """Whether outcomes have been collected."""
        return bool(self._outcomes)

    async def make_one(self) -> None:
        """Have the relay settle what is delivered and claim what is due, in one turn."""
        self._asked = asyncio.get_running_loop().create_future()
        await self._asked


@dataclass
class Rest:
    """Brings the whole program to rest, without a statement of its own on the engine that is counted."""

    client: Client
    turns: Turns
    watch: Database

    async def come(self) -> None:
        """Work off everything that follows from what was done, in the same order every time."""
        async with asyncio.timeout(PATIENCE):
            await self._work_off()
            await self._bring_forward()
            await self._work_off()

    async def _work_off(self) -> None:
        while True:
            if not self.turns.are_delivered:
                await asyncio.sleep(0.01)
                continue
            await self._procedures()
            if not self.turns.wait_to_be_settled and not await self._is_due():
                return
            await self.turns.make_one()

    async def _procedures(self) -> None:
        """Wait until none has anything to do. One cannot wake another: messages between cases wait for a turn."""
        async with self.watch.reading() as session:
            waiting = list((await session.exec(select(CaseRow.case_id))).all())
        while waiting:
            if await self._is_idle(waiting[-1]):
                waiting.pop()
            else:
                await asyncio.sleep(0.01)

    async def _is_idle(self, case: str) -> bool:
        try:
            history = await self.client.get_workflow_handle(case).fetch_history()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return True  # the relay is to start it
        tasks = [each.event_type for each in history.events if each.event_type in _TASK_EVENTS]
        return bool(tasks) and tasks[-1] == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED

    async def _is_due(self) -> bool:
        query = select(OutboxRow.outbox_id).where(pending(OutboxRow), col(OutboxRow.not_before).is_(None)).limit(1)
        async with self.watch.reading() as session:
            return (await session.exec(query)).first() is not None

    async def _bring_forward(self) -> None:
        async with self.watch.writing() as session:
            told_again = update(OutboxRow).where(pending(OutboxRow), col(OutboxRow.kind) == "answer")
            await session.exec(told_again.values(not_before=None))
