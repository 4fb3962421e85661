"""What stands against batches that are made with a change."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.change.decision import ChangeRegulatoryAssessment, ChangeVerdict, stands_against
from domain.change.site_change import ChangeNotification, RegisteredImpact
from domain.core.names import name_key
from records.change.tables import ChangeRow
from records.core.tables.cases import CaseRow, RecordRow


async def change_at(session: AsyncSession, site_id: str, number: str) -> ChangeRow | None:
    """The change that a site has announced under a number; the newest, if older cases have several."""
    query = select(ChangeRow).where(col(ChangeRow.site_id) == site_id)
    rows = (await session.exec(query.order_by(col(ChangeRow.submitted_at).desc()))).all()
    wanted = name_key(number)
    return next((row for row in rows if name_key(row.change_id) == wanted), None)


async def against(session: AsyncSession, change: ChangeRow) -> str:
    """Why a batch that is made with it is looked at, as gate G10 looks; empty if nothing stands against it."""
    if change.decision is None or not ChangeVerdict(change.decision).approves:
        return "is not approved"
    query = (
        select(RecordRow)
        .where(
            col(RecordRow.case_id) == change.case_id,
            col(RecordRow.action) == ChangeRegulatoryAssessment.action.name,
        )
        .order_by(col(RecordRow.version).desc())
    )
    record = (await session.exec(query.limit(1))).first()
    filings = ChangeRegulatoryAssessment.stored(record.form).filings if record is not None else ()
    request = ChangeNotification.stored((await session.get_one(CaseRow, change.case_id)).order["request"])
    touched = [each.market for each in request.registered_impact if each.impact is RegisteredImpact.YES]
    return "; ".join(stands_against(filings, touched))
