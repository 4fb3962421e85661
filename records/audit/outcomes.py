"""What audits have come to, by what disputes have made of their findings."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.audit.finding import FindingStatus, Severity
from domain.audit.outcome import Recommendation, outcome_by_now
from domain.audit.request import AuditType
from records.audit.findings import findings_of
from records.audit.tables.audits import AuditRow, FindingRow
from records.core.lookups import Lookups
from records.core.tables.cases import CaseRow


def outcome_of(audit: AuditRow, findings: Sequence[FindingRow], conditional_from: int) -> Recommendation:
    """As reported, or as it is by what disputes have made of the findings of its issued report."""
    return outcome_by_now(
        Recommendation(str(audit.recommendation)),
        reported=[Severity(str(each.body.get("severity", each.severity))) for each in findings],
        standing=[Severity(each.severity) for each in findings if each.status != FindingStatus.WITHDRAWN.value],
        conditional_from=conditional_from,
    )


async def outcome_by_records(session: AsyncSession, audit: AuditRow, conditional_from: int) -> Recommendation | None:
    """The same, of one audit; `None` as long as its report is not issued."""
    if audit.recommendation is None:
        return None
    query = select(FindingRow).where(col(FindingRow.case_id) == audit.case_id, col(FindingRow.issued))
    return outcome_of(audit, (await session.exec(query)).all(), conditional_from)


def stated_outcome(audit: AuditRow) -> Recommendation | None:
    """What was said last of what the audit comes to: by the newest judgement of a dispute, or by its report."""
    said = audit.outcome or audit.recommendation
    return Recommendation(said) if said is not None else None


async def outcome_now(
    lookups: Lookups, *, number: int | None = None, becomes: Severity | None = None
) -> Recommendation:
    """The outcome of the audit that a case is, with finding `number` as a judgement leaves it: `None` is withdrawn."""
    audit = await lookups.session.get_one(AuditRow, lookups.case.case_id)
    findings = await findings_of(lookups)
    standing = [
        Severity(each.severity)
        for each in findings
        if each.status != FindingStatus.WITHDRAWN.value and each.number != number
    ]
    standing += [becomes] if becomes is not None else []
    return outcome_by_now(
        Recommendation(str(audit.recommendation)),
        reported=[Severity(str(each.body.get("severity", each.severity))) for each in findings],
        standing=standing,
        conditional_from=lookups.limits.majors_for_conditional,
    )


async def against_lifting(lookups: Lookups, scope_id: str) -> tuple[tuple[str, ...], str | None]:
    """For-cause audits of a scope that go on without an acceptable outcome; the last one reported, if unacceptable."""
    query = (
        select(AuditRow, CaseRow)
        .join(CaseRow, col(CaseRow.case_id) == col(AuditRow.case_id))
        .where(col(AuditRow.site_id) == lookups.case.site_id)
        .order_by(col(CaseRow.number))
    )
    open_audits: list[str] = []
    reported: list[tuple[date, Recommendation, str]] = []
    for audit, case in (await lookups.session.exec(query)).all():
        if case.scope_ids and scope_id not in case.scope_ids:
            continue
        outcome = await outcome_by_records(lookups.session, audit, lookups.limits.majors_for_conditional)
        if outcome is not None:
            reported.append((audit.last_day or date.min, outcome, audit.case_id))
        goes_on = case.closed_at is None and audit.type == AuditType.FOR_CAUSE.value
        if goes_on and outcome in (None, Recommendation.UNACCEPTABLE):
            open_audits.append(case.case_id)
    if not reported:
        return tuple(open_audits), None
    _, outcome, last = max(reported, key=lambda each: each[0])
    return tuple(open_audits), last if outcome is Recommendation.UNACCEPTABLE else None
