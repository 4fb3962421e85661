"""Who decides on what concerns one market of a batch that has several (section 18)."""

from sqlmodel import col, select

from domain.core.people import Role
from domain.release.certification import MarketRelease
from domain.release.gate_exception import ExceptionSignature
from domain.release.rejection_correction import CorrectionConfirmation, correctors
from domain.release.release_review import ReleaseReview
from domain.release.reviewers import who_may_take_back
from domain.release.supply_exception import SupplySignature
from domain.release.tranche import FurtherMarketRelease
from records.batch.deciders import of_a_batch, of_market
from records.batch.tables.batches import BatchRow
from records.batch.under_review import open_demands, released_by, waiting_markets
from records.core.deciders import Given, decides_on
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import PersonRoleRow
from records.core.writing import Writing
from records.delivery.green_lights import is_clinical
from records.release.rejections import rejection_of
from records.release.tables import GateExceptionRow, SupplyExceptionRow


@decides_on(ExceptionSignature)
async def on_an_exception(writing: Writing, case: CaseRow, given: Given) -> frozenset[Role]:
    """By the market that the gate is excused for."""
    row = await writing.session.get(GateExceptionRow, str(given.get("exception_id")))
    return await of_market(writing, case, row.market) if row is not None else await of_a_batch(writing, case)


@decides_on(SupplySignature)
async def on_a_supply(writing: Writing, case: CaseRow, given: Given) -> frozenset[Role]:
    """By its market; not by those who only check what others have certified, unless nobody else decides there."""
    row = await writing.session.get(SupplyExceptionRow, str(given.get("exception_id")))
    if row is None:
        return await of_a_batch(writing, case)
    roles = await of_market(writing, case, row.market)
    batch = await writing.session.get_one(BatchRow, row.batch_id)
    rule = (await writing.policy()).row_for(row.market, clinical=is_clinical(batch))
    return roles - frozenset(rule.checkers if rule is not None else ()) or roles


@decides_on(MarketRelease, FurtherMarketRelease)
async def on_a_market(writing: Writing, case: CaseRow, given: Given) -> frozenset[Role]:
    """By the market that is decided."""
    return await of_market(writing, case, str(given.get("market")))


@decides_on(CorrectionConfirmation)
async def on_a_rejection(writing: Writing, case: CaseRow, given: Given) -> frozenset[Role]:
    """The head of quality; where she is one of those who have rejected it, another approver of quality."""
    rejecters = (await rejection_of(writing.session, case.case_id)).rejecters
    query = select(PersonRoleRow.role).where(col(PersonRoleRow.person_id).in_(rejecters))
    return correctors([Role(role) for role in (await writing.session.exec(query)).all()])


@decides_on(ReleaseReview)
async def on_a_release(writing: Writing, case: CaseRow, given: Given) -> frozenset[Role]:
    """The deciders of the markets that wait. Of what is submitted each line is looked at by itself (`reviewers`)."""
    released = await released_by(writing.session, case.case_id)
    waiting = waiting_markets(await open_demands(writing.session, case.case_id), released)
    if _says_something(given) or not waiting:
        return who_may_take_back(released.values())
    return frozenset[Role]().union(*(released[market] for market in waiting))


def _says_something(review: Given) -> bool:
    """Whether it is a review that was filled in, and not the prefill of one that is asked for."""
    outcomes = review.get("outcomes")
    return isinstance(outcomes, list) and any(isinstance(each, dict) and "outcome" in each for each in outcomes)
