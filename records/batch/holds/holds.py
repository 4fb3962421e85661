"""Which holds stand on batches and for what, and those that a batch is born with."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from pydantic import JsonValue
from sqlalchemy import ColumnElement, and_
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import Relation, UseKind
from domain.batch.holds.hold import refuse_unless_stands
from domain.batch.holds.holds import BatchState, HoldType
from domain.batch.making.shelf_life import uses_as_it_is
from domain.batch.market_refusal import Refusal, RefusedAs
from domain.core.facts import FactName
from domain.policy.rejection_grounds import RejectionGrounds
from records.batch.genealogy import in_order
from records.batch.making.own_lots import numbers_of
from records.batch.market_refusals import judged_for, refusals_of
from records.batch.tables.batches import BatchRow, BatchUseRow
from records.batch.tables.decisions import HoldRow
from records.core.identities import next_id
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


async def open_batches(session: AsyncSession, scope_id: str) -> dict[str, tuple[str, ...]]:
    """The numbers, by id, of the open and the certified batches that a scope makes, or makes a part of."""
    query = select(BatchRow).where(makes_a_part(scope_id), col(BatchRow.state) != BatchState.CLOSED.value)
    return {row.batch_id: numbers_of(row) for row in (await session.exec(query)).all()}


async def undecided_batches(session: AsyncSession, scope_id: str, *, unfinished: bool = False) -> list[str]:
    """Batches that a scope makes, or makes a part of, with an undecided market; those that its site still works on."""
    query = select(BatchRow.batch_id).where(makes_a_part(scope_id), col(BatchRow.state) == BatchState.OPEN.value)
    if unfinished:
        query = query.where(col(BatchRow.site_decision).is_(None))
    return sorted((await session.exec(query)).all(), key=in_order)


def makes_a_part(scope_id: str) -> ColumnElement[bool]:
    """The batches that a scope makes, or makes a part of."""
    used = select(BatchUseRow.batch_id).where(
        col(BatchUseRow.kind) == UseKind.SCOPE.value, col(BatchUseRow.reference) == scope_id
    )
    return or_(col(BatchRow.scope_id) == scope_id, col(BatchRow.batch_id).in_(used))


class Cause(NamedTuple):
    """Why a batch is held. The same cause holds a batch once."""

    type: HoldType
    reason: str
    placed_in: str
    market: str | None = None
    by_hand: bool = False
    """Whether a person has placed it; then another reason is another cause."""
    placed_by: str | None = None
    """The person who has placed the hold that it is inherited from, if it is."""
    fact: FactName | None = None
    """The fact that stands, and that it follows from."""

    @property
    def is_by_reason(self) -> bool:
        """Whether another reason is another cause: what people say, and each refusal of another market."""
        return self.by_hand or self.type is HoldType.OTHER_MARKET


async def inherited(
    writing: Writing, relations: Mapping[str, Relation], markets: Collection[str]
) -> list[dict[str, JsonValue]]:
    """The holds that a new batch for these markets is born with, each cause once, under own ids.

    Those that stand on the batches it comes from, by their `relations`; and one for each whose release is reviewed, was
    taken back for a market, or that a market has refused. The caller holds the locks of these.
    """
    batch_ids = sorted(relations, key=in_order)
    query = select(HoldRow).where(col(HoldRow.batch_id).in_(batch_ids), col(HoldRow.lifted_at).is_(None))
    holds = (await writing.session.exec(query.order_by(col(HoldRow.placed_at), col(HoldRow.hold_id)))).all()
    born: list[tuple[Cause, str | None]] = [(cause_of(hold), hold.hold_id) for hold in holds]
    for each in batch_ids:
        refusals = await refusals_of(writing.session, [each])
        suspending = (await writing.policy()).limits.suspending_grounds
        born += [(cause, None) for cause in await _doubts(writing.session, each, refusals, suspending)]
        for refusal in refusals if relations[each] is not Relation.CORRECTION else ():
            stops = _stops(writing, refusal, relations[each], markets, is_for_all=refusal.suspends(suspending))
            born += [(cause, None) for cause in await stops]
    causes: dict[Cause, tuple[Cause, str | None]] = {}
    for cause, hold_id in born:
        same = cause._replace(placed_by=None, fact=None, reason=cause.reason if cause.is_by_reason else "")
        causes.setdefault(same, (cause, hold_id))
    return [placed(await next_id(writing.session, "HOLD"), cause, hold_id) for cause, hold_id in causes.values()]


async def _doubts(
    session: AsyncSession, batch_id: str, refusals: Iterable[Refusal], suspending: Collection[RejectionGrounds]
) -> list[Cause]:
    """What is doubtful about a batch that was released, beyond what stops single markets."""
    batch = await session.get_one(BatchRow, batch_id)
    markets = [
        each.market
        for each in refusals
        if each.how is not RefusedAs.REJECTED and not each.is_of_the_market and not each.suspends(suspending)
    ]
    if markets:
        return [
            Cause(HoldType.SUPPLY, f"The release of {batch.number} is taken back for {', '.join(markets)}", batch_id)
        ]
    return [Cause(HoldType.SUPPLY, f"The release of {batch.number} is reviewed", batch_id)] if batch.review_open else []


async def _stops(
    writing: Writing, refusal: Refusal, relation: Relation, markets: Collection[str], *, is_for_all: bool
) -> list[Cause]:
    """The markets that a refusal stops: all for which it is not judged yet, or those that it is about.

    What is worked again or corrected was decided on, and is another batch.
    """
    if is_for_all:
        judged = [await judged_for(writing.session, refusal, refusal.batch_id, market) for market in markets]
        stopped = [market for market, hold in zip(markets, judged, strict=True) if hold is None]
    elif uses_as_it_is(relation) and (refusal.how is RefusedAs.REJECTED or refusal.is_of_the_market):
        is_one = (await writing.policy()).is_one_market
        stopped = [market for market in markets if is_one(refusal.market, market)]
    else:
        stopped = []
    type_ = HoldType.OTHER_MARKET if is_for_all else HoldType.SUPPLY
    return [Cause(type_, refusal.words()[:4000], refusal.batch_id, market) for market in sorted(stopped)]


async def open_holds(session: AsyncSession, batch_id: str) -> list[HoldRow]:
    """The holds that stand on a batch, the oldest first."""
    query = select(HoldRow).where(col(HoldRow.batch_id) == batch_id, col(HoldRow.lifted_at).is_(None))
    return list((await session.exec(query.order_by(col(HoldRow.placed_at), col(HoldRow.hold_id)))).all())


async def standing(session: AsyncSession, case: CaseRow, hold_id: str) -> HoldRow:
    """A hold that stands on the batch of a case. Raises `Refused` if it has no such hold, or it is lifted."""
    hold = await session.get(HoldRow, hold_id)
    known = hold is not None and hold.batch_id == case.case_id
    refuse_unless_stands(known=known, lifted=known and hold is not None and hold.lifted_at is not None)
    assert hold is not None, "It is known."
    return hold


def cause_of(hold: HoldRow) -> Cause:
    """Why a hold was placed."""
    return Cause(
        HoldType(hold.type), hold.reason, hold.placed_in, hold.market, hold.by_hand, hold.placed_by, fact_of(hold)
    )


def fact_of(hold: HoldRow) -> FactName | None:
    """The fact that a hold follows from, if that is one that stands."""
    if hold.fact_kind is None or hold.fact_identity is None:
        return None
    return FactName(kind=hold.fact_kind, identity=hold.fact_identity)


def has_cause(cause: Cause) -> ColumnElement[bool]:
    """The holds that stand for a cause."""
    return and_(same_cause(cause), col(HoldRow.lifted_at).is_(None))


def same_cause(cause: Cause) -> ColumnElement[bool]:
    """The holds for a cause, lifted or not."""
    same = and_(
        col(HoldRow.type) == cause.type.value,
        col(HoldRow.placed_in) == cause.placed_in,
        col(HoldRow.market).is_(None) if cause.market is None else col(HoldRow.market) == cause.market,
        col(HoldRow.by_hand) == cause.by_hand,
    )
    return and_(same, col(HoldRow.reason) == cause.reason) if cause.is_by_reason else same


def placed(hold_id: str, cause: Cause, inherited_from: str | None) -> dict[str, JsonValue]:
    """What the event says that places a hold."""
    return {
        "hold_id": hold_id,
        "type": cause.type.value,
        "reason": cause.reason,
        "placed_in": cause.placed_in,
        "market": cause.market,
        "by_hand": cause.by_hand,
        "placed_by": cause.placed_by,
        "inherited_from": inherited_from,
        "fact": cause.fact.model_dump() if cause.fact else None,
    }
