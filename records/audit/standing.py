"""Facts that come about by audits: what they say of a record, and those that hold in an older database."""

from collections.abc import Iterable, Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.audit.critical import CriticalFinding
from domain.audit.facts import AuditUnacceptable, FindingCritical
from domain.audit.finding import SETTLED, Severity
from domain.audit.outcome import Recommendation
from domain.audit.report import AuditReport
from records.audit.outcomes import stated_outcome
from records.audit.tables.audits import AuditRow, FindingRow
from records.core.reactions import establish, finds, revoke, standing_about
from records.core.tables.cases import CaseRow, RecordRow
from records.core.writing import Writing


def critical_in(
    case: CaseRow, area: str, what: str = "", batches: Iterable[str] = (), *, suspension_is_asked: bool = False
) -> FindingCritical:
    """What a critical finding of an audit says."""
    return FindingCritical(
        case_id=case.case_id,
        site_id=case.site_id,
        scope_ids=tuple(sorted(case.scope_ids)),
        area=area,
        what=what,
        batches=tuple(batches),
        suspension_is_asked=suspension_is_asked,
    )


def unacceptable(case: CaseRow) -> AuditUnacceptable:
    """What an audit with that outcome says."""
    return AuditUnacceptable(case_id=case.case_id, site_id=case.site_id, scope_ids=tuple(sorted(case.scope_ids)))


async def establish_graded(writing: Writing, case: CaseRow, report: AuditReport) -> None:
    """What the report grades as critical is so from the moment in which its author signs it."""
    for each in report.findings:
        if each.severity is Severity.CRITICAL:
            await establish(writing, critical_in(case, each.area, each.evidence, each.product_impact))


async def conclude(writing: Writing, case: CaseRow, versions: Sequence[RecordRow]) -> None:
    """A report is approved, the newest of these versions: its outcome is known, and what is critical of all before."""
    report = AuditReport.stored(versions[0].form)
    if len(versions) > 1 or report.removed:
        graded = [each.area for each in report.findings if each.severity is Severity.CRITICAL]
        kept = {critical_in(case, area).identity for area in graded}
        for row in await standing_about(writing, FindingCritical, case.case_id):
            if row.identity not in kept:
                await revoke(writing, FindingCritical, row.identity)
    if report.recommendation is Recommendation.UNACCEPTABLE:
        await establish(writing, unacceptable(case))


async def regrade(writing: Writing, case: CaseRow, row: FindingRow, severity: Severity | None) -> None:
    """A dispute has changed the severity of a finding, or the finding has fallen away with it."""
    fact = critical_in(case, row.area, str(row.body["evidence"]), row.body.get("product_impact", ()))
    if severity is Severity.CRITICAL:
        await establish(writing, fact)
    elif row.severity == Severity.CRITICAL.value and not await _has_another(writing, row):
        await revoke(writing, FindingCritical, fact.identity)


async def conclude_anew(writing: Writing, case: CaseRow, outcome: Recommendation) -> None:
    """A dispute has changed what the audit comes to, for better or for worse."""
    if outcome is Recommendation.UNACCEPTABLE:
        await establish(writing, unacceptable(case))
    else:
        await revoke(writing, AuditUnacceptable, unacceptable(case).identity)


async def _has_another(writing: Writing, row: FindingRow) -> bool:
    query = select(FindingRow).where(
        col(FindingRow.case_id) == row.case_id,
        col(FindingRow.number) != row.number,
        col(FindingRow.severity) == Severity.CRITICAL.value,
        col(FindingRow.area) == row.area,
    )
    return (await writing.session.exec(query.limit(1))).first() is not None


@finds(FindingCritical)
async def open_criticals(session: AsyncSession, *_: object) -> Sequence[FindingCritical]:
    """Those of issued reports that are not settled, and those that were told in audits that go on."""
    settled = [status.value for status in SETTLED]
    query = (
        select(FindingRow, CaseRow)
        .join(CaseRow, col(CaseRow.case_id) == col(FindingRow.case_id))
        .where(col(FindingRow.severity) == Severity.CRITICAL.value, col(FindingRow.status).not_in(settled))
    )
    found = [
        critical_in(case, row.area, str(row.body["evidence"]), row.body.get("product_impact", ()))
        for row, case in (await session.exec(query.order_by(col(FindingRow.finding_id)))).all()
    ]
    told = (
        select(RecordRow, CaseRow)
        .join(CaseRow, col(CaseRow.case_id) == col(RecordRow.case_id))
        .join(AuditRow, col(AuditRow.case_id) == col(RecordRow.case_id))
        .where(
            col(RecordRow.action) == CriticalFinding.action.name,
            col(CaseRow.closed_at).is_(None),
            col(AuditRow.recommendation).is_(None),
        )
    )
    for record, case in (await session.exec(told)).all():
        form = CriticalFinding.stored(record.form)
        found.append(critical_in(case, form.area, form.description, form.affected_batches, suspension_is_asked=True))
    return [*{fact.identity: fact for fact in found}.values()]


@finds(AuditUnacceptable)
async def unacceptable_audits(session: AsyncSession, *_: object) -> Sequence[AuditUnacceptable]:
    """Those that no later audit of the site has followed."""
    query = (
        select(AuditRow, CaseRow)
        .join(CaseRow, col(CaseRow.case_id) == col(AuditRow.case_id))
        .where(col(AuditRow.recommendation).is_not(None))
        .order_by(col(AuditRow.last_day), col(AuditRow.case_id))
    )
    newest = {scope: (audit, case) for audit, case in (await session.exec(query)).all() for scope in case.scope_ids}
    found = [
        unacceptable(case) for audit, case in newest.values() if stated_outcome(audit) is Recommendation.UNACCEPTABLE
    ]
    return [*{fact.identity: fact for fact in found}.values()]
