"""Checks of the assessment whether a field alert is due."""

from domain.release.field_alert import FieldAlertAssessment, refuse_unless_filed
from records.core.declared import Effect, checks
from records.core.lookups import lookups_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


@checks(FieldAlertAssessment)
async def assesses_a_field_alert(writing: Writing, case: CaseRow, form: FieldAlertAssessment) -> Effect:
    """The day of filing fits (`refuse_unless_filed`)."""
    refuse_unless_filed(form, today=(await lookups_of(writing, case)).today)
    return {}
