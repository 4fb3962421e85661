"""Checks of what is said before a batch is worked again."""

from sqlmodel import col, select

from domain.batch.batch import Relation
from domain.batch.deviations.working_again import ReworkAssessment, refuse_unless_assessed
from records.batch.tables.batches import BatchParentRow
from records.core.declared import Effect, checks
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


@checks(ReworkAssessment)
async def assesses(writing: Writing, case: CaseRow, form: ReworkAssessment) -> Effect:
    """A rework is never registered (`refuse_unless_assessed`)."""
    query = select(BatchParentRow.relation).where(col(BatchParentRow.batch_id) == case.case_id)
    refuse_unless_assessed(form, [Relation(each) for each in (await writing.session.exec(query)).all()])
    return {}
