"""Whether a market of a batch is authorised, and waits for an official batch release: one look for both."""

from datetime import date, datetime
from typing import NamedTuple

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.authorisation.registered import Registered, those_of
from domain.policy.market_rule import DecisionRule
from domain.policy.policy import Policy
from records.authorisation.in_force import authorisations_of
from records.authorisation.standing_on import product_of, stopped_by
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.questions import ask
from records.core.writing import Writing
from records.delivery.questions import ExcusedThere


class Authorised(NamedTuple):
    """What is authorised of a market of a batch."""

    known: tuple[Registered, ...] = ()
    """All of the product there."""
    fit: tuple[Registered, ...] = ()
    """Those of them that it may stand on."""
    stopped: str | None = None
    """Why none of them is in force, in words; `None` if one is, or there is none."""


async def authorised_there(
    session: AsyncSession,
    policy: Policy,
    batch: BatchRow,
    market: BatchMarketRow,
    at: datetime,
    *,
    as_of: datetime | None = None,
) -> Authorised:
    """What is in force at an instant; `as_of` leaves out what has become known since.

    One statement; none for what is no product.
    """
    if not DecisionRule(market.rule).is_of_a_product:
        return Authorised()
    codes, product = policy.codes_counting_in(market.market), product_of(batch, None, market.trial)
    known = await authorisations_of(session, batch.product, codes, as_of=as_of)
    fit = tuple(those_of(known, product))
    return Authorised(tuple(known), fit, stopped_by(fit, at))


async def stop_of(writing: Writing, batch: BatchRow, found: Authorised, market: str, day: date) -> str | None:
    """The same stop, unless the authority has excused it for the batch since."""
    if found.stopped is None:
        return None
    excused = await ask(writing, ExcusedThere(batch.batch_id, market, found.fit, day))
    return None if any(excused) else found.stopped
