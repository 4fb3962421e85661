"""Checks of a change of ownership: a new legal entity takes a qualified site over (section 10)."""

from functools import partial

from sqlmodel import col, select

from domain.asl.asl import AslStatus, SuspensionScope
from domain.core.forms import Process
from domain.core.refusals import Code, Refused
from domain.qualification.request import LegalEntity, QualificationKind, QualificationRequest, Succession
from domain.qualification.succession import SuccessionDecision, is_the_same, refuse_unless_transferable
from domain.site.site import SupplierRegistration
from records.asl.statements import end_status, locked_statement, state, status_of
from records.core.checks.changes import changed
from records.core.declared import Effect, checks
from records.core.lookups import lookups_of
from records.core.objections import ScopesOfSiteChange
from records.core.questions import answers
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import PersonRow, SiteRow, SupplierRow
from records.core.writing import Writing
from records.site.checks.registrations import add_supplier


async def refuse_while_changing_hands(writing: Writing, site_id: str) -> None:
    """Raise `Refused` while a change of ownership of the site is open: its scopes are frozen (section 10).

    The caller holds the lock on the site's stream.
    """
    query = select(CaseRow.case_id).where(
        col(CaseRow.process) == Process.QUALIFICATION.value,
        col(CaseRow.kind) == QualificationKind.OWNERSHIP_CHANGE.value,
        col(CaseRow.site_id) == site_id,
        col(CaseRow.closed_at).is_(None),
    )
    if (open_case := (await writing.session.exec(query.limit(1))).first()) is not None:
        message = f"The site changes hands ({open_case}); its scopes stay as they are until that is decided."
        raise Refused(Code.CONFLICT, message, rule="section 10")


@answers(ScopesOfSiteChange)
async def freezes_scopes(writing: Writing, asked: ScopesOfSiteChange) -> None:
    """No scope is registered or changed while its site changes hands."""
    await refuse_while_changing_hands(writing, asked.site_id)


@checks(SuccessionDecision)
async def decides_on_the_succession(writing: Writing, case: CaseRow, form: SuccessionDecision) -> Effect:
    """There is a succession to decide on; a yes carries the status over, a no ends it."""
    if QualificationRequest.stored(case.order["request"]).succession is None:
        raise Refused(Code.NOT_OPEN, f"{case.case_id} is no change of ownership.", rule="section 10")
    if form.carry_over:
        return await _carries_over(writing, case, form)
    await end_status(writing, case, form.reason, writing.actor.persons)
    return {}


async def _carries_over(writing: Writing, case: CaseRow, form: SuccessionDecision) -> Effect:
    """The site goes to its new owner with all that is running there; says who that is."""
    succession = QualificationRequest.stored(case.order["request"]).succession
    assert succession is not None
    await writing.head(case.site_id)
    (scope_id,) = case.scope_ids
    before = await locked_statement(writing, scope_id)
    status = status_of(before)
    refuse_unless_transferable(status)
    supplier_id = await _hands_over(writing, case.site_id, succession, form.reason)
    carried_over = partial(
        state, writing, case, reason_code="OWNERSHIP_CHANGE", reason=form.reason, decided_by=writing.actor.persons
    )
    if before is not None and status is AslStatus.SUSPENDED:  # sold while suspended: nothing lifts that here
        reach = SuspensionScope(before.suspension_scope) if before.suspension_scope else None
        await carried_over(status=status, suspension_scope=reach)
        return {"supplier_id": supplier_id}
    lookups = await lookups_of(writing, case)
    last_day = lookups.after(lookups.limits.ownership_conditional_max)
    await carried_over(status=AslStatus.CONDITIONALLY_APPROVED, valid_to=last_day)
    return {"supplier_id": supplier_id, "until": lookups.calendar.end_of(last_day).isoformat()}


async def _hands_over(writing: Writing, site_id: str, succession: Succession, reason: str) -> str:
    """Make the new owner the site's supplier, once for all scopes of the site. Returns its id."""
    site = await writing.session.get_one(SiteRow, site_id, populate_existing=True)
    owner = await writing.session.get_one(SupplierRow, site.supplier_id)
    if is_the_same(succession.new_owner, name=owner.name, country=owner.country):
        return owner.supplier_id
    supplier_id = await _successor(writing, owner.supplier_id, succession.new_owner)
    await _attach(writing, "site.changed", site_id, site, supplier_id, reason)
    for person in await _people_of(writing, owner.supplier_id, site_id):
        await _attach(writing, "person.changed", person.person_id, person, supplier_id, reason)
    return supplier_id


async def _successor(writing: Writing, predecessor: str, entity: LegalEntity) -> str:
    """The successor, registered unless another site of the same predecessor went to it before."""
    query = select(SupplierRow).where(col(SupplierRow.succeeds) == predecessor).order_by(col(SupplierRow.supplier_id))
    for row in (await writing.session.exec(query)).all():
        if is_the_same(entity, name=row.name, country=row.country):
            return row.supplier_id
    registration = SupplierRegistration.model_validate(entity.model_dump())
    return await add_supplier(writing, registration, succeeds=predecessor)


async def _people_of(writing: Writing, supplier_id: str, site_id: str) -> list[PersonRow]:
    """Who works for the supplier at this site alone, and so goes with it."""
    query = select(PersonRow).where(col(PersonRow.supplier_id) == supplier_id).order_by(col(PersonRow.person_id))
    return [row for row in (await writing.session.exec(query)).all() if row.sites == [site_id]]


async def _attach(
    writing: Writing, type_: str, stream: str, row: SiteRow | PersonRow, supplier_id: str, reason: str
) -> None:
    given: Effect = {"supplier_id": supplier_id}
    effect = changed(writing, row, row.version, given)
    payload: Effect = {"set": given, "reason": reason, "effect": effect}
    if isinstance(row, SiteRow):
        payload["site_id"] = row.site_id
    await writing.append(type_, payload, stream=stream)
