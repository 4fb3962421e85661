"""Green lights for clinical supply, as functions of the journal."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.release.green_light import GreenLight, GreenLightWithdrawal, valid_to
from records.batch.tables.decisions import GreenLightRow
from records.core.payloads import submitted
from records.core.projectors import follows


@follows(*GreenLight.action.event_types())
async def give(session: AsyncSession, event: Event) -> None:
    """Supply may go to the site."""
    form = submitted(event, GreenLight)
    session.add(
        GreenLightRow(
            batch_id=event.stream,
            version=int(str(event.payload["version"])),
            market=form.market,
            trial=form.trial,
            destination=form.trial_site.name,
            address=form.trial_site.address,
            authorisation=form.authorisation.document_id,
            ethics=form.ethics.document_id,
            valid_to=valid_to(form),
            conditions=form.conditions,
            given_by=event.actor.name,
            given_at=event.occurred_at,
        )
    )


@follows(*GreenLightWithdrawal.action.event_types())
async def withdraw(session: AsyncSession, event: Event) -> None:
    """Nothing more goes there."""
    form = submitted(event, GreenLightWithdrawal)
    row = await session.get_one(GreenLightRow, (event.stream, form.green_light))
    row.withdrawn_by, row.withdrawn_at, row.withdrawn_because = event.actor.name, event.occurred_at, form.reason
