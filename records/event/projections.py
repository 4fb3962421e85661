"""Events at sites, as functions of the journal."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.case import CaseOrder
from domain.core.events import Event
from domain.core.names import likenesses_in
from domain.event.site_event import EventSupplement, SiteEventReport
from records.core.likenesses import keep_likenesses
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.core.tables.likenesses import Likened
from records.event.tables import SiteEventRow


@follows(*SiteEventReport.action.event_types(), order=1)
async def receive(session: AsyncSession, event: Event) -> None:
    """An event was reported."""
    form, effect = submitted(event, SiteEventReport), part(event, "effect")
    order = CaseOrder.model_validate(event.payload["order"])
    due = effect["notify_due_at"]
    session.add(
        SiteEventRow(
            case_id=event.stream,
            identity=str(effect["identity"]),
            site_id=order.site_id,
            scope_ids=list(order.scope_ids),
            type=form.type.value,
            severity=form.severity.value,
            authority_outcome=form.authority_outcome.value if form.authority_outcome else None,
            source=form.source,
            event_id=form.event_id,
            reference=form.number,
            lots=list(form.lots),
            detected_at=form.detected_at,
            received_at=event.occurred_at,
            notify_key=effect["notify_key"],
            notify_due_at=datetime.fromisoformat(str(due)) if due else None,
            notified_late=bool(effect["notified_late"]),
        )
    )
    await keep_likenesses(session, Likened.EVENT, event.stream, _likenesses(form.lots))


@follows(*EventSupplement.action.event_types())
async def supplement(session: AsyncSession, event: Event) -> None:
    """Further batches may be concerned."""
    row = await session.get_one(SiteEventRow, event.stream)
    further = submitted(event, EventSupplement).lots
    await name_lots(session, row, further)


async def name_lots(session: AsyncSession, row: SiteEventRow, lots: Iterable[str]) -> None:
    """An event names further lots. By their numbers it is found again, however long it is closed."""
    further = tuple(lots)
    row.lots = [*dict.fromkeys([*row.lots, *further])]
    await keep_likenesses(session, Likened.EVENT, row.case_id, _likenesses(further))


def _likenesses(lots: Iterable[str]) -> set[str]:
    return set[str]().union(*map(likenesses_in, lots))
