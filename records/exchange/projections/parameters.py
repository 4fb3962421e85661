"""Parameter sets, as functions of the journal. Each version is a stream of its own."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.exchange.parameter_filing import FilingStatement
from domain.exchange.parameters import ParameterSetStatus
from records.core.payloads import submitted
from records.core.projectors import follows
from records.exchange.tables.exchanges import ExchangeRow
from records.exchange.tables.parameters import ParameterSetRow


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
            deferred=payload.get("deferred", []),
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


@follows("parameters.overtaken")
async def pass_set_over(session: AsyncSession, event: Event) -> None:
    """A later version was effective before it."""
    row = await session.get_one(ParameterSetRow, event.stream)
    row.status, row.superseded_at = ParameterSetStatus.SUPERSEDED.value, event.occurred_at
    row.superseded_by = str(event.payload["by"])


@follows("parameters.withdrawn")
async def withdraw_set(session: AsyncSession, event: Event) -> None:
    """It was given up before it was effective."""
    (await session.get_one(ParameterSetRow, event.stream)).status = ParameterSetStatus.WITHDRAWN.value


@follows(*FilingStatement.action.event_types())
async def keep_filings(session: AsyncSession, event: Event) -> None:
    """What regulatory affairs has stated last."""
    form, exchange = submitted(event, FilingStatement), await session.get_one(ExchangeRow, event.stream)
    row = await session.get_one(ParameterSetRow, exchange.parameter_set)
    row.filings, row.filing_change = [each.model_dump(mode="json") for each in form.filings], form.change
