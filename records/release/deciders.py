"""Who decides on what concerns one market of a batch that has several (section 18)."""

from sqlmodel import col, select

from domain.batch.markets import deciders
from domain.core.people import QUALITY_UNIT, Role
from domain.release.gate_exception import ExceptionSignature
from domain.release.rejection_correction import CorrectionConfirmation, correctors
from domain.release.release_review import ReleaseReview
from records.batch.deciders import of_a_batch, of_market
from records.core.deciders import Given, decides_on
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import PersonRoleRow
from records.core.writing import Writing
from records.release.rejections import rejection_of
from records.release.release_reviews import released_markets
from records.release.tables import GateExceptionRow


@decides_on(ExceptionSignature)
async def on_an_exception(writing: Writing, case: CaseRow, given: Given) -> frozenset[Role]:
    """By the market that the gate is excused for."""
    row = await writing.session.get(GateExceptionRow, str(given.get("exception_id")))
    return await of_market(writing, case, row.market) if row is not None else await of_a_batch(writing, case)


@decides_on(CorrectionConfirmation)
async def on_a_rejection(writing: Writing, case: CaseRow, given: Given) -> frozenset[Role]:
    """The head of quality; where she is one of those who have rejected it, another approver of quality."""
    rejecters = (await rejection_of(writing.session, case.case_id)).rejecters
    query = select(PersonRoleRow.role).where(col(PersonRoleRow.person_id).in_(rejecters))
    return correctors([Role(role) for role in (await writing.session.exec(query)).all()])


@decides_on(ReleaseReview)
async def on_a_release(writing: Writing, case: CaseRow, given: Given) -> frozenset[Role]:
    """By the markets whose release stands; to take back is the quality unit's in any of them."""
    return deciders(await released_markets(writing.session, case.case_id)) | QUALITY_UNIT
