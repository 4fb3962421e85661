"""An audit as its case shows it."""

from domain.audit.views import AuditSummary
from domain.core.forms import Process
from domain.core.people import Org
from records.audit.outcomes import stated_outcome
from records.audit.tables.audits import AuditRow
from records.core.shown import Reading, shows
from records.core.tables.cases import CaseRow


@shows(Process.AUDIT, "audit")
async def audit_of_case(reading: Reading, case: CaseRow) -> AuditSummary | None:
    """The recommendation is a draft until the report is issued (S6)."""
    row = await reading.session.get(AuditRow, case.case_id)
    if row is None:
        return None
    outcome = stated_outcome(row)
    shown = AuditSummary.model_validate(row, from_attributes=True)
    drafted = reading.actor.org is Org.CDMO and row.report_version is None
    return shown.model_copy(update={"recommendation": None if drafted or outcome is None else outcome.value})
