"""A technical exchange as it is shown in its case, and what two of its rounds have in common."""

from collections.abc import Iterable

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.forms import Process
from domain.core.people import Actor
from domain.core.refusals import Code, Refused
from domain.exchange.difference import ItemView, RoundDifference, round_difference
from domain.exchange.round import ItemOutcome
from domain.exchange.views import ConcernView, ExchangeSummary
from records.core.queries.visibility import visible_case
from records.core.shown import Reading, shows
from records.core.tables.cases import CaseRow
from records.exchange.exchanges import concerns_of, items_of
from records.exchange.tables.exchanges import ExchangeItemRow, ExchangeRow


@shows(Process.EXCHANGE, "exchange")
async def exchange_of_case(reading: Reading, case: CaseRow) -> ExchangeSummary | None:
    """The exchange that a case is. What is said in it both sides read."""
    session, case_id = reading.session, case.case_id
    row = await session.get(ExchangeRow, case_id)
    if row is None:
        return None
    query = select(ExchangeItemRow).where(col(ExchangeItemRow.case_id) == case_id)
    items = (await session.exec(query.order_by(col(ExchangeItemRow.round)))).all()
    last = {item.number: item for item in items}
    return ExchangeSummary.model_validate(
        {
            **row.model_dump(include=set(ExchangeSummary.model_fields)),
            "items": shown(last[number] for number in sorted(last)),
            "concerns": await _concerns(session, case_id),
            "deferred": [number for number in sorted(last) if last[number].verdict == ItemOutcome.DEFERRED.value],
        }
    )


async def _concerns(session: AsyncSession, case_id: str) -> list[ConcernView]:
    return [ConcernView.model_validate(each, from_attributes=True) for each in await concerns_of(session, case_id)]


async def difference_of_rounds(
    session: AsyncSession, actor: Actor, case_id: str, from_round: int, to_round: int
) -> RoundDifference:
    """What has become of the items between two rounds. Raises `Refused(NOT_FOUND)`, naming the round."""
    await visible_case(session, actor, Process.EXCHANGE.value, case_id)
    old, new = await items_of(session, case_id, from_round), await items_of(session, case_id, to_round)
    unknown = {name: "no such round" for name, items in (("from", old), ("to", new)) if not items}
    if unknown:
        raise Refused(Code.NOT_FOUND, f"{case_id} has no such round.", fields=unknown)
    return round_difference(from_round, shown(old), to_round, shown(new))


def shown(items: Iterable[ExchangeItemRow]) -> tuple[ItemView, ...]:
    """Items as shown."""
    return tuple(ItemView.model_validate(item, from_attributes=True) for item in items)
