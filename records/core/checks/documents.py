"""Checks before a document is recorded. Its file is on disk by then."""

from sqlmodel import col, select

from domain.core.refusals import Code, Refused
from domain.core.upload import Upload
from records.core.checks.changes import refuse_unless_allowed
from records.core.declared import Effect, checks_event
from records.core.queries.visibility import sees_cases
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


@checks_event("document.uploaded")
async def records_document(writing: Writing, payload: Effect) -> Effect:
    """The person may still upload and still sees the case (S6)."""
    await refuse_unless_allowed(writing, Upload)
    if (case_id := payload["case_id"]) is not None:
        query = select(CaseRow.site_id).where(col(CaseRow.case_id) == case_id, sees_cases(writing.actor))
        if (await writing.session.exec(query)).first() != payload["site_id"]:
            raise Refused(Code.NOT_FOUND, "There is no such case.", fields={"case_id": "unknown"}, rule="S6")
    return {"id": writing.entry.stream}
