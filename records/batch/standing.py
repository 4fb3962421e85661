"""Facts about batches that hold by the records: what they say of a row, and those of an older database.

What people have judged already is left out: an accepted deviation, a batch whose end has come.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import BatchStage, DeviationState, MarketDecision, OosState, Relation
from domain.batch.deviations.deviation import GRAVE
from domain.batch.facts.decisions import BatchRejected, RefusedInMarket, ReleaseTakenBack
from domain.batch.facts.events import BatchFalsified, BatchRecalled, ComplaintOfBatch, MadeWhereStopped, MaterialInDoubt
from domain.batch.facts.quality import GraveDeviationReported, OosConfirmed, ResultOutsideReported
from domain.batch.facts.shelf_life import RetestDue, ShelfLifeEnded
from domain.batch.holds.holds import BatchState
from domain.batch.making.shelf_life import ends_after
from domain.batch.results.oos import OosKind, counts_against
from domain.core.facts import StandingFact
from records.batch.making.shelf_life import retest_day_of, shelf_life_of
from records.batch.market_refusals import refusal_of
from records.batch.tables.batches import BatchParentRow, BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.batch.tables.process import BatchDeviationRow, OosRow
from records.core.policies import Policies
from records.core.reactions import finds
from records.core.tables.cases import CaseRow

_ENDED = frozenset({BatchStage.REJECTED, BatchStage.REPROCESSED})
_NOT_CORRECTED = frozenset({BatchStage.REGISTERED, BatchStage.CORRECTION_REVIEW, BatchStage.CANCELLED})
"""Where a record that corrects a rejection stands until it is confirmed, and if it is not."""


def grave(row: BatchDeviationRow) -> GraveDeviationReported:
    """What a grave deviation says of its batch."""
    return GraveDeviationReported(
        batch_id=row.batch_id,
        case_id=row.batch_id,
        deviation_id=row.deviation_id,
        deviation_class=row.deviation_class,
        received_at=row.detected_at,
    )


def outside(row: OosRow) -> ResultOutsideReported:
    """What a result that counts against its batch says of it."""
    return ResultOutsideReported(
        batch_id=row.batch_id,
        case_id=row.batch_id,
        kind=OosKind(row.kind),
        oos_id=row.oos_id,
        result=_result(row),
        market=row.market,
        received_at=row.detected_at,
    )


def confirmed(row: OosRow) -> OosConfirmed:
    """What a confirmed result says of its batch."""
    return OosConfirmed(
        batch_id=row.batch_id,
        case_id=row.batch_id,
        oos_id=row.oos_id,
        result=_result(row),
        market=row.market,
        received_at=row.detected_at,
    )


def _result(row: OosRow) -> str:
    return f"{row.test} {row.result} {row.unit}"


@finds(GraveDeviationReported)
async def grave_deviations(session: AsyncSession, *_: object) -> Sequence[GraveDeviationReported]:
    """Those that are not accepted, of batches that are not closed."""
    query = (
        select(BatchDeviationRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchDeviationRow.batch_id))
        .where(
            col(BatchDeviationRow.deviation_class).in_([each.value for each in GRAVE]),
            col(BatchDeviationRow.state) != DeviationState.ACCEPTED.value,
            col(BatchRow.state) != BatchState.CLOSED.value,
        )
    )
    return [grave(row) for row in (await session.exec(query)).all()]


@finds(ResultOutsideReported)
async def results_outside(session: AsyncSession, *_: object) -> Sequence[ResultOutsideReported]:
    """Those that count against a batch that is not closed."""
    rows = await _results(session)
    return [outside(row) for row in rows if counts_against(OosKind(row.kind), OosState(row.state))]


@finds(OosConfirmed)
async def confirmed_results(session: AsyncSession, *_: object) -> Sequence[OosConfirmed]:
    """Those of batches that are not closed."""
    kept = (OosState.CONFIRMED.value, OosKind.OOS.value)
    return [confirmed(row) for row in await _results(session) if (row.state, row.kind) == kept]


async def _results(session: AsyncSession) -> Sequence[OosRow]:
    query = select(OosRow).join(BatchRow, col(BatchRow.batch_id) == col(OosRow.batch_id))
    return (await session.exec(query.where(col(BatchRow.state) != BatchState.CLOSED.value))).all()


@finds(BatchRejected)
async def rejected_batches(session: AsyncSession, *_: object) -> Sequence[BatchRejected]:
    """Those whose case has ended like that, unless two people have corrected that."""
    corrected = (
        select(BatchParentRow.parent_id)
        .join(CaseRow, col(CaseRow.case_id) == col(BatchParentRow.batch_id))
        .where(
            col(BatchParentRow.relation) == Relation.CORRECTION.value,
            col(CaseRow.stage).not_in([stage.value for stage in _NOT_CORRECTED]),
        )
    )
    query = (
        select(BatchRow)
        .join(CaseRow, col(CaseRow.case_id) == col(BatchRow.batch_id))
        .where(
            col(CaseRow.stage).in_([stage.value for stage in _ENDED]),
            col(BatchRow.batch_id).not_in(corrected),
        )
    )
    rows = (await session.exec(query)).all()
    return [BatchRejected(batch_id=batch.batch_id, number=batch.number) for batch in rows]


@finds(BatchRecalled)
@finds(ComplaintOfBatch)
@finds(MaterialInDoubt)
@finds(MadeWhereStopped)
async def told_by_events(*_: object) -> Sequence[StandingFact]:
    """None: events of an older version were triaged by people, or wait for that."""
    return ()


@finds(BatchFalsified)
async def falsified_batches(*_: object) -> Sequence[BatchFalsified]:
    """None, for the same reason."""
    return ()


@finds(ReleaseTakenBack)
async def releases_taken_back(session: AsyncSession, *_: object) -> Sequence[ReleaseTakenBack]:
    """Of each batch the markets that were taken back together."""
    query = (
        select(BatchMarketRow, BatchRow.number)
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchMarketRow.batch_id))
        .where(col(BatchMarketRow.withdrawn_at).is_not(None), col(BatchMarketRow.refused_as).is_(None))
    )
    together: dict[tuple[str, str, datetime | None], list[str]] = defaultdict(list)
    for row, number in (await session.exec(query)).all():
        together[row.batch_id, number, row.withdrawn_at].append(row.market)
    return [
        ReleaseTakenBack(batch_id=batch_id, number=number, markets=tuple(markets))
        for (batch_id, number, _), markets in together.items()
    ]


@finds(RefusedInMarket)
async def markets_that_have_refused(session: AsyncSession, *_: object) -> Sequence[RefusedInMarket]:
    """Rejections in single markets without stated grounds, of batches that others may take. They suspend nothing."""
    query = (
        select(BatchMarketRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchMarketRow.batch_id))
        .where(
            col(BatchRow.state) != BatchState.CLOSED.value,
            col(BatchMarketRow.decision) == MarketDecision.REJECT.value,
            col(BatchMarketRow.refused_as).is_(None),
        )
    )
    found = [refusal_of(row) for row in (await session.exec(query)).all()]
    return [RefusedInMarket(batch_id=each.batch_id, refusal=each, suspends=False) for each in found if each is not None]


@finds(ShelfLifeEnded)
async def ended_shelf_lives(session: AsyncSession, policies: Policies, now: datetime) -> Sequence[ShelfLifeEnded]:
    """Those that the clock has found. What it has not found yet it finds by itself."""
    query = select(BatchRow).where(col(BatchRow.expired_at).is_not(None))
    found = []
    for batch in (await session.exec(query)).all():
        life = await shelf_life_of(session, policies, batch, now)
        if life.last_day is not None and life.is_over(now):
            found.append(ended(batch, ends_after(life.last_day, life.zone), life.over_in_words))
    return found


def ended(batch: BatchRow, ended_at: datetime, words: str) -> ShelfLifeEnded:
    """What the end of its shelf life says of a batch."""
    return ShelfLifeEnded(batch_id=batch.batch_id, number=batch.number, ended_at=ended_at, words=words)


@finds(RetestDue)
async def retests_due(session: AsyncSession, policies: Policies, now: datetime) -> Sequence[RetestDue]:
    """Those that the clock has found. What it has not found yet it finds by itself."""
    query = select(BatchRow).where(col(BatchRow.retest_due_at).is_not(None), col(BatchRow.retest_on).is_not(None))
    found = []
    for batch in (await session.exec(query)).all():
        due = retest_day_of(batch)
        assert due is not None, "It was asked for."
        zone = (await policies.calendar_of(session, batch.site_id, now)).tz
        found.append(RetestDue(batch_id=batch.batch_id, retest_on=due, zone=zone))
    return found
