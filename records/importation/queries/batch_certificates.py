"""Manufacturer's certificates as people read them: the sponsor all, a site those of its own batches (S6)."""

from pydantic import AwareDatetime
from sqlalchemy import ColumnElement, false, true
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.people import Actor, Org
from domain.core.refusals import Code, Refused
from domain.core.view import View
from domain.importation.batch_certificate import ManufacturerCertificate
from records.core.queries import pages
from records.core.queries.visibility import reads_everything
from records.importation.tables import BatchCertificateRow


class BatchCertificateView(View):
    """A manufacturer's certificate of a batch. Gate G9 says of a batch what it counts for."""

    number: str
    certificate: ManufacturerCertificate
    """As it was entered."""
    entered_by: str | None
    """Person id, like `reviewed_by`; for the sponsor's people and inspectors."""
    by_name: str
    entered_at: AwareDatetime
    accepted: bool | None
    """Whether it counts; null until another person has reviewed it."""
    finding: str | None
    """What the review has found; for the sponsor's people and inspectors, like the two that follow."""
    reviewed_by: str | None
    reviewer_name: str | None
    reviewed_at: AwareDatetime | None


class BatchCertificateList(View):
    """A page of manufacturer's certificates."""

    items: tuple[BatchCertificateView, ...]
    next: str | None = None


async def batch_certificates(
    session: AsyncSession, actor: Actor, *, batch: str | None, cursor: str | None, limit: int
) -> BatchCertificateList:
    """Manufacturer's certificates by number."""
    query = select(BatchCertificateRow).where(_sees(actor))
    if batch is not None:
        query = query.where(col(BatchCertificateRow.batch_id) == batch)
    if cursor is not None:
        query = query.where(col(BatchCertificateRow.number) > str(pages.decode(cursor)[0]))
    rows = (await session.exec(query.order_by(col(BatchCertificateRow.number)).limit(limit + 1))).all()
    shown = rows[:limit]
    return BatchCertificateList(
        items=tuple(_shown(row, actor) for row in shown),
        next=pages.encode((shown[-1].number,)) if len(rows) > limit else None,
    )


async def one_batch_certificate(session: AsyncSession, actor: Actor, number: str) -> BatchCertificateView:
    """One of them. Raises `Refused(NOT_FOUND)`."""
    query = select(BatchCertificateRow).where(col(BatchCertificateRow.number) == number, _sees(actor))
    row = (await session.exec(query)).first()
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such certificate.", rule="S6")
    return _shown(row, actor)


def _sees(actor: Actor) -> ColumnElement[bool]:
    if reads_everything(actor):
        return true()
    return col(BatchCertificateRow.site_id).in_(sorted(actor.sites)) if actor.org is Org.CDMO else false()


def _shown(row: BatchCertificateRow, actor: Actor) -> BatchCertificateView:
    known = row.model_dump(exclude={"content"}) | {"certificate": ManufacturerCertificate.stored(row.content)}
    if not reads_everything(actor):
        known |= dict.fromkeys(("entered_by", "finding", "reviewed_by", "reviewer_name"))
    return BatchCertificateView.model_validate(known)
