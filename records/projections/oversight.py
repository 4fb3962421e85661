"""The oversight of sites, as a function of the journal."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.events import Event
from domain.oversight import OversightRequest
from domain.oversight_look import Look
from records.projections.declared import follows
from records.projections.payloads import part, submitted
from records.tables import OversightRow


@follows("site.request", order=1)
async def watch(session: AsyncSession, event: Event) -> None:
    """A scope is watched from now on."""
    request = submitted(event, OversightRequest)
    session.add(OversightRow(case_id=event.stream, scope_id=request.scope_id, site_id=request.site_id))


@follows("site.looked")
async def look(session: AsyncSession, event: Event) -> None:
    """What the last look has left: flags, the next audit, why no orders may be placed, and when it looks again."""
    row, seen = await session.get_one(OversightRow, event.stream), Look.model_validate(part(event, "effect"))
    row.flags, row.orders_stopped_by = [*seen.flags], [*seen.orders_stopped_by]
    row.next_audit_due, row.interval_months = seen.next_audit_due, seen.interval_months
    row.looked_at, row.looks_again_at, row.next_step = event.occurred_at, seen.next, seen.then
