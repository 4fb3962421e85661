"""The oversight of a site."""

from temporalio import workflow

from domain.core.case import CaseOrder
from domain.core.case_actions import COMMON_FORMS, Acknowledgement, Extension, Hold, Reassignment, Resume
from domain.oversight.evaluation import OversightEvaluation
from domain.oversight.oversight import OVERSIGHT_FORMS, OversightStage, ShorterInterval
from workflows.core.case import Case
from workflows.core.tasks import Answered, Closing

LONG = 500
"""Events of a history after which the oversight goes on in a new run."""


@workflow.defn
class SiteOversight:
    """SOP-05: watch a site for a scope as long as it is on the approved supplier list.

    EU GMP Chapter 7; ICH Q10 2.7; domain specification, section 5. It asks nobody itself: whatever a person has to do
    is a case of its own, which an evaluation opens when it is due (records/oversight/checks/evaluation.py). So it holds
    nothing but the instant of the next evaluation, and may go on in a new run at any time.
    """

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        self.case = Case(order, OVERSIGHT_FORMS + COMMON_FORMS, stage=OversightStage.WATCHING)
        self.case.retract(Hold, Resume, Extension, Reassignment, Acknowledgement)  # nobody stops the watch

    @workflow.run
    async def run(self, order: CaseOrder) -> str:
        """Follow the procedure to its end; the result is the outcome."""
        return await self.case.follow(self._procedure())

    async def _procedure(self) -> Closing:
        self.case.offer(ShorterInterval, self._interval_shortened)
        while True:
            known = self.case.changes()
            evaluation = OversightEvaluation.model_validate(await self.case.establish("site.looked"))
            if evaluation.ends is not None:
                return Closing(OversightStage.ENDED, evaluation.ends.value)
            await self.case.sleep(known, evaluation.next, evaluation.then)
            await self.case.turn_over(beyond=LONG)

    def _interval_shortened(self, answered: Answered[ShorterInterval]) -> None:
        self.case.mark_changed()
