"""Registering suppliers, sites and scopes as part of another step, in its transaction and by the same events."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import col, select

from domain.core.refusals import Code, Refused, broken
from domain.site.identifiers import Identifiers, shared_place
from domain.site.scope import ScopeRegistration, scope_key
from domain.site.site import SiteRegistration, SupplierRegistration, refuse_unless_same_zone
from records.core.declared import Effect
from records.core.identities import next_id
from records.core.tables.master_data import CalendarRow, ScopeRow, SiteRow
from records.core.writing import Writing


async def add_supplier(writing: Writing, supplier: SupplierRegistration, *, succeeds: str | None = None) -> str:
    """Register a supplier, and whom it succeeds. Returns its id."""
    supplier_id = await next_id(writing.session, "SUP")
    record: Effect = supplier.model_dump(mode="json") | ({"succeeds": succeeds} if succeeds else {})
    await _register(writing, "supplier.registered", supplier_id, {"record": record, "effect": {"id": supplier_id}})
    return supplier_id


async def add_site(writing: Writing, site: SiteRegistration, *, moved_from: str | None = None) -> None:
    """Register a site, and which one its activity has moved from."""
    await refuse_unless_calendar_fits(writing, site.calendar_id, site.tz)
    record: Effect = site.model_dump(mode="json") | ({"moved_from": moved_from} if moved_from else {})
    payload: Effect = {"record": record, "site_id": site.site_id, "effect": {"id": site.site_id}}
    await _register(writing, "site.registered", site.site_id, payload)


async def add_scope(writing: Writing, site_id: str, scope: ScopeRegistration) -> str:
    """Register a scope of a site. Returns its id."""
    scope_id = await next_id(writing.session, "SC")
    payload: Effect = {"record": scope.model_dump(mode="json"), "site_id": site_id, "effect": {"id": scope_id}}
    await _register(writing, "scope.registered", site_id, payload)
    return scope_id


async def registered_scope(
    writing: Writing, site_id: str, activity: str, product: str, dosage_form: str | None
) -> ScopeRow | None:
    """The scope of a site for an activity, product and dosage form, in whatever way these are written.

    There is one at most (section 1); of those that were registered twice before, the first.
    """
    query = select(ScopeRow).where(col(ScopeRow.site_id) == site_id, col(ScopeRow.activity) == activity)
    rows = (await writing.session.exec(query.order_by(col(ScopeRow.scope_id)))).all()
    key = scope_key(product, dosage_form)
    return next((row for row in rows if scope_key(row.product, row.dosage_form) == key), None)


async def refuse_if_registered(writing: Writing, site: SiteRegistration, *, moved_from: str | None) -> None:
    """Raise `Refused` when the site is at the place of another one, except of the one that it has moved from."""
    for row in (await writing.session.exec(select(SiteRow).order_by(col(SiteRow.site_id)))).all():
        known = Identifiers.model_validate(row.identifiers)
        field = shared_place(site.identifiers, site.address, known, row.address)
        if field is not None and row.site_id != moved_from:
            fields = {field: f"is that of {row.site_id}"}
            raise Refused(Code.CONFLICT, f"This place is registered as {row.site_id}.", fields=fields, rule="section 1")


async def refuse_unless_calendar_fits(writing: Writing, calendar_id: str, tz: str) -> None:
    """Raise `Refused` unless the calendar is registered and in that time zone."""
    calendar = await writing.session.get(CalendarRow, calendar_id)
    if calendar is None:
        raise broken("section 3", "There is no such calendar.", calendar_id="unknown")
    refuse_unless_same_zone(tz, calendar.tz)


@contextmanager
def fields_under(path: str) -> Iterator[None]:
    """Name the fields of a refusal as fields of a part of the form."""
    try:
        yield
    except Refused as refused:
        refusal = refused.refusal
        fields = {f"{path}.{name}": fault for name, fault in refusal.fields.items()}
        raise Refused(refusal.code, refusal.message, fields=fields, rule=refusal.rule) from None


async def _register(writing: Writing, type_: str, stream: str, payload: Effect) -> None:
    await writing.append(type_, payload, stream=stream)
    await writing.session.flush()
