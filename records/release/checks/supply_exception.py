"""Checks of a supply under exception: proposed by one, signed by three others, stopped by anybody."""

from sqlmodel import col, select

from domain.batch.gate.gate import Gate
from domain.core.document import RecordVersion, refuse_unless_current
from domain.core.entry import OpenTask
from domain.core.people import refuse_unless_permitted
from domain.core.refusals import Code, Refused, broken
from domain.delivery.leaving import MarketStock, refuse_if_over
from domain.policy.market_rule import DecisionRule
from domain.release.certification_rules import number_in, refuse_producers, refuse_reviewers
from domain.release.gate_exception import barred_from_excusing, refuse_unless_seen, refuse_unless_waiting
from domain.release.supply_exception import (
    REGISTER,
    RULE,
    SIGNATURES,
    SupplyProposal,
    SupplyQualitySignature,
    SupplyRegulatorySignature,
    SupplySignature,
    SupplyWithdrawal,
    refuse_never,
    refuse_new,
    refuse_unless_all_named,
    refuse_unless_in_force,
    refuse_unless_proposable,
    refuse_unmet,
)
from domain.release.supply_findings import in_words
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.declared import Effect, checks, locks_above, suggests
from records.core.identities import next_id
from records.core.lookups import lookups_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.delivery.green_lights import is_clinical
from records.delivery.shipping import left_of, stock_of
from records.delivery.tables import ShipmentRow
from records.release.checks.certification import concerned, lists_behind, roles_held
from records.release.gate_evidence import evidence_of
from records.release.supply_exceptions import found_now, known_by_gate, new_findings
from records.release.tables import SupplyExceptionRow

_Signature = SupplyQualitySignature | SupplySignature | SupplyRegulatorySignature

locks_above(SupplyProposal, *SIGNATURES)(lists_behind)


@checks(SupplyProposal)
async def proposes(writing: Writing, case: CaseRow, form: SupplyProposal) -> Effect:
    """Of product for a market that is not decided, with each gate that is not open."""
    batch = await _supplied(writing, case, form.market)
    lookups = await lookups_of(writing, case)
    refuse_unless_proposable(
        form,
        most=await left_of(writing.session, batch.batch_id),
        unit=batch.unit or "",
        today=lookups.today,
        latest_day=lookups.latest_day,
    )
    found, covered = await found_now(writing, batch, form.market, [each.gate for each in form.gates])
    refuse_never(found.never)
    refuse_unless_all_named(form, found.open_to_permission)
    return {
        "exception_id": await next_id(writing.session, "EXC"),
        "signers": [*sorted(writing.actor.persons)],
        "gates": {
            gate.value: [each.model_dump(mode="json") for each in reasons]
            for gate, reasons in {**found.open_to_permission, **({Gate.G14: covered} if covered else {})}.items()
        },
    }


