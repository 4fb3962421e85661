"""The cases that a case has opened."""

import asyncio

from domain.core.case import CaseOrder
from domain.core.entry import StartCase
from domain.core.forms import Form, Process
from workflows.core.journal_writer import JournalWriter


class OpenedCases:
    """Requests further cases, which are owned by this one."""

    def __init__(self, order: CaseOrder, journal: JournalWriter) -> None:
        self._journal = journal
        self.ids: list[str] = list(order.carried.started) if order.carried else []

    async def start(self, process: Process, *requests: Form) -> tuple[str, ...]:
        """Request one case for each form; returns their business ids."""
        lines = [StartCase(process=process, form=request.model_dump(mode="json")) for request in requests]
        started = await asyncio.gather(*(self._journal.put(line) for line in lines))
        self.ids += started
        return tuple(started)
