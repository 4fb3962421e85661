"""Authorisations and what authorities have stopped, as functions of the journal."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.authorisation.ending import ends_on
from domain.authorisation.forms import AuthorisationApproval, AuthorisationProposal, AuthorisationStop
from domain.batch.results.specification import SpecificationStatus
from domain.core.events import Event
from domain.core.names import name_key
from records.authorisation.tables import AuthorisationRow, AuthorisationStopRow
from records.core.payloads import submitted
from records.core.projectors import follows


@follows("authorisation.propose")
async def keep_proposal(session: AsyncSession, event: Event) -> None:
    """A further version, which waits for its approval."""
    form = submitted(event, AuthorisationProposal)
    session.add(
        AuthorisationRow(
            authorisation_id=event.stream,
            version=int(str(event.payload["version"])),
            product_key=name_key(form.product),
            **form.model_dump(mode="json", exclude={"replaces"}),
            ends_on=ends_on(form.standing, event.occurred_at.date(), replaces=form.replaces > 0),
            sha256=str(event.payload["sha256"]),
            proposed_by=event.actor.person,
            proposed_at=event.occurred_at,
        )
    )


@follows("authorisation.approve")
async def keep_decision(session: AsyncSession, event: Event) -> None:
    """An approved version takes the place of the one before it from now on."""
    form = submitted(event, AuthorisationApproval)
    row = await session.get_one(AuthorisationRow, (event.stream, form.authorisation.version))
    row.status = (SpecificationStatus.APPROVED if form.approve else SpecificationStatus.REJECTED).value
    row.decided_by, row.decided_at, row.decision = event.actor.person, event.occurred_at, form.reason
    if form.approve:
        await _end_stops(session, row)


async def _end_stops(session: AsyncSession, version: AuthorisationRow) -> None:
    """Those that it names are over. One that had none to name was proposed when none stood, or none was named yet."""
    query = select(AuthorisationStopRow).where(
        col(AuthorisationStopRow.authorisation_id) == version.authorisation_id,
        col(AuthorisationStopRow.ended_by).is_(None),
    )
    for stop in (await session.exec(query)).all():
        named = version.ends_stops
        if stop.number in named if named is not None else stop.stated_at < version.proposed_at:
            stop.ended_by = version.version


@follows("authorisation.stop")
async def keep_stop(session: AsyncSession, event: Event) -> None:
    """It is not in force any more."""
    form = submitted(event, AuthorisationStop)
    session.add(
        AuthorisationStopRow(
            authorisation_id=event.stream,
            number=int(str(event.payload["version"])),
            status=form.status.value,
            since=form.since,
            reason=form.reason,
            documents=[each.model_dump(mode="json") for each in form.documents],
            stated_by=event.actor.person,
            stated_at=event.occurred_at,
        )
    )
