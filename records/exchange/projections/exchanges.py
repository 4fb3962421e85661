"""Technical exchanges, as functions of the journal."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.case import CaseOrder
from domain.core.events import Event
from domain.exchange.concern import Concern, ConcernSettlement
from domain.exchange.exchange import ExchangeRequest, NextStep
from domain.exchange.parameter_forms import QualityApproval, QualityApprovalForSite
from domain.exchange.round import NewItem, RoundOpening, RoundResponse, RoundReview
from domain.exchange.steering import Steering, SteeringDecision, SteeringDecisionForSite
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.exchange.tables.exchanges import ExchangeConcernRow, ExchangeItemRow, ExchangeRoundRow, ExchangeRow


@follows(*ExchangeRequest.action.event_types(), order=1)
async def open_exchange(session: AsyncSession, event: Event) -> None:
    """An exchange is known."""
    form, effect = submitted(event, ExchangeRequest), part(event, "effect")
    order = CaseOrder.model_validate(event.payload["order"])
    session.add(
        ExchangeRow(
            case_id=event.stream,
            scope_id=order.scope_ids[0],
            product=str(effect["product"]),
            purpose=form.purpose.value,
            stage_of_product=form.stage.value,
            confidentiality=form.confidentiality.value,
            base_parameter_set=form.base_parameter_set,
            rounds_max=int(str(effect["rounds_max"])),
        )
    )


@follows(*RoundOpening.action.event_types())
async def open_round(session: AsyncSession, event: Event) -> None:
    """A round is opened: first what is carried over, then the new items under the next numbers."""
    form, effect = submitted(event, RoundOpening), part(event, "effect")
    exchange = await session.get_one(ExchangeRow, event.stream)
    exchange.round = int(str(effect["round"]))
    opened_at, opened_by = event.occurred_at, event.actor.person
    session.add(ExchangeRoundRow(case_id=event.stream, round=exchange.round, opened_at=opened_at, opened_by=opened_by))
    for each in form.carried:
        before = await session.get_one(ExchangeItemRow, (event.stream, exchange.round - 1, each.number))
        row = _item(exchange, each.number, before.model_dump(include=set(NewItem.model_fields)))
        row.carried_from, row.comment = exchange.round - 1, each.comment
        session.add(row)
    for number, item in enumerate(form.items, int(str(effect["first"]))):
        session.add(_item(exchange, number, item.model_dump(mode="json")))
    await session.flush()


def _item(exchange: ExchangeRow, number: int, item: dict[str, Any]) -> ExchangeItemRow:
    return ExchangeItemRow(
        case_id=exchange.case_id,
        round=exchange.round,
        number=number,
        response_documents=[],
        **item,
    )


async def _items(session: AsyncSession, exchange: ExchangeRow) -> dict[int, ExchangeItemRow]:
    """The items of the current round, by number."""
    query = select(ExchangeItemRow).where(
        col(ExchangeItemRow.case_id) == exchange.case_id, col(ExchangeItemRow.round) == exchange.round
    )
    return {row.number: row for row in (await session.exec(query)).all()}


@follows(*RoundResponse.action.event_types())
async def answer_round(session: AsyncSession, event: Event) -> None:
    """The site has answered."""
    form, exchange = submitted(event, RoundResponse), await session.get_one(ExchangeRow, event.stream)
    row = await session.get_one(ExchangeRoundRow, (event.stream, exchange.round))
    row.answered_at, row.answered_by = event.occurred_at, event.actor.person
    items = await _items(session, exchange)
    for each in form.responses:
        items[each.number].response = each.response
        items[each.number].response_documents = [document.model_dump(mode="json") for document in each.documents]


class _Judged(NamedTuple):
    number: int
    verdict: str
    reason: str | None


async def _judge(session: AsyncSession, exchange: ExchangeRow, verdicts: Iterable[_Judged]) -> None:
    items = await _items(session, exchange)
    for each in verdicts:
        items[each.number].verdict, items[each.number].reason = each.verdict, each.reason


@follows(*RoundReview.action.event_types())
async def close_round(session: AsyncSession, event: Event) -> None:
    """The sponsor has judged every item."""
    form, exchange = submitted(event, RoundReview), await session.get_one(ExchangeRow, event.stream)
    row = await session.get_one(ExchangeRoundRow, (event.stream, exchange.round))
    row.reviewed_at, row.reviewed_by = event.occurred_at, event.actor.person
    await _judge(session, exchange, [_Judged(each.number, each.verdict.value, each.reason) for each in form.verdicts])


async def _steer(session: AsyncSession, event: Event, form: Steering) -> None:
    """What both of the steering pair have said counts: verdicts on what was open, or one more round."""
    next_, exchange = part(event, "effect").get("next"), await session.get_one(ExchangeRow, event.stream)
    if next_ == NextStep.ROUND.value:
        exchange.rounds_max = exchange.round + 1
    elif next_ == NextStep.AGREEMENT.value:
        judged = [_Judged(each.number, each.verdict.value, form.reason) for each in form.verdicts]
        await _judge(session, exchange, judged)


@follows(*SteeringDecision.action.event_types())
async def steer(session: AsyncSession, event: Event) -> None:
    """The sponsor's half of the steering pair has decided."""
    await _steer(session, event, submitted(event, SteeringDecision))


@follows(*SteeringDecisionForSite.action.event_types())
async def steer_for_site(session: AsyncSession, event: Event) -> None:
    """The site's half of the steering pair has decided."""
    await _steer(session, event, submitted(event, SteeringDecisionForSite))


@follows(*Concern.action.event_types())
async def raise_concern(session: AsyncSession, event: Event) -> None:
    """A concern stands."""
    session.add(
        ExchangeConcernRow(
            case_id=event.stream,
            number=int(str(part(event, "effect")["number"])),
            org=event.actor.org.value,
            raised_by=event.actor.name,
            concern=submitted(event, Concern).concern,
            raised_at=event.occurred_at,
        )
    )


@follows(*ConcernSettlement.action.event_types())
async def settle_concern(session: AsyncSession, event: Event) -> None:
    """A concern no longer stands."""
    form = submitted(event, ConcernSettlement)
    row = await session.get_one(ExchangeConcernRow, (event.stream, form.number))
    row.settled_at, row.reason = event.occurred_at, form.reason


@follows(*QualityApproval.action.event_types(), *QualityApprovalForSite.action.event_types())
async def agree(session: AsyncSession, event: Event) -> None:
    """With the last signature there is a parameter set."""
    if set_id := part(event, "effect").get("set_id"):
        (await session.get_one(ExchangeRow, event.stream)).parameter_set = str(set_id)
