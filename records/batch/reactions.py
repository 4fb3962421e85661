"""What follows for batches from what becomes known: holds on them and on what comes from them, and reviews."""

from domain.asl.facts import ScopeSuspended
from domain.batch.facts import (
    BatchesConcerned,
    BatchInDoubt,
    BatchRejected,
    FailingResultFound,
    GateClosed,
    GateFailedInReview,
    GraveDeviationReported,
    LearnedOfBatch,
    OosConfirmed,
    ParametersBeyondRange,
    ReleaseTakenBack,
    ResultOutsideReported,
    RetestDue,
    ShelfLifeEnded,
    SpecificationNotMet,
    StoppedByHand,
)
from domain.batch.holds import HoldType, stops_release
from records.batch.failing import open_result
from records.batch.holding import (
    demand_review,
    hold_alone,
    hold_children,
    hold_open_batches,
    hold_what_is_left,
    hold_what_was_made_after,
    place_hold,
)
from records.batch.notifying import notify_batch
from records.batch.tables.batches import BatchRow
from records.core.reactions import Consequences, reacts
from records.core.writing import Writing


@reacts(ScopeSuspended, protects=True)
async def holds_its_batches(writing: Writing, fact: ScopeSuspended) -> Consequences:
    """A status that stops release holds every open batch of the scope at once (section 10)."""
    if not stops_release(fact.status, fact.reach):
        return Consequences()
    return await hold_open_batches(writing, fact.scope_id, HoldType.SUPPLIER_STATUS, fact.why, placed_in=fact.case_id)


@reacts(BatchesConcerned, protects=True)
async def holds_those_concerned(writing: Writing, fact: BatchesConcerned) -> Consequences:
    """Those that were certified are looked at again."""
    return await hold_open_batches(
        writing, fact.scope_id, HoldType.EVENT, fact.why, placed_in=fact.case_id, only=fact.numbers
    )


@reacts(
    GraveDeviationReported,
    ResultOutsideReported,
    OosConfirmed,
    ParametersBeyondRange,
    SpecificationNotMet,
    GateFailedInReview,
    GateClosed,
    StoppedByHand,
    protects=True,
)
async def holds_the_batch(writing: Writing, fact: BatchInDoubt) -> Consequences:
    """The batch is held, and every batch that comes from it; what is released of them is reviewed."""
    batch = await writing.session.get_one(BatchRow, fact.batch_id)
    return await place_hold(
        writing,
        batch,
        fact.hold_type,
        fact.why,
        placed_in=fact.case_id,
        market=fact.market,
        by_hand=isinstance(fact, StoppedByHand),
    )


@reacts(BatchRejected, protects=True)
async def holds_what_comes_from_it(writing: Writing, fact: BatchRejected) -> Consequences:
    """What comes from a rejected batch is held with it."""
    return await hold_children(writing, await writing.session.get_one(BatchRow, fact.batch_id), fact.why)


@reacts(ReleaseTakenBack, protects=True)
async def holds_what_is_left_of_it(writing: Writing, fact: ReleaseTakenBack) -> Consequences:
    """What is not decided yet is held, and what comes from the batch."""
    return await hold_what_is_left(writing, await writing.session.get_one(BatchRow, fact.batch_id), fact.why)


@reacts(ShelfLifeEnded, protects=True)
async def holds_what_was_made_from_it_since(writing: Writing, fact: ShelfLifeEnded) -> Consequences:
    """What was made from it afterwards is held. Its own goods are blocked by the end itself."""
    batch = await writing.session.get_one(BatchRow, fact.batch_id)
    done = await hold_what_was_made_after(writing, batch, fact.ended_at, fact.why)
    await notify_batch(writing, batch.batch_id)
    return done


@reacts(RetestDue, protects=True)
async def holds_until_it_is_retested(writing: Writing, fact: RetestDue) -> Consequences:
    """Only the batch: what was made from it before is not called into question."""
    batch = await writing.session.get_one(BatchRow, fact.batch_id)
    return await hold_alone(writing, batch, HoldType.RETEST_DUE, fact.why)


@reacts(LearnedOfBatch, protects=True)
async def has_the_release_reviewed(writing: Writing, fact: LearnedOfBatch) -> Consequences:
    """The qualified person looks at the batch again."""
    batch = await writing.session.get_one(BatchRow, fact.batch_id)
    return await demand_review(writing, batch, fact.why, cause=fact.case_id)


@reacts(FailingResultFound, protects=True)
async def opens_its_investigation(writing: Writing, fact: FailingResultFound) -> Consequences:
    """A failing result is one outside specification, whether or not anybody reports it (21 CFR 211.192)."""
    await open_result(writing, fact)
    return Consequences()
