"""Checks of what takes the place of an own audit in a qualification."""

from domain.asl.asl import interval_months
from domain.audit.alternatives import (
    QualificationWaiver,
    QualificationWaiverDecision,
    RecommendationAgreement,
    ThirdPartyDecision,
    ThirdPartyReport,
    refuse_unless_reliable,
)
from domain.audit.request import AuditType
from domain.audit.waiver import refuse_unless_waivable
from domain.core.document import refuse_unless_current
from domain.core.entry import OpenTask
from domain.core.refusals import broken
from domain.qualification.request import QualificationKind
from domain.site.site import RiskTier
from records.audit.checks.waiver import granted, waivers_before
from records.core.checks.decisions import suggests_current
from records.core.declared import Effect, checks, suggests
from records.core.lookups import lookups_of
from records.core.scopes import scope_of
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow
from records.core.writing import Writing


def _tier(scope: ScopeRow) -> str:
    """The gravest tier as long as none is assessed."""
    return scope.risk_tier or RiskTier.CRITICAL


@checks(QualificationWaiver)
async def can_do_without_an_audit(writing: Writing, case: CaseRow, form: QualificationWaiver) -> Effect:
    """Only on low risk, never an API for the EU, never twice in a row for the scope (section 10)."""
    lookups = await lookups_of(writing, case)
    scope = await scope_of(writing.session, case)
    refuse_unless_waivable(
        form,
        audit_type=AuditType.QUALIFICATION,
        allowed=(AuditType.QUALIFICATION,),
        tier=_tier(scope),
        api_for_eu=lookups.policy.declares_substances([scope.activity], scope.markets),
        waivers_before=await waivers_before(lookups, [scope.scope_id]),
        max_in_a_row=lookups.limits.waivers_in_a_row_max,
        today=lookups.today,
        latest_expiry=lookups.after(lookups.limits.waiver_max),
    )
    return {}


@checks(QualificationWaiverDecision)
async def informs_the_qp(writing: Writing, case: CaseRow, form: QualificationWaiverDecision) -> Effect:
    """The QP is told of a waiver (section 10)."""
    return await granted(writing, case, form, QualificationWaiver)


@suggests(ThirdPartyReport)
async def suggests_the_product(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The report must cover the product of the scope."""
    return {"products": [(await scope_of(writing.session, case)).product]}


@checks(ThirdPartyReport)
async def is_reliable(writing: Writing, case: CaseRow, form: ThirdPartyReport) -> Effect:
    """Contract giver, auditor, days and scope fit (section 10 [V5])."""
    lookups = await lookups_of(writing, case)
    scope = await scope_of(writing.session, case)
    refuse_unless_reliable(
        form,
        tier=_tier(scope),
        first_qualification=case.kind == QualificationKind.INITIAL,
        product=scope.product,
        interval_months=interval_months(_tier(scope), lookups.policy, [scope.activity], scope.markets),
        today=lookups.today,
    )
    return {}


suggests_current(ThirdPartyReport, "report", ThirdPartyDecision)


@checks(RecommendationAgreement)
async def agrees_with_what_was_recommended(writing: Writing, case: CaseRow, form: RecommendationAgreement) -> Effect:
    """The qualified person signs for the recommendation that was made, where it was made (section 6)."""
    asked = writing.task.prefill if writing.task is not None else {}
    given = form.model_dump(mode="json")
    faults = {name: f"is {asked.get(name)}" for name in ("recommendation", "source") if given[name] != asked.get(name)}
    if faults:
        raise broken("section 4, audit", "This is not what was recommended.", **faults)
    return {}


@checks(ThirdPartyDecision)
async def decides_on_current_report(writing: Writing, case: CaseRow, form: ThirdPartyDecision) -> Effect:
    """The current submission was read (S1)."""
    lookups = await lookups_of(writing, case)
    refuse_unless_current(form.report, await lookups.current(ThirdPartyReport), "report")
    return {}
