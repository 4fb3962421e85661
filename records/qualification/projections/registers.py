"""Extracts of registers, as functions of the journal."""

from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from records.core.payloads import part
from records.core.projectors import follows
from records.qualification.tables.registers import RegisterExtractRow


@follows("register.imported")
async def list_extract(session: AsyncSession, event: Event) -> None:
    """An imported extract is listed."""
    record = part(event, "record")
    session.add(
        RegisterExtractRow(
            register_name=str(event.payload["register_name"]),
            number=event.number,
            as_of=date.fromisoformat(record["as_of"]),
            document_id=record["document"]["document_id"],
            sha256=record["document"]["sha256"],
            rows=int(str(event.payload["rows"])),
            imported_by=event.actor.person,
            imported_at=event.occurred_at,
        )
    )
