"""Quality agreements, as functions of the journal."""

from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.agreement import AgreementStatus
from domain.agreement_forms import AgreementAnswer, AgreementDraft
from domain.events import Event
from records.projections.declared import follows
from records.tables import AgreementRow, QualificationRow

_OPEN = (AgreementStatus.DRAFT, AgreementStatus.AGREED)


def _effect(event: Event) -> dict[str, object]:
    effect = event.payload["effect"]
    assert isinstance(effect, dict)
    return dict(effect)


async def _version(session: AsyncSession, event: Event) -> AgreementRow:
    effect = _effect(event)
    return await session.get_one(AgreementRow, (effect["qta_id"], effect["version"]))


async def _supersede(session: AsyncSession, qta_id: str, *statuses: AgreementStatus) -> None:
    query = select(AgreementRow).where(
        col(AgreementRow.qta_id) == qta_id, col(AgreementRow.status).in_([status.value for status in statuses])
    )
    for row in (await session.exec(query)).all():
        row.status = AgreementStatus.SUPERSEDED.value


@follows("qualification.draft-agreement")
async def draft_agreement(session: AsyncSession, event: Event) -> None:
    """A draft takes the place of earlier ones; what is in force stays in force."""
    draft = AgreementDraft.stored(event.payload["form"])  # type: ignore[arg-type]
    effect = _effect(event)
    qta_id = str(effect["qta_id"])
    qualification = await session.get_one(QualificationRow, event.stream)
    await _supersede(session, qta_id, *_OPEN)
    session.add(
        AgreementRow(
            qta_id=qta_id,
            version=int(str(effect["version"])),
            number=int(qta_id.removeprefix("QTA-")),
            site_id=qualification.site_id,
            scope_id=qualification.scope_id,
            case_id=event.stream,
            status=AgreementStatus.DRAFT.value,
            terms=draft.terms.model_dump(mode="json"),
            drafted_by=event.actor.person,
            drafted_at=event.occurred_at,
        )
    )


@follows("qualification.answer-agreement")
async def agree(session: AsyncSession, event: Event) -> None:
    """The site has accepted the text."""
    if AgreementAnswer.stored(event.payload["form"]).accept:  # type: ignore[arg-type]
        row = await _version(session, event)
        row.status, row.agreed_at = AgreementStatus.AGREED.value, event.occurred_at


@follows("qualification.sign-agreement")
async def sign_for_sponsor(session: AsyncSession, event: Event) -> None:
    """The sponsor's quality unit has signed."""
    row = await _version(session, event)
    row.sponsor_signed_by, row.sponsor_signed_at = event.actor.person, event.occurred_at


@follows("qualification.sign-agreement-for-site")
async def sign_for_site(session: AsyncSession, event: Event) -> None:
    """The site's quality unit has signed."""
    row = await _version(session, event)
    row.site_signed_by, row.site_signed_at = event.actor.person, event.occurred_at


@follows("agreement.effective")
async def take_effect(session: AsyncSession, event: Event) -> None:
    """The version is in force and supersedes the one before."""
    effect = _effect(event)
    await _supersede(session, str(effect["qta_id"]), AgreementStatus.EFFECTIVE)
    row = await _version(session, event)
    row.status = AgreementStatus.EFFECTIVE.value
    row.effective_from = date.fromisoformat(str(effect["effective_from"]))
    row.review_due = date.fromisoformat(str(effect["review_due"]))
    row.lapses_on = date.fromisoformat(str(effect["lapses_on"]))
