"""The findings of an audit, and until when what is done about them may last."""

from datetime import date

from sqlmodel import col, select

from domain.audit.finding import Severity
from records.audit.tables.audits import FindingRow
from records.core.lookups import Facts


async def findings_of(facts: Facts) -> list[FindingRow]:
    """The findings of the audit that a case is, by their numbers."""
    query = select(FindingRow).where(col(FindingRow.case_id) == facts.case.case_id)
    return list((await facts.session.exec(query.order_by(col(FindingRow.number)))).all())


def latest_due(facts: Facts) -> dict[Severity, date]:
    """The last day a CAPA may be due, by severity, counted from today (policy key `capa.due`)."""
    spans = facts.limits.capa_due_max
    return {Severity(name): facts.after(span) for name, span in spans.items()}
