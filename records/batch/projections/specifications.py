"""Registered specifications, as functions of the journal."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.results.specification import SpecificationStatus
from domain.batch.results.specification_forms import SpecificationApproval, SpecificationProposal
from domain.core.events import Event
from records.batch.tables.analysis import SpecificationRow
from records.core.payloads import part, submitted
from records.core.projectors import follows


@follows("specification.propose")
async def propose_specification(session: AsyncSession, event: Event) -> None:
    """A further version, which waits for its approval."""
    proposal = submitted(event, SpecificationProposal)
    session.add(
        SpecificationRow(
            spec_id=event.stream,
            version=int(str(event.payload["version"])),
            scope_id=str(event.payload["scope_id"]),
            site_id=str(part(event, "effect")["site_id"]),
            markets=[*proposal.markets],
            registration=proposal.registration,
            printed_as=[*proposal.printed_as],
            # as they were proposed: what later versions add to a line is in no row of before
            tests=[test.model_dump(mode="json", exclude_unset=True) for test in proposal.tests],
            effective_from=proposal.effective_from,
            former_valid_until=proposal.former_valid_until,
            sha256=str(event.payload["sha256"]),
            reason=proposal.reason,
            proposed_by=event.actor.person,
            proposed_at=event.occurred_at,
        )
    )


@follows("specification.approve")
async def decide_on_specification(session: AsyncSession, event: Event) -> None:
    """The version that was decided on. An approved one takes effect on its day, and not before its approval."""
    decision = submitted(event, SpecificationApproval)
    row = await session.get_one(SpecificationRow, (event.stream, decision.specification.version))
    row.status = (SpecificationStatus.APPROVED if decision.approve else SpecificationStatus.REJECTED).value
    row.effective_from = max(row.effective_from, event.occurred_at)
    row.decided_by, row.decided_at, row.decision = event.actor.person, event.occurred_at, decision.reason
