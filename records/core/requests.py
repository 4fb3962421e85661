"""What was asked for in a case: the request that has opened it, and those that have joined."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.case import CaseOrder
from domain.core.events import Event
from domain.core.forms import Process
from domain.core.request_withdrawal import Request, RequestWithdrawal, numbered, standing
from records.core.payloads import part
from records.core.tables.cases import CaseRow
from records.core.tables.journal import EventRow
from records.core.writing import Writing


async def requests_of(session: AsyncSession, case: CaseRow, with_this: Event | None = None) -> tuple[Request, ...]:
    """All requests of a case in their order, with those that were withdrawn: now, or as of this event of the case."""
    order, noun = CaseOrder.model_validate(case.order), Process(case.process).noun
    query = select(EventRow).where(
        col(EventRow.stream) == case.case_id,
        col(EventRow.type).in_([f"{noun}.merged", f"{noun}.{RequestWithdrawal.action.name}"]),
    )
    if with_this is not None:
        query = query.where(col(EventRow.number) < with_this.number)
    rows = (await session.exec(query.order_by(col(EventRow.number)))).all()
    events = [Event.model_validate_json(row.body) for row in rows]
    events += [with_this] if with_this is not None else []
    joined = [event for event in events if event.type == f"{noun}.merged"]
    withdrawn = {int(str(part(event, "form")["number"])) for event in events if event not in joined}
    made = [(order.requested_by.persons, order.requested_at, order.request)]
    made += [(_persons(event), event.occurred_at, part(event, "form")) for event in joined]
    return numbered(made, withdrawn)


async def is_asked_for(writing: Writing, case: CaseRow) -> bool:
    """Whether a request of the case stands, so that another one may join. Nobody withdraws one meanwhile."""
    await writing.head(case.case_id)
    return bool(standing(await requests_of(writing.session, case)))


def _persons(event: Event) -> frozenset[str]:
    """Who has joined: the program may write it for a person."""
    requester = str(event.payload["requested_by"])
    return event.actor.persons if event.actor.person == requester else frozenset({requester})
