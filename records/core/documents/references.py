"""Documents that a form points at must be kept here, with the very content that the form names."""

from collections.abc import Iterator
from datetime import datetime

from pydantic import BaseModel
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.days import latest_day
from domain.core.document import DocumentReference
from domain.core.forms import Form
from domain.core.people import Actor, Org
from domain.core.refusals import broken
from records.core.queries.documents import sees_documents
from records.core.tables.master_data import DocumentRow


async def refuse_unless_kept(session: AsyncSession, form: Form, actor: Actor, at: datetime) -> None:
    """Raise `Refused` naming every reference to a document that is unknown, has another content or impossible dates.

    To a site a document that it may not see is as unknown as one that does not exist (S6).
    """
    faults: dict[str, str] = {}
    for path, reference in _references(form, ""):
        row = await _known(session, reference.document_id, actor)
        if row is None:
            faults[f"{path}document_id"] = "unknown document"
        elif row.sha256 != reference.sha256:
            faults[f"{path}sha256"] = "is not the hash of this document"
        faults |= {f"{path}{field}": fault for field, fault in reference.faults(latest_day(at)).items()}
    if faults:
        raise broken("section 3, documents", "A document is not kept here, or cannot be as stated.", **faults)


async def _known(session: AsyncSession, document_id: str, actor: Actor) -> DocumentRow | None:
    query = select(DocumentRow).where(col(DocumentRow.document_id) == document_id)
    if actor.org is Org.CDMO:
        query = query.where(sees_documents(actor))
    return (await session.exec(query)).first()


def _references(value: object, path: str) -> Iterator[tuple[str, DocumentReference]]:
    if isinstance(value, DocumentReference):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _references(getattr(value, name), f"{path}{name}.")
    elif isinstance(value, tuple | list):
        for index, item in enumerate(value):
            yield from _references(item, f"{path}{index}.")
