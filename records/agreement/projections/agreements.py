"""Quality agreements, as functions of the journal."""

from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.agreement.agreement import AgreementStatus
from domain.agreement.forms import AgreementAnswer, AgreementDraft, SiteSignature, SponsorSignature
from domain.core.events import Event
from records.agreement.tables import AgreementRow
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.core.tables.cases import CaseRow

_OPEN = (AgreementStatus.DRAFT, AgreementStatus.AGREED)


async def _version(session: AsyncSession, event: Event) -> AgreementRow:
    effect = part(event, "effect")
    return await session.get_one(AgreementRow, (effect["qta_id"], effect["version"]))


async def _supersede(session: AsyncSession, qta_id: str, *statuses: AgreementStatus) -> None:
    query = select(AgreementRow).where(
        col(AgreementRow.qta_id) == qta_id, col(AgreementRow.status).in_([status.value for status in statuses])
    )
    for row in (await session.exec(query)).all():
        row.status = AgreementStatus.SUPERSEDED.value


@follows(*AgreementDraft.action.event_types())
async def draft_agreement(session: AsyncSession, event: Event) -> None:
    """A draft takes the place of earlier ones; what is in force stays in force."""
    draft = submitted(event, AgreementDraft)
    effect = part(event, "effect")
    qta_id = effect["qta_id"]
    case = await session.get_one(CaseRow, event.stream)
    await _supersede(session, qta_id, *_OPEN)
    session.add(
        AgreementRow(
            qta_id=qta_id,
            version=effect["version"],
            number=int(qta_id.removeprefix("QTA-")),
            site_id=case.site_id,
            scope_id=case.scope_ids[0],
            case_id=event.stream,
            status=AgreementStatus.DRAFT.value,
            terms=draft.terms.model_dump(mode="json"),
            drafted_by=event.actor.person,
            drafted_at=event.occurred_at,
        )
    )


@follows(*AgreementAnswer.action.event_types())
async def agree(session: AsyncSession, event: Event) -> None:
    """The site has accepted the text."""
    if submitted(event, AgreementAnswer).accept:
        row = await _version(session, event)
        row.status, row.agreed_at = AgreementStatus.AGREED.value, event.occurred_at


@follows(*SponsorSignature.action.event_types())
async def sign_for_sponsor(session: AsyncSession, event: Event) -> None:
    """The sponsor's quality unit has signed."""
    row = await _version(session, event)
    row.sponsor_signed_by, row.sponsor_signed_at = event.actor.person, event.occurred_at


@follows(*SiteSignature.action.event_types())
async def sign_for_site(session: AsyncSession, event: Event) -> None:
    """The site's quality unit has signed."""
    row = await _version(session, event)
    row.site_signed_by, row.site_signed_at = event.actor.person, event.occurred_at


@follows("agreement.effective")
async def take_effect(session: AsyncSession, event: Event) -> None:
    """The version is in force and supersedes the one before."""
    effect = part(event, "effect")
    await _supersede(session, effect["qta_id"], AgreementStatus.EFFECTIVE)
    row = await _version(session, event)
    row.status = AgreementStatus.EFFECTIVE.value
    row.effective_from = date.fromisoformat(effect["effective_from"])
    row.review_due = date.fromisoformat(effect["review_due"])
    row.lapses_on = date.fromisoformat(effect["lapses_on"])
