"""Audit programmes of years, as functions of the journal."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.audit.programme_forms import ProgrammeApproval, ProgrammeProposal
from domain.core.events import Event
from records.audit.tables.programme import AuditProgrammeRow
from records.core.payloads import part, submitted
from records.core.projectors import follows


@follows("programme.propose")
async def propose_programme(session: AsyncSession, event: Event) -> None:
    """A further version, which waits for its approval."""
    proposal = submitted(event, ProgrammeProposal)
    session.add(
        AuditProgrammeRow(
            year=int(str(event.payload["year"])),
            version=int(str(event.payload["version"])),
            sha256=str(event.payload["sha256"]),
            lines=[line.model_dump(mode="json") for line in proposal.lines],
            shortages=part(event, "effect")["shortages"],
            summary=proposal.summary,
            proposed_by=event.actor.person,
            proposed_at=event.occurred_at,
        )
    )


@follows("programme.approve")
async def decide_on_programme(session: AsyncSession, event: Event) -> None:
    """The version that was decided on; an approved one takes the place of the one before."""
    decision = submitted(event, ProgrammeApproval)
    year = int(str(event.payload["year"]))
    programme = await session.get_one(AuditProgrammeRow, (year, decision.programme.version))
    if decision.approve:
        query = select(AuditProgrammeRow).where(
            col(AuditProgrammeRow.year) == year, col(AuditProgrammeRow.status) == "APPROVED"
        )
        for earlier in (await session.exec(query)).all():
            earlier.status = "SUPERSEDED"
    programme.status = "APPROVED" if decision.approve else "REJECTED"
    programme.decided_by, programme.decided_at = event.actor.person, event.occurred_at
    programme.reason = decision.reason
