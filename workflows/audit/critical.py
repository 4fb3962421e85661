"""What is asked of people at once when something critical is known of a site."""

import asyncio
from datetime import datetime

from temporalio import workflow

from domain.audit import duties
from domain.audit.critical import Containment, CriticalFinding
from domain.audit.finding import ReportedFinding, Severity
from domain.core.names import name_key
from workflows.audit.suspension import suspension_decided
from workflows.core.case import Case
from workflows.core.tasks import Answered


class Criticals:
    """SOP-07, 6 to 8: the site contains what is critical, however that has come to be known (section 20).

    Who is told, and that a suspension is decided on, follows from the fact; of what is told on site the audit asks that
    decision itself.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._told: set[str] = set()
        """Areas of which the site was told."""

    async def told_on_site(self, finding: Answered[CriticalFinding]) -> None:
        """The site was told by the team before it left."""
        critical = finding.form
        self._told.add(name_key(critical.area))
        reporters = duties.barred_from_deciding_suspension(finding.by.persons)
        await asyncio.gather(
            suspension_decided(self._case, since=critical.told_at, barred=reporters, about=critical.description),
            self._contained(critical.told_at, critical.description),
        )

    def told_in_writing(self, finding: ReportedFinding, since: datetime) -> None:
        """The site reads it in the report, or in the judgement of a dispute; once of what it was told on site."""
        area = name_key(finding.area)
        if finding.severity is Severity.CRITICAL and area not in self._told and workflow.patched("critical-in-writing"):
            self._told.add(area)
            self._case.meanwhile(self._contained(since, finding.evidence))

    async def _contained(self, since: datetime, about: str) -> None:
        await self._case.ask(Containment, since=since, about=about)
