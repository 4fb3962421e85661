"""Checks of an arrangement under which a batch is used before its release."""

from decimal import Decimal

from sqlmodel import col, select

from domain.core.document import RecordVersion, refuse_unless_current
from domain.core.entry import OpenTask
from domain.core.refusals import Code, Refused, broken
from domain.release.at_risk_use import AtRiskApproval, AtRiskProposal, refuse_proposer, refuse_unless_proposable
from records.batch.tables.batches import BatchRow
from records.core.declared import Effect, checks, suggests
from records.core.queries.events import event_of
from records.core.tables.cases import CaseRow, RecordRow
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
    return {"proposal": _version(row).model_dump(mode="json")} if row is not None else {}


@checks(AtRiskApproval)
async def judges(writing: Writing, case: CaseRow, form: AtRiskApproval) -> Effect:
    """By another person than the proposer (S1)."""
    row = await writing.session.get(AtRiskUseRow, (case.case_id, form.proposal.version))
    if row is None:
        raise broken("section 17, use at risk", "There is no such proposal.", proposal="unknown")
    refuse_unless_current(form.proposal, _version(row), "proposal")
    if row.decided_at is not None:
        message = "This use is decided on."
        raise Refused(Code.ALREADY_ANSWERED, message, who=row.decided_by, when=row.decided_at.isoformat())
    record = await writing.session.get_one(RecordRow, (row.batch_id, AtRiskProposal.action.name, row.version))
    proposers = (await event_of(writing.session, row.batch_id, record.number)).actor.persons
    refuse_proposer(writing.actor.persons, proposers)
    return {}


def _version(row: AtRiskUseRow) -> RecordVersion:
    return RecordVersion(version=row.version, sha256=row.sha256)
