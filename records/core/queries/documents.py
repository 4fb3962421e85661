"""Documents as people find them."""

from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import ColumnElement, and_, false, func, literal, or_, true, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.forms import Audience
from domain.core.people import Actor, Org
from domain.core.refusals import Code, Refused
from domain.core.view import View
from records.core.policies import Policies
from records.core.queries import pages
from records.core.queries.visibility import sees_cases
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import DocumentRow


class DocumentView(View):
    """A file that was uploaded."""

    document_id: str
    sha256: str
    """SHA-256 of the file, lower-case hexadecimal."""
    size: int
    """Bytes."""
    media_type: str
    """As told from its content."""
    title: str
    filename: str
    case_id: str | None
    site_id: str | None
    audience: Audience
    uploaded_by: str | None
    """Person id; for the sponsor's people and the uploader."""
    uploaded_at: AwareDatetime
    content_url: str


class DocumentList(View):
    """A page of documents."""

    items: tuple[DocumentView, ...]
    next: str | None = None
    """Cursor of the next page; absent on the last one."""


def sees_documents(actor: Actor) -> ColumnElement[bool]:
    """The documents an actor sees (S6): their own, and those of what they see."""
    own = col(DocumentRow.uploaded_by).in_(sorted(actor.persons))
    match actor.org:
        case Org.SPONSOR:
            return true()
        case Org.CDMO:
            shared = col(DocumentRow.audience) == Audience.SHARED.value
            at_site = col(DocumentRow.site_id).in_(sorted(actor.sites)) if actor.sites else false()
            return or_(own, and_(shared, at_site))
        case Org.THIRD_PARTY:
            return or_(own, col(DocumentRow.case_id).in_(select(CaseRow.case_id).where(sees_cases(actor))))


async def visible_document(session: AsyncSession, actor: Actor, document_id: str) -> DocumentRow:
    """The document, if the actor sees it. Raises `Refused(NOT_FOUND)`."""
    query = select(DocumentRow).where(col(DocumentRow.document_id) == document_id, sees_documents(actor))
    row = (await session.exec(query)).first()
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such document.", rule="S6")
    return row


async def documents_of(
    session: AsyncSession, actor: Actor, case_id: str, *, cursor: str | None, limit: int
) -> DocumentList:
    """The documents of a case, oldest first."""
    number = func.length(col(DocumentRow.document_id))
    query = select(DocumentRow).where(col(DocumentRow.case_id) == case_id, sees_documents(actor))
    if cursor is not None:
        last = str(pages.decode(cursor)[0])
        query = query.where(tuple_(number, col(DocumentRow.document_id)) > tuple_(literal(len(last)), literal(last)))
    rows = (await session.exec(query.order_by(number, col(DocumentRow.document_id)).limit(limit + 1))).all()
    following = pages.encode((rows[limit - 1].document_id,)) if len(rows) > limit else None
    return DocumentList(items=tuple(document_view(row, actor) for row in rows[:limit]), next=following)


def document_view(row: DocumentRow, actor: Actor) -> DocumentView:
    """A document as this reader may see it: a CDMO does not learn who else uploaded it."""
    tells = actor.org is Org.SPONSOR or row.uploaded_by in actor.persons
    return DocumentView(
        **row.model_dump(exclude={"uploaded_by"}),
        uploaded_by=row.uploaded_by if tells else None,
        content_url=f"/v1/documents/{row.document_id}/content",
    )


async def site_for_upload(session: AsyncSession, actor: Actor, case_id: str | None) -> str | None:
    """The site a new document belongs to. Raises `Refused(NOT_FOUND)` for a case that the actor does not see."""
    if case_id is None:
        return next(iter(actor.sites)) if actor.org is Org.CDMO and len(actor.sites) == 1 else None
    query = select(CaseRow.site_id).where(col(CaseRow.case_id) == case_id, sees_cases(actor))
    site_id = (await session.exec(query)).first()
    if site_id is None:
        raise Refused(Code.NOT_FOUND, "There is no such case.", fields={"case_id": "unknown"}, rule="S6")
    return site_id


async def upload_limit(session: AsyncSession, at: datetime) -> int:
    """The largest document, in bytes."""
    return (await Policies().in_force(session, at)).limits.upload_max_mib << 20
