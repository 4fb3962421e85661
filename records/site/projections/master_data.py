"""Suppliers, sites, scopes, calendars, people, delegations and policies, as functions of the journal."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from records.core.payloads import part, set_changes
from records.core.projectors import follows
from records.core.tables.master_data import CalendarRow, ScopeRow, SiteRow, SupplierRow


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
    set_changes(await session.get_one(SupplierRow, event.stream), event)


@follows("site.changed")
async def change_site(session: AsyncSession, event: Event) -> None:
    """A changed site."""
    set_changes(await session.get_one(SiteRow, event.stream), event)


@follows("scope.changed")
async def change_scope(session: AsyncSession, event: Event) -> None:
    """A changed scope."""
    set_changes(await session.get_one(ScopeRow, event.payload["scope_id"]), event)


@follows("calendar.changed")
async def change_calendar(session: AsyncSession, event: Event) -> None:
    """A changed calendar."""
    set_changes(await session.get_one(CalendarRow, event.stream), event)
