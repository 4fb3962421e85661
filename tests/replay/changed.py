"""A procedure that no longer does what its histories tell."""

from temporalio import workflow

from domain.audit.audit import AuditStage
from domain.audit.team import AuditTeam
from domain.core.case import CaseOrder
from workflows.audit.audit import QualityAudit
from workflows.core.tasks import Closing


@workflow.defn(name="QualityAudit")
class TeamBeforePlan(QualityAudit):
    """Asks for the team first and for the plan then."""

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: CaseOrder) -> str:
        """Follow the swapped steps."""
        return await self.case.follow(self._swapped())

    async def _swapped(self) -> Closing:
        await self._is_accepted()
        await self.case.ask(AuditTeam)
        await self._approved_plan()
        return Closing(AuditStage.CLOSED, "CLOSED")
