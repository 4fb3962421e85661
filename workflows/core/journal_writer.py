"""The way of a case to the journal: what gathers in one turn of a workflow is written as one entry."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

from activities.journal import JournalActivities
from domain.core.case import CaseOrder, OpenedTask
from domain.core.entry import AnyLine, Entry, Move, OpenTask, PlainEvent, Send, StartCase, Written
from domain.core.forms import sha256
from domain.core.people import SYSTEM, Actor
from workflows.core.options import JOURNAL


@dataclass
class _Put:
    """A line that waits to be written, and who waits for its answer."""

    line: AnyLine
    written: asyncio.Future[Any] | None = None


class JournalWriter:
    """Writes to the journal for one case."""

    def __init__(self, order: CaseOrder, first_stage: StrEnum, on_offer: Callable[[], tuple[str, ...]]) -> None:
        carried = order.carried
        self._case_id = order.case_id
        self._on_offer = on_offer
        self._put: list[_Put] = []
        self._stages: list[StrEnum] = [] if carried else [first_stage]
        self._stage = first_stage
        self._last_offered: tuple[str, ...] = carried.offers if carried else ()
        self._entries = carried.entries if carried else 0
        self._closing = False

    @property
    def entries(self) -> int:
        """How many entries the case has written for itself."""
        return self._entries

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits to be written."""
        return not self._put and not self._has_moved()

    async def put(self, line: AnyLine) -> Any:
        """Write a line with what else gathers in this turn. Returns the opened task, or the id of the new case."""
        put = _Put(line, asyncio.Future())
        self._put.append(put)
        return await put.written  # type: ignore[misc]

    def note(self, line: AnyLine) -> None:
        """Have a line written without waiting for it."""
        self._put.append(_Put(line))

    def forget(self, line: AnyLine) -> bool:
        """Take back a line that is not being written yet; says whether it was."""
        kept = [put for put in self._put if put.line is not line]
        taken_back = len(kept) < len(self._put)
        self._put = kept
        return taken_back

    def moved(self, stage: StrEnum) -> None:
        """The case is at another stage. Every stage is written, also one that is left in the same turn."""
        self._stage = stage
        self._stages.append(stage)

    async def close(self, stage: StrEnum, outcome: str) -> None:
        """Write the end of the case. Facts and messages are written too; tasks are neither opened nor withdrawn."""
        self._closing = True
        self._put = [put for put in self._put if isinstance(put.line, PlainEvent | StartCase | Send)]
        await self.put(Move(stage=stage, closes=True, outcome=outcome))

    async def write_for_ever(self, after: Callable[[], None]) -> None:
        """Write whatever gathers; call `after` when it is written."""
        while True:
            await workflow.wait_condition(lambda: bool(self._put) or self._has_moved())
            puts, self._put = self._put, []
            lines = [*self._moves(), *(put.line for put in puts)]
            if lines:
                await self._write_together(lines, puts)
                await asyncio.sleep(0)  # whoever waited for a line goes on first
            after()

    async def _write_together(self, lines: list[AnyLine], puts: list[_Put]) -> None:
        try:
            written = await self.write_own(*lines)
        except Exception as error:
            for put in puts:
                if put.written is not None and not put.written.done():
                    put.written.set_exception(error)
            raise
        opened = {task.task_id: task for task in written.opened}
        started = iter(written.started)
        for put in puts:
            answer = _answer(put.line, opened, started)
            if put.written is not None and not put.written.done():
                put.written.set_result(answer)

    async def write_own(self, *lines: AnyLine) -> Written:
        """Write what the procedure itself has to say. A refusal here is a defect: the task fails until it is mended."""
        self._entries += 1
        try:
            return await self.write(f"{self._case_id}#{self._entries}", lines, SYSTEM, sha256(_summary(lines)))
        except ApplicationError as error:
            raise RuntimeError(f"the journal refused {self._case_id}'s own entry: {error.message}") from error

    async def write(self, command_id: str, lines: tuple[AnyLine, ...], actor: Actor, fingerprint: str = "") -> Written:
        """Write one entry for somebody. Raises the `ApplicationError` of a refusal.

        The fingerprint of an own entry is what it says: the same number must never stand for something else.
        """
        entry = Entry(
            stream=self._case_id,
            command_id=command_id,
            at=workflow.now(),
            actor=actor,
            lines=lines,
            fingerprint=fingerprint,
        )
        try:
            return await workflow.execute_local_activity_method(
                JournalActivities.write, entry, summary=_summary(lines), **JOURNAL
            )
        except ActivityError as error:
            if isinstance(error.cause, ApplicationError):
                raise error.cause from error
            if is_cancelled_exception(error):  # of steps that are not followed any more; the case goes on
                raise asyncio.CancelledError from error
            raise

    def _has_moved(self) -> bool:
        return not self._closing and (bool(self._stages) or self._last_offered != self._on_offer())

    def _moves(self) -> list[Move]:
        if not self._has_moved():
            return []
        offered = self._last_offered = self._on_offer()
        stages, self._stages = self._stages or [self._stage], []
        return [Move(stage=stage, offers=offered) for stage in stages]


def _answer(line: AnyLine, opened: Mapping[str, OpenedTask], started: Iterator[str]) -> Any:
    if isinstance(line, OpenTask):
        return opened[line.task_id]
    return next(started) if isinstance(line, StartCase) else None


def _summary(lines: tuple[AnyLine, ...]) -> str:
    """What an entry says, for the timeline."""
    return ", ".join(line.words() for line in lines)[:200]
