"""Checks of the assessment whether a field alert is due."""

from domain.core.days import latest_day
from domain.policy.authority_report import FIELD_ALERT
from domain.release.field_alert import FieldAlertAssessment, refuse_unless_filed, refuse_unless_of_the_task
from records.core.declared import Effect, checks
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


@checks(FieldAlertAssessment)
async def assesses_a_field_alert(writing: Writing, case: CaseRow, form: FieldAlertAssessment) -> Effect:
    """Number, day and class fit, of the report and the information that the task asks for (`refuse_unless_filed`)."""
    prefill = writing.task.prefill if writing.task is not None else {}
    asked = prefill.get("report")
    refuse_unless_of_the_task(form, prefill.get("demands") or ())
    reports = (await writing.policy()).authority_reports
    row = next((each for each in reports if each.key == form.report), None)
    refuse_unless_filed(form, latest_day=latest_day(writing.at), row=row, asked=str(asked or FIELD_ALERT))
    return {}
