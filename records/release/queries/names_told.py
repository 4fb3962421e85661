"""What the ids in a report stand for: people know a batch by its number, a document by its title."""

import re

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.release.gate_report import GateReport
from records.batch.tables.batches import BatchRow
from records.core.tables.master_data import DocumentRow, PersonRow

_ID = re.compile(r"\b(?:BAT|DOC|PER)-[0-9]+\b")


async def with_names(session: AsyncSession, report: GateReport) -> GateReport:
    """The report with the names of all batches, documents and people that stand in it."""
    ids = sorted(set(_ID.findall(report.model_dump_json())))
    batches = select(BatchRow.batch_id, BatchRow.number).where(col(BatchRow.batch_id).in_(ids))
    documents = select(DocumentRow.document_id, DocumentRow.title).where(col(DocumentRow.document_id).in_(ids))
    people = select(PersonRow.person_id, PersonRow.name).where(col(PersonRow.person_id).in_(ids))
    names = [pair for query in (batches, documents, people) for pair in (await session.exec(query)).all()]
    return report.model_copy(update={"names": dict(names)})
