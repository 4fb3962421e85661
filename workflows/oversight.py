"""The oversight of a site."""

from temporalio import workflow

from domain.case import CaseOrder
from domain.case_actions import COMMON_FORMS
from domain.oversight import OVERSIGHT_FORMS, OversightStage
from workflows.case import Case
from workflows.tasks import Closing


@workflow.defn
class SiteOversight:
    """SOP-05: watch a site for a scope as long as it is on the approved supplier list.

    EU GMP Chapter 7; ICH Q10 2.7; domain specification, section 5.
    """

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        self.case = Case(order, OVERSIGHT_FORMS + COMMON_FORMS, stage=OversightStage.WATCHING)

    @workflow.run
    async def run(self, order: CaseOrder) -> str:
        """Follow the procedure to its end; the result is the outcome."""
        return await self.case.follow(self._procedure())

    async def _procedure(self) -> Closing:
        await self.case.until(lambda: False)
        return Closing(OversightStage.ENDED, "ENDED")
