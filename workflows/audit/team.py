"""The auditors of an audit."""

import asyncio
from collections.abc import Iterable

from domain.audit.audit import AuditStage, team_clock
from domain.audit.request import AuditType
from domain.audit.team import (
    AuditorDeclaration,
    AuditorReplacement,
    AuditTeam,
    TeamMember,
    TeamRole,
    covers,
    declares_fit,
    leads_of,
    refuse_unless_in_team,
    remaining,
    replaced,
)
from domain.core.people import Actor
from workflows.core.case import Case
from workflows.core.tasks import Answered


class Auditors:
    """SOP-07, 3: a team is named, each declares to be independent, and any may be replaced until the report is out.

    Domain specification, section 6.
    """

    def __init__(self, case: Case, type_: AuditType) -> None:
        self._case = case
        self._type = type_
        self._team: tuple[TeamMember, ...] = ()
        self._issued = False
        self.ever: list[str] = []
        """All who were in the team at any time."""

    @property
    def lead(self) -> str:
        """The lead auditor, who answers for the audit."""
        return min(leads_of(self._team))

    @property
    def co_auditors(self) -> list[str]:
        """Those who review the report."""
        return [member.person_id for member in self._team if member.role is TeamRole.CO]

    async def assign(self, languages: Iterable[str]) -> None:
        """Until the team covers the languages. From then on an auditor may be replaced."""
        while not covers(self._team, languages):
            named = await self._case.ask(AuditTeam, clock=team_clock(self._type))
            self._team = named.form.members
            self.ever += [member.person_id for member in self._team]
            self._case.stage(AuditStage.TEAM_ASSIGNED)
            declared = await asyncio.gather(*(self._declaration(member) for member in self._team))
            self._team = remaining(self._team, {answer.by.person: answer.form for answer in declared})
        self._case.offer(AuditorReplacement, self._replaced)

    def release(self) -> None:
        """The report is issued: nobody is replaced any more."""
        self._issued = True
        self._case.retract(AuditorReplacement)

    def refuse_others(self, form: object, actor: Actor) -> None:
        """Raises `Refused` for whoever is not in the team."""
        refuse_unless_in_team(self._team, actor)

    async def _declaration(self, member: TeamMember) -> Answered[AuditorDeclaration]:
        return await self._case.ask(AuditorDeclaration, to=member.person_id)

    async def _replaced(self, replacement: Answered[AuditorReplacement]) -> None:
        """The new auditor takes over once independence is declared; otherwise the team stays as it is."""
        form = replacement.form
        declared = await self._case.ask_unless(
            lambda: self._issued or form.outgoing not in {member.person_id for member in self._team},
            self._declaration(form.incoming),
        )
        if declared is None or not declares_fit(declared.form):
            return
        self._team = replaced(self._team, form)
        self.ever.append(form.incoming.person_id)
        self._case.hand_over(form.outgoing, form.incoming.person_id, form.reason)
        self._case.record("audit.auditor_replaced", {"outgoing": form.outgoing, "incoming": form.incoming.person_id})
