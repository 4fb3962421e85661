"""Documents, as functions of the journal."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from records.core.projectors import follows
from records.core.tables.master_data import DocumentRow

_COPIED = ("sha256", "size", "media_type", "title", "filename", "case_id", "site_id")


@follows("document.uploaded")
async def keep_document(session: AsyncSession, event: Event) -> None:
    """An uploaded document is listed."""
    copied: dict[str, Any] = {name: event.payload[name] for name in _COPIED}
    session.add(
        DocumentRow(
            document_id=event.stream,
            **copied,
            audience=event.audience.value,
            uploaded_by=event.actor.person,
            uploaded_at=event.occurred_at,
        )
    )
