"""Suppliers, sites, scopes, calendars, people, delegations and policies, as functions of the journal."""

from datetime import date, datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy import delete
from sqlmodel import SQLModel, col
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.change import Difference
from domain.delegation import DelegationOffer
from domain.events import Event
from domain.policy import Policy
from domain.policy_change import PolicyChange
from records.projections.declared import follows
from records.projections.payloads import part, submitted
from records.tables import (
    CalendarRow,
    DelegationRow,
    PersonRoleRow,
    PersonRow,
    PolicyRow,
    ScopeRow,
    SiteRow,
    SupplierRow,
)

_CHANGES = TypeAdapter(list[Difference])
_DATES = frozenset({"absent_until"})


@follows("supplier.registered")
async def register_supplier(session: AsyncSession, event: Event) -> None:
    """A new supplier."""
    session.add(SupplierRow(**part(event, "record"), supplier_id=event.stream))


@follows("site.registered")
async def register_site(session: AsyncSession, event: Event) -> None:
    """A new site."""
    session.add(SiteRow(**part(event, "record")))


@follows("scope.registered")
async def register_scope(session: AsyncSession, event: Event) -> None:
    """A new scope of a site."""
    session.add(ScopeRow(**part(event, "record"), site_id=event.stream, scope_id=part(event, "effect")["id"]))


@follows("calendar.registered")
async def register_calendar(session: AsyncSession, event: Event) -> None:
    """A new calendar."""
    session.add(CalendarRow(**part(event, "record")))


@follows("supplier.changed")
async def change_supplier(session: AsyncSession, event: Event) -> None:
    """A changed supplier."""
    _change(await session.get_one(SupplierRow, event.stream), event)


@follows("site.changed")
async def change_site(session: AsyncSession, event: Event) -> None:
    """A changed site."""
    _change(await session.get_one(SiteRow, event.stream), event)


@follows("scope.changed")
async def change_scope(session: AsyncSession, event: Event) -> None:
    """A changed scope."""
    _change(await session.get_one(ScopeRow, event.payload["scope_id"]), event)


@follows("calendar.changed")
async def change_calendar(session: AsyncSession, event: Event) -> None:
    """A changed calendar."""
    _change(await session.get_one(CalendarRow, event.stream), event)


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
    fields = _change(row, event)
    if "roles" in fields:
        row.roles_changed_at, row.roles_changed_by = event.occurred_at, event.actor.person
    if fields & {"roles", "sites"}:
        await _index_roles(session, row)


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


@follows("policy.loaded")
async def load_policy(session: AsyncSession, event: Event) -> None:
    """A policy as loaded from its file."""
    _keep_policy(session, Policy.model_validate(event.payload["policy"]))


@follows("policy.change-policy")
async def change_policy(session: AsyncSession, event: Event) -> None:
    """A changed policy, in force from the instant its effect says."""
    change, effect = submitted(event, PolicyChange), part(event, "effect")
    since = datetime.fromisoformat(str(effect["effective_from"]))
    _keep_policy(session, change.policy.model_copy(update={"version": effect["version"], "effective_from": since}))


def _keep_policy(session: AsyncSession, policy: Policy) -> None:
    body = policy.model_dump(mode="json")
    session.add(PolicyRow(version=policy.version, effective_from=policy.effective_from, body=body))


def _change(row: SQLModel, event: Event) -> set[str]:
    """Set the new values. Returns the names of the fields that changed."""
    effect = part(event, "effect")
    changes = _CHANGES.validate_python(effect["changes"])
    for change in changes:
        value: object = change.new
        if change.field in _DATES and isinstance(value, str):
            value = date.fromisoformat(value)
        setattr(row, change.field, value)
    setattr(row, "version", effect["version"])  # noqa: B010 - every row of master data has one
    return {change.field for change in changes}


async def _index_roles(session: AsyncSession, row: PersonRow) -> None:
    await session.flush()
    await session.exec(delete(PersonRoleRow).where(col(PersonRoleRow.person_id) == row.person_id))
    for role in row.roles:
        for site_id in row.sites or [""]:
            session.add(PersonRoleRow(role=role, site_id=site_id, person_id=row.person_id))
    await session.flush()
