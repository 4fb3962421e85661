"""The destruction of stock or samples."""

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
        barred = dict.fromkeys(sorted(self.ordered_by), "S1")
        approval = await self.case.ask(DestructionApproval, barred=barred, about=self.request.reason)  # 1
        if not approval.form.approve:
            return Closing.at(DestructionStage.REFUSED)
        self.case.stage(DestructionStage.APPROVED)
        await self.case.ask(DestructionRecord, about=self.request.method)  # 2
        return Closing.at(DestructionStage.DESTROYED)
