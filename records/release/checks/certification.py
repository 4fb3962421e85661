"""Checks of the decision on a batch for a market: the gates are looked at in the transaction of the signature."""

from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.asl.asl import stream_of
from domain.batch.batch import MarketDecision
from domain.batch.facts.decisions import BatchRejected
from domain.batch.gate.results import GateResult
from domain.batch.market_refusal import Refusal, RefusedAs
from domain.core.entry import OpenTask
from domain.core.people import Role
from domain.core.refusals import broken
from domain.policy.market_rule import DecisionRule
from domain.release.certification import (
    CertificationDecision,
    DecisionForMarket,
    MarketRelease,
    ProductDecision,
    QcuApproval,
    QpCertification,
    suggested_decision,
)
from domain.release.certification_rules import (
    judgements_of,
    refuse_closed_gates,
    refuse_decided,
    refuse_needless,
    refuse_other_market,
    refuse_producers,
    refuse_reviewers,
    refuse_unless_well_formed,
    refuse_wrong_rule,
    register_of,
)
from domain.release.evidence import BatchEvidence
from domain.release.further_processing import PartialConfirmation, ProcessingRelease
from domain.release.gates import evaluate
from domain.release.judgements import Uploader, Uploaders, documents_that_state, refuse_unless_grounded
from domain.release.seen_gates import refuse_unless_current
from domain.release.trial_supply import refuse_unless_authorised, trial_of
from records.batch.deciders import deciders_of
from records.batch.market_refusals import refuse_in_markets
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.declared import Effect, checks, locks_above, suggests
from records.core.reactions import establish
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import DocumentRow, PersonRoleRow
from records.core.writing import Writing
from records.delivery.official_release import lacks_official_release
from records.delivery.to_release import to_be_released
from records.release.first_steps import first_step
from records.release.gate_evidence import evidence_of
from records.release.gate_evidence.context import scopes_of_family
from records.release.imported import refuse_unless_imported
from records.release.market_words import refuse_unless_as_the_market_says, wording_for
from records.release.register_entries import Into, next_entry
from records.release.rules import row_for
from records.release.seen_gates import gates_shown, unsigned
from records.release.trial_supply import refuse_unless_named, rules_of_manufacture


@locks_above(QpCertification, QcuApproval, MarketRelease, ProcessingRelease, PartialConfirmation)
async def lists_behind(session: AsyncSession, batch_id: str) -> list[str]:
    """The list of every scope that made a part of the batch, or of what it comes from, in one order.

    A suspension and a certification meet there, and one waits for the other. Other processes have actions of the same
    names; they lock nothing here.
    """
    batch = await session.get(BatchRow, batch_id)
    return [stream_of(each) for each in await scopes_of_family(session, batch)] if batch is not None else []


