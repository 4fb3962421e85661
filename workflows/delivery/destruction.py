"""The destruction of stock or samples."""

from functools import partial

from temporalio import workflow

from domain.core.case import CaseOrder
from domain.core.case_actions import COMMON_FORMS
from domain.delivery.destruction import (
    DESTRUCTION_FORMS,
    DestructionApproval,
    DestructionCancellation,
    DestructionOrder,
    DestructionRecord,
    DestructionStage,
)
from workflows.core.case import Case
from workflows.core.tasks import Closing


@workflow.defn
class StockDestruction:
    """SOP-18: stock or samples of a batch are destroyed: ordered, approved by another person of quality, proven.

    An approval falls when something comes to need the goods before it is carried out. That it was done all the same can
    be recorded at any time.

    EU GDP (2013/C 343/01), 6.3; domain specification, section 17.
    """

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        self.request = DestructionOrder.stored(order.request)
        self.ordered_by = order.requested_by.persons
        self.case = Case(order, DESTRUCTION_FORMS + COMMON_FORMS, stage=DestructionStage.ORDERED)

    @workflow.run
    async def run(self, order: CaseOrder) -> str:
        """Follow the procedure to its end; the result is the outcome."""
        return await self.case.follow(self._procedure())

    async def _procedure(self) -> Closing:
        self.case.offer(DestructionCancellation, ends=Closing.at(DestructionStage.CANCELLED))
        about = self.request.reason
        while await self._is_approved(about):  # 1
            self.case.retract(DestructionRecord)
            self.case.stage(DestructionStage.APPROVED)
            about = await self._needed()  # 2
            if not about:
                return Closing.at(DestructionStage.DESTROYED)
            self.case.stage(DestructionStage.ORDERED)
            self.case.offer(DestructionRecord, ends=Closing.at(DestructionStage.DESTROYED))
        return Closing.at(DestructionStage.REFUSED)

    async def _is_approved(self, about: str) -> bool:
        barred = dict.fromkeys(sorted(self.ordered_by), "S1")
        return (await self.case.ask(DestructionApproval, barred=barred, about=about)).form.approve

    async def _needed(self) -> str:
        """What has come to need it before it was carried out; empty once that is recorded."""
        while True:
            known = self.case.changes()
            record = self.case.ask(DestructionRecord, about=self.request.method)
            if await self.case.ask_unless(partial(self._has_changed, known), record) is not None:
                return ""
            found = (await self.case.establish("destruction.approval_fell"))["needed_by"]
            if isinstance(found, list) and found:
                return f"It is needed by now: {', '.join(map(str, found))}"

    def _has_changed(self, known: int) -> bool:
        return self.case.changes() > known
