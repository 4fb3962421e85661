"""Checks of certifications for a market where somebody else checks them, and what follows from a withdrawal."""

from decimal import Decimal

from domain.appointment.reliance import Signing
from domain.batch.facts.decisions import ConfirmationWithdrawn
from domain.core.people import Role, refuse_under_delegation
from domain.core.refusals import Code, Refused, broken
from domain.policy.market_rule import DecisionRule
from domain.release.certification_abroad import (
    CERTIFICATION_ABROAD,
    RULE,
    AbroadWithdrawal,
    CertificationAbroad,
    refuse_unless_relied_on,
)
from domain.release.certification_rules import (
    judgements_of,
    refuse_other_words,
    refuse_producers,
    refuse_unless_well_formed,
    register_of,
    wording_of,
)
from domain.release.gates import evaluate
from domain.release.qp_declaration import refuse_withdrawn
from domain.release.trial_supply import refuse_unless_authorised
from domain.site.site import Activity
from records.appointment.signing import appointed, kept
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.checks.changes import part, refuse_unless_allowed
from records.core.declared import Effect, checks_event
from records.core.reactions import establish
from records.core.tables.master_data import ScopeRow
from records.core.writing import Writing
from records.delivery.green_lights import is_clinical
from records.delivery.shipping import locked_batch
from records.delivery.to_release import to_be_released
from records.release.checks.certification import decided, evidence_for, refuse_unless_releasable, roles_held
from records.release.first_steps import certified_abroad
from records.release.register_entries import Into, next_entry
from records.release.rules import row_for
from records.release.tables import CertificationAbroadRow
from records.release.trial_supply import refuse_unless_named, rules_of_manufacture


@checks_event("certification_abroad.certify")
async def certifies_abroad(writing: Writing, payload: Effect) -> Effect:
    """In person, under a new number, by the gates of the destination, in the words of the market certified under."""
    await refuse_unless_allowed(writing, CertificationAbroad)
    refuse_under_delegation(writing.actor)
    number, form = writing.entry.stream, CertificationAbroad.stored(part(payload, "form"))
    batch, market = await _destination(writing, form)
    if not CERTIFICATION_ABROAD.names(number) or (await writing.head(number)).number > 0:
        raise Refused(Code.CONFLICT, f"{number} is taken.", fields={"number": "is taken"})
    under = (await writing.policy()).row_for(form.under, clinical=is_clinical(batch))
    refuse_unless_relied_on(form, await row_for(writing, batch, market), under, market.decision)
    assert under is not None, "It is relied on."
    refuse_unless_well_formed(form, most=await _left_to_certify(writing, batch, market), unit=batch.unit)
    await refuse_unless_named(writing, batch, form, before=None, under=under)
    made_under = await rules_of_manufacture(writing, batch, form, under)
    refuse_other_words(form, under, wording_of(under, made_under))
    signed = await _under_an_appointment(writing, batch, form)
    evidence = await evidence_for(writing, batch, market, form)
    refuse_unless_authorised(form, evidence)
    refuse_producers(await roles_held(writing))
    results = evaluate(evidence, judgements_of(form), writing.at)
    await refuse_unless_releasable(writing, batch, form, market, evidence, results)
    into = Into(
        register_of(under.market, DecisionRule.QP, under),
        DecisionRule.QP,
        frozenset({Role.QP}),
        made_under=made_under,
    )
    entry = await next_entry(writing, batch, form, evidence, results, into)
    return decided(form, DecisionRule.QP, results) | entry | signed


async def _destination(writing: Writing, form: CertificationAbroad) -> tuple[BatchRow, BatchMarketRow]:
    """The batch, locked with the lists that it rests on, and its market."""
    batch = await writing.session.get(BatchRow, form.batch_id)
    if batch is None:
        raise broken(RULE, "There is no such batch.", batch_id="unknown")
    batch = await locked_batch(writing, form.batch_id)
    market = await writing.session.get(BatchMarketRow, (batch.batch_id, form.market), populate_existing=True)
    if market is None:
        raise broken(RULE, "The batch is not made for this market.", market="is no market of the batch")
    return batch, market


async def _left_to_certify(writing: Writing, batch: BatchRow, market: BatchMarketRow) -> Decimal | None:
    """What may be released, less the parts that are certified for the same market: no goods are certified twice."""
    most = await to_be_released(writing.session, batch)
    standing = await certified_abroad(writing.session, market)
    return most - sum(Decimal(each.quantity) for each in standing) if most is not None else None


async def _under_an_appointment(writing: Writing, batch: BatchRow, form: CertificationAbroad) -> Effect:
    """For the market that is certified under: nobody need be named for the destination."""
    scope = await writing.session.get_one(ScopeRow, batch.scope_id)
    signing = Signing(
        roles=frozenset({Role.QP}),
        site_id=batch.site_id,
        product=scope.product,
        activity=Activity(scope.activity),
        dosage_form=scope.dosage_form,
        batch_id=batch.batch_id,
        market=form.under,
        number=form.authorisation,
        is_clinical=is_clinical(batch),
    )
    relied = await appointed(writing, [signing])
    writing.relies_on = tuple(each.words() for _, each in relied)
    writing.licensed_at = tuple(sorted({each.licence_site for _, each in relied if each.licence_site is not None}))
    return {"appointments": [kept(signing.model_copy(update={"market": form.market}), each) for _, each in relied]}


@checks_event("certification_abroad.withdraw")
async def withdraws_abroad(writing: Writing, payload: Effect) -> Effect:
    """Once, by one person. The batch is held with all that comes from it; what is released of them is reviewed."""
    await refuse_unless_allowed(writing, AbroadWithdrawal)
    number, form = writing.entry.stream, AbroadWithdrawal.stored(part(payload, "form"))
    row = await writing.session.get(CertificationAbroadRow, number)
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such certification.")
    batch = await locked_batch(writing, row.batch_id)
    await writing.head(number)
    row = await writing.session.get_one(CertificationAbroadRow, number, populate_existing=True)
    refuse_withdrawn(row.withdrawn_by, row.withdrawn_at.isoformat() if row.withdrawn_at is not None else None)
    fact = ConfirmationWithdrawn(
        batch_id=row.batch_id,
        case_id=row.batch_id,
        number=f"{row.certificate_number} ({number})",
        what="certification",
        certificate=row.certificate_number,
        of=batch.number,
        reason=form.reason,
    )
    done = await establish(writing, fact)
    return {"held": [*done.held], "reviews": [*done.reviews]}
