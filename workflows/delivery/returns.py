"""Goods that come back."""

from temporalio import workflow

from domain.core.case import CaseOrder
from domain.core.case_actions import COMMON_FORMS
from domain.delivery.returns import RETURN_FORMS, ReturnAssessment, ReturnReceipt, ReturnStage, barred_from_assessing
from workflows.core.case import Case
from workflows.core.tasks import Closing


@workflow.defn
class GoodsReturn:
    """SOP-17: goods of a delivery come back, and lie blocked until quality says whether they go back into stock.

    EU GDP (2013/C 343/01), 6.3; domain specification, section 17.
    """

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        self.request = ReturnReceipt.stored(order.request)
        self.received_by = order.requested_by.persons
        self.case = Case(order, RETURN_FORMS + COMMON_FORMS, stage=ReturnStage.ASSESSMENT)

    @workflow.run
    async def run(self, order: CaseOrder) -> str:
        """Follow the procedure to its end; the result is the outcome."""
        return await self.case.follow(self._procedure())

    async def _procedure(self) -> Closing:
        barred = barred_from_assessing(sorted(self.received_by))
        assessment = await self.case.ask(ReturnAssessment, barred=barred, about=self.request.reason)  # 1
        return Closing.at(ReturnStage.UNRESTRICTED if assessment.form.usable else ReturnStage.BLOCKED)
