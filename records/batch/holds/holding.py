"""Placing holds and demanding reviews, in the transaction of what demands them. Called by reactions to facts only.

A hold names the fact that it follows from, if that is one that stands. Where a fact of an older version is taken up,
what people have lifted or reviewed for the same cause is not placed or demanded again.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from pydantic import JsonValue
from sqlmodel import col, select

from domain.batch.batch import MarketDecision, Relation
from domain.batch.facts.batch_fact import LearnedOfBatch
from domain.batch.facts.decisions import RefusedInMarket
from domain.batch.holds.holds import BatchState, HoldType, asks_for_review, is_held
from domain.batch.making.own_lots import batches_meant
from domain.batch.making.shelf_life import uses_as_it_is
from domain.batch.supply_stage import SupplyStage
from records.batch.genealogy import ancestors, in_order, lock_families, parents
from records.batch.holds.holds import Cause, has_cause, open_batches, placed, same_cause
from records.batch.making.shelf_life import last_day_as_origin
from records.batch.notifying import notify_batch
from records.batch.tables.batches import BatchParentRow, BatchRow
from records.batch.tables.decisions import BatchMarketRow, HoldRow, ReviewDemandRow
from records.batch.under_review import is_out, released_markets
from records.core.identities import next_id
from records.core.reactions import Consequences, standing_cause
from records.core.writing import Writing


async def hold_open_batches(
    writing: Writing,
    scope_id: str,
    type_: HoldType,
    reason: str,
    *,
    placed_in: str,
    only: Collection[str] | None = None,
) -> Consequences:
    """Hold every open batch that a scope makes a part of, or those of them with these numbers, or numbers like these.

    What is released of them is looked at again. A batch that has such a hold from the same case gets no second one.
    The caller holds the lock of the scope's row of the list.
    """
    numbers = await open_batches(writing.session, scope_id)
    if only is None:
        return await hold_batches(writing, numbers, type_, reason, placed_in=placed_in)
    meant = batches_meant(only, numbers)
    done = await hold_batches(writing, meant.named, type_, reason, placed_in=placed_in)
    for batch_id, told in meant.alike.items():
        why = f"{reason} (it names {told}, which may be {numbers[batch_id][0]})"[:4000]
        done += await hold_batches(writing, (batch_id,), type_, why, placed_in=placed_in)
    return done


async def hold_batches(
    writing: Writing, batch_ids: Collection[str], type_: HoldType, reason: str, *, placed_in: str
) -> Consequences:
    """Hold batches and all that comes from them; what is released of them is looked at again."""
    done = Consequences()
    for batch_id in await lock_families(writing, batch_ids):
        if batch_id in batch_ids:  # another is held with the batch that it comes from
            batch = await writing.session.get_one(BatchRow, batch_id, populate_existing=True)
            done += await place_hold(writing, batch, type_, reason, placed_in=placed_in)
    return done


async def demand_review(writing: Writing, batch: BatchRow, reason: str, *, cause: str) -> Consequences:
    """Something was learned after the release: each market's decider looks at the batch again.

    What is demanded already, from the same case for the same reason, is not demanded twice while nobody has answered.
    """
    known = [
        col(ReviewDemandRow.batch_id) == batch.batch_id,
        col(ReviewDemandRow.cause) == cause,
        col(ReviewDemandRow.reason) == reason,
    ]
    rows = (await writing.session.exec(select(ReviewDemandRow).where(*known))).all()
    if any(writing.taking_up or (row.reviewed_at is None and not row.answers) for row in rows):
        return Consequences()
    received = next((at for each in reversed(writing.following) if (at := getattr(each, "received_at", None))), None)
    fact = writing.following[-1].name
    payload: dict[str, JsonValue] = {"reason": reason, "cause": cause, "site_id": batch.site_id}
    payload["fact"] = fact.model_dump()
    if received is not None:
        payload["received_at"] = min(received, writing.at).isoformat()
    await writing.append("batch.review_demanded", payload, stream=batch.batch_id)
    await notify_batch(writing, batch.batch_id)
    return Consequences(reviews=(batch.batch_id,))


async def place_hold(
    writing: Writing,
    batch: BatchRow,
    type_: HoldType,
    reason: str,
    *,
    placed_in: str,
    market: str | None = None,
    by_hand: bool = False,
) -> Consequences:
    """Hold a batch, and every batch that comes from it. What is released of them is reviewed.

    No hold is placed if it has that one already, or if none is placed on it any more
    (`domain.batch.holds.holds.is_held`). A hold is the same one if type, case and market are; of those that people
    place also the reason. The caller holds the lock of the batch.
    """
    cause = _cause(writing, type_, reason, placed_in, market=market, by_hand=by_hand)
    family = await lock_families(writing, (batch.batch_id,))
    done = await _place_on(writing, batch, cause)
    return done + await _spread(writing, family, batch, cause, done.holds)


async def look_at_ancestors(writing: Writing, batch: BatchRow, reason: str, *, cause: str) -> Consequences:
    """What a batch comes from, over all steps, is looked at; what is released of it is reviewed.

    Whoever establishes the fact has locked them before the batch (`records.batch.checks.family`).
    """
    done = Consequences()
    for batch_id in sorted(await ancestors(writing.session, batch.batch_id), key=in_order):
        ancestor = await writing.session.get_one(BatchRow, batch_id)
        done += Consequences(to_look_at=(batch_id,))
        if ancestor.is_out and BatchState(ancestor.state) is not BatchState.CLOSED:
            done += await demand_review(writing, ancestor, reason, cause=cause)
    return done


async def look_down(writing: Writing, fact: LearnedOfBatch) -> Consequences:
    """What is released of a batch and of all that comes from it, over all steps, is looked at again."""
    batch, done = await writing.session.get_one(BatchRow, fact.batch_id), Consequences()
    for batch_id in await lock_families(writing, (fact.batch_id,)):
        member = await writing.session.get_one(BatchRow, batch_id, populate_existing=True)
        if member.is_out and BatchState(member.state) is not BatchState.CLOSED:
            why = fact.why if batch_id == fact.batch_id else f"{batch.number}, that it comes from: {fact.why}"[:4000]
            done += await demand_review(writing, member, why, cause=fact.case_id)
    return done


async def look_at_released(
    writing: Writing, batch_ids: Collection[str], reason: str, *, cause: str, declared: bool = False
) -> Consequences:
    """What is released of batches and of all that comes from them is looked at again.

    `declared`: only what is so for a market for which a qualified person declares on the makers of substances.
    """
    done, family = Consequences(), await lock_families(writing, batch_ids)
    query = (
        select(BatchMarketRow.batch_id, BatchMarketRow.market, BatchRow.supply_stage)
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchMarketRow.batch_id))
        .where(col(BatchMarketRow.batch_id).in_(family), is_out())
    )
    found, policy = (await writing.session.exec(query)).all(), await writing.policy()
    released = {
        batch_id
        for batch_id, market, stage in found
        if not declared or policy.asks_of(market, clinical=stage == SupplyStage.CLINICAL_SUPPLY).declares_substances
    }
    for batch_id in (each for each in family if each in released):
        batch = await writing.session.get_one(BatchRow, batch_id, populate_existing=True)
        if BatchState(batch.state) is not BatchState.CLOSED:
            done += await demand_review(writing, batch, reason, cause=cause)
    return done


async def hold_alone(writing: Writing, batch: BatchRow, type_: HoldType, reason: str) -> Consequences:
    """Hold a batch for what says nothing of the batches that come from it. The caller holds the lock of the batch."""
    return await _hold(writing, batch, _cause(writing, type_, reason, batch.batch_id))


async def hold_what_was_made_after(writing: Writing, batch: BatchRow, ended_at: datetime, reason: str) -> Consequences:
    """Hold what was made from a batch, as it is, after an instant, and all that comes from that.

    The caller holds the lock of the batch.
    """
    await lock_families(writing, (batch.batch_id,))
    query = (
        select(BatchRow, BatchParentRow.relation)
        .join(BatchParentRow, col(BatchParentRow.batch_id) == col(BatchRow.batch_id))
        .where(col(BatchParentRow.parent_id) == batch.batch_id, col(BatchRow.started_at) >= ended_at)
        .order_by(col(BatchRow.batch_id))
        .execution_options(populate_existing=True)
    )
    done = Consequences()
    for child, relation in (await writing.session.exec(query)).all():
        how = Relation(relation)
        lasts_on = last_day_as_origin(batch, how, child.markets) != batch.expiry_on  # by the plan of a trial
        if uses_as_it_is(how) and not lasts_on:
            done += await place_hold(writing, child, HoldType.SUPPLY, reason, placed_in=batch.batch_id)
    return done


async def hold_children(writing: Writing, batch: BatchRow, reason: str) -> Consequences:
    """Hold what comes from a batch that is rejected. The caller holds the lock of the batch."""
    family = await lock_families(writing, (batch.batch_id,))
    return await _spread(writing, family, batch, _cause(writing, HoldType.SUPPLY, reason, batch.batch_id))


async def hold_what_is_left(writing: Writing, batch: BatchRow, reason: str) -> Consequences:
    """Hold what is not decided yet of a batch whose release is taken back, and what comes from it.

    Its release is reviewed just now. The caller holds the lock of the batch.
    """
    family = await lock_families(writing, (batch.batch_id,))
    cause = _cause(writing, HoldType.SUPPLY, reason, batch.batch_id)
    done = await _hold(writing, batch, cause) if batch.state == BatchState.OPEN.value else Consequences()
    return done + await _spread(writing, family, batch, cause, done.holds)


def _cause(
    writing: Writing,
    type_: HoldType,
    reason: str,
    placed_in: str,
    *,
    market: str | None = None,
    by_hand: bool = False,
) -> Cause:
    return Cause(type_, reason, placed_in, market, by_hand, fact=standing_cause(writing))


async def _place_on(writing: Writing, batch: BatchRow, cause: Cause, inherited_from: str | None = None) -> Consequences:
    done = Consequences()
    asks = asks_for_review(cause.type, cause.market, by_hand=cause.by_hand)
    if asks and batch.is_out and BatchState(batch.state) is not BatchState.CLOSED:
        done += await demand_review(writing, batch, cause.reason, cause=cause.placed_in)
    return done + await _hold(writing, batch, cause, inherited_from)


async def _spread(
    writing: Writing, family: Iterable[str], of: BatchRow, cause: Cause, holds: Sequence[str] = ()
) -> Consequences:
    """What comes from a batch is held with it. The family is locked, and in the order in which it came to be."""
    held, done = {of.batch_id: next(iter(holds), None)}, Consequences()
    for batch_id in family:
        if batch_id != of.batch_id:
            batch = await writing.session.get_one(BatchRow, batch_id, populate_existing=True)
            sources = [held[each] for each in await parents(writing.session, batch_id) if each in held]
            placed_on = await _place_on(writing, batch, cause, next(filter(None, sources), None))
            held[batch_id] = next(iter(placed_on.holds), None)
            done += Consequences(held_with_them=placed_on.held, reviews=placed_on.reviews)
    return done


async def _hold(writing: Writing, batch: BatchRow, cause: Cause, inherited_from: str | None = None) -> Consequences:
    if not is_held(cause.type, BatchState(batch.state), by_hand=cause.by_hand):
        return Consequences()
    of_the_cause = same_cause(cause) if writing.taking_up else has_cause(cause)
    held = select(HoldRow.hold_id).where(col(HoldRow.batch_id) == batch.batch_id, of_the_cause)
    if (await writing.session.exec(held.limit(1))).first() is not None:
        return Consequences()
    hold_id = await next_id(writing.session, "HOLD")
    payload = {**placed(hold_id, cause, inherited_from), "site_id": batch.site_id}
    await writing.append("batch.held", payload, stream=batch.batch_id)
    await notify_batch(writing, batch.batch_id)
    return Consequences(held=(batch.batch_id,), holds=(hold_id,))


async def hold_by_market(writing: Writing, batch: BatchRow, fact: RefusedInMarket) -> Consequences:
    """Hold a batch and all that comes from it, each for the markets that a refusal in one market concerns.

    What is released there is reviewed. The caller holds the lock of the batch.
    """
    family = await lock_families(writing, (batch.batch_id,))
    done, holds = Consequences(), dict[tuple[str, str], str]()
    for batch_id in family:
        member = await writing.session.get_one(BatchRow, batch_id, populate_existing=True)
        sources = await parents(writing.session, batch_id) if batch_id != batch.batch_id else []
        for row in await _concerned(writing, batch_id, fact):
            inherited_from = next((holds[each, row.market] for each in sources if (each, row.market) in holds), None)
            placed_on = await _hold_market(writing, member, row, fact, inherited_from)
            if placed_on.holds:
                holds[batch_id, row.market] = placed_on.holds[0]
            own = batch_id == batch.batch_id
            done += placed_on if own else Consequences(held_with_them=placed_on.held, reviews=placed_on.reviews)
        if fact.asks_for_review(batch_id) and await _is_released_elsewhere(writing, member, fact):
            done += await demand_review(writing, member, fact.why, cause=fact.batch_id)
    return done


async def _is_released_elsewhere(writing: Writing, batch: BatchRow, fact: RefusedInMarket) -> bool:
    """Whether a release of a batch stands that the same act does not refuse, or goods went under an exception.

    Who rejects a market takes back nothing of what was supplied there before.
    """
    same_act = fact.beside if batch.batch_id == fact.batch_id and not batch.supplied else ()
    standing = set(await released_markets(writing.session, batch.batch_id)) - set(same_act)
    return bool(standing) and BatchState(batch.state) is not BatchState.CLOSED


async def _concerned(writing: Writing, batch_id: str, fact: RefusedInMarket) -> list[BatchMarketRow]:
    """The markets of a batch that a refusal stops: undecided or released ones."""
    if batch_id == fact.batch_id and not fact.suspends:
        return []  # there each market judges for itself
    refusing, same_act = fact.refusal.market, fact.beside if batch_id == fact.batch_id else ()
    query = select(BatchMarketRow).where(
        col(BatchMarketRow.batch_id) == batch_id,
        col(BatchMarketRow.withdrawn_at).is_(None),
        col(BatchMarketRow.decision).is_distinct_from(MarketDecision.REJECT.value),
    )
    is_one = (await writing.policy()).is_one_market
    return [
        row
        for row in (await writing.session.exec(query.order_by(col(BatchMarketRow.market)))).all()
        if row.market not in same_act and (fact.suspends or is_one(refusing, row.market))
    ]


async def _hold_market(
    writing: Writing, batch: BatchRow, row: BatchMarketRow, fact: RefusedInMarket, inherited_from: str | None
) -> Consequences:
    type_ = HoldType.OTHER_MARKET if fact.suspends else HoldType.SUPPLY
    whole = select(HoldRow.hold_id).where(
        col(HoldRow.batch_id) == batch.batch_id, has_cause(Cause(type_, fact.why, fact.batch_id))
    )
    if (await writing.session.exec(whole.limit(1))).first() is not None:
        return Consequences()  # it is stopped for every market, since no market has taken the other batch
    done = Consequences()
    left = row.decision == MarketDecision.RELEASE.value or row.supply_stands
    if left and BatchState(batch.state) is not BatchState.CLOSED and not fact.was_just_reviewed(batch.batch_id):
        done += await demand_review(writing, batch, fact.why, cause=fact.batch_id)
    cause = _cause(writing, type_, fact.why, fact.batch_id, market=row.market)
    return done + await _hold(writing, batch, cause, inherited_from)
