"""The oversight of sites, as a function of the journal."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.events import Event
from domain.oversight import OversightRequest
from records.projections.declared import follows
from records.projections.payloads import submitted
from records.tables import OversightRow


@follows("site.request")
async def watch(session: AsyncSession, event: Event) -> None:
    """A scope is watched from now on."""
    request = submitted(event, OversightRequest)
    session.add(OversightRow(case_id=event.stream, scope_id=request.scope_id, site_id=request.site_id))
