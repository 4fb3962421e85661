"""The oversight of sites, as a function of the journal."""

from datetime import date, datetime

from pydantic import JsonValue
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.events import Event
from domain.oversight import OversightRequest
from records.projections.declared import follows
from records.projections.payloads import part, submitted
from records.tables import OversightRow


@follows("site.request")
async def watch(session: AsyncSession, event: Event) -> None:
    """A scope is watched from now on."""
    request = submitted(event, OversightRequest)
    session.add(OversightRow(case_id=event.stream, scope_id=request.scope_id, site_id=request.site_id))


@follows("site.looked")
async def look(session: AsyncSession, event: Event) -> None:
    """What the last look has left: flags, the next audit, why no orders may be placed, and when it looks again."""
    row, seen = await session.get_one(OversightRow, event.stream), part(event, "effect")
    row.flags, row.orders_stopped_by = seen["flags"], seen.get("orders_stopped_by", [])
    row.next_audit_due = date.fromisoformat(due) if isinstance(due := seen["next_audit_due"], str) else None
    row.interval_months = int(str(months)) if (months := seen.get("interval_months")) else None
    row.looked_at = event.occurred_at
    row.looks_again_at, row.next_step = _instant(seen["next"]), str(seen.get("then", ""))


def _instant(text: JsonValue) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
