"""Quality agreements as people find them: the sponsor all, a CDMO those of its sites (S6)."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, false, literal, true, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.agreement.agreement import AgreementStatus, status_on
from domain.agreement.forms import AgreementDraft, SiteSignature, SponsorSignature
from domain.agreement.views import AgreementSummary, AgreementView
from domain.core.events import Signature
from domain.core.forms import Process
from domain.core.people import Actor, Org
from domain.core.refusals import Code, Refused
from domain.core.view import View
from records.agreement.in_force import agreement_in_force, last_in_force, terms_of
from records.agreement.tables import AgreementRow
from records.core.queries import pages
from records.core.queries.visibility import reads_everything
from records.core.shown import Reading, shows
from records.core.tables.cases import CaseRow, RecordRow

_SIGNED = tuple(form.action.name for form in (AgreementDraft, SponsorSignature, SiteSignature))


class AgreementHistory(View):
    """A quality agreement in all its versions, the newest first."""

    qta_id: str
    site_id: str
    scope_id: str
    in_force: int | None
    """The version in force today."""
    versions: tuple[AgreementView, ...]


class AgreementList(View):
    """A page of versions of quality agreements."""

    items: tuple[AgreementSummary, ...]
    next: str | None = None
    """Cursor of the next page; absent on the last one."""


async def agreements(
    session: AsyncSession,
    actor: Actor,
    *,
    today: date,
    site: str | None,
    scope: str | None,
    cursor: str | None,
    limit: int,
) -> AgreementList:
    """Versions of agreements, the newest first. One statement."""
    query = select(AgreementRow).where(_sees(actor))
    for column, wanted in ((AgreementRow.site_id, site), (AgreementRow.scope_id, scope)):
        if wanted is not None:
            query = query.where(col(column) == wanted)
    if cursor is not None:
        number, version = _last_shown(cursor)
        place = tuple_(col(AgreementRow.number), col(AgreementRow.version))
        query = query.where(place < tuple_(literal(number), literal(version)))
    query = query.order_by(col(AgreementRow.number).desc(), col(AgreementRow.version).desc())
    rows = (await session.exec(query.limit(limit + 1))).all()
    following = pages.encode((rows[limit - 1].number, rows[limit - 1].version)) if len(rows) > limit else None
    return AgreementList(items=tuple(_summary(row, today) for row in rows[:limit]), next=following)


async def agreement(session: AsyncSession, actor: Actor, qta_id: str, *, today: date) -> AgreementHistory:
    """An agreement in all its versions. Raises `Refused(NOT_FOUND)`."""
    query = select(AgreementRow).where(col(AgreementRow.qta_id) == qta_id, _sees(actor))
    views = await _shown(session, (await session.exec(query.order_by(col(AgreementRow.version).desc()))).all(), today)
    if not views:
        raise _not_found()
    in_force = await agreement_in_force(session, views[0].scope_id, today)
    return AgreementHistory(
        qta_id=qta_id,
        site_id=views[0].site_id,
        scope_id=views[0].scope_id,
        in_force=in_force.version if in_force is not None else None,
        versions=views,
    )


async def one_version(session: AsyncSession, actor: Actor, qta_id: str, version: int, *, today: date) -> AgreementView:
    """One version of an agreement. Raises `Refused(NOT_FOUND)`."""
    query = select(AgreementRow).where(
        col(AgreementRow.qta_id) == qta_id, col(AgreementRow.version) == version, _sees(actor)
    )
    views = await _shown(session, (await session.exec(query)).all(), today)
    if not views:
        raise _not_found()
    return views[0]


async def agreement_of_case(session: AsyncSession, actor: Actor, case_id: str, *, today: date) -> AgreementView | None:
    """The newest version that was drafted in a case, if there is one that the actor sees."""
    query = select(AgreementRow).where(col(AgreementRow.case_id) == case_id, _sees(actor))
    newest = await session.exec(query.order_by(col(AgreementRow.version).desc()).limit(1))
    return next(iter(await _shown(session, newest.all(), today)), None)


@shows(Process.AGREEMENT, "agreement")
async def agreement_of_review(reading: Reading, case: CaseRow) -> AgreementView:
    """The version that is drafted in a review, or else the one that is reviewed."""
    session, actor, today = reading.session, reading.actor, reading.now.date()
    if (drafted := await agreement_of_case(session, actor, case.case_id, today=today)) is not None:
        return drafted
    reviewed = await last_in_force(session, case.scope_ids[0], today)
    assert reviewed is not None, "a review is opened for an agreement that has taken effect"
    return await one_version(session, actor, reviewed.qta_id, reviewed.version, today=today)


def _sees(actor: Actor) -> ColumnElement[bool]:
    """Every version is sent to the site as it is drafted, so a CDMO sees all of its sites; third parties see none."""
    if reads_everything(actor):
        return true()
    if actor.org is Org.CDMO and actor.sites:
        return col(AgreementRow.site_id).in_(sorted(actor.sites))
    return false()


async def _shown(session: AsyncSession, rows: Sequence[AgreementRow], today: date) -> tuple[AgreementView, ...]:
    signed = await _signatures(session, {row.case_id for row in rows}) if rows else {}
    return tuple(
        AgreementView(
            **dict(_summary(row, today)), terms=terms_of(row), signatures=signed.get((row.qta_id, row.version), ())
        )
        for row in rows
    )


async def _signatures(session: AsyncSession, case_ids: set[str]) -> Mapping[tuple[str, int], tuple[Signature, ...]]:
    """The signatures given in some cases, by the version of the agreement that they stand under (21 CFR 11.50)."""
    query = select(RecordRow).where(col(RecordRow.case_id).in_(sorted(case_ids)), col(RecordRow.action).in_(_SIGNED))
    found: dict[tuple[str, int], tuple[Signature, ...]] = {}
    for row in (await session.exec(query.order_by(col(RecordRow.number)))).all():
        if row.signature is not None:
            key = (str(row.effect["qta_id"]), int(row.effect["version"]))
            found[key] = (*found.get(key, ()), Signature.model_validate(row.signature))
    return found


def _summary(row: AgreementRow, today: date) -> AgreementSummary:
    return AgreementSummary(
        **row.model_dump(exclude={"number", "terms", "status"}),
        status=status_on(AgreementStatus(row.status), row.lapses_on, today),
        title=row.terms["title"],
        url=f"/v1/agreements/{row.qta_id}/{row.version}",
    )


def _last_shown(cursor: str) -> tuple[int, int]:
    match pages.decode(cursor):
        case (int(number), int(version)):
            return number, version
    raise Refused(Code.FORM_INVALID, "This cursor is not known.", fields={"cursor": "of another list"})


def _not_found() -> Refused:
    return Refused(Code.NOT_FOUND, "There is no such quality agreement.", rule="S6")
