"""Appointments, and the signatures that stand on them, as functions of the journal."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.appointment.appointment import AppointmentApproval, AppointmentEnd, AppointmentProposal
from domain.core.events import Event
from domain.processes import FORMS
from records.appointment.tables import AppointmentRow, AppointmentUseRow
from records.appointment.uses import SIGNED_BESIDE_CASES, uses_in
from records.core.payloads import submitted
from records.core.projectors import follows

_PERSONAL = sorted({type_ for form in FORMS if form.action.in_person for type_ in form.action.event_types()})


@follows("appointment.propose")
async def keep_proposal(session: AsyncSession, event: Event) -> None:
    """Who is to be named, on what."""
    form = submitted(event, AppointmentProposal)
    session.add(
        AppointmentRow(
            number=event.stream,
            person_id=form.person,
            role=form.role.value,
            kind=form.licence.kind.value,
            licence=form.licence.number,
            holder=form.licence.holder,
            acts_for=form.acts_for.holder if form.acts_for is not None else None,
            acts_by=form.acts_for.agreement if form.acts_for is not None else None,
            licence_site=form.licence.site_id,
            certificate_id=form.licence.certificate_id,
            markets=[*form.markets],
            sites=[*form.sites],
            products=[*form.products],
            valid_from=form.valid_from,
            valid_to=form.valid_to,
            documents=[each.model_dump(mode="json") for each in form.documents],
            reason=form.reason,
            sha256=str(event.payload["sha256"]),
            proposed_by=event.actor.person,
            proposers=sorted(event.actor.persons),
            proposed_at=event.occurred_at,
        )
    )


@follows("appointment.approve")
async def keep_approval(session: AsyncSession, event: Event) -> None:
    """It counts, or it was sent back."""
    form = submitted(event, AppointmentApproval)
    row = await session.get_one(AppointmentRow, event.stream)
    row.approved, row.decided_because = form.approve, form.reason
    row.decided_by, row.decided_at = event.actor.person, event.occurred_at


@follows("appointment.end")
async def keep_end(session: AsyncSession, event: Event) -> None:
    """It counts no more, from a day."""
    form = submitted(event, AppointmentEnd)
    row = await session.get_one(AppointmentRow, event.stream)
    row.ended_from, row.ended_because = form.ended_from, form.reason
    row.ended_times += 1
    row.ended_by, row.ended_at = event.actor.person, event.occurred_at


@follows(*_PERSONAL, *SIGNED_BESIDE_CASES, order=90)
async def keep_use(session: AsyncSession, event: Event) -> None:
    """What was signed under which appointment; nothing was before people were appointed."""
    for place, use in enumerate(uses_in(event)):
        session.add(
            AppointmentUseRow(
                stream=event.stream,
                event_number=event.number,
                place=place,
                number=use.number,
                batch_id=use.batch_id,
                market=use.market,
                signed_at=event.occurred_at,
            )
        )