@suggests(SupplyQualitySignature)
async def suggests_for_quality(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """What the gates had found as it was proposed."""
    return await _with_findings(writing, line)


@suggests(SupplySignature)
async def suggests_to_the_decider(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The same for the decider of the market."""
    return await _with_findings(writing, line)


@suggests(SupplyRegulatorySignature)
async def suggests_to_regulatory(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The same for regulatory affairs."""
    return await _with_findings(writing, line)


@checks(SupplyQualitySignature)
async def signs_for_quality(writing: Writing, case: CaseRow, form: SupplyQualitySignature) -> Effect:
    """The head of quality, who has not proposed it."""
    return await _signs(writing, case, form)


@checks(SupplySignature)
async def signs(writing: Writing, case: CaseRow, form: SupplySignature) -> Effect:
    """The decider of the market, as another person than both before."""
    return await _signs(writing, case, form)


@checks(SupplyRegulatorySignature)
async def grants(writing: Writing, case: CaseRow, form: SupplyRegulatorySignature) -> Effect:
    """Regulatory affairs, as the last: it counts, under the next number of its register.

    What is learned from then on is reviewed; what was known is in the supply.
    """
    effect = await _signs(writing, case, form)
    refuse_unmet(form)
    if not form.approve:
        return effect
    register = f"{REGISTER}-{form.market}"
    head = await writing.head(register)
    number = str(number_in(register, writing.at.year, head.number + 1))
    entry = {"register": register, "supply": number, "exception_id": form.exception_id, "batch_id": case.case_id}
    await writing.append("register.entered", {**entry}, stream=register)
    return {**effect, "supply": number, "reviewed": True}


@checks(SupplyWithdrawal)
async def withdraws(writing: Writing, case: CaseRow, form: SupplyWithdrawal) -> Effect:
    """Whoever sees that it must not go on. What has not left stays."""
    query = select(SupplyExceptionRow).where(
        col(SupplyExceptionRow.number) == form.supply, col(SupplyExceptionRow.batch_id) == case.case_id
    )
    row = (await writing.session.exec(query)).first()
    refuse_unless_in_force(known=row is not None, stopped=row is not None and row.withdrawn_at is not None)
    gone = select(ShipmentRow.case_id).where(
        col(ShipmentRow.supply_exception) == form.supply, col(ShipmentRow.dispatched_at).is_not(None)
    )
    return {"gone": (await writing.session.exec(gone.limit(1))).first() is not None}


async def _signs(writing: Writing, case: CaseRow, form: _Signature) -> Effect:
    """By another person than all before, on what nothing has been added to since it was proposed.

    Nobody signs who has reviewed or disposed of the batch, or produces, as for a certificate (S5).
    """
    row = await writing.session.get(SupplyExceptionRow, form.exception_id)
    mine: SupplyExceptionRow | None = row if row is not None and row.batch_id == case.case_id else None
    waits = mine is not None and mine.declined_at is None and mine.signatures == SIGNATURES.index(type(form))
    refuse_unless_waiting(known=mine is not None, is_next=waits)
    assert mine is not None, "It is known."
    signers = [str(each) for each in mine.signers]
    refuse_unless_current(form.request, RecordVersion(version=mine.version, sha256=mine.sha256), "request")
    if form.market != mine.market:
        raise broken(RULE, f"It is for {mine.market}.", market=f"must be {mine.market}")
    refuse_unless_permitted(writing.actor, by=form.by(), barred=barred_from_excusing(signers))
    if form.approve:
        batch = await _supplied(writing, case, mine.market)
        evidence = await evidence_of(writing.session, writing.policies, batch, mine.market, writing.at)
        refuse_reviewers(writing.actor.persons, concerned(evidence))
        refuse_producers(await roles_held(writing))
        refuse_unless_seen(form, in_words(known_by_gate(mine)))
        refuse_new(await new_findings(writing, batch, mine))
    return {"signers": [*sorted({*signers, *writing.actor.persons})]}


async def _supplied(writing: Writing, case: CaseRow, market: str) -> BatchRow:
    """The batch: product that is made, not over, not rejected, and not decided for the market."""
    batch = await writing.session.get_one(BatchRow, case.case_id, populate_existing=True)
    row = await writing.session.get(BatchMarketRow, (batch.batch_id, market), populate_existing=True)
    stock = await stock_of(writing, batch, market)
    if row is None or stock is None:
        raise broken(RULE, "The batch is not made for this market.", market="is no market of the batch")
    if not DecisionRule(row.rule).is_of_a_product or is_clinical(batch):
        fault = "is decided on what is no product, or on supply of a trial, which its authorisation rules"
        raise broken(RULE, "Only product for a market is supplied under exception.", market=fault)
    _refuse_decided(stock, market)
    refuse_if_over(stock)
    return batch


def _refuse_decided(stock: MarketStock, market: str) -> None:
    if stock.made is None:
        raise Refused(Code.NOT_OPEN, "The batch is not made yet.", rule=RULE)
    if stock.decision is not None or stock.rejected:
        fields = {"market": "is decided; a supply under exception is of what is not"}
        raise Refused(Code.NOT_OPEN, f"{market} is decided.", fields=fields, rule=RULE)


async def _with_findings(writing: Writing, line: OpenTask) -> Effect:
    row = await writing.session.get(SupplyExceptionRow, str(line.prefill.get("exception_id")))
    return {**line.prefill, **({"reasons_seen": in_words(known_by_gate(row))} if row is not None else {})}
