"""Who confirms that goods leave in quarantine for a market (section 18)."""

from sqlmodel import col, select

from domain.core.people import Role
from domain.delivery.quarantine import QuarantineConfirmation
from records.batch.deciders import of_a_batch, of_market
from records.core.deciders import Given, decides_on
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.delivery.tables import QuarantineArrangementRow


@decides_on(QuarantineConfirmation)
async def on_an_arrangement(writing: Writing, case: CaseRow, given: Given) -> frozenset[Role]:
    """By the market that the goods are for."""
    arrangement = given.get("arrangement")
    version = arrangement.get("version") if isinstance(arrangement, dict) else None
    query = select(QuarantineArrangementRow.market).where(
        col(QuarantineArrangementRow.batch_id) == case.case_id, col(QuarantineArrangementRow.version) == version
    )
    market = (await writing.session.exec(query)).first()
    return await of_market(writing, case, market) if market is not None else await of_a_batch(writing, case)
