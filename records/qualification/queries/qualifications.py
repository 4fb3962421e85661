"""A qualification as it is shown in its case: to the sponsor whole, to the site without what it is not to know (S6)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.forms import Process
from domain.core.people import Actor
from domain.qualification.decision import QualificationOutcome
from domain.qualification.evidence import obstacles
from domain.qualification.views import ConditionView, QualificationSummary
from records.agreement.queries import agreement_of_case
from records.asl.tables.listing import ConditionRow
from records.core.case_records import CaseRecords
from records.core.policies import document_rules_in_force
from records.core.queries.visibility import reads_everything
from records.core.shown import Reading, shows
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import SiteRow
from records.qualification.evidence import evidence_of
from records.qualification.queries.documents import documents_missing, documents_of_case
from records.qualification.queries.questionnaires import questionnaire_summary
from records.qualification.queries.risk import risk_of_case
from records.qualification.tables.qualification import QualificationRow


@shows(Process.QUALIFICATION, "qualification")
async def qualification_of_case(reading: Reading, case: CaseRow) -> QualificationSummary | None:
    """The qualification that a case is, as the actor sees it."""
    session, actor, now = reading.session, reading.actor, reading.now
    row = await session.get(QualificationRow, case.case_id)
    if row is None:
        return None
    site = await session.get_one(SiteRow, case.site_id)
    today = now.astimezone(ZoneInfo(site.tz)).date()
    waits_for_sponsor = case.closed_at is None and reads_everything(actor)
    return QualificationSummary(
        **row.model_dump(exclude={"case_id", "site_id"}),
        questionnaire=await questionnaire_summary(session, actor, case.case_id),
        documents=await documents_of_case(session, actor, case.case_id, now),
        risk=await risk_of_case(session, actor, case.case_id),
        agreement=await agreement_of_case(session, actor, case.case_id, today=today),
        conditions=await _conditions(session, actor, case.case_id),
        hindrances=await _hindrances(session, case, now, today) if waits_for_sponsor else {},
    )


async def _conditions(session: AsyncSession, actor: Actor, case_id: str) -> tuple[ConditionView, ...]:
    """A site is told what it has to meet, not how the sponsor makes sure of it (S6)."""
    query = select(ConditionRow).where(col(ConditionRow.case_id) == case_id).order_by(col(ConditionRow.number))
    hidden = {} if reads_everything(actor) else {"verification": None}
    return tuple(
        ConditionView.model_validate(row, from_attributes=True).model_copy(update=hidden)
        for row in (await session.exec(query)).all()
    )


async def _hindrances(session: AsyncSession, case: CaseRow, now: datetime, today: date) -> dict[str, str]:
    """What the check of a proposal to approve would find missing now."""
    rules = await document_rules_in_force(session, now)
    missing = await documents_missing(session, case, rules, today)
    evidence = await evidence_of(CaseRecords(session, case), documents_missing=missing, today=today, rows=rules.markets)
    return obstacles(evidence, QualificationOutcome.APPROVED)
