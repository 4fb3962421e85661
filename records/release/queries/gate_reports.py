"""The gate report of a batch: a live look, or the gates as a decision was signed."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import MarketDecision
from domain.batch.disposition import SiteDisposition
from domain.batch.gate.gate import ExceptionFacts
from domain.batch.gate.results import GateResult, GateVerdict, hash_of
from domain.batch.review import REVIEWS
from domain.batch.views import CorrectionView, DeviationView, GreenLightView, OosView
from domain.core.forms import Form
from domain.core.people import Actor, Role
from domain.core.refusals import Code, Refused
from domain.policy.market_rule import DecisionRule
from domain.release.certification_rules import CertificateNumber
from domain.release.evidence import BatchEvidence
from domain.release.gate_page import GrantedException, ToJudge
from domain.release.gate_report import DecisionView, GateReport, ReportedBatch, ReviewerView
from domain.release.gate_words import measured, words
from domain.release.gates import evaluate
from domain.release.seen_gates import as_shown
from domain.release.since_signed import changed_since, with_judgements
from records.appointment.uses import relied_on_in
from records.batch.batches import scopes_used
from records.batch.deciders import deciders_of
from records.batch.making.shelf_life import shelf_life_of
from records.batch.queries.batches import green_lights_of
from records.batch.tables.batches import BatchCorrectionRow, BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.batch.tables.process import BatchDeviationRow, OosRow
from records.batch.under_review import reviews_awaited
from records.core.policies import Policies
from records.core.queries.events import event_of
from records.core.queries.visibility import reads_everything
from records.core.tables.cases import RecordRow
from records.core.tables.master_data import PersonRow, ScopeRow
from records.delivery.to_release import to_be_released
from records.exchange.tables.parameters import ParameterSetRow
from records.release.gate_evidence import evidence_of
from records.release.queries.family_page import lifted_holds, relatives_shown, taken_by
from records.release.queries.gate_page import (
    events_shown,
    judged_with,
    judgements_shown,
    markets_shown,
    results_of_all,
    sites_shown,
)
from records.release.queries.names_told import with_names
from records.release.queries.said import said_of
from records.release.queries.supplied import supplied_of

_DISPOSITION = SiteDisposition.action.name
_SIGNED: tuple[type[Form], ...] = (SiteDisposition, *REVIEWS)
_TITLES = {form.action.name: form.action.title for form in _SIGNED}


def refuse_outsiders(actor: Actor) -> None:
    """Raise `Refused` for everybody but the sponsor's people and inspectors: gates are the sponsor's own (S6)."""
    if not reads_everything(actor):
        raise Refused(Code.WRONG_ORGANISATION, "Gates and certificates are the sponsor's own.", rule="S6")


async def gate_report(
    session: AsyncSession,
    policies: Policies,
    batch_id: str,
    at: datetime,
    *,
    market: str | None = None,
    certificate: str | None = None,
    signed: bool = False,
) -> GateReport:
    """How the gates stand at an instant, or with `signed` or a certificate's number how they stood in the decision.

    Raises `Refused`: NOT_FOUND without such a batch, market, certificate or signed decision; FORM_INVALID if the batch
    has several markets and none is named.
    """
    batch = await session.get(BatchRow, batch_id)
    if batch is None:
        raise Refused(Code.NOT_FOUND, "There is no such batch.")
    row = await _market(session, batch_id, market, certificate)
    if signed or certificate is not None:
        return await with_names(session, await _signed(session, policies, batch, row, at))
    return await with_names(session, await _as_it_stands(session, policies, batch, row, at))


async def _as_it_stands(
    session: AsyncSession, policies: Policies, batch: BatchRow, row: BatchMarketRow, at: datetime
) -> GateReport:
    """A look of now. What was judged with a release that was signed stays judged, while it is the same."""
    evidence = await evidence_of(session, policies, batch, row.market, at)
    bare = evaluate(evidence, {}, at)
    release = await _release(session, row)
    signed = gates_in(release) if release is not None else ()
    gates = with_judgements(bare, signed)
    to_judge = [each for each in bare if each.verdict is GateVerdict.NEEDS_JUDGEMENT]
    results = await results_of_all(session, [batch], row.market, at, by=evidence.analysis)
    left = await _left(session, batch, row)
    awaited = await reviews_awaited(session, batch.batch_id) if batch.review_open else {}
    return GateReport(
        market=row.market,
        at=at,
        as_signed=False,
        batch=await _batch(session, policies, batch, at),
        gates=gates,
        sha256=hash_of(bare),
        to_judge=tuple(map(_to_judge, to_judge)) if row.decision is None else (),
        exceptions=tuple(map(_granted, evidence.exceptions)),
        supplied=await supplied_of(session, batch, row),
        other_markets=await markets_shown(session, evidence, awaited),
        parents=await relatives_shown(session, evidence, at),
        analysis=results.get(batch.batch_id, ()),
        replaced=evidence.analysis.replaced,
        differed=evidence.analysis.differed,
        sites=await sites_shown(session, batch),
        events=await events_shown(session, evidence),
        judgements=await judgements_shown(session, batch.batch_id, row.market),
        said=await said_of(session, batch.batch_id),
        green_lights=await _green_lights(session, batch, row.market),
        deviations=await _deviations(session, batch.batch_id),
        results=await _results(session, batch.batch_id),
        holds=evidence.holds,
        lifted=await lifted_holds(session, evidence),
        reviewers=await _reviewers(session, batch.batch_id, evidence),
        decision=(await _decision(session, row)).model_copy(update={"review_waits_for": awaited.get(row.market, ())}),
        gates_seen=as_shown(bare) if _is_asked_for(row, left) else None,
        judged=judged_with(release),
        since=changed_since(gates, signed) if release is not None else None,
        left=left,
        judged_anew=tuple(each.gate for each in to_judge) if left is not None else (),
    )


async def _release(session: AsyncSession, row: BatchMarketRow) -> RecordRow | None:
    """The signed release for a market; `None` of what is open or rejected."""
    return await decision_record(session, row) if row.decision == MarketDecision.RELEASE.value else None


async def _left(session: AsyncSession, batch: BatchRow, row: BatchMarketRow) -> str | None:
    """How much may still be released of a batch of which a part is, with its unit."""
    released = row.decision == MarketDecision.RELEASE.value and row.withdrawn_at is None
    if not released or row.rule == DecisionRule.CONFIRMATION.value or batch.quantity is None:
        return None
    most = await to_be_released(session, batch) or Decimal(0)
    left = most - Decimal(row.quantity if row.quantity is not None else batch.quantity)
    return measured(f"{left:f}", batch.unit) if left > 0 else None


def _is_asked_for(row: BatchMarketRow, left: str | None) -> bool:
    """Whether the sponsor may still decide on the batch, or on a further part of it."""
    return left is not None or (row.decision is None and row.rule != DecisionRule.CONFIRMATION.value)


async def _green_lights(session: AsyncSession, batch: BatchRow, market: str) -> tuple[GreenLightView, ...]:
    return tuple(each for each in await green_lights_of(session, batch) if each.market == market)


def _granted(exception: ExceptionFacts) -> GrantedException:
    reasons = None if exception.reasons is None else tuple(each.words for each in exception.reasons)
    return GrantedException(**exception.model_dump(exclude={"market", "reasons"}), reasons=reasons)


def _to_judge(gate: GateResult) -> ToJudge:
    return ToJudge(gate=gate.gate, reason=gate.reason, states=("why", *(words(each) for each in gate.asks)))


async def markets_of(session: AsyncSession, batch_id: str) -> list[str]:
    """The markets of a batch; none if there is no such batch."""
    query = select(BatchMarketRow.market).where(col(BatchMarketRow.batch_id) == batch_id)
    return list((await session.exec(query.order_by(col(BatchMarketRow.market)))).all())


async def _market(session: AsyncSession, batch_id: str, market: str | None, certificate: str | None) -> BatchMarketRow:
    if market is None and certificate is not None and (number := CertificateNumber.read(certificate)) is not None:
        market = number.market
    if market is None and certificate is None:
        known = await markets_of(session, batch_id)
        if len(known) > 1:
            fields = {"market": f"name one of {', '.join(known)}"}
            raise Refused(Code.FORM_INVALID, "Say for which market.", fields=fields)
        market = next(iter(known), None)
    row = await session.get(BatchMarketRow, (batch_id, market)) if market is not None else None
    if row is None or certificate not in (None, row.certificate_number):
        raise Refused(Code.NOT_FOUND, "The batch has no such market or certificate.")
    return row


async def _signed(
    session: AsyncSession, policies: Policies, batch: BatchRow, row: BatchMarketRow, at: datetime
) -> GateReport:
    """The gates stand with the facts that they looked at; what is known of the batch since is not among them."""
    record = await decision_record(session, row)
    if record is None or row.decided_at is None:
        raise Refused(Code.NOT_FOUND, f"No decision for {row.market} was signed under the gates.")
    return GateReport(
        market=row.market,
        at=row.decided_at,
        as_signed=True,
        batch=await _batch(session, policies, batch, at),
        gates=gates_in(record),
        sha256=hash_of(gates_in(record)),
        sites=await sites_shown(session, batch),
        judgements=(*await judgements_shown(session, batch.batch_id, row.market), *judged_with(record)),
        green_lights=await _green_lights(session, batch, row.market),
        deviations=(),
        results=(),
        holds=(),
        reviewers=(),
        decision=await _decision(session, row),
    )


async def decision_record(session: AsyncSession, row: BatchMarketRow) -> RecordRow | None:
    """The signed decision for a market; `None` if it is open, or was taken for the whole batch without the gates."""
    query = select(RecordRow).where(
        col(RecordRow.case_id) == row.batch_id, col(RecordRow.number) == (row.event_number or 0)
    )
    found = (await session.exec(query)).first()
    return found if found is not None and "gates" in found.effect else None


def gates_in(record: RecordRow) -> tuple[GateResult, ...]:
    """The gates as they were recorded with the signature."""
    return tuple(GateResult.model_validate(each) for each in record.effect["gates"])


async def _batch(session: AsyncSession, policies: Policies, batch: BatchRow, at: datetime) -> ReportedBatch:
    known = batch.model_dump(include=set(ReportedBatch.model_fields))
    query = select(BatchCorrectionRow).where(col(BatchCorrectionRow.batch_id) == batch.batch_id)
    rows = (await session.exec(query.order_by(col(BatchCorrectionRow.version), col(BatchCorrectionRow.field)))).all()
    shown = set(CorrectionView.model_fields)
    corrections = tuple(CorrectionView.model_validate(row.model_dump(include=shown)) for row in rows)
    life = await shelf_life_of(session, policies, batch, at)
    scope = await session.get_one(ScopeRow, batch.scope_id)
    bound = await session.get(ParameterSetRow, batch.parameter_set_id) if batch.parameter_set_id else None
    return ReportedBatch(
        **known,
        dosage_form=scope.dosage_form,
        parameter_version=bound.version if bound is not None else None,
        taken=(await taken_by(session, [batch.batch_id])).get(batch.batch_id, ()),
        corrections=corrections,
        scope_ids=await scopes_used(session, batch),
        zone=life.zone,
        shelf_life_ended=life.is_over(at),
    )


async def _deviations(session: AsyncSession, batch_id: str) -> tuple[DeviationView, ...]:
    query = select(BatchDeviationRow).where(col(BatchDeviationRow.batch_id) == batch_id)
    rows = (await session.exec(query.order_by(col(BatchDeviationRow.deviation_id)))).all()
    return tuple(DeviationView.model_validate(row.model_dump(include=set(DeviationView.model_fields))) for row in rows)


async def _results(session: AsyncSession, batch_id: str) -> tuple[OosView, ...]:
    query = select(OosRow).where(col(OosRow.batch_id) == batch_id).order_by(col(OosRow.oos_id))
    rows: Sequence[OosRow] = (await session.exec(query)).all()
    return tuple(OosView.model_validate(row.model_dump(include=set(OosView.model_fields))) for row in rows)


async def _reviewers(session: AsyncSession, batch_id: str, evidence: BatchEvidence) -> tuple[ReviewerView, ...]:
    found = [_reviewer(each.action, each.by_name, each.at) for each in evidence.reviews]
    query = select(RecordRow).where(col(RecordRow.case_id) == batch_id, col(RecordRow.action) == _DISPOSITION)
    disposed = (await session.exec(query.order_by(col(RecordRow.version).desc()).limit(1))).first()
    if disposed is not None:
        found.insert(0, _reviewer(_DISPOSITION, disposed.by_name, disposed.at))
    return tuple(found)


def _reviewer(action: str, by_name: str, at: datetime) -> ReviewerView:
    return ReviewerView(action=action, title=_TITLES[action], by_name=by_name, at=at)


async def _decision(session: AsyncSession, row: BatchMarketRow) -> DecisionView:
    person = await session.get(PersonRow, row.decided_by) if row.decided_by is not None else None
    record = await decision_record(session, row)
    known = row.model_dump(include=set(DecisionView.model_fields) - {"decided_by"})
    name = record.by_name if record is not None else person.name if person is not None else row.decided_by
    return DecisionView.model_validate({**known, "decided_by": name, **await _capacity(session, row)})


async def _capacity(session: AsyncSession, row: BatchMarketRow) -> dict[str, str | list[str] | None]:
    """As what it was decided, under which appointments, and for whom, by the roles at that instant."""
    if row.event_number is None:
        return {}
    event = await event_of(session, row.batch_id, row.event_number)
    actor = event.actor
    if actor.on_behalf_of is not None:
        delegator = await session.get(PersonRow, actor.on_behalf_of)
        return {"on_behalf_of": delegator.name if delegator is not None else actor.on_behalf_of}
    is_of_site = row.rule == DecisionRule.CONFIRMATION.value
    entitled = frozenset({Role.CDMO_QP}) if is_of_site else deciders_of(row)
    return {"capacity": None if actor.roles.isdisjoint(entitled) else row.rule, "signed_under": relied_on_in(event)}
