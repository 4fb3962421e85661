"""The disposition of a batch."""

from temporalio import workflow

from domain.batch import BatchStage
from domain.batch_forms import FORMS_OF_A_BATCH
from domain.batch_manufacture import ManufactureEnd, ManufactureStart, ParameterReport
from domain.case import CaseOrder
from domain.case_actions import COMMON_FORMS
from workflows.case import Case
from workflows.tasks import Closing


@workflow.defn
class BatchDisposition:
    """SOP-12: from the registration of a batch to the decision for each market, and what is learned after it.

    EU GMP Annex 16; 21 CFR 211.22 and 211.192; domain specification, section 8.
    """

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        self.case = Case(order, FORMS_OF_A_BATCH + COMMON_FORMS, stage=BatchStage.REGISTERED)

    @workflow.run
    async def run(self, order: CaseOrder) -> str:
        """Follow the procedure to its end; the result is the outcome."""
        return await self.case.follow(self._procedure())

    async def _procedure(self) -> Closing:
        await self._made()  # 1
        return _ended(BatchStage.CANCELLED)

    # ------------------------------------------------------------------ 1 manufacture

    async def _made(self) -> None:
        await self.case.ask(ManufactureStart)
        self.case.stage(BatchStage.IN_MANUFACTURE)
        self.case.offer(ParameterReport)
        await self.case.ask(ManufactureEnd)


def _ended(stage: BatchStage) -> Closing:
    return Closing(stage, stage.value)