@suggests(QpCertification)
async def suggests_a_certification(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The gates as they are now, for the market that the procedure names."""
    return await suggested(writing, case, line)


@suggests(QcuApproval)
async def suggests_an_approval(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The same for the quality unit."""
    return await suggested(writing, case, line)


@suggests(MarketRelease)
async def suggests_a_market_release(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The same for the person of the market."""
    return await suggested(writing, case, line)


async def suggested(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The gates as they are now, for the market that the procedure names."""
    market = line.prefill.get("market")
    if not isinstance(market, str):
        return {}
    batch = await writing.session.get_one(BatchRow, case.case_id)
    seen = await gates_shown(writing.session, writing.policies, batch, market, writing.at)
    wording = await wording_for(writing, batch, market)
    return suggested_decision(market, await all_of(writing.session, batch), seen, wording)


@checks(QpCertification)
async def certifies(writing: Writing, case: CaseRow, form: QpCertification) -> Effect:
    """By the qualified person, for a market of the Union."""
    return await decides(writing, case, form, DecisionRule.QP)


@checks(QcuApproval)
async def approves(writing: Writing, case: CaseRow, form: QcuApproval) -> Effect:
    """By the quality unit, for any other market."""
    return await decides(writing, case, form, DecisionRule.QCU)


@checks(MarketRelease)
async def releases_to_market(writing: Writing, case: CaseRow, form: MarketRelease) -> Effect:
    """By the person whom the row of the market names."""
    return await decides(writing, case, form, DecisionRule.MARKET)


async def decides(writing: Writing, case: CaseRow, form: CertificationDecision, rule: DecisionRule) -> Effect:
    """Refuse, or enter the decision of the sponsor by the gates."""
    batch, market = await open_market(writing, case, form, rule)
    await refuse_unless_named(writing, batch, form, before=None)
    await refuse_unless_as_the_market_says(writing, batch, form, market)
    evidence = await evidence_for(writing, batch, market, form)
    refuse_unless_authorised(form, evidence)
    refuse_producers(await roles_held(writing))
    results = evaluate(evidence, judgements_of(form), writing.at)
    effect = decided(form, rule, results)
    if form.decision is MarketDecision.REJECT:
        await rejects(writing, batch, market, form)
        return effect
    return effect | await releases(writing, batch, form, market, evidence, results)


async def releases(
    writing: Writing,
    batch: BatchRow,
    form: CertificationDecision,
    market: BatchMarketRow,
    evidence: BatchEvidence,
    results: tuple[GateResult, ...],
) -> Effect:
    """Refuse, or enter the release of a batch or of a further part of it."""
    await refuse_unless_releasable(writing, batch, form, market, evidence, results)
    return await entered(writing, batch, form, market, evidence, results)


async def refuse_unless_releasable(
    writing: Writing,
    batch: BatchRow,
    form: CertificationDecision,
    market: BatchMarketRow,
    evidence: BatchEvidence,
    results: tuple[GateResult, ...],
) -> None:
    """Raise `Refused` unless every gate is open or judged on grounds, as it was read."""
    refuse_closed_gates(results)
    await refuse_unless_imported(writing, form, batch, market, evidence)
    refuse_unless_current(form.gates_seen, evaluate(unsigned(evidence), {}, writing.at))
    refuse_needless(form, results)
    refuse_unless_grounded(form, results, evidence, uploaders=await _uploaders(writing.session, form))


async def _uploaders(session: AsyncSession, form: CertificationDecision) -> Uploaders:
    """Who has uploaded what counts by who states it: their roles, and where they hold these."""
    named = documents_that_state(form)
    if not named:
        return {}
    query = (
        select(DocumentRow.document_id, PersonRoleRow.role, PersonRoleRow.site_id)
        .join(PersonRoleRow, col(PersonRoleRow.person_id) == col(DocumentRow.uploaded_by))
        .where(col(DocumentRow.document_id).in_(named))
    )
    found: dict[str, set[Uploader]] = {}
    for document_id, role, site_id in (await session.exec(query)).all():
        found.setdefault(document_id, set()).add(Uploader(Role(role), site_id))
    return found


async def all_of(session: AsyncSession, batch: BatchRow) -> str | None:
    """Prefill of the quantity that is released: all that may be. `None` if nothing is there."""
    most = await to_be_released(session, batch)
    return f"{most:f}" if most else None


async def open_market(
    writing: Writing, case: CaseRow, form: DecisionForMarket, rule: DecisionRule
) -> tuple[BatchRow, BatchMarketRow]:
    """The batch and its market, which is open and decided under this rule. Raises `Refused` otherwise.

    The lists and the batch are locked: what was decided before is seen here.
    """
    batch = await writing.session.get_one(BatchRow, case.case_id, populate_existing=True)
    refuse_other_market(form.market, writing.task.prefill.get("market") if writing.task is not None else None)
    market = await _open_market(writing, batch, form.market)
    refuse_wrong_rule(market.market, DecisionRule(market.rule), rule)
    refuse_unless_well_formed(form, most=await to_be_released(writing.session, batch), unit=batch.unit)
    return batch, market


async def evidence_for(
    writing: Writing, batch: BatchRow, market: BatchMarketRow, form: DecisionForMarket
) -> BatchEvidence:
    """What the gates look at as the actor decides. Who releases has neither reviewed the batch nor disposed of it (S5).

    Rejecting protects, and nobody of the role is kept from it (section 16, law 4).
    """
    found = await evidence_of(writing.session, writing.policies, batch, market.market, writing.at)
    if form.approves():
        refuse_reviewers(writing.actor.persons, concerned(found))
    known = form.audits_known if isinstance(form, CertificationDecision) else None
    said = {"audits_known": known, "relies_on": writing.relies_on, "signs_for": trial_of(form)}
    if isinstance(form, QpCertification):
        said["licensed_at"] = writing.licensed_at
    return found.model_copy(update=said)


def decided(form: DecisionForMarket, rule: DecisionRule, results: Sequence[GateResult]) -> Effect:
    """What is recorded of every decision: under which rule, and the gates as they stood."""
    return {
        "market": form.market,
        "rule": rule.value,
        "decision": form.decision.value,
        "gates": [each.model_dump(mode="json") for each in results],
    }


async def rejects(writing: Writing, batch: BatchRow, market: BatchMarketRow, form: DecisionForMarket) -> None:
    """Every other market sees it; what comes from the batch is held with it."""
    if not batch.released and await _is_last(writing.session, market):
        await establish(writing, BatchRejected(batch_id=batch.batch_id, number=batch.number))
    refusal = Refusal(
        batch_id=batch.batch_id,
        market=form.market,
        how=RefusedAs.REJECTED,
        grounds=form.grounds,
        because=form.reason or "",
        by=writing.actor.person,
        at=writing.at,
    )
    await refuse_in_markets(writing, [refusal])


async def _open_market(writing: Writing, batch: BatchRow, market: str) -> BatchMarketRow:
    row = await writing.session.get(BatchMarketRow, (batch.batch_id, market), populate_existing=True)
    if row is None:
        raise broken("section 8", "The batch is not made for this market.", market="is no market of the batch")
    refuse_decided(market, row.decision, row.decided_by, row.decided_at)
    return row


async def _is_last(session: AsyncSession, market: BatchMarketRow) -> bool:
    """Whether all other markets of the batch are decided."""
    query = select(BatchMarketRow.market).where(
        col(BatchMarketRow.batch_id) == market.batch_id,
        col(BatchMarketRow.market) != market.market,
        col(BatchMarketRow.decision).is_(None),
    )
    return (await session.exec(query.limit(1))).first() is None


async def roles_held(writing: Writing) -> set[Role]:
    """Every role of whose hands the decision counts as, in whatever account (S11, S12)."""
    query = select(PersonRoleRow.role).where(col(PersonRoleRow.person_id).in_(sorted(writing.actor.persons)))
    return {*writing.actor.roles, *(Role(role) for role in (await writing.session.exec(query)).all())}


def concerned(evidence: BatchEvidence) -> set[str]:
    """Who has reviewed the batch, or disposed of it for the site."""
    reviewers = {person for each in evidence.reviews for person in each.persons}
    return reviewers | set(evidence.disposition.persons if evidence.disposition is not None else ())


async def entered(
    writing: Writing,
    batch: BatchRow,
    form: DecisionForMarket,
    market: BatchMarketRow,
    evidence: BatchEvidence,
    results: tuple[GateResult, ...],
) -> Effect:
    """The next entry of the market's register, and whether the goods wait for the authority's own release."""
    rule, row = DecisionRule(market.rule), await row_for(writing, batch, market)
    into = Into(
        register_of(form.market, rule, row),
        rule,
        writing.acts_as & (deciders_of(market) if rule.is_of_a_product else form.by()),
        await first_step(writing, batch, form, market),
        await rules_of_manufacture(writing, batch, form, row) if isinstance(form, ProductDecision) else None,
    )
    entry = await next_entry(writing, batch, form, evidence, results, into)
    lacks = await lacks_official_release(writing.session, await writing.policy(), batch, market, writing.at.date())
    return entry | ({"awaits_official_release": True} if lacks else {})
