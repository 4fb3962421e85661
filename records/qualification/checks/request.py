"""Checks of the request for a qualification; what it names for the first time is registered with it."""

from zoneinfo import ZoneInfo

from domain.asl.asl import AslStatus
from domain.core.refusals import Code, Refused, broken
from domain.policy.market_rule import refuse_unknown
from domain.qualification.request import (
    NewSite,
    QualificationKind,
    QualificationRequest,
    kind_of,
    refuse_unless_as_registered,
    refuse_unless_requestable,
    reopens,
)
from domain.qualification.succession import refuse_unless_transferable
from domain.site.scope import Scope, ScopeRegistration
from domain.site.site import SiteRegistration, SupplierRegistration
from records.asl.statements import locked_statement, status_of, was_stated
from records.core.declared import Requested, opens
from records.core.scopes import open_qualification
from records.core.tables.master_data import ScopeRow, SiteRow, SupplierRow
from records.core.writing import Writing
from records.qualification.checks.succession import refuse_while_changing_hands
from records.site.checks.registrations import (
    add_scope,
    add_site,
    add_supplier,
    fields_under,
    refuse_if_registered,
    registered_scope,
)
from records.site.scopes import site_and_scopes

_TITLES = {
    QualificationKind.INITIAL: "Qualification",
    QualificationKind.REQUALIFICATION: "Requalification",
    QualificationKind.OWNERSHIP_CHANGE: "Change of ownership",
}


@opens(QualificationRequest)
async def opens_a_qualification(writing: Writing, form: QualificationRequest) -> Requested:
    """One open case for each site and scope (section 4). Requests for one site wait for each other."""
    await writing.head(form.site_id)
    site = await _site(writing, form)
    scope = await registered_scope(writing, form.site_id, form.activity.value, form.product, form.dosage_form)
    status, known = (await _standing(writing, scope)) if scope else (None, False)
    kind = kind_of(form, known=known)
    tz = site.tz if site else form.new_site.tz if form.new_site else "UTC"
    today = writing.at.astimezone(ZoneInfo(tz)).date()
    refuse_unless_requestable(form, writing.requester.roles, kind, today=today)
    if kind is QualificationKind.OWNERSHIP_CHANGE:
        refuse_unless_transferable(status)
    if scope is not None:
        refuse_unless_as_registered(form, Scope.model_validate(scope, from_attributes=True))
        await _refuse_if_open(writing, scope.scope_id)
        scope_id = scope.scope_id
    else:
        scope_id = await _registers(writing, form)
    requested = await site_and_scopes(writing, form.site_id, (scope_id,))
    return requested.model_copy(
        update={
            "title": f"{_TITLES[kind]} of {form.site_id} ({form.activity})",
            "kind": kind.value,
            "trigger": scope_id,
            "reopens": reopens(kind, status),
        }
    )


async def _site(writing: Writing, form: QualificationRequest) -> SiteRow | None:
    """The registered site; `None` if it is a new one."""
    site = await writing.session.get(SiteRow, form.site_id)
    if site is not None and form.new_site is not None:
        raise Refused(Code.CONFLICT, "A site of this code is registered.", fields={"site_id": "taken"})
    if site is None and form.new_site is None:
        raise Refused(Code.NOT_FOUND, "There is no such site.", fields={"site_id": "unknown"})
    return site


async def _standing(writing: Writing, scope: ScopeRow) -> tuple[AslStatus | None, bool]:
    """The status of a scope now, and whether anything was ever stated of it. It stays so until the transaction ends."""
    status = status_of(await locked_statement(writing, scope.scope_id))
    return status, await was_stated(writing.session, scope.scope_id)


async def _refuse_if_open(writing: Writing, scope_id: str) -> None:
    if (other := await open_qualification(writing.session, scope_id)) is not None:
        raise Refused(Code.CONFLICT, f"{other} is open for this site and scope.", rule="section 4")


async def _registers(writing: Writing, form: QualificationRequest) -> str:
    """Register what is new: the supplier, the site, the scope. Returns the scope's id."""
    named = {f"markets.{index}": market for index, market in enumerate(form.markets)}
    refuse_unknown((await writing.policy()).markets, named)
    if form.new_site is not None:
        await _registers_site(writing, form.site_id, form.new_site)
    else:
        await refuse_while_changing_hands(writing, form.site_id)
    fields = form.model_dump(include={"activity", "product", "dosage_form", "markets", "stage", "sole_source"})
    return await add_scope(writing, form.site_id, ScopeRegistration.model_validate(fields))


async def _registers_site(writing: Writing, site_id: str, new: NewSite) -> None:
    if new.moved_from is not None and await writing.session.get(SiteRow, new.moved_from) is None:
        raise broken("section 10", "There is no such site.", **{"new_site.moved_from": "unknown"})
    if new.supplier is not None:
        supplier_id = await add_supplier(writing, SupplierRegistration.model_validate(new.supplier.model_dump()))
    else:
        supplier_id = str(new.supplier_id)
        if await writing.session.get(SupplierRow, supplier_id) is None:
            raise broken("section 4", "There is no such supplier.", **{"new_site.supplier_id": "unknown"})
    fields = new.model_dump(include={"name", "address", "tz", "calendar_id", "identifiers"})
    site = SiteRegistration.model_validate({**fields, "site_id": site_id, "supplier_id": supplier_id})
    with fields_under("new_site"):
        await refuse_if_registered(writing, site, moved_from=new.moved_from)
        await add_site(writing, site, moved_from=new.moved_from)
