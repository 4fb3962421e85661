"""A batch whose decisions a test writes itself: what is learned after the release, exceptions, and corrections."""

from temporalio import workflow

from domain.batch import BatchStage
from domain.batch_forms import FORMS_OF_A_BATCH
from domain.batch_manufacture import ManufactureEnd
from domain.case import CaseOrder
from domain.case_actions import COMMON_FORMS
from workflows.batch_holds import Holds
from workflows.case import Case
from workflows.gate_exception import GateExceptions
from workflows.post_release import PostRelease
from workflows.rejection_correction import RejectionCorrection
from workflows.tasks import Closing


@workflow.defn(name="BatchDisposition")
class DecidedBatch:
    """The steps that follow a decision, without those that lead to it."""

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        self.case = Case(order, FORMS_OF_A_BATCH + COMMON_FORMS, stage=BatchStage.REGISTERED)
        self.holds = Holds(self.case)
        self.exceptions = GateExceptions(self.case)

    @workflow.run
    async def run(self, order: CaseOrder) -> str:
        return await self.case.follow(self._procedure(order.kind))

    async def _procedure(self, kind: str) -> Closing:
        self.case.meanwhile(self.holds.follow(), must_end=False)
        if kind == "CORRECTION":
            confirmed = await RejectionCorrection(self.case).is_confirmed()
            return Closing(BatchStage.CDMO_REVIEW if confirmed else BatchStage.CANCELLED, "corrected")
        self.exceptions.begin()
        after = PostRelease(self.case, is_quiet=lambda: not self.holds.is_held())
        after.begin()
        await self.case.ask(ManufactureEnd)  # the test decides on the markets before
        self.exceptions.end()
        return await after.follow()
