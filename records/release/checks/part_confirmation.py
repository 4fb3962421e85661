"""Checks of confirmations of parts of the manufacture, and what follows from one that is withdrawn."""

from domain.appointment.reliance import Signing
from domain.batch.disposition import SiteVerdict
from domain.batch.facts.decisions import ConfirmationWithdrawn
from domain.core.people import Org, Role, refuse_under_delegation
from domain.core.refusals import Code, Refused
from domain.release.certification_rules import refuse_producers
from domain.release.confirmation_facts import Along
from domain.release.part_confirmation import (
    PART_CONFIRMATION,
    PartConfirmationWithdrawal,
    PartMade,
    PartManufactureConfirmation,
    confirmed_along,
    nothing_made,
    refuse_confirmed,
)
from domain.release.qp_declaration import refuse_withdrawn
from domain.site.site import Activity
from records.appointment.signing import appointed, kept
from records.batch.tables.batches import BatchRow
from records.core.checks.changes import part, refuse_unless_allowed
from records.core.declared import Effect, checks_event
from records.core.reactions import establish
from records.core.tables.master_data import ScopeRow
from records.core.writing import Writing
from records.delivery.shipping import locked_batch
from records.release.checks.certification import roles_held
from records.release.gate_evidence.context import GateContext
from records.release.gate_evidence.parts import Given, confirmations_of, covered
from records.release.gate_evidence.standing import Agreements
from records.release.tables import PartConfirmationRow


@checks_event("part_confirmation.confirm")
async def confirms_a_part(writing: Writing, payload: Effect) -> Effect:
    """In person, under a number that is new, along the agreement, named on the authorisation of that very site."""
    await refuse_unless_allowed(writing, PartManufactureConfirmation)
    refuse_under_delegation(writing.actor)
    number, form = writing.entry.stream, PartManufactureConfirmation.stored(part(payload, "form"))
    batch = await writing.session.get(BatchRow, form.batch_id)
    if batch is not None:
        batch = await locked_batch(writing, form.batch_id)
    if not PART_CONFIRMATION.names(number) or (await writing.head(number)).number > 0:
        raise Refused(Code.CONFLICT, f"{number} is taken.", fields={"number": "is taken"})
    made = await _made(writing, batch, form.scope_id) if batch is not None else None
    if batch is None or made is None:
        raise nothing_made()
    site_id, along = confirmed_along(form, made, writing.actor.sites)
    standing = (await confirmations_of(writing.session, [form.batch_id])).get(form.batch_id, ())
    same = (each.row.number for each in standing if _is_same(each, form.scope_id, site_id, along))
    refuse_confirmed(next(same, None))
    refuse_producers(await roles_held(writing), of_the_site=True)
    scope = await writing.session.get_one(ScopeRow, form.scope_id)
    signing = Signing(
        roles=frozenset({Role.CDMO_QP}),
        site_id=site_id,
        product=batch.product or scope.product,
        activity=Activity(scope.activity),
        dosage_form=scope.dosage_form,
        batch_id=batch.batch_id,
        markets=tuple(batch.markets),
        number=form.authorisation,
    )
    relied = await appointed(writing, [signing])
    return {
        "site_id": site_id,
        "article": along.article,
        "under": [each.words() for _, each in relied],
        "appointments": [kept(signing, each) for signing, each in relied],
    }


@checks_event("part_confirmation.withdraw")
async def withdraws_a_part(writing: Writing, payload: Effect) -> Effect:
    """Once, by one person. The batch is held with all that comes from it; what is released of them is reviewed."""
    await refuse_unless_allowed(writing, PartConfirmationWithdrawal)
    number, form = writing.entry.stream, PartConfirmationWithdrawal.stored(part(payload, "form"))
    row = await writing.session.get(PartConfirmationRow, number)
    if row is None or not _is_seen(writing, row):
        raise Refused(Code.NOT_FOUND, "There is no such confirmation.")
    batch = await locked_batch(writing, row.batch_id)
    await writing.head(number)
    row = await writing.session.get_one(PartConfirmationRow, number, populate_existing=True)
    refuse_withdrawn(row.withdrawn_by, row.withdrawn_at.isoformat() if row.withdrawn_at is not None else None)
    fact = ConfirmationWithdrawn(
        batch_id=row.batch_id, case_id=row.batch_id, number=number, of=batch.number, reason=form.reason
    )
    done = await establish(writing, fact)
    return {"held": [*done.held], "reviews": [*done.reviews]}


def _is_seen(writing: Writing, row: PartConfirmationRow) -> bool:
    return writing.actor.org is not Org.CDMO or row.site_id in writing.actor.sites


def _is_same(given: Given, scope_id: str, site_id: str, along: Along) -> bool:
    """Whether it confirms the part already; one that counts no more, or rests on another agreement, does not."""
    row = given.row
    known = (row.scope_id, row.site_id, row.agreement, row.agreement_version)
    return given.under_none is None and known == (scope_id, site_id, along.qta_id, along.version)


async def _made(writing: Writing, batch: BatchRow, scope_id: str) -> PartMade | None:
    """What the records say of a part of the batch; `None` where the scope has made none."""
    context = await GateContext.at_batch(writing.session, writing.policies, batch, "", writing.at)
    scope = next((each for each in context.own.scopes if each.scope_id == scope_id), None)
    if scope is None:
        return None
    cover, along = covered(context, await Agreements.of_all(context), context.own, scope)
    return PartMade(
        made_on=batch.made_on if context.own.ended_at is not None else None,
        is_rejected=batch.site_decision == SiteVerdict.REJECTED.value,
        cover=cover,
        along=along,
    )
