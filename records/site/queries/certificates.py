"""Certificates as people find them: the sponsor all, a CDMO those of its own sites (S6)."""

from datetime import date

from sqlalchemy import ColumnElement, false, literal, true, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.forms import Process
from domain.core.people import Actor, Org
from domain.core.refusals import Code, Refused
from domain.core.view import View
from domain.site.certificate_view import CertificateView
from records.core.queries import pages
from records.core.queries.visibility import reads_everything
from records.core.shown import Reading, shows
from records.core.tables.cases import CaseRow
from records.site.tables import CertificateRow


class CertificateList(View):
    """A page of certificates."""

    items: tuple[CertificateView, ...]
    next: str | None = None


async def certificates(
    session: AsyncSession,
    actor: Actor,
    *,
    site: str | None,
    scope: str | None,
    expires_before: date | None,
    cursor: str | None,
    limit: int,
) -> CertificateList:
    """Certificates of any status, the first to end first. One statement."""
    query = select(CertificateRow).where(_sees_certificates(actor))
    for column, value in ((CertificateRow.site_id, site), (CertificateRow.scope_id, scope)):
        if value is not None:
            query = query.where(col(column) == value)
    if expires_before is not None:
        query = query.where(col(CertificateRow.sort_valid_to) < expires_before)
    order = (col(CertificateRow.sort_valid_to), col(CertificateRow.serial))
    if cursor is not None:
        day, serial = _key(cursor)
        query = query.where(tuple_(*order) > tuple_(literal(day), literal(serial)))
    rows = (await session.exec(query.order_by(*order).limit(limit + 1))).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return CertificateList(
        items=tuple(_shown(row, actor) for row in rows[:limit]),
        next=pages.encode((last.sort_valid_to.isoformat(), last.serial)) if last else None,
    )


async def one_certificate(session: AsyncSession, actor: Actor, certificate_id: str) -> CertificateView:
    """One certificate. Raises `Refused(NOT_FOUND)`."""
    query = select(CertificateRow).where(
        col(CertificateRow.certificate_id) == certificate_id, _sees_certificates(actor)
    )
    row = (await session.exec(query)).first()
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such certificate.", rule="S6")
    return _shown(row, actor)


@shows(Process.RENEWAL, "certificate")
async def certificate_of_case(reading: Reading, case: CaseRow) -> CertificateView:
    """What was sent last in a renewal, or else the certificate that it renews."""
    session, actor = reading.session, reading.actor
    sent = (col(CertificateRow.case_id) == case.case_id, _sees_certificates(actor))
    row = (await session.exec(select(CertificateRow).where(*sent).order_by(col(CertificateRow.serial).desc()))).first()
    if row is not None:
        return _shown(row, actor)
    return await one_certificate(session, actor, case.order["request"]["certificate_id"])


def _sees_certificates(actor: Actor) -> ColumnElement[bool]:
    if reads_everything(actor):
        return true()
    own = actor.org is Org.CDMO and actor.sites
    return col(CertificateRow.site_id).in_(sorted(actor.sites)) if own else false()


def _shown(row: CertificateRow, actor: Actor) -> CertificateView:
    view = CertificateView.model_validate(row, from_attributes=True)
    hidden = () if reads_everything(actor) else ("register_checked_by", "scope_confirmed_by", "import_confirmed_by")
    return view.model_copy(update=dict.fromkeys(hidden))


def _key(cursor: str) -> tuple[date, int]:
    try:
        day, serial = pages.decode(cursor)
        return date.fromisoformat(str(day)), pages.whole(serial)
    except ValueError:
        fields = {"cursor": "not a cursor of this list"}
        raise Refused(Code.FORM_INVALID, "This cursor is not known.", fields=fields) from None
