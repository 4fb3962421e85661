"""Uses of batches before their release, as functions of the journal."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.release.at_risk_use import AtRiskApproval, AtRiskProposal
from records.core.payloads import submitted
from records.core.projectors import follows
from records.release.tables import AtRiskUseRow


@follows(*AtRiskProposal.action.event_types())
async def propose(session: AsyncSession, event: Event) -> None:
    """A use waits for quality."""
    form = submitted(event, AtRiskProposal)
    session.add(
        AtRiskUseRow(
            batch_id=event.stream,
            version=int(str(event.payload["version"])),
            sha256=str(event.payload["sha256"]),
            site_id=form.site_id,
            quantity=str(form.quantity),
            quarantine=form.quarantine,
            proposed_by=event.actor.person,
            proposed_at=event.occurred_at,
        )
    )


@follows(*AtRiskApproval.action.event_types())
async def judge(session: AsyncSession, event: Event) -> None:
    """It may be used at risk, or not."""
    form = submitted(event, AtRiskApproval)
    row = await session.get_one(AtRiskUseRow, (event.stream, form.proposal.version))
    row.approved, row.decided_by, row.decided_at = form.approve, event.actor.person, event.occurred_at
