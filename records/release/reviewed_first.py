"""The reviews of what a batch comes from, as far as its own release waits for them (section 19)."""

from collections.abc import Collection, Iterable

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.release.reviewed_first import AwaitedReview
from records.batch.under_review import open_demands, released_by, unanswered_in
from records.release.family import Batch, Step, origin_of

_IN_A_LINE = 200


async def reviews_before(
    session: AsyncSession, batch_id: str, markets: Iterable[str], *, answered: Collection[str] = (), cause: str = ""
) -> dict[str, list[AwaitedReview]]:
    """By market, the reviews of what a batch comes from that are not answered there.

    What was learned of the batch itself, or of what lies between, is answered there first: it cannot wait for itself.
    Of batches that are `answered` with it, what they have learned by `cause` does not count.
    """
    wanted, found = frozenset(markets), dict[str, list[AwaitedReview]]()
    steps, origin = await origin_of(session, batch_id)
    for each in sorted(batch for batch in origin if batch.review_open):
        own = {batch_id, *_made_from(steps, each.batch_id)}
        ignored = own | ({cause} if each.batch_id in answered else set())
        for market, review in await _awaited(session, each, wanted, ignored):
            found.setdefault(market, []).append(review)
    return found


async def _awaited(
    session: AsyncSession, batch: Batch, wanted: frozenset[str], ignored: Collection[str]
) -> list[tuple[str, AwaitedReview]]:
    """The first of what waits in each market."""
    released = await released_by(session, batch.batch_id)
    found: dict[str, AwaitedReview] = {}
    for demand in await open_demands(session, batch.batch_id):
        for market in unanswered_in(demand, released):
            if market in wanted and demand.cause not in ignored and market not in found:
                name, roles = f"{batch.number} ({batch.batch_id})", tuple(sorted(released[market]))
                found[market] = AwaitedReview(name, market, roles, demand.reason[:_IN_A_LINE])
    return list(found.items())


def _made_from(steps: Iterable[Step], batch_id: str) -> set[str]:
    """What comes from a batch by these steps."""
    known, found, edge = list(steps), set[str](), {batch_id}
    while edge:
        edge = {step.batch_id for step in known if step.parent_id in edge} - found
        found |= edge
    return found
