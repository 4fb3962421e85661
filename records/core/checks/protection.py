"""Check of the note that an executive takes of a protective decision."""

from sqlmodel import col, select

from domain.core.forms import Process
from domain.core.protection import ProtectionAcknowledgement, refuse_unless_of_the_case
from records.core.declared import Effect, checks
from records.core.tables.cases import CaseRow, RecordRow
from records.core.writing import Writing


@checks(ProtectionAcknowledgement)
async def is_of_the_case(writing: Writing, case: CaseRow, form: ProtectionAcknowledgement) -> Effect:
    """It names a decision of the case, by version and hash."""
    query = select(RecordRow.action).where(
        col(RecordRow.case_id) == case.case_id,
        col(RecordRow.version) == form.decision.version,
        col(RecordRow.sha256) == form.decision.sha256,
    )
    forms = writing.registries.forms.of(Process(case.process))
    decided = [forms.find(action) for action in (await writing.session.exec(query)).all()]
    refuse_unless_of_the_case(is_known=any(each.asks_for_protection() for each in decided))
    return {}
