"""Checks of the waiver of a scheduled audit, and what it has in common with that of a qualification."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import col, select

from domain.audit.alternatives import QualificationWaiverDecision, ThirdPartyDecision
from domain.audit.request import AuditRequest
from domain.audit.waiver import AuditWaiver, WaiverDecision, refuse_unless_waivable, waivers_in_a_row
from domain.core.forms import Process
from domain.core.people import Role
from records.audit.tables.audits import AuditRow
from records.core.declared import Effect, checks
from records.core.lookups import Lookups, lookups_of
from records.core.outgoing import outbox
from records.core.people.recipients import candidates
from records.core.tables.cases import CaseRow, RecordRow
from records.core.writing import Writing


async def waivers_before(lookups: Lookups, scope_ids: Collection[str]) -> int:
    """Waivers of these scopes since the last audit of one of them that took place (policy key `waiver.max`)."""
    return waivers_in_a_row([*await _audits(lookups, scope_ids), *await _qualifications(lookups, scope_ids)])


async def _audits(lookups: Lookups, scope_ids: Collection[str]) -> list[tuple[datetime, bool]]:
    """Audits that were waived or took place. One that was cancelled says nothing."""
    query = (
        select(CaseRow, AuditRow)
        .join(AuditRow, col(AuditRow.case_id) == col(CaseRow.case_id))
        .where(col(AuditRow.site_id) == lookups.case.site_id, col(CaseRow.closed_at).is_not(None))
    )
    return [
        (case.closed_at, audit.waived_until is not None)
        for case, audit in (await lookups.session.exec(query)).all()
        if case.closed_at is not None
        and set(case.scope_ids) & set(scope_ids)
        and (audit.waived_until is not None or audit.report_version is not None)
    ]


async def _qualifications(lookups: Lookups, scope_ids: Collection[str]) -> list[tuple[datetime, bool]]:
    """Qualifications without an audit, and those that took the audit of a third party instead."""
    actions = (QualificationWaiverDecision.action.name, ThirdPartyDecision.action.name)
    query = (
        select(RecordRow)
        .join(CaseRow, col(CaseRow.case_id) == col(RecordRow.case_id))
        .where(
            col(CaseRow.process) == Process.QUALIFICATION.value,
            col(CaseRow.trigger).in_(scope_ids),
            col(RecordRow.action).in_(actions),
        )
    )
    return [
        (row.at, row.action == QualificationWaiverDecision.action.name)
        for row in (await lookups.session.exec(query)).all()
        if row.form.get("grant") or row.form.get("accept")
    ]


async def granted(writing: Writing, case: CaseRow, decision: WaiverDecision, form: type[AuditWaiver]) -> Effect:
    """Until when the waiver that was asked for lasts, if it is granted; the QP is told of it (section 10)."""
    if not decision.grant:
        return {}
    waiver = await (await lookups_of(writing, case)).the(form)
    qps = await candidates(writing.session, [Role.QP], case.site_id, at=writing.at)
    text = f"{case.case_id} is waived until {waiver.expires_on}.\n{decision.reason}"
    await outbox.mail(writing.session, writing.recorded_at, qps, subject=f"{case.case_id}: audit waived", text=text)
    return {"expires_on": waiver.expires_on.isoformat()}


@checks(AuditWaiver)
async def can_be_waived(writing: Writing, case: CaseRow, form: AuditWaiver) -> Effect:
    """Only on low risk, never twice in a row (section 10, policy key `waiver.max`)."""
    lookups = await lookups_of(writing, case)
    request = AuditRequest.stored(case.order["request"])
    refuse_unless_waivable(
        form,
        audit_type=request.type,
        tier=case.risk_tier or "CRITICAL",
        api_for_eu=lookups.policy.declares_substances(case.order["activities"], case.order["markets"]),
        waivers_before=await waivers_before(lookups, case.scope_ids),
        max_in_a_row=lookups.limits.waivers_in_a_row_max,
        today=lookups.today,
        latest_expiry=lookups.after(lookups.limits.waiver_max),
    )
    return {}


@checks(WaiverDecision)
async def informs_the_qp(writing: Writing, case: CaseRow, form: WaiverDecision) -> Effect:
    """The QP is told of a waiver (section 10)."""
    return await granted(writing, case, form, AuditWaiver)
