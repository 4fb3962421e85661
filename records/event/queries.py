"""An event at a site as it is shown in its case, and what the subject of an incoming one names."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.forms import Process
from domain.event.views import SiteEventSummary
from records.core.queries.visibility import reads_everything
from records.core.shown import Reading, shows
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow
from records.event.tables import SiteEventRow


@shows(Process.EVENT, "event")
async def event_of_case(reading: Reading, case: CaseRow) -> SiteEventSummary | None:
    """The event that a case is about. The site never sees its triage (S6)."""
    row = await reading.session.get(SiteEventRow, case.case_id)
    if row is None:
        return None
    shown = SiteEventSummary.model_validate(row, from_attributes=True)
    if not reads_everything(reading.actor):
        return shown.model_copy(update=dict.fromkeys(("triaged_at", "outcomes", "opened")))
    return shown.model_copy(update={"also_reported_in": await _other_side(reading.session, row)})


async def _other_side(session: AsyncSession, row: SiteEventRow) -> str | None:
    """The case in which the other side, sponsor or site, has reported the same."""
    query = select(SiteEventRow.case_id).where(
        col(SiteEventRow.site_id) == row.site_id,
        col(SiteEventRow.source) == row.source,
        col(SiteEventRow.event_id) == row.event_id,
        col(SiteEventRow.case_id) != row.case_id,
    )
    return (await session.exec(query.limit(1))).first()


async def place_of(session: AsyncSession, subject: str | None) -> tuple[str | None, tuple[str, ...]]:
    """The site and scopes that a subject names: a scope with its site, else a site with all its scopes."""
    scope = await session.get(ScopeRow, subject) if subject is not None else None
    return (scope.site_id, (scope.scope_id,)) if scope is not None else (subject, ())
