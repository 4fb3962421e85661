"""The supplier qualification."""

from temporalio import workflow

from domain.case import CaseOrder
from domain.case_actions import COMMON_FORMS
from domain.qualification import QUALIFICATION_FORMS, QualificationStage
from domain.qualification_request import QualificationRequest, Withdrawal
from workflows.case import Case
from workflows.tasks import Closing


@workflow.defn
class SupplierQualification:
    """SOP-03: from the request for a site and scope to its row on the approved supplier list.

    EU GMP Chapters 5 and 7; ICH Q10 2.7; domain specification, section 4.
    """

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        self.case = Case(order, QUALIFICATION_FORMS + COMMON_FORMS, stage=QualificationStage.REQUESTED)
        self.request = QualificationRequest.stored(order.request)

    @workflow.run
    async def run(self, order: CaseOrder) -> str:
        """Follow the procedure to its end; the result is the outcome."""
        return await self.case.follow(self._procedure())

    async def _procedure(self) -> Closing:
        self.case.offer(Withdrawal, ends=Closing(QualificationStage.WITHDRAWN, "WITHDRAWN"))
        await self.case.until(lambda: False)
        return Closing(QualificationStage.REJECTED, "REJECTED")
