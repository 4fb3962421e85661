"""Changes at sites, as functions of the journal."""

from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.change.decision import ChangeClassification, ChangeDecision
from domain.change.site_change import ChangeImplementation, ChangeNotification
from domain.core.case import CaseOrder
from domain.core.events import Event
from records.change.tables import ChangeRow
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.core.tables.cases import CaseRow


@follows(*ChangeNotification.action.event_types(), order=1)
async def announce(session: AsyncSession, event: Event) -> None:
    """A change was announced."""
    form, effect = submitted(event, ChangeNotification), part(event, "effect")
    order = CaseOrder.model_validate(event.payload["order"])
    session.add(
        ChangeRow(
            case_id=event.stream,
            site_id=order.site_id,
            scope_ids=list(order.scope_ids),
            change_id=form.change_id,
            category=form.category.value,
            cdmo_tier=form.cdmo_tier.value,
            least_tier=str(effect["least_tier"]),
            earliest_date=form.earliest_date,
            submitted_at=event.occurred_at,
            notice_ends=date.fromisoformat(str(effect["notice_ends"])),
            notified_late=bool(effect["notified_late"]),
        )
    )


@follows(*ChangeClassification.action.event_types())
async def classify(session: AsyncSession, event: Event) -> None:
    """The sponsor's tier, and the scopes that the change concerns; the case is about those from now on."""
    form, row = submitted(event, ChangeClassification), await session.get_one(ChangeRow, event.stream)
    row.sponsor_tier, row.scope_ids = form.sponsor_tier.value, list(form.scope_ids)
    (await session.get_one(CaseRow, event.stream)).scope_ids = list(form.scope_ids)


@follows(*ChangeDecision.action.event_types())
async def decide(session: AsyncSession, event: Event) -> None:
    """The last decision counts: after a question there is another."""
    row = await session.get_one(ChangeRow, event.stream)
    row.decision, row.decided_at = submitted(event, ChangeDecision).verdict.value, event.occurred_at


@follows(*ChangeImplementation.action.event_types())
async def use(session: AsyncSession, event: Event) -> None:
    """The change is in use."""
    form, row = submitted(event, ChangeImplementation), await session.get_one(ChangeRow, event.stream)
    row.first_batch, row.implemented_on = form.first_batch, form.implemented_on
