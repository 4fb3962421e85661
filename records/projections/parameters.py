"""Parameter sets, as functions of the journal. Each version is a stream of its own."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.events import Event
from domain.parameters import ParameterSetStatus
from records.projections.declared import follows
from records.tables import ParameterSetRow


@follows("parameters.agreed")
async def agree_on_set(session: AsyncSession, event: Event) -> None:
    """All four have signed."""
    payload = event.payload
    session.add(
        ParameterSetRow(
            set_id=event.stream,
            scope_id=str(payload["scope_id"]),
            site_id=str(payload["site_id"]),
            product=str(payload["product"]),
            major=int(str(payload["major"])),
            minor=int(str(payload["minor"])),
            status=ParameterSetStatus.AGREED.value,
            content=payload["content"],
            sha256=str(payload["sha256"]),
            case_id=str(payload["case_id"]),
            agreed_at=event.occurred_at,
        )
    )


@follows("parameters.effective")
async def put_set_into_effect(session: AsyncSession, event: Event) -> None:
    """It takes the place of the one before. What is being made keeps the set that it is bound to."""
    row = await session.get_one(ParameterSetRow, event.stream)
    query = select(ParameterSetRow).where(
        col(ParameterSetRow.scope_id) == row.scope_id,
        col(ParameterSetRow.status) == ParameterSetStatus.EFFECTIVE.value,
    )
    for earlier in (await session.exec(query)).all():
        earlier.status, earlier.superseded_at = ParameterSetStatus.SUPERSEDED.value, event.occurred_at
        earlier.superseded_by = row.set_id
    row.status, row.effective_at = ParameterSetStatus.EFFECTIVE.value, event.occurred_at
    row.filings = event.payload.get("filings", [])
