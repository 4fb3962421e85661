"""Before a batch is worked again."""

from domain.batch.deviations.working_again import ReworkApproval, ReworkAssessment
from workflows.core.case import Case


class WorkingAgain:
    """SOP-12, reprocessing and rework: outside the registered process regulatory affairs and the decider come first.

    ICH Q7, 14.2 and 14.3; domain specification, section 17.
    """

    def __init__(self, case: Case) -> None:
        self._case = case

    async def may_begin(self) -> bool:
        """Whether it is registered, or approved by the decider of the markets."""
        assessment = await self._case.ask(ReworkAssessment)
        if assessment.form.registered:
            return True
        barred = dict.fromkeys(sorted(assessment.by.persons), "S1")
        approval = await self._case.ask(ReworkApproval, barred=barred, about=assessment.form.filing_impact)
        return approval.form.approve
