"""People and delegations, as functions of the journal."""

from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.delegation import DelegationOffer
from domain.core.events import Event
from records.core.assignments import Standing, freed
from records.core.payloads import part, set_changes
from records.core.projectors import follows
from records.core.tables.master_data import DelegationRow, PersonRoleRow, PersonRow


@follows("person.registered")
async def register_person(session: AsyncSession, event: Event) -> None:
    """A new person, with roles and accounts."""
    row = PersonRow(
        **part(event, "record"),
        person_id=event.stream,
        roles_changed_at=event.occurred_at,
        roles_changed_by=event.actor.person,
    )
    session.add(row)
    await _index_roles(session, row)


@follows("person.changed", "person.absent", "person.qualified")
async def change_person(session: AsyncSession, event: Event) -> None:
    """A changed person; who changed the roles, and when, is kept."""
    row = await session.get_one(PersonRow, event.stream)
    fields = set_changes(row, event)
    if "roles" in fields:
        row.roles_changed_at, row.roles_changed_by = event.occurred_at, event.actor.person
    if fields & {"roles", "sites"}:
        await _index_roles(session, row)
    if fields & {"roles", "sites", "disabled"}:
        for task in await freed(session, row, Standing.of(row)):
            task.assignee = None


@follows("delegation.offered")
async def offer_delegation(session: AsyncSession, event: Event) -> None:
    """A delegation that waits to be accepted."""
    offer = DelegationOffer.stored(part(event, "record"))
    session.add(
        DelegationRow(
            delegation_id=str(part(event, "effect")["id"]),
            delegator=event.stream,
            delegate=offer.delegate,
            roles=list(offer.roles),
            valid_from=offer.valid_from,
            valid_to=offer.valid_to,
        )
    )


@follows("delegation.accepted")
async def accept_delegation(session: AsyncSession, event: Event) -> None:
    """A delegation in force."""
    row = await session.get_one(DelegationRow, event.payload["delegation_id"])
    row.accepted = True


@follows("delegation.ended")
async def end_delegation(session: AsyncSession, event: Event) -> None:
    """It was good until the day before; the journal keeps the day it was meant to end."""
    row = await session.get_one(DelegationRow, event.payload["delegation_id"])
    row.valid_to = event.occurred_at.date() - timedelta(days=1)


async def _index_roles(session: AsyncSession, row: PersonRow) -> None:
    await session.flush()
    await session.exec(delete(PersonRoleRow).where(col(PersonRoleRow.person_id) == row.person_id))
    for role in row.roles:
        for site_id in row.sites or [""]:
            session.add(PersonRoleRow(role=role, site_id=site_id, person_id=row.person_id))
    await session.flush()
