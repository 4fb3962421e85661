"""Checks before an extract of a register is recorded. It has been read by then."""

from domain.core.days import latest_day
from domain.qualification.registers import ExtractImport, refuse_unless_importable, stream_of
from domain.site.registers import Register
from records.core.checks.changes import part, refuse_unless_allowed, text_of
from records.core.declared import Effect, checks_event
from records.core.documents.references import refuse_unless_kept
from records.core.tables.master_data import DocumentRow
from records.core.writing import Writing


@checks_event("register.imported")
async def imports_extract(writing: Writing, payload: Effect) -> Effect:
    """The person may import, and the document is the one that was read. Says the number of the extract."""
    await refuse_unless_allowed(writing, ExtractImport)
    form = ExtractImport.stored(part(payload, "record"))
    await refuse_unless_kept(writing.session, form, writing.actor, writing.at)
    document = await writing.session.get_one(DocumentRow, form.document.document_id)
    refuse_unless_importable(form, media_type=document.media_type, latest_day=latest_day(writing.at))
    head = await writing.head(stream_of(Register(text_of(payload, "register_name"))))
    return {"number": head.number + 1}
