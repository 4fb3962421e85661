"""Cases and the records submitted in them."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.case import CaseOrder
from domain.core.events import Event
from domain.core.forms import Audience, Process
from records.core.projections.tasks import close_task, close_tasks_of
from records.core.projectors import follows
from records.core.tables.cases import CaseRow, RecordRow

_NOUNS = [process.noun for process in Process]


async def keep_record(session: AsyncSession, event: Event) -> None:
    """Keep the form as a record of its case, and close the task that it answers."""
    payload = event.payload
    if not isinstance(payload.get("version"), int):
        return
    session.add(
        RecordRow(
            case_id=event.stream,
            action=event.type.partition(".")[2],
            version=int(str(payload["version"])),
            number=event.number,
            audience=event.audience.value,
            form=payload["form"],
            effect=payload.get("effect") or {},
            sha256=str(payload["sha256"]),
            by_person=event.actor.person,
            by_name=event.actor.name,
            at=event.occurred_at,
            recorded_at=event.recorded_at,
            signature=event.signature.model_dump(mode="json") if event.signature else None,
        )
    )
    if event.audience is Audience.SHARED and (case := await session.get(CaseRow, event.stream)) is not None:
        case.shared = True
    if isinstance(task_id := payload.get("task"), str):
        await close_task(session, task_id, event, "ANSWERED")


@follows(*(f"{noun}.request" for noun in _NOUNS))
async def open_case(session: AsyncSession, event: Event) -> None:
    """A requested case is listed."""
    order = CaseOrder.model_validate(event.payload["order"])
    trigger = event.payload.get("trigger")
    session.add(
        CaseRow(
            case_id=order.case_id,
            process=order.process.value,
            number=int(order.case_id.removeprefix(f"{order.process.prefix}-")),
            kind=str(event.payload.get("kind", "")),
            title=order.title,
            supplier_id=order.supplier_id,
            site_id=order.site_id,
            scope_ids=list(order.scope_ids),
            owner=order.owner,
            stage="REQUESTED",
            offers=[],
            shared=event.audience is Audience.SHARED,
            open_tasks={},
            risk_tier=order.risk_tier,
            trigger=trigger if isinstance(trigger, str) else None,
            requested_by=order.requested_by.person,
            requested_at=order.requested_at,
            order=event.payload["order"],
        )
    )


@follows("case.moved", "case.closed")
async def move_case(session: AsyncSession, event: Event) -> None:
    """Stage and offers of a case that moves on or closes."""
    case = await session.get_one(CaseRow, event.stream)
    case.stage = str(event.payload["stage"])
    case.offers = event.payload["offers"]
    case.version += 1
    if event.type == "case.closed":
        outcome = event.payload.get("outcome")
        case.outcome = str(outcome) if outcome is not None else None
        case.closed_at = event.occurred_at
        case.held = False
        await close_tasks_of(session, case, event)


@follows(*(f"{noun}.hold" for noun in _NOUNS))
async def hold_case(session: AsyncSession, event: Event) -> None:
    """A case on hold, with the reason and the start."""
    case = await session.get_one(CaseRow, event.stream)
    form = event.payload["form"]
    case.held, case.held_at = True, event.occurred_at
    case.hold_reason = str(form["reason"]) if isinstance(form, dict) else None
    case.version += 1


@follows(*(f"{noun}.resume" for noun in _NOUNS))
async def resume_case(session: AsyncSession, event: Event) -> None:
    """A case that goes on."""
    case = await session.get_one(CaseRow, event.stream)
    case.held, case.held_at, case.hold_reason = False, None, None
    case.version += 1
