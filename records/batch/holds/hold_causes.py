"""What keeps a hold from being lifted, as the records stand at one instant."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.authorisation.forms import AUTHORISATION
from domain.batch.batch import DeviationState, OosState
from domain.batch.facts.events import BatchAssociated
from domain.batch.holds.hold import Causes
from domain.batch.holds.holds import stops_release
from domain.batch.making.shelf_life import ends_after
from domain.batch.results.oos import OosKind, counts_against
from domain.core.names import name_key
from records.asl.statements import reach_of, statement_in_force, status_of
from records.batch.batches import departing_values, scopes_used
from records.batch.genealogy import in_order
from records.batch.holds.holds import cause_of, has_cause
from records.batch.making.shelf_life import retest_day_of
from records.batch.questions import NothingInForce
from records.batch.tables.batches import BatchParentRow, BatchRow
from records.batch.tables.decisions import HoldRow
from records.batch.tables.process import BatchDeviationRow, OosRow
from records.core.questions import ask
from records.core.tables.cases import CaseRow
from records.core.tables.facts import FactRow
from records.core.writing import Writing


async def causes_of(writing: Writing, hold: HoldRow) -> Causes:
    """Everything that may keep a hold. Who lifts it has locked the list before."""
    session, batch = writing.session, await writing.session.get_one(BatchRow, hold.batch_id)
    return Causes(
        stopped_scopes=await _stopped_scopes(writing, batch),
        oos=await _oos(session, batch.batch_id),
        deviations=await _deviations(session, batch.batch_id),
        beyond=await _beyond(session, batch.batch_id),
        retest=await _retest(writing, batch),
        parents=await _held_parents(session, hold),
        associated=await _associated(session, hold),
        authorisations=await not_authorised(writing, hold),
    )


def is_of_an_authorisation(hold: HoldRow) -> bool:
    """Whether the end of an authorisation, or its stop by the authority, has led to a hold."""
    return not hold.by_hand and hold.market is not None and AUTHORISATION.names(hold.placed_in)


async def not_authorised(writing: Writing, hold: HoldRow) -> tuple[str, ...]:
    """Why nothing is in force in the market of a hold, if the end of an authorisation has led to it."""
    if hold.market is None or not is_of_an_authorisation(hold):
        return ()
    (missing,) = await ask(writing, NothingInForce(hold.batch_id, hold.market))
    return (missing,) if missing is not None else ()


async def _stopped_scopes(writing: Writing, batch: BatchRow) -> tuple[str, ...]:
    stopped = []
    for scope_id in await scopes_used(writing.session, batch):
        statement = await statement_in_force(writing.session, scope_id, writing.at)
        status = status_of(statement)
        if status is not None and stops_release(status, reach_of(statement)):
            stopped.append(scope_id)
    return tuple(stopped)


async def _oos(session: AsyncSession, batch_id: str) -> tuple[str, ...]:
    query = select(OosRow).where(col(OosRow.batch_id) == batch_id).order_by(col(OosRow.oos_id))
    rows = (await session.exec(query)).all()
    return tuple(row.oos_id for row in rows if counts_against(OosKind(row.kind), OosState(row.state)))


async def _deviations(session: AsyncSession, batch_id: str) -> tuple[str, ...]:
    query = select(BatchDeviationRow.deviation_id).where(
        col(BatchDeviationRow.batch_id) == batch_id, col(BatchDeviationRow.state) == DeviationState.OPEN.value
    )
    return tuple((await session.exec(query.order_by(col(BatchDeviationRow.deviation_id)))).all())


async def _beyond(session: AsyncSession, batch_id: str) -> tuple[str, ...]:
    """Parameters whose deviation the qualified person has not accepted (gates G6 and G7)."""
    accepted = select(BatchDeviationRow.parameter).where(
        col(BatchDeviationRow.batch_id) == batch_id, col(BatchDeviationRow.state) == DeviationState.ACCEPTED.value
    )
    known = {name_key(each) for each in (await session.exec(accepted)).all() if each is not None}
    beyond = {row.parameter for row in await departing_values(session, batch_id)}
    return tuple(sorted(each for each in beyond if name_key(each) not in known))


async def _retest(writing: Writing, batch: BatchRow) -> tuple[str, ...]:
    """A passing retest or a corrected date is needed to lift a hold for a retest that is due."""
    zone = (await writing.policies.calendar_of(writing.session, batch.site_id, writing.at)).tz
    due = retest_day_of(batch)
    return (f"retest was due on {due}",) if due is not None and writing.at >= ends_after(due, zone) else ()


async def _associated(session: AsyncSession, hold: HoldRow) -> tuple[str, ...]:
    if hold.fact_kind != BatchAssociated.__name__:
        return ()
    query = select(FactRow).where(
        col(FactRow.kind) == hold.fact_kind,
        col(FactRow.identity) == hold.fact_identity,
        col(FactRow.revoked_at).is_(None),
    )
    rows = (await session.exec(query)).all()
    return tuple(f"{row.fields['number']} of {row.fields['case_id']}" for row in rows)


async def _held_parents(session: AsyncSession, hold: HoldRow) -> tuple[str, ...]:
    """Batches that it comes from with a hold for the same cause. Of one whose case is closed none is ever lifted."""
    query = (
        select(HoldRow.batch_id)
        .join(BatchParentRow, col(BatchParentRow.parent_id) == col(HoldRow.batch_id))
        .join(CaseRow, col(CaseRow.case_id) == col(HoldRow.batch_id))
        .where(
            col(BatchParentRow.batch_id) == hold.batch_id, col(CaseRow.closed_at).is_(None), has_cause(cause_of(hold))
        )
    )
    return tuple(sorted(set((await session.exec(query)).all()), key=in_order))
