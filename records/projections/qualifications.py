"""Qualifications, as functions of the journal."""

from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.events import Event
from records.projections.declared import follows
from records.tables import QualificationRow


@follows("qualification.request")
async def open_qualification(session: AsyncSession, event: Event) -> None:
    """A requested qualification is listed."""
    form, order = event.payload["form"], event.payload["order"]
    assert isinstance(form, dict)
    assert isinstance(order, dict)
    scopes = order["scope_ids"]
    assert isinstance(scopes, list)
    session.add(
        QualificationRow(
            case_id=event.stream,
            kind=str(event.payload["kind"]),
            site_id=str(order["site_id"]),
            scope_id=str(scopes[0]),
            need_by=date.fromisoformat(str(form["need_by"])),
        )
    )
