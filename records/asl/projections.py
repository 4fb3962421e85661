"""The approved supplier list, as a function of the journal: one row for each statement."""

from datetime import date, datetime
from typing import Any

from pydantic import JsonValue
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from records.asl.tables.listing import AslRow
from records.core.projectors import follows

_COPIED = (
    "scope_id",
    "site_id",
    "supplier_id",
    "status",
    "suspension_scope",
    "reason_code",
    "reason",
    "decided_in",
    "decided_by",
    "oversight_model",
)
_DATES = ("valid_to", "next_requal_due", "next_audit_due", "last_audit_day", "waived_until")


@follows("asl.changed")
async def keep_statement(session: AsyncSession, event: Event) -> None:
    """A statement is added; what was stated before stays."""
    copied: dict[str, Any] = {name: event.payload[name] for name in _COPIED}
    dates: dict[str, Any] = {name: _day(event.payload.get(name)) for name in _DATES}
    session.add(
        AslRow(
            **copied,
            **dates,
            markets=event.payload.get("markets", []),
            audit_interval_months=int(str(months)) if (months := event.payload.get("audit_interval_months")) else None,
            note=str(note) if (note := event.payload.get("note")) else None,
            number=event.number,
            effective_from=datetime.fromisoformat(str(event.payload["effective_from"])),
            recorded_at=event.recorded_at,
        )
    )


def _day(text: JsonValue) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) else None
