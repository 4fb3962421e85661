"""The facts that stand about a batch whose release is reviewed, and what each leaves for which market (section 19)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import and_, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import OosState
from domain.batch.facts.decisions import BatchRejected, FirstStepGone, RefusedInMarket, ReleaseTakenBack
from domain.batch.facts.events import (
    BatchAssociated,
    BatchFalsified,
    BatchRecalled,
    ComplaintOfBatch,
    MadeWhereStopped,
    MaterialInDoubt,
)
from domain.batch.facts.quality import GraveDeviationReported, OosConfirmed, ResultOutsideReported
from domain.batch.facts.shelf_life import ShelfLifeEnded
from domain.batch.market_refusal import Refusal
from domain.batch.results.analysis_forms import AnalysisResult
from domain.batch.results.coa import Verdict
from domain.batch.results.failing import SEPARATOR
from domain.batch.results.oos import OosKind, goes_on
from domain.core.facts import Fact, FactName
from domain.policy.rejection_grounds import RejectionGrounds
from domain.release.review_answers import Leaves, RecallQuestion, Standing, bearing_of
from records.batch.genealogy import ancestors
from records.batch.market_refusals import judged_for
from records.batch.results.compared import compared
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import ReviewDemandRow
from records.batch.tables.process import OosRow
from records.core.tables.facts import FactRow
from records.core.writing import Writing
from records.delivery.shipping import leaving, shipments_of, taken_away
from records.release.authority_reports import under_way
from records.release.first_steps_gone import stands_again
from records.release.recall_plans import taken_back_of_origin
from records.release.supplied_goods import known_as_supplied

_IN_A_LINE = 200


class Known(NamedTuple):
    """What is known about a batch under review."""

    standing: tuple[Standing, ...]
    questions: tuple[RecallQuestion, ...]


async def known_of(writing: Writing, batch: BatchRow, markets: Sequence[str]) -> Known:
    """What stands about a batch and leaves the reviewer which answers, and what is asked about a recall.

    What was learned of a batch that it comes from stands about it too, if its review was demanded for that. What was
    known as goods were supplied under an exception leaves there what the review says.
    """
    everywhere, found = frozenset(markets), list[Standing]()
    weighed = await known_as_supplied(writing.session, batch.batch_id)
    for name, its in (await under_way(writing.session, batch.batch_id)).items():
        of = everywhere if its.market is None else everywhere & {its.market}
        of -= _known_there(weighed, its.since)
        found.append(Standing(what=name, why="under investigation", leaves=Leaves.NOT_YET, markets=of))
    by_fact: dict[FactName, Standing] = {}
    demands = await _demands(writing.session, batch.batch_id)
    for row in await _facts(writing.session, batch, demands):
        fact = _fact(writing, row)
        standing = await _standing(writing, batch, everywhere, fact)
        if standing is not None:
            by_fact[FactName(kind=row.kind, identity=row.identity)] = standing
            known = _known_there(weighed, await _told_at(writing.session, row, fact))
            found.append(standing.model_copy(update={"markets": standing.markets - known}))
    kept = [each for each in found if each.markets]
    return Known(
        standing=tuple(dict.fromkeys(kept)),
        questions=tuple(await _recall_questions(writing.session, batch, everywhere, demands, by_fact)),
    )


def _known_there(weighed: Mapping[str, datetime], since: datetime) -> frozenset[str]:
    """The markets to which goods were supplied although it was known."""
    return frozenset(market for market, at in weighed.items() if since <= at)


async def _told_at(session: AsyncSession, row: FactRow, fact: Fact) -> datetime:
    """When a fact was known. A result that is confirmed was reported before."""
    if isinstance(fact, OosConfirmed) and (of := await session.get(OosRow, (fact.batch_id, fact.oos_id))) is not None:
        return of.reported_at
    return row.established_at


async def _demands(session: AsyncSession, batch_id: str) -> Sequence[ReviewDemandRow]:
    query = select(ReviewDemandRow).where(
        col(ReviewDemandRow.batch_id) == batch_id, col(ReviewDemandRow.fact_kind).is_not(None)
    )
    return (await session.exec(query.order_by(col(ReviewDemandRow.number)))).all()


async def _facts(session: AsyncSession, batch: BatchRow, demands: Sequence[ReviewDemandRow]) -> Sequence[FactRow]:
    """Those that a review was demanded for, and those of the batch itself; as far as they stand."""
    named = [
        and_(col(FactRow.kind) == kind, col(FactRow.identity) == identity)
        for kind, identity in sorted({(each.fact_kind, each.fact_identity) for each in demands})
    ]
    query = select(FactRow).where(col(FactRow.revoked_at).is_(None), or_(col(FactRow.stream) == batch.batch_id, *named))
    return (await session.exec(query.order_by(col(FactRow.established_at), col(FactRow.fact_id)))).all()


def _fact(writing: Writing, row: FactRow) -> Fact:
    return writing.registries.facts[row.kind].model_validate(row.fields)


async def _standing(writing: Writing, batch: BatchRow, everywhere: frozenset[str], fact: Fact) -> Standing | None:
    """How a fact stands about a batch; `None` if it says nothing of its release."""
    if (words := _WORDS.get(type(fact))) is not None:
        return _of(fact, *words(fact), everywhere)
    if (of_origin := _WORDS_OF_ORIGIN.get(type(fact))) is not None:
        return _of(fact, *of_origin(fact), everywhere) if getattr(fact, "batch_id", None) != batch.batch_id else None
    match fact:
        case OosConfirmed() if not await _is_origin(writing.session, fact.batch_id, batch.batch_id):
            return None
        case OosConfirmed():
            markets = await _missed(writing, fact, everywhere)
            return _of(fact, f"OOS {fact.oos_id}", f"is confirmed and misses its limit: {fact.result}", markets)
        case ResultOutsideReported() | GraveDeviationReported():
            return await _investigated(writing, batch, everywhere, fact)
        case ReleaseTakenBack() if fact.batch_id != batch.batch_id:
            return await taken_back_of_origin(writing, batch.batch_id, everywhere, fact)
        case FirstStepGone():
            again = fact.batch_id != batch.batch_id or await stands_again(writing, fact)
            what = f"the first step of {fact.market}"
            return None if again else _of(fact, what, "counts no more", everywhere & {fact.market})
        case RefusedInMarket():
            return await _refused(writing, batch, everywhere, fact)
    return None


async def _is_origin(session: AsyncSession, batch_id: str, of: str) -> bool:
    """Whether a batch is another one, or that comes from it. What is made of it may fail for a reason of its own."""
    return batch_id == of or batch_id in await ancestors(session, of)


_Words = Mapping[type[Fact], Callable[[Any], tuple[str, str]]]
_WORDS: _Words = {
    BatchAssociated: lambda of: (f"{of.number} of {of.case_id}", "by which it may be concerned, under investigation"),
    BatchFalsified: lambda of: (of.event, f"by which {of.number} may be falsified, under triage"),
    BatchRecalled: lambda of: (of.event, f"reports a recall of {of.number}"),
    ComplaintOfBatch: lambda of: (of.event, f"is a grave complaint about {of.number}, under triage"),
    MadeWhereStopped: lambda of: (of.event, f"stops what is made at {of.site} ({of.told.words}), under triage"),
    MaterialInDoubt: lambda of: (of.event, f"calls {of.lot} into question, which it was made with, under triage"),
}
"""What stands about a batch and about all that comes from it alike."""
_WORDS_OF_ORIGIN: _Words = {
    BatchRejected: lambda of: (of.number, "that it comes from is rejected"),
    ShelfLifeEnded: lambda of: (of.number, "was past its last day when this was made from it"),
}
"""What says nothing of the release of the batch itself, and much of what comes from it."""


async def _investigated(
    writing: Writing,
    batch: BatchRow,
    everywhere: frozenset[str],
    fact: ResultOutsideReported | GraveDeviationReported,
) -> Standing | None:
    """What of the batch itself is investigated is known from its deviations and results."""
    row = None
    if isinstance(fact, ResultOutsideReported):
        number, row = fact.oos_id, await writing.session.get(OosRow, (fact.batch_id, fact.oos_id))
    else:
        number = fact.deviation_id
    if (fact.batch_id == batch.batch_id == fact.case_id) or not _is_open(row):
        return None
    origin = "" if fact.batch_id == batch.batch_id else f" ({fact.batch_id}, that it comes from)"
    policy, market = await writing.policy(), fact.market
    markets = everywhere if market is None else {each for each in everywhere if policy.is_one_market(market, each)}
    return _of(fact, number, f"under investigation{origin}", markets)


def _of(fact: Fact, what: str, why: str, markets: Collection[str]) -> Standing:
    leaves = bearing_of(type(fact).__name__).leaves
    return Standing(what=what, why=why[:_IN_A_LINE], leaves=leaves, markets=frozenset(markets))


def _is_open(row: OosRow | None) -> bool:
    """Of what an event alone has told nothing is concluded before its triage; then it stands no more."""
    return row is None or goes_on(OosKind(row.kind), OosState(row.state))


async def _refused(
    writing: Writing, batch: BatchRow, everywhere: frozenset[str], fact: RefusedInMarket
) -> Standing | None:
    """On grounds that concern every market: until it is judged there. Else there alone, of what comes from it."""
    refusal = fact.refusal
    why = f"refused {refusal.batch_id} ({', '.join(each.words for each in refusal.grounds)})"
    if fact.suspends:
        others = [each for each in everywhere if each != refusal.market or refusal.batch_id != batch.batch_id]
        waiting = [each for each in others if await judged_for(writing.session, refusal, batch.batch_id, each) is None]
        return _of(fact, refusal.market, f"{why}, which two people have not judged yet", waiting)
    if refusal.batch_id == batch.batch_id or _is_commercial(refusal):
        return None
    policy = await writing.policy()
    same = frozenset(each for each in everywhere if policy.is_one_market(refusal.market, each))
    return _of(fact, refusal.market, why, same).model_copy(update={"leaves": Leaves.TAKING_BACK})


def _is_commercial(refusal: Refusal) -> bool:
    return set(refusal.grounds) == {RejectionGrounds.COMMERCIAL}


async def _missed(writing: Writing, fact: OosConfirmed, everywhere: frozenset[str]) -> frozenset[str]:
    """The markets whose registered limit a confirmed result misses, or of which nothing shows that it meets it."""
    row = await writing.session.get_one(OosRow, (fact.batch_id, fact.oos_id))
    tested = await writing.session.get_one(BatchRow, fact.batch_id)
    met = set[str]()
    if row.market is not None:
        met = set(tested.markets) - {row.market}
    elif row.opened_from is None:  # a person has reported it, by a limit of the site's
        met = await _met(writing, tested, row)
    is_one, missed = (await writing.policy()).is_one_market, set(tested.markets) - met
    return frozenset(
        each for each in everywhere if not any(is_one(of, each) for of in met) or any(is_one(of, each) for of in missed)
    )


async def _met(writing: Writing, batch: BatchRow, row: OosRow) -> set[str]:
    """Where a registered limit of this very test is met. Where no test of this name is registered, nothing shows it."""
    lines = [AnalysisResult(test=row.test, result=each, unit=row.unit) for each in row.result.split(SEPARATOR) if each]
    found = await compared(writing, batch, lines)
    return {
        market
        for each in found
        if lines and all(line is not None and line.verdict is Verdict.PASS for line in each.found.lines)
        for market in each.markets
    }


async def _recall_questions(
    session: AsyncSession,
    batch: BatchRow,
    everywhere: frozenset[str],
    demands: Sequence[ReviewDemandRow],
    standing: dict[FactName, Standing],
) -> list[RecallQuestion]:
    """Of each market to which goods went and did not come back, for what waits for its answer."""
    grave = [each for each in demands if each.reviewed_at is None and bearing_of(str(each.fact_kind)).asks_recall]
    because: dict[str, list[str]] = {}
    for market in sorted(everywhere & await distributed_to(session, batch.batch_id)) if grave else ():
        for each in grave:
            fact = standing.get(FactName(kind=str(each.fact_kind), identity=str(each.fact_identity)))
            if market not in each.answers and (fact is None or market in fact.markets):
                because.setdefault(market, []).append(each.reason[:_IN_A_LINE])
    return [RecallQuestion(market=market, because=tuple(dict.fromkeys(why))) for market, why in because.items()]


async def distributed_to(session: AsyncSession, batch_id: str) -> frozenset[str]:
    """The markets to which goods of a batch went that were not taken away again."""
    return frozenset(
        each.market
        for each in await shipments_of(session, batch_id)
        if each.dispatched_at is not None and leaving(each) > taken_away(each)
    )
