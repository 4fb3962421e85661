"""The oversight of sites, as a function of the journal."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.oversight.evaluation import OversightEvaluation
from domain.oversight.oversight import OversightRequest
from records.asl.tables.oversight import OversightRow
from records.core.payloads import part, submitted
from records.core.projectors import follows


@follows("site.request", order=1)
async def watch(session: AsyncSession, event: Event) -> None:
    """A scope is watched from now on."""
    request = submitted(event, OversightRequest)
    session.add(OversightRow(case_id=event.stream, scope_id=request.scope_id, site_id=request.site_id))


@follows("site.looked")
async def evaluation(session: AsyncSession, event: Event) -> None:
    """What the last evaluation has left: flags, the next audit, why no orders may be placed, the next evaluation."""
    row = await session.get_one(OversightRow, event.stream)
    seen = OversightEvaluation.model_validate(part(event, "effect"))
    row.flags, row.orders_stopped_by = [*seen.flags], [*seen.orders_stopped_by]
    row.next_audit_due, row.interval_months = seen.next_audit_due, seen.interval_months
    row.looked_at, row.looks_again_at, row.next_step = event.occurred_at, seen.next, seen.then
