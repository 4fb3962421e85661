"""Checks of an arrangement under which a batch is used before its release."""

from decimal import Decimal

from sqlmodel import col, select

from domain.core.entry import OpenTask
from domain.core.refusals import broken
from domain.release.at_risk_use import RULE, AtRiskApproval, AtRiskProposal, refuse_unless_proposable
from records.batch.tables.batches import BatchRow
from records.core.checks.proposals import refuse_unless_decidable, version_of
from records.core.declared import Effect, checks, suggests
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import SiteRow
from records.core.writing import Writing
from records.release.tables import AtRiskUseRow


@checks(AtRiskProposal)
async def proposes(writing: Writing, case: CaseRow, form: AtRiskProposal) -> Effect:
    """At a site that is known, of no more than the batch has."""
    batch = await writing.session.get_one(BatchRow, case.case_id)
    known = (await writing.session.exec(select(SiteRow.site_id).where(col(SiteRow.site_id) == form.site_id))).all()
    most = Decimal(batch.quantity or batch.size or 0)
    refuse_unless_proposable(form, most=most, unit=batch.unit, known_sites=known)
    return {}


@suggests(AtRiskApproval)
async def suggests_the_proposal(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The newest proposal that waits."""
    query = select(AtRiskUseRow).where(
        col(AtRiskUseRow.batch_id) == case.case_id, col(AtRiskUseRow.decided_at).is_(None)
    )
    row = (await writing.session.exec(query.order_by(col(AtRiskUseRow.version).desc()).limit(1))).first()
    return {"proposal": version_of(row).model_dump(mode="json")} if row is not None else {}


@checks(AtRiskApproval)
async def judges(writing: Writing, case: CaseRow, form: AtRiskApproval) -> Effect:
    """By another person than the proposer (S1)."""
    row = await writing.session.get(AtRiskUseRow, (case.case_id, form.proposal.version))
    if row is None:
        raise broken(RULE, "There is no such proposal.", proposal="unknown")
    await refuse_unless_decidable(writing, row.batch_id, AtRiskProposal.action.name, row, form.proposal, "proposal")
    return {}
