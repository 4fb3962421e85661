"""Risk assessments and the tiers that they give, as functions of the journal."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.qualification.risk_forms import RiskAssessment, RiskDecision, TierLowering
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow
from records.qualification.tables.risk import RiskAssessmentRow

PROPOSED, APPROVED, REJECTED = "PROPOSED", "APPROVED", "REJECTED"


@follows(*RiskAssessment.action.event_types())
async def assess(session: AsyncSession, event: Event) -> None:
    """Another version of the assessment; earlier ones stay."""
    stored, effect = part(event, "form"), part(event, "effect")
    form, case = RiskAssessment.stored(stored), await session.get_one(CaseRow, event.stream)
    session.add(
        RiskAssessmentRow(
            case_id=event.stream,
            version=int(str(event.payload["version"])),
            site_id=case.site_id,
            scope_id=case.scope_ids[0],
            score=str(effect["score"]),
            computed_tier=str(effect["computed_tier"]),
            tier=form.tier.value,
            lowers=bool(effect["lowers"]),
            method=form.method,
            formality=form.formality.value,
            factors=[each.model_dump(mode="json") for each in form.factors],
            biologic=form.biologic,
            raised_because=form.raised_because,
            uncertainty=form.uncertainty,
            author=event.actor.person,
            assessed_at=event.occurred_at,
            next_review=form.next_review,
            status=PROPOSED,
        )
    )


@follows(*RiskDecision.action.event_types())
async def approve(session: AsyncSession, event: Event) -> None:
    """An approved tier takes effect, unless it is lower than the one in force: then a second person has to sign."""
    decision, lowers = submitted(event, RiskDecision), bool(part(event, "effect")["lowers"])
    row = await session.get_one(RiskAssessmentRow, (event.stream, decision.assessment.version))
    row.approver, row.lowers = event.actor.person, lowers
    if not decision.approve:
        row.status = REJECTED
    elif not lowers:
        await _take_effect(session, row, event)


@follows(*TierLowering.action.event_types())
async def lower(session: AsyncSession, event: Event) -> None:
    """A lower tier takes effect with the second signature."""
    decision = submitted(event, TierLowering)
    row = await session.get_one(RiskAssessmentRow, (event.stream, decision.assessment.version))
    row.second_approver = event.actor.person
    if decision.confirm:
        await _take_effect(session, row, event)
    else:
        row.status = REJECTED


async def _take_effect(session: AsyncSession, row: RiskAssessmentRow, event: Event) -> None:
    row.status, row.approved_at = APPROVED, event.occurred_at
    scope = await session.get_one(ScopeRow, row.scope_id)
    if scope.risk_tier != row.tier:
        scope.risk_tier = row.tier
        scope.version += 1
    (await session.get_one(CaseRow, row.case_id)).risk_tier = row.tier
