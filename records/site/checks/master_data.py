"""Checks of master data: who may record it, is it new, does what it refers to exist, is the change still current."""

from collections.abc import Collection
from datetime import UTC, date, datetime

from pydantic import TypeAdapter
from sqlmodel import select

from domain.core.names import name_key
from domain.core.refusals import Code, Refused, broken
from domain.policy.market_rule import refuse_unknown
from domain.site.calendar import CalendarChange, CalendarRegistration
from domain.site.scope import ScopeChange, ScopeRegistration, refuse_unless_tier_may_change
from domain.site.site import RiskTier, SiteChange, SiteRegistration, SupplierChange, SupplierRegistration
from records.core.calendars import site_calendar
from records.core.checks.changes import changed, part, refuse_unless_allowed, text_of
from records.core.declared import Effect, checks_event
from records.core.identities import next_id
from records.core.objections import ScopesOfSiteChange
from records.core.questions import ask
from records.core.scopes import open_qualification
from records.core.tables.master_data import CalendarRow, ScopeRow, SiteRow, SupplierRow
from records.core.writing import Writing
from records.site.checks.registrations import refuse_unless_calendar_fits, registered_scope

_DAYS = TypeAdapter(tuple[date, ...])


@checks_event("supplier.registered")
async def registers_supplier(writing: Writing, _: Effect) -> Effect:
    await refuse_unless_allowed(writing, SupplierRegistration)
    return {"id": writing.entry.stream}


@checks_event("supplier.changed")
async def changes_supplier(writing: Writing, payload: Effect) -> Effect:
    await refuse_unless_allowed(writing, SupplierChange)
    row = await writing.session.get(SupplierRow, writing.entry.stream)
    if row is None:
        raise _unknown("supplier")
    return changed(writing, row, row.version, part(payload, "set"))


@checks_event("site.registered")
async def registers_site(writing: Writing, payload: Effect) -> Effect:
    await refuse_unless_allowed(writing, SiteRegistration)
    record = part(payload, "record")
    codes = (await writing.session.exec(select(SiteRow.site_id))).all()
    if name_key(writing.entry.stream) in map(name_key, codes):
        raise Refused(Code.CONFLICT, "A site of this code is registered.", fields={"site_id": "taken"})
    if await writing.session.get(SupplierRow, text_of(record, "supplier_id")) is None:
        raise broken("site.registered", "There is no such supplier.", supplier_id="unknown")
    await refuse_unless_calendar_fits(writing, text_of(record, "calendar_id"), text_of(record, "tz"))
    return {"id": writing.entry.stream}


@checks_event("site.changed")
async def changes_site(writing: Writing, payload: Effect) -> Effect:
    await refuse_unless_allowed(writing, SiteChange)
    row = await writing.session.get(SiteRow, writing.entry.stream)
    if row is None:
        raise _unknown("site")
    given = part(payload, "set")
    if {"tz", "calendar_id"} & given.keys():
        calendar_id, tz = given.get("calendar_id", row.calendar_id), given.get("tz", row.tz)
        await refuse_unless_calendar_fits(writing, str(calendar_id), str(tz))
    return changed(writing, row, row.version, given)


@checks_event("scope.registered")
async def registers_scope(writing: Writing, payload: Effect) -> Effect:
    """Each activity, product and dosage form is one scope of the site (section 1)."""
    await refuse_unless_allowed(writing, ScopeRegistration)
    if await writing.session.get(SiteRow, writing.entry.stream) is None:
        raise _unknown("site")
    record = part(payload, "record")
    await _refuse_unknown_markets(writing, record)
    activity, product = text_of(record, "activity"), text_of(record, "product")
    dosage_form = text_of(record, "dosage_form") if record.get("dosage_form") else None
    other = await registered_scope(writing, writing.entry.stream, activity, product, dosage_form)
    if other is not None:
        raise Refused(Code.CONFLICT, f"This is scope {other.scope_id}.", fields={"product": "registered already"})
    await ask(writing, ScopesOfSiteChange(writing.entry.stream))
    return {"id": await next_id(writing.session, "SC")}


@checks_event("scope.changed")
async def changes_scope(writing: Writing, payload: Effect) -> Effect:
    await refuse_unless_allowed(writing, ScopeChange)
    row = await writing.session.get(ScopeRow, text_of(payload, "scope_id"))
    if row is None or row.site_id != writing.entry.stream:
        raise _unknown("scope")
    given = part(payload, "set")
    if "risk_tier" in given:
        old = RiskTier(row.risk_tier) if row.risk_tier else None
        refuse_unless_tier_may_change(old, RiskTier(text_of(given, "risk_tier")))
    await _refuse_unknown_markets(writing, given, known=row.markets)
    if given.keys() - {"risk_tier"}:  # raising a tier must stay possible
        await ask(writing, ScopesOfSiteChange(row.site_id))
        await _refuse_while_being_qualified(writing, row.scope_id)
    return changed(writing, row, row.version, given)


async def _refuse_unknown_markets(writing: Writing, record: Effect, known: Collection[str] = ()) -> None:
    """Raise `Refused` for a market without a row of the policy; what a scope has already stays."""
    markets = record.get("markets")
    named = markets if isinstance(markets, list) else []
    fields = {f"markets.{index}": str(market) for index, market in enumerate(named) if market not in known}
    refuse_unknown((await writing.policy()).markets, fields)


@checks_event("calendar.registered")
async def registers_calendar(writing: Writing, payload: Effect) -> Effect:
    await refuse_unless_allowed(writing, CalendarRegistration)
    if await writing.session.get(CalendarRow, writing.entry.stream) is not None:
        raise Refused(Code.CONFLICT, "A calendar of this id is registered.", fields={"calendar_id": "taken"})
    record = part(payload, "record")
    _refuse_unless_countable(writing.entry.stream, record, writing.at)
    return {"id": writing.entry.stream}


@checks_event("calendar.changed")
async def changes_calendar(writing: Writing, payload: Effect) -> Effect:
    await refuse_unless_allowed(writing, CalendarChange)
    row = await writing.session.get(CalendarRow, writing.entry.stream)
    if row is None:
        raise _unknown("calendar")
    given = part(payload, "set")
    whole: Effect = {
        "tz": row.tz,
        "country": row.country,
        "subdivision": row.subdivision,
        "closing_days": row.closing_days,
        **given,
    }
    _refuse_unless_countable(row.calendar_id, whole, writing.at)
    return changed(writing, row, row.version, given)


async def _refuse_while_being_qualified(writing: Writing, scope_id: str) -> None:
    """Raise `Refused` while a qualification of the scope is open: its evidence is on the scope as it was requested.

    The caller holds the lock on the site's stream, for which a request waits too.
    """
    if (case_id := await open_qualification(writing.session, scope_id)) is not None:
        message = f"{case_id} is open for this scope; it stays as it was requested until that is decided."
        raise Refused(Code.CONFLICT, message, rule="section 4")


def _refuse_unless_countable(calendar_id: str, record: Effect, at: datetime) -> None:
    """Raise `Refused` when business days could not be counted with it."""
    country, subdivision = record.get("country"), record.get("subdivision")
    site_calendar(
        calendar_id,
        text_of(record, "tz"),
        str(country) if country else None,
        str(subdivision) if subdivision else None,
        _DAYS.validate_python(record.get("closing_days", [])),
        [at.astimezone(UTC).year],
    )


def _unknown(what: str) -> Refused:
    return Refused(Code.NOT_FOUND, f"There is no such {what}.")
